//! The emulator's side: what it reads, shows and answers.

use std::sync::{Arc, Mutex};

use alacritty_terminal::Term;
use alacritty_terminal::event::{Event, EventListener};
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::term::test::TermSize;
use alacritty_terminal::term::{Config, TermMode};
use alacritty_terminal::vte::ansi::{Processor, Rgb};

use super::guard;

/// The background colour that the emulator reports.
pub(crate) const BACKGROUND: Rgb = Rgb {
    r: 0x1E,
    g: 0x1E,
    b: 0x2E,
};

/// Whether the emulator answers questions (widths, background, attributes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    /// As they are asked.
    AtOnce,
    /// When the test says so, by [`Pty::answer`](super::Pty::answer).
    Held,
}

/// What the terminal shows at one moment.
pub(crate) struct Screen {
    /// Its rows from the top, without the blanks at their ends.
    pub(crate) lines: Vec<String>,
    /// Column and row of the cursor, from 0.
    pub(crate) cursor: (usize, usize),
    /// Whether the cursor is shown.
    pub(crate) cursor_shown: bool,
    /// The window's title, if one was set.
    pub(crate) title: Option<String>,
    /// What the program put on the clipboard last.
    pub(crate) clipboard: Option<String>,
    /// How often it rang.
    pub(crate) bells: usize,
    /// The target of the link in each cell that has one: column, row, target.
    pub(crate) links: Vec<(usize, usize, String)>,
    /// Everything that was written so far.
    pub(crate) bytes: Vec<u8>,
}

/// A terminal emulator with a memory of everything it read.
pub(super) struct Emulator {
    terminal: Term<Listener>,
    parser: Processor,
    listener: Listener,
    bytes: Vec<u8>,
    answers: Answers,
    /// Answers that the test holds back.
    held: Vec<u8>,
    title: Option<String>,
    clipboard: Option<String>,
    bells: usize,
}

/// Collects what the emulator wants to say.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<Event>>>);

impl EventListener for Listener {
    fn send_event(&self, event: Event) {
        guard(&self.0).push(event);
    }
}

impl Screen {
    /// Some row holds the text.
    pub(crate) fn shows(&self, text: &str) -> bool {
        self.lines.iter().any(|line| line.contains(text))
    }

    /// The row at the bottom.
    pub(crate) fn last_line(&self) -> &str {
        self.lines.last().map_or("", String::as_str)
    }
}

impl Emulator {
    /// An emulator that speaks the keyboard protocol of kitty.
    pub(super) fn new(columns: u16, rows: u16, answers: Answers) -> Self {
        let listener = Listener::default();
        let config = Config {
            kitty_keyboard: true,
            ..Config::default()
        };
        Self {
            terminal: Term::new(config, &terminal_size(columns, rows), listener.clone()),
            parser: Processor::new(),
            listener,
            bytes: Vec::new(),
            answers,
            held: Vec::new(),
            title: None,
            clipboard: None,
            bells: 0,
        }
    }

    /// Changes the size.
    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.resize(terminal_size(columns, rows));
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> (u16, u16) {
        let cells = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let terminal = &self.terminal;
        (cells(terminal.columns()), cells(terminal.screen_lines()))
    }

    /// Answers at once from now on; returns what was held back.
    pub(super) fn release(&mut self) -> Vec<u8> {
        self.answers = Answers::AtOnce;
        std::mem::take(&mut self.held)
    }

    /// Reads what the program wrote; returns what the terminal answers now.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.bytes.extend_from_slice(bytes);
        self.parser.advance(&mut self.terminal, bytes);
        let mut answers = Vec::new();
        for event in std::mem::take(&mut *guard(&self.listener.0)) {
            match event {
                Event::PtyWrite(text) => answers.extend(text.into_bytes()),
                Event::ColorRequest(_, answer) => answers.extend(answer(BACKGROUND).into_bytes()),
                Event::Title(title) => self.title = Some(title),
                Event::ResetTitle => self.title = None,
                Event::ClipboardStore(_, text) => self.clipboard = Some(text),
                Event::Bell => self.bells += 1,
                Event::MouseCursorDirty
                | Event::ClipboardLoad(..)
                | Event::TextAreaSizeRequest(_)
                | Event::CursorBlinkingChange
                | Event::Wakeup
                | Event::Exit
                | Event::ChildExit(_) => {}
            }
        }
        match self.answers {
            Answers::AtOnce => answers,
            Answers::Held => {
                self.held.append(&mut answers);
                Vec::new()
            }
        }
    }

    /// How many bytes it read so far.
    pub(super) fn written(&self) -> usize {
        self.bytes.len()
    }

    /// Column and row of the cursor, from 0.
    fn cursor(&self) -> (usize, usize) {
        let cursor = self.terminal.grid().cursor.point;
        let row = usize::try_from(cursor.line.0).unwrap_or_default();
        (cursor.column.0, row)
    }

    /// What it shows now.
    pub(super) fn screen(&self) -> Screen {
        let grid = self.terminal.grid();
        let rows = i32::try_from(self.terminal.screen_lines()).unwrap_or(i32::MAX);
        let line = |row: i32| {
            let mut text = String::new();
            for column in 0..self.terminal.columns() {
                let cell = &grid[Line(row)][Column(column)];
                if !cell.flags.contains(Flags::WIDE_CHAR_SPACER) {
                    text.push(cell.c);
                    text.extend(cell.zerowidth().unwrap_or_default());
                }
            }
            text.trim_end().to_owned()
        };
        let mut links = Vec::new();
        for indexed in grid.display_iter() {
            if let Some(link) = indexed.cell.hyperlink() {
                let row = usize::try_from(indexed.point.line.0).unwrap_or_default();
                links.push((indexed.point.column.0, row, link.uri().to_owned()));
            }
        }
        Screen {
            lines: (0..rows).map(line).collect(),
            cursor: self.cursor(),
            cursor_shown: self.terminal.mode().contains(TermMode::SHOW_CURSOR),
            title: self.title.clone(),
            clipboard: self.clipboard.clone(),
            bells: self.bells,
            links,
            bytes: self.bytes.clone(),
        }
    }
}

/// Where the cursor was after each frame of what a program wrote, but for the first `skip` bytes.
pub(crate) fn cursors_after_frames(
    bytes: &[u8],
    (columns, rows): (u16, u16),
    skip: usize,
) -> Vec<(usize, usize)> {
    const END: &[u8] = b"\x1b[?2026l";
    let (before, mut rest) = bytes.split_at(skip);
    let mut emulator = Emulator::new(columns, rows, Answers::Held);
    emulator.take(before);
    let mut cursors = Vec::new();
    while let Some(at) = rest.windows(END.len()).position(|bytes| bytes == END) {
        let (frame, after) = rest.split_at(at + END.len());
        emulator.take(frame);
        cursors.push(emulator.cursor());
        rest = after;
    }
    cursors
}

fn terminal_size(columns: u16, rows: u16) -> TermSize {
    TermSize::new(usize::from(columns), usize::from(rows))
}
