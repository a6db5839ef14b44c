//! The log: lines to standard error that no client can break, fill or speak through.
//!
//! - `error`: somebody has to act now. `warn`: somebody should look today. `info`: the life of the server. `debug`: for developers.
//! - A line is one event, whatever its fields hold: control and bidi characters are spelled out.
//! - What a client can cause is logged so often and no more; the rest is counted. Only `debug` is not held back.
//! - No text, key or nonce of anybody is logged.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Lines of one kind in one [`WINDOW`]; further ones are only counted.
const LINES_MAX: u32 = 10;

/// The time for which lines are counted together.
const WINDOW: Duration = Duration::from_secs(10);

/// Characters of a fault's cause that are logged.
const CAUSE_CHARS_MAX: usize = 200;

/// What a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Begins to log what `filter` lets through to standard error.
pub(crate) fn start(filter: EnvFilter, format: Format) {
    let coloured = format == Format::Text && io::stderr().is_terminal();
    let logs = Logs {
        coloured,
        kinds: Arc::default(),
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(coloured)
        .with_writer(logs);
    match format {
        Format::Text => builder.init(),
        Format::Json => builder.json().flatten_event(true).init(),
    }
    // A fault is one line of the log like any other, without a backtrace.
    std::panic::set_hook(Box::new(fault));
}

fn fault(fault: &PanicHookInfo<'_>) {
    let place = fault
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    let cause = cause(fault.payload_as_str().unwrap_or_default());
    tracing::error!(place, cause, "a fault of this program");
}

/// What went wrong, up to what the sentence quotes: that may be somebody's text.
fn cause(payload: &str) -> String {
    let plain = payload
        .chars()
        .take_while(|c| !matches!(c, '`' | '"' | '\''));
    plain.take(CAUSE_CHARS_MAX).collect()
}

/// Where a line is made.
type Kind = &'static str;

/// Makes a writer for each line.
#[derive(Clone)]
struct Logs {
    coloured: bool,
    kinds: Arc<Mutex<BTreeMap<Kind, Count>>>,
}

/// How often a kind of line came.
#[derive(Clone, Copy, Debug)]
struct Count {
    since: Instant,
    lines: u32,
    dropped: u64,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is written, and that so many before it were not.
    Written { dropped: u64 },
    /// It is counted.
    Dropped,
}

impl Count {
    const fn new(now: Instant) -> Self {
        Self {
            since: now,
            lines: 0,
            dropped: 0,
        }
    }

    fn take(&mut self, now: Instant) -> Fate {
        if now.saturating_duration_since(self.since) >= WINDOW {
            self.since = now;
            self.lines = 0;
        }
        if self.lines < LINES_MAX {
            self.lines += 1;
            let dropped = std::mem::take(&mut self.dropped);
            Fate::Written { dropped }
        } else {
            self.dropped += 1;
            Fate::Dropped
        }
    }
}

/// Writes one line.
struct Line {
    coloured: bool,
    fate: Fate,
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line {
            coloured: self.coloured,
            fate: Fate::Written { dropped: 0 },
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a line of the log has no other time than its own"
    )]
    fn make_writer_for(&'a self, meta: &Metadata<'_>) -> Line {
        if *meta.level() > Level::INFO {
            return self.make_writer();
        }
        let now = Instant::now();
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let fate = kinds
            .entry(meta.name())
            .or_insert_with(|| Count::new(now))
            .take(now);
        Line {
            coloured: self.coloured,
            fate,
        }
    }
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Fate::Written { dropped } = self.fate {
            let told = told(&String::from_utf8_lossy(line), self.coloured, dropped);
            io::stderr().lock().write_all(told.as_bytes())?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}

/// The line as it is written.
fn told(line: &str, coloured: bool, dropped: u64) -> String {
    let mut told = String::with_capacity(line.len() + 1);
    for c in line.trim_end_matches('\n').chars() {
        if is_plain(c) || (coloured && c == '\u{1b}') {
            told.push(c);
            continue;
        }
        // As JSON has it, which people read as well.
        for unit in c.encode_utf16(&mut [0; 2]) {
            told.extend(format!("\\u{unit:04x}").chars());
        }
    }
    if dropped > 0 {
        match told.strip_suffix('}') {
            Some(object) => told = format!("{object},\"dropped\":{dropped}}}"),
            None => told.extend(format!(" dropped={dropped}").chars()),
        }
    }
    told.push('\n');
    told
}

/// Whether a character does nothing to a terminal and hides nothing from a reader.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        let line = "a\nb\r\u{1b}[2J\u{202e}c\u{85}\u{e0041}\n";
        assert_eq!(
            told(line, false, 0),
            "a\\u000ab\\u000d\\u001b[2J\\u202ec\\u0085\\udb40\\udc41\n"
        );
        assert_eq!(
            told("\u{1b}[1mERROR\u{1b}[0m 한글\n", true, 0),
            "\u{1b}[1mERROR\u{1b}[0m 한글\n"
        );
    }

    #[test]
    fn what_was_dropped_is_told_with_the_next_line() {
        assert_eq!(told("WARN full\n", false, 7), "WARN full dropped=7\n");
        assert_eq!(
            told("{\"level\":\"WARN\"}\n", false, 7),
            "{\"level\":\"WARN\",\"dropped\":7}\n"
        );
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "any time will do")]
    fn so_many_lines_of_a_kind_are_written_in_a_window_and_the_rest_is_counted() {
        let start = Instant::now();
        let mut count = Count::new(start);
        for _ in 0..LINES_MAX {
            assert_eq!(count.take(start), Fate::Written { dropped: 0 });
        }
        for _ in 0..3 {
            assert_eq!(count.take(start), Fate::Dropped);
        }
        let within = start + WINDOW / 2;
        assert_eq!(count.take(within), Fate::Dropped);
        assert_eq!(count.take(start + WINDOW), Fate::Written { dropped: 4 });
        assert_eq!(count.take(start + WINDOW), Fate::Written { dropped: 0 });
    }

    #[test]
    fn a_fault_quotes_nobody() {
        assert_eq!(
            cause("byte index 1 is not a char boundary; it is inside '한' of `한 secret`"),
            "byte index 1 is not a char boundary; it is inside "
        );
        assert_eq!(
            cause("index out of bounds: the len is 3"),
            "index out of bounds: the len is 3"
        );
    }
}
