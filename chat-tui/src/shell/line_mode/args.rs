//! The flags of line mode, and when it is taken.

use std::time::Duration;

use clap::Args;

/// Most messages that `--history` can ask for. They are gathered before the first one is printed, so this bounds the memory
/// that they take; more is a usage error.
pub const HISTORY_MAX: u32 = 20_000;

/// Seconds without the room after which line mode gives up, unless told otherwise.
pub const TIMEOUT_S: u32 = 30;

/// What `--help` says below the options.
pub const HELP: &str = "\
Line mode (--plain, TERM=dumb, or standard input or output that is no terminal) never prompts.

  Output is events only, a line each, from the join on; everything else is on standard error.
    to a pipe      RFC3339 TAB nick TAB text; further lines of a message start with a TAB
    to a terminal  14:03 nick: text; further lines of a message are indented
    with --json    one object a line: type, room, era, n, time, nick, text, own;
                   the first is \"joined\"

  The nick column of the first two forms is
    nick           who said it
    * nick         who did it (/me)
    *              what happened: nick joined, nick left, nick is reconnecting, nick is back,
                   nick is now other, nick set the topic: text
    @nick          a direct message to you; @you>nick is one of yours

  Types with --json: joined, message, action, topic, join, leave, reconnecting, back,
  rename (with \"was\"), gap (messages from era, n to to_era, to_n cannot be had any more) and
  forked (the server's history went another way: what was printed of this room is void,
  but for what stands up to its era and n, where it has them).

  Input is UTF-8, a message a line. With --json-input a line is {\"text\": \"...\"}, and may
  have \"kind\": \"message\" or \"action\" and \"reply_to\": [era, n]. Refused lines are named by
  number on standard error, and the rest goes on.

  At a terminal, or with --commands, it is the whole chat for people: a line that begins with
  / is a command, //x says /x, and /help lists all. Everything is on standard output then, in
  plain words and without a control sequence. Typed at a terminal with the output in a pipe,
  /me, /reply, /w, /nick, /topic, /rooms, /search, /key, /whois, /help and /quit are commands.

  Exit codes: 0; 1 some lines were refused; 2 usage; 3 unreachable; 4 nick, key, room or version
  refused; 130 or 143 by signal; 141 the output was closed.";

/// The flags of line mode.
#[derive(Args, Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
#[command(next_help_heading = "Line mode")]
pub struct LineArgs {
    /// No screen: a line a message in, a line an event out
    #[arg(long, overrides_with = "no_plain")]
    pub plain: bool,
    /// Read commands and speak as at a terminal, also through pipes
    #[arg(long, conflicts_with_all = ["json", "json_input"])]
    pub commands: bool,
    /// The screen, whatever the file of settings says
    #[arg(long, overrides_with = "plain")]
    pub no_plain: bool,
    /// Print events as JSON, one object a line
    #[arg(long)]
    pub json: bool,
    /// Read messages as JSON, one object a line
    #[arg(long)]
    pub json_input: bool,
    /// Print the last N messages of the room first [default: 0]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=i64::from(HISTORY_MAX)))]
    pub history: Option<u32>,
    /// Read on when the input has ended, until a signal
    #[arg(long)]
    pub follow: bool,
    /// Give up after so long without the room, each time; 0 never does [default: 30]
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u32>,
}

impl LineArgs {
    /// The longest outage that is borne; nothing where any is.
    pub fn patience(&self) -> Option<Duration> {
        let seconds = self.timeout.unwrap_or(TIMEOUT_S);
        (seconds > 0).then(|| Duration::from_secs(u64::from(seconds)))
    }

    /// Whether people read and write: at a terminal, or where commands are asked for. Programs have the contract of the pipe.
    pub fn is_for_people(&self, surroundings: &Surroundings) -> bool {
        let is_seen = surroundings.input_is_terminal && surroundings.output_is_terminal;
        !self.json && !self.json_input && (is_seen || self.commands)
    }

    /// Whether line mode is taken: asked for by a flag that only it has, or because there is no screen to draw on.
    pub fn takes(&self, surroundings: &Surroundings) -> bool {
        self.plain
            || self.json
            || self.json_input
            || self.commands
            || self.follow
            || surroundings.dumb
            || !surroundings.input_is_terminal
            || !surroundings.output_is_terminal
    }
}

/// What the program was started in.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Surroundings {
    /// `TERM` is `dumb`.
    pub dumb: bool,
    /// Standard input is a terminal.
    pub input_is_terminal: bool,
    /// Standard output is a terminal.
    pub output_is_terminal: bool,
    /// Standard error is a terminal.
    pub error_is_terminal: bool,
}

impl Surroundings {
    /// Those of this process.
    pub fn of_process() -> Self {
        use std::io::IsTerminal as _;
        Self {
            dumb: std::env::var_os("TERM").is_some_and(|term| term == "dumb"),
            input_is_terminal: std::io::stdin().is_terminal(),
            output_is_terminal: std::io::stdout().is_terminal(),
            error_is_terminal: std::io::stderr().is_terminal(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Program {
        #[command(flatten)]
        line: LineArgs,
    }

    #[track_caller]
    fn parsed(flags: &[&str]) -> Result<LineArgs, clap::error::ErrorKind> {
        let flags = std::iter::once("chat-tui").chain(flags.iter().copied());
        Program::try_parse_from(flags)
            .map(|program| program.line)
            .map_err(|error| error.kind())
    }

    const SCREEN: Surroundings = Surroundings {
        dumb: false,
        input_is_terminal: true,
        output_is_terminal: true,
        error_is_terminal: true,
    };

    #[test]
    fn line_mode_is_taken_by_flag_by_a_dumb_terminal_and_without_one() {
        let none = parsed(&[]).unwrap();
        assert!(!none.takes(&SCREEN));
        for flag in [
            "--plain",
            "--commands",
            "--json",
            "--json-input",
            "--follow",
        ] {
            assert!(parsed(&[flag]).unwrap().takes(&SCREEN), "{flag}");
        }
        let dumb = Surroundings {
            dumb: true,
            ..SCREEN
        };
        let piped_in = Surroundings {
            input_is_terminal: false,
            ..SCREEN
        };
        let piped_out = Surroundings {
            output_is_terminal: false,
            ..SCREEN
        };
        let logged = Surroundings {
            error_is_terminal: false,
            ..SCREEN
        };
        assert!(none.takes(&dumb) && none.takes(&piped_in) && none.takes(&piped_out));
        assert!(!none.takes(&logged));
    }

    #[test]
    fn t40_people_sit_at_a_terminal_or_ask_for_commands() {
        let piped = Surroundings {
            output_is_terminal: false,
            ..SCREEN
        };
        let is_for_people = |flags: &[&str], surroundings: &Surroundings| {
            parsed(flags).unwrap().is_for_people(surroundings)
        };
        assert!(is_for_people(&["--plain"], &SCREEN));
        assert!(is_for_people(&["--commands"], &piped));
        assert!(!is_for_people(&["--plain"], &piped));
        assert!(!is_for_people(&["--json"], &SCREEN));
        assert!(parsed(&["--commands", "--json"]).is_err());
    }

    #[test]
    fn the_timeout_is_thirty_seconds_and_zero_is_none() {
        assert_eq!(
            parsed(&[]).unwrap().patience(),
            Some(Duration::from_secs(30))
        );
        assert_eq!(parsed(&["--timeout", "0"]).unwrap().patience(), None);
        assert_eq!(
            parsed(&["--timeout", "7"]).unwrap().patience(),
            Some(Duration::from_secs(7))
        );
    }

    #[test]
    fn the_help_fits_the_width_that_help_is_wrapped_at() {
        for line in HELP.lines() {
            assert!(line.len() <= 98, "{line}");
        }
    }

    #[test]
    fn history_beyond_its_limit_is_a_usage_error() {
        assert_eq!(
            parsed(&["--history", "20000"]).unwrap().history,
            Some(HISTORY_MAX)
        );
        assert_eq!(
            parsed(&["--history", "20001"]).unwrap_err(),
            clap::error::ErrorKind::ValueValidation
        );
    }
}
