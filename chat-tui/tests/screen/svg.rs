//! A drawn screen as an SVG picture: every cell in its column, in the colours that a terminal gives it.
//!
//! The same buffer is the same text. The fonts are those of whoever looks; each glyph stands in the middle of its cells, so no
//! font moves another cell.

use std::fmt::Write as _;

use chat_tui::text::cells::Widths;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// Units of a cell, across and down.
const CELL: (u16, u16) = (10, 22);

/// Where the glyphs of a row stand, from its top.
const BASELINE: u16 = 16;

/// Units around the screen.
const PADDING: u16 = 14;

/// Monospaced fonts with Hangul first, then those that each system has.
const FONTS: &str = "D2Coding,'Noto Sans Mono CJK KR',ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

pub(crate) type Rgb = (u8, u8, u8);

/// The colours of a terminal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scheme {
    /// How it is called in the names of files.
    pub(crate) name: &'static str,
    pub(crate) text: Rgb,
    pub(crate) ground: Rgb,
    own: [Rgb; 16],
}

/// Light letters on a dark ground.
pub(crate) const DARK: Scheme = Scheme {
    name: "dark",
    text: (0xd7, 0xda, 0xe0),
    ground: (0x17, 0x1a, 0x21),
    own: [
        (0x2a, 0x2e, 0x38),
        (0xe0, 0x6c, 0x75),
        (0x8f, 0xbf, 0x7f),
        (0xd9, 0xb5, 0x6c),
        (0x6f, 0xa8, 0xdc),
        (0xc2, 0x8f, 0xd6),
        (0x62, 0xb9, 0xbd),
        (0xc8, 0xcc, 0xd4),
        (0x6a, 0x70, 0x7e),
        (0xf0, 0x8d, 0x94),
        (0xaf, 0xd6, 0xa2),
        (0xe8, 0xcb, 0x92),
        (0x97, 0xc1, 0xea),
        (0xd8, 0xb2, 0xe6),
        (0x8e, 0xd0, 0xd3),
        (0xff, 0xff, 0xff),
    ],
};

/// Dark letters on a light ground.
pub(crate) const LIGHT: Scheme = Scheme {
    name: "light",
    text: (0x24, 0x29, 0x2f),
    ground: (0xfc, 0xfc, 0xfa),
    own: [
        (0x24, 0x29, 0x2f),
        (0xb3, 0x26, 0x2e),
        (0x2b, 0x6e, 0x34),
        (0x84, 0x5c, 0x00),
        (0x1f, 0x5f, 0xb0),
        (0x84, 0x3c, 0x9e),
        (0x16, 0x6f, 0x75),
        (0x5a, 0x61, 0x6b),
        (0x70, 0x77, 0x81),
        (0xb3, 0x26, 0x2e),
        (0x2b, 0x6e, 0x34),
        (0x84, 0x5c, 0x00),
        (0x1f, 0x5f, 0xb0),
        (0x84, 0x3c, 0x9e),
        (0x16, 0x6f, 0x75),
        (0x10, 0x12, 0x15),
    ],
};

/// The picture of a buffer, with a bar where the caret is.
pub(crate) fn svg(
    buffer: &Buffer,
    caret: Option<(u16, u16)>,
    widths: &Widths,
    scheme: &Scheme,
    title: &str,
) -> String {
    let area = buffer.area();
    let (width, height) = (
        area.width * CELL.0 + 2 * PADDING,
        area.height * CELL.1 + 2 * PADDING,
    );
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>{}</title>\n\
         <rect x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"9\" fill=\"{}\" stroke=\"#808080\" stroke-opacity=\".4\"/>\n\
         <g transform=\"translate({PADDING} {PADDING})\" font-family=\"{FONTS}\" font-size=\"17.5\" \
         text-anchor=\"middle\" style=\"font-variant-ligatures:none\" fill=\"{}\">\n",
        escaped(title),
        width - 1,
        height - 1,
        hex(scheme.ground),
        hex(scheme.text),
    );
    for y in 0..area.height {
        let cells = cells(buffer, y, widths, scheme);
        grounds(&mut out, &cells, y);
        glyphs(&mut out, &cells, y, scheme);
        underlines(&mut out, &cells, y);
    }
    if let Some((x, y)) = caret {
        let (x, y) = (x * CELL.0, y * CELL.1 + 1);
        let height = CELL.1 - 2;
        writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"2\" height=\"{height}\"/>"
        )
        .unwrap();
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// One glyph and the cells it covers.
#[derive(Clone, Debug)]
struct Glyph {
    x: u16,
    width: u16,
    text: String,
    ink: Rgb,
    ground: Option<Rgb>,
    bold: bool,
    italic: bool,
    underlined: bool,
}

fn cells(buffer: &Buffer, y: u16, widths: &Widths, scheme: &Scheme) -> Vec<Glyph> {
    let mut glyphs = Vec::new();
    let mut x = 0;
    while x < buffer.area().width {
        let cell = &buffer[(x, y)];
        let text = bare(cell.symbol());
        let width = u16::try_from(widths.width(&text)).unwrap().max(1);
        let (ink, ground) = colours(cell, scheme);
        let has = |modifier| cell.modifier.contains(modifier);
        glyphs.push(Glyph {
            x,
            width,
            text,
            ink,
            ground,
            bold: has(Modifier::BOLD),
            italic: has(Modifier::ITALIC),
            underlined: has(Modifier::UNDERLINED),
        });
        x += width;
    }
    glyphs
}

/// The symbol without the link around it.
fn bare(symbol: &str) -> String {
    let mut text = String::new();
    let mut rest = symbol;
    while let Some((before, after)) = rest.split_once("\x1b]8;") {
        text.push_str(before);
        rest = after.split_once("\x1b\\").map_or("", |(_, after)| after);
    }
    text + rest
}

fn colours(cell: &Cell, scheme: &Scheme) -> (Rgb, Option<Rgb>) {
    let ink = rgb(cell.fg, scheme).unwrap_or(scheme.text);
    let ground = rgb(cell.bg, scheme);
    let (ink, ground) = if cell.modifier.contains(Modifier::REVERSED) {
        (ground.unwrap_or(scheme.ground), Some(ink))
    } else {
        (ink, ground)
    };
    if cell.modifier.contains(Modifier::DIM) {
        return (between(ink, ground.unwrap_or(scheme.ground)), ground);
    }
    (ink, ground)
}

fn between(one: Rgb, other: Rgb) -> Rgb {
    let mean =
        |one: u8, other: u8| u8::try_from((3 * u16::from(one) + 2 * u16::from(other)) / 5).unwrap();
    (
        mean(one.0, other.0),
        mean(one.1, other.1),
        mean(one.2, other.2),
    )
}

pub(crate) fn rgb(colour: Color, scheme: &Scheme) -> Option<Rgb> {
    let index = match colour {
        Color::Reset => return None,
        Color::Rgb(red, green, blue) => return Some((red, green, blue)),
        Color::Indexed(index) => index,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    Some(match index {
        0..=15 => scheme.own[usize::from(index)],
        16..=231 => {
            let cube = index - 16;
            (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        }
        232.. => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
    })
}

/// Backgrounds, one rectangle a run.
fn grounds(out: &mut String, glyphs: &[Glyph], y: u16) {
    for run in glyphs.chunk_by(|one, other| one.ground == other.ground) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        if let Some(ground) = first.ground {
            let (x, y) = (first.x * CELL.0, y * CELL.1);
            let width = (last.x + last.width - first.x) * CELL.0;
            let (height, fill) = (CELL.1, hex(ground));
            writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>"
            )
            .unwrap();
        }
    }
}

/// Glyphs, one element a run of one look; what is more than one UTF-16 unit stands alone, as places are counted in those.
fn glyphs(out: &mut String, glyphs: &[Glyph], y: u16, scheme: &Scheme) {
    let is_single = |glyph: &Glyph| glyph.text.encode_utf16().count() == 1;
    let inked: Vec<&Glyph> = glyphs.iter().filter(|g| g.text.trim() != "").collect();
    let y = y * CELL.1 + BASELINE;
    for run in inked.chunk_by(|one, other| {
        let look = |glyph: &Glyph| (glyph.ink, glyph.bold, glyph.italic);
        is_single(one) && is_single(other) && look(one) == look(other)
    }) {
        let Some(first) = run.first() else { continue };
        let places: Vec<String> = run
            .iter()
            .map(|glyph| (glyph.x * CELL.0 + glyph.width * CELL.0 / 2).to_string())
            .collect();
        let text: String = run.iter().map(|glyph| escaped(&glyph.text)).collect();
        let mut look = String::new();
        if first.ink != scheme.text {
            write!(look, " fill=\"{}\"", hex(first.ink)).unwrap();
        }
        if first.bold {
            look.push_str(" font-weight=\"700\"");
        }
        if first.italic {
            look.push_str(" font-style=\"italic\"");
        }
        let places = places.join(" ");
        writeln!(out, "<text y=\"{y}\" x=\"{places}\"{look}>{text}</text>").unwrap();
    }
}

fn underlines(out: &mut String, glyphs: &[Glyph], y: u16) {
    for run in
        glyphs.chunk_by(|one, other| (one.underlined, one.ink) == (other.underlined, other.ink))
    {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        if first.underlined {
            let (x, y) = (first.x * CELL.0, y * CELL.1 + BASELINE + 2);
            let width = (last.x + last.width - first.x) * CELL.0;
            let fill = hex(first.ink);
            writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"1\" fill=\"{fill}\"/>"
            )
            .unwrap();
        }
    }
}

fn hex((red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[test]
fn a_picture_has_each_glyph_in_its_cells_with_its_look() {
    use ratatui::layout::Rect;
    use ratatui::style::Style;
    let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
    let bold = Style::new()
        .fg(Color::Indexed(196))
        .add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
    buffer.set_string(0, 0, "a한<", bold);
    buffer.set_string(
        5,
        0,
        "\u{1f44d}",
        Style::new().add_modifier(Modifier::REVERSED),
    );
    let drawn = svg(&buffer, Some((4, 0)), &Widths::default(), &DARK, "a & b");
    for part in [
        "<title>a &amp; b</title>",
        "<text y=\"16\" x=\"5 20 35\" fill=\"#ff0000\" font-weight=\"700\">a한&lt;</text>",
        "<rect x=\"0\" y=\"18\" width=\"40\" height=\"1\" fill=\"#ff0000\"/>",
        "<rect x=\"50\" y=\"0\" width=\"20\" height=\"22\" fill=\"#d7dae0\"/>",
        "<text y=\"16\" x=\"60\" fill=\"#171a21\">\u{1f44d}</text>",
        "<rect x=\"40\" y=\"1\" width=\"2\" height=\"20\"/>",
    ] {
        assert!(drawn.contains(part), "{part} is not in\n{drawn}");
    }
    assert_eq!(
        bare("\x1b]8;id=1;https://a.example\x1b\\글\x1b]8;;\x1b\\"),
        "글"
    );
}
