//! Shows what the terminal sends, and how the screen is drawn, left and taken back.
//!
//! Ctrl-C ends, Ctrl-Z stops, Ctrl-E lends the terminal to `$EDITOR`, Ctrl-P panics, Ctrl-T releases or
//! takes the mouse, Ctrl-F shows many frames at once, Ctrl-U changes nothing, Ctrl-G rings and copies,
//! Ctrl-L makes the typed line a link.

use std::collections::VecDeque;
use std::num::NonZeroU16;
use std::process::{Command, ExitCode};

use chat_tui::key::{Code, Key};
use chat_tui::shell::terminal::{Frame, Options, Signal, Terminal, TerminalEvent};
use ratatui::buffer::{Buffer, CellDiffOption, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Events that are kept; older ones are dropped.
const LOG_MAX: usize = 200;

/// Frames of one Ctrl-F.
const FLOOD_FRAMES: u32 = 500;

struct App {
    terminal: Terminal,
    size: (u16, u16),
    log: VecDeque<String>,
    typed: String,
    mouse: bool,
    ring: bool,
    linked: bool,
    events: u32,
}

fn main() -> anyhow::Result<ExitCode> {
    let (terminal, mut events) = Terminal::open(Options::default())?;
    let mut app = App {
        size: terminal.size(),
        terminal,
        log: VecDeque::new(),
        typed: String::new(),
        mouse: true,
        ring: false,
        linked: false,
        events: 0,
    };
    app.draw();
    while let Some(event) = events.blocking_recv() {
        if let Some(code) = app.take(&event)? {
            return Ok(ExitCode::from(code));
        }
        app.draw();
    }
    Ok(ExitCode::FAILURE)
}

impl App {
    /// The exit code, if the program ends.
    fn take(&mut self, event: &TerminalEvent) -> anyhow::Result<Option<u8>> {
        self.events += 1;
        match *event {
            TerminalEvent::Key(key) if key == Key::ctrl('u') => return Ok(None),
            TerminalEvent::Key(key) => return self.key(key),
            TerminalEvent::Resize { columns, rows } => self.size = (columns, rows),
            TerminalEvent::Signal(Signal::Interrupt) => return Ok(Some(130)),
            TerminalEvent::Signal(Signal::Terminate) => return Ok(Some(143)),
            TerminalEvent::Signal(Signal::Quit) => return Ok(Some(131)),
            TerminalEvent::Signal(Signal::HangUp) | TerminalEvent::HangUp => return Ok(Some(129)),
            TerminalEvent::Signal(Signal::Suspend) => self.terminal.stop()?,
            TerminalEvent::Paste { .. }
            | TerminalEvent::Focus(_)
            | TerminalEvent::Mouse(_)
            | TerminalEvent::Reply(_) => {}
        }
        self.note(&format!("{} {event:?}", self.events));
        Ok(None)
    }

    fn key(&mut self, key: Key) -> anyhow::Result<Option<u8>> {
        match key {
            Key {
                code: Code::Char(c),
                ctrl: false,
                alt: false,
                ..
            } => {
                self.typed.push(c);
                return Ok(None);
            }
            _ if key == Key::ctrl('c') => return Ok(Some(0)),
            _ if key == Key::ctrl('p') => panic!("asked for"),
            _ if key == Key::ctrl('z') => self.terminal.stop()?,
            _ if key == Key::ctrl('e') => self.edit()?,
            _ if key == Key::ctrl('f') => self.flood(),
            _ if key == Key::ctrl('g') => self.ring = true,
            _ if key == Key::ctrl('l') => self.linked = !self.linked,
            _ if key == Key::ctrl('t') => {
                self.mouse = !self.mouse;
                self.terminal.set_mouse(self.mouse);
            }
            _ => {}
        }
        self.note(&format!("{key:?}"));
        Ok(None)
    }

    fn edit(&mut self) -> anyhow::Result<()> {
        self.terminal.lend()?;
        let editor = std::env::var("EDITOR").unwrap_or_else(|_| "vi".to_owned());
        let ended = Command::new("sh").args(["-c", &editor]).status();
        self.terminal.take_back()?;
        self.note(&format!("editor: {ended:?}"));
        Ok(())
    }

    fn flood(&mut self) {
        for number in 0..FLOOD_FRAMES {
            for _ in 0..self.size.1 {
                self.note(&format!("frame {number} 한글 {}", "x".repeat(60)));
            }
            self.draw();
        }
        self.note("flooded");
    }

    fn note(&mut self, line: &str) {
        self.log.push_back(line.to_owned());
        if self.log.len() > LOG_MAX {
            self.log.pop_front();
        }
    }

    fn draw(&mut self) {
        let (columns, rows) = self.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        let log_rows = rows.saturating_sub(1);
        let skipped = self.log.len().saturating_sub(usize::from(log_rows));
        for (row, line) in (0..log_rows).zip(self.log.iter().skip(skipped)) {
            buffer.set_string(0, row, line, Style::new());
        }
        let (end, _) = buffer.set_stringn(
            0,
            log_rows,
            &self.typed,
            usize::from(columns),
            Style::new().bold(),
        );
        if self.linked {
            link(&mut buffer, end, log_rows);
        }
        let extra = if std::mem::take(&mut self.ring) {
            b"\x07\x1b]2;rang\x07\x1b]52;c;cmFuZw==\x07".to_vec()
        } else {
            Vec::new()
        };
        self.terminal.show(Frame {
            buffer,
            caret: Some((end, log_rows)),
            extra,
        });
    }
}

/// Makes the cells of a row up to `end` one link: opener, grapheme and closer in each, width forced.
fn link(buffer: &mut Buffer, end: u16, row: u16) {
    let mut column = 0;
    while column < end {
        let Some(cell) = buffer.cell_mut((column, row)) else {
            return;
        };
        let width = cell.cell_width().max(1);
        let symbol = format!(
            "\x1b]8;id=1;https://chat.example/\x1b\\{}\x1b]8;;\x1b\\",
            cell.symbol()
        );
        cell.set_symbol(&symbol);
        if let Some(width) = NonZeroU16::new(width) {
            cell.set_diff_option(CellDiffOption::ForcedWidth(width));
        }
        column += width;
    }
}
