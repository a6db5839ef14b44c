//! The cursor, its style and its link while a frame is written: moves and changes in few bytes.

use ratatui::style::{Color, Modifier};

use super::cells::{Glyph, Look};

const LINK_CLOSER: &[u8] = b"\x1b]8;;\x1b\\";

/// Writes at a cursor; between frames the style is plain and no link is open.
pub(super) struct Pen<'a> {
    out: &'a mut Vec<u8>,
    /// Unknown after the last column and after a grapheme of doubtful width.
    column: Option<u16>,
    row: Option<u16>,
    look: Look,
    link: Option<String>,
}

impl<'a> Pen<'a> {
    /// A pen at `cursor`, if that is known.
    pub(super) fn new(out: &'a mut Vec<u8>, cursor: Option<(u16, u16)>) -> Self {
        Self {
            out,
            column: cursor.map(|(column, _)| column),
            row: cursor.map(|(_, row)| row),
            look: Look::PLAIN,
            link: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.out.truncate(len);
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Moves the cursor by the shortest way.
    pub(super) fn go(&mut self, column: u16, row: u16) {
        if (self.column, self.row) == (Some(column), Some(row)) {
            return;
        }
        let way = self.way(column, row);
        self.raw(way.as_bytes());
        self.column = Some(column);
        self.row = Some(row);
    }

    fn way(&self, column: u16, row: u16) -> String {
        let mut ways = vec![match (row, column) {
            (0, 0) => "\x1b[H".to_owned(),
            (_, 0) => format!("\x1b[{}H", row + 1),
            _ => format!("\x1b[{};{}H", row + 1, column + 1),
        }];
        if self.row == Some(row) {
            ways.push(format!("\x1b[{}G", column + 1));
            if column == 0 {
                ways.push("\r".to_owned());
            }
            match self.column {
                Some(from) if from < column => ways.push(stepped(column - from, 'C')),
                Some(from) if from == column + 1 => ways.push("\x08".to_owned()),
                Some(from) if from > column => ways.push(stepped(from - column, 'D')),
                _ => {}
            }
        } else if let Some(from) = self.row {
            if column == 0 && row == from + 1 {
                ways.push("\r\n".to_owned());
            }
            if self.column == Some(column) {
                ways.push(if from < row {
                    stepped(row - from, 'B')
                } else {
                    stepped(from - row, 'A')
                });
            }
        }
        ways.into_iter().min_by_key(String::len).unwrap_or_default()
    }

    /// Draws one glyph at the cursor, with `room` cells from there to the edge.
    pub(super) fn glyph(&mut self, glyph: &Glyph<'_>, room: usize) {
        self.link(glyph.link);
        self.look(glyph.look);
        let steady = glyph.is_steady();
        if !steady && glyph.width > 1 {
            // Should it come out narrower, blanks stand beside it and not what was there.
            let back = self.column;
            self.out.extend(std::iter::repeat_n(b' ', glyph.width));
            self.column = None;
            if let (Some(column), Some(row)) = (back, self.row) {
                self.go(column, row);
            }
        }
        self.raw(glyph.text.as_bytes());
        let known = steady && glyph.width < room;
        let width = super::cells::coordinate(glyph.width);
        self.column = self.column.filter(|_| known).map(|column| column + width);
    }

    /// Erases from the cursor to the edge, in the terminal's own background.
    pub(super) fn erase_to_end(&mut self) {
        self.plain();
        self.raw(b"\x1b[K");
    }

    /// Erases the screen and leaves the cursor at an unknown place.
    pub(super) fn erase_all(&mut self) {
        self.raw(b"\x1b[m\x1b[2J");
        self.look = Look::PLAIN;
        self.column = None;
        self.row = None;
    }

    /// Back to the terminal's own colours, outside of any link.
    pub(super) fn plain(&mut self) {
        self.link(None);
        self.look(Look::PLAIN);
    }

    /// One link runs over all its cells: its closer is written only where another thing follows.
    fn link(&mut self, opener: Option<&str>) {
        if self.link.as_deref() == opener {
            return;
        }
        match opener {
            Some(opener) => self.raw(opener.as_bytes()),
            None => self.raw(LINK_CLOSER),
        }
        self.link = opener.map(str::to_owned);
    }

    fn look(&mut self, look: Look) {
        if self.look == look {
            return;
        }
        let mut afresh = Vec::new();
        changes(Look::PLAIN, look, &mut afresh);
        if !afresh.is_empty() {
            afresh.insert(0, "0".to_owned());
        }
        let afresh = afresh.join(";");
        let mut steps = Vec::new();
        changes(self.look, look, &mut steps);
        let steps = steps.join(";");
        let shorter = if afresh.len() < steps.len() {
            afresh
        } else {
            steps
        };
        self.raw(format!("\x1b[{shorter}m").as_bytes());
        self.look = look;
    }
}

fn stepped(count: u16, direction: char) -> String {
    if count == 1 {
        format!("\x1b[{direction}")
    } else {
        format!("\x1b[{count}{direction}")
    }
}

/// Each modifier with its code on and off; bold and dim share the code that ends them.
const MODIFIERS: [(Modifier, &str, &str); 9] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::SLOW_BLINK, "5", "25"),
    (Modifier::RAPID_BLINK, "6", "25"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::HIDDEN, "8", "28"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

/// The parameters that lead from one look to another.
fn changes(from: Look, to: Look, parameters: &mut Vec<String>) {
    let mut still = from.modifier;
    for (modifier, _, off) in MODIFIERS {
        if still.contains(modifier) && !to.modifier.contains(modifier) {
            parameters.push(off.to_owned());
            for (ended, _, same) in MODIFIERS {
                if same == off {
                    still.remove(ended);
                }
            }
        }
    }
    for (modifier, on, _) in MODIFIERS {
        if to.modifier.contains(modifier) && !still.contains(modifier) {
            parameters.push(on.to_owned());
        }
    }
    if from.fg != to.fg {
        parameters.push(colour(to.fg, 0));
    }
    if from.bg != to.bg {
        parameters.push(colour(to.bg, 10));
    }
}

/// The parameter of a colour; backgrounds are 10 above.
fn colour(colour: Color, above: u8) -> String {
    let code = match colour {
        Color::Reset => 39,
        Color::Black => 30,
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Blue => 34,
        Color::Magenta => 35,
        Color::Cyan => 36,
        Color::Gray => 37,
        Color::DarkGray => 90,
        Color::LightRed => 91,
        Color::LightGreen => 92,
        Color::LightYellow => 93,
        Color::LightBlue => 94,
        Color::LightMagenta => 95,
        Color::LightCyan => 96,
        Color::White => 97,
        Color::Indexed(index) => return format!("{};5;{index}", 38 + above),
        Color::Rgb(r, g, b) => return format!("{};2;{r};{g};{b}", 38 + above),
    };
    (code + above).to_string()
}
