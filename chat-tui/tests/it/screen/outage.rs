//! The server dies and comes back.

use rustix::process::Signal;

use super::support::{Person, ServerProcess, draft, is_in, wait_for_sentence, words};
use crate::pty::{Answers, Pty, Screen};

/// Rows for a whole conversation.
const TALL: (u16, u16) = (100, 160);

/// How often the server is killed in one conversation.
const CUTS: u64 = 3;

/// Texts that each of the two writes before and after each kill.
pub(super) const BURST: u64 = 6;

/// A plain generator of numbers: xorshift.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// One of the two.
    pub(super) fn choose<'a>(&mut self, two: &'a [Pty; 2]) -> &'a Pty {
        let [left, right] = two;
        if self.below(2) == 0 { left } else { right }
    }
}

pub(super) fn enter_tall(url: &str, person: &Person, nick: &str) -> Pty {
    let args = ["--server", url, "--room", "lobby", "--nick", nick];
    let pty = person.run_in(&args, &[("LANG", "C")], TALL, Answers::AtOnce);
    pty.wait_for("the room", |screen| is_in(screen, nick));
    pty
}

/// Types some texts whose numbers go on from `written`; returns the last number.
pub(super) fn write(pty: &Pty, who: usize, written: u64) -> u64 {
    let numbers = written + 1..=written + BURST;
    let texts: Vec<String> = numbers.map(|n| format!("t-{who}-{n:03}\r")).collect();
    pty.send(texts.concat());
    written + BURST
}

/// Every text of both, in the order of the screen, once nothing is pending any more.
pub(super) fn conversation(screen: &Screen) -> Option<Vec<String>> {
    (!screen.shows("⋯") && screen.shows(" connected")).then(|| words(screen, "t-"))
}

/// Kills the server in the middle of what two people write, a few times, and returns what both screens show then, and how much was
/// written.
fn cut_and_mend(seed: u64, server: &mut ServerProcess) -> ([Vec<String>; 2], usize) {
    let mut random = Random::new(seed);
    let people = [Person::new(), Person::new()];
    let [minsu, jieun] = &people;
    let screens = [
        enter_tall(&server.url(), minsu, "minsu"),
        enter_tall(&server.url(), jieun, "jieun"),
    ];
    let mut written = 0;
    for _ in 0..CUTS {
        for (who, pty) in screens.iter().enumerate() {
            written = write(pty, who, written);
        }
        // Anywhere between the first and the last of what was just written.
        let reached = written - random.below(2 * BURST);
        random
            .choose(&screens)
            .wait_for_text(&format!("-{reached:03}"));
        server.kill();
        for (who, pty) in screens.iter().enumerate() {
            pty.wait_for_text("not connected");
            written = write(pty, who, written);
            wait_for_sentence(pty, "waiting to be sent");
        }
        server.start_again();
        // One of them cannot wait.
        random.choose(&screens).send("\x12");
    }
    let all = usize::try_from(written).unwrap_or(usize::MAX);
    let shown = screens.each_ref().map(|pty| {
        let screen = pty.wait_for("every text", |screen| {
            conversation(screen).is_some_and(|texts| texts.len() == all)
        });
        conversation(&screen).unwrap_or_default()
    });
    (shown, all)
}

/// `SCREEN_SEED=17 cargo test -p chat-tui t24` replays one run.
#[test]
fn t24_a_server_killed_in_mid_traffic_loses_and_doubles_nothing() {
    let seeds = match std::env::var("SCREEN_SEED") {
        Ok(seed) => vec![seed.parse().expect("a number")],
        Err(_) => vec![1, 2, 3],
    };
    for seed in seeds {
        name_seed(seed);
        let mut server = ServerProcess::start();
        let ([left, right], all) = cut_and_mend(seed, &mut server);
        assert_eq!(left, right, "both see one order");
        assert_eq!(server.texts("lobby"), left, "and that of the server");
        for who in ["t-0-", "t-1-"] {
            let own: Vec<&String> = left.iter().filter(|text| text.starts_with(who)).collect();
            assert_eq!(own.len() * 2, all);
            assert!(own.windows(2).all(|two| two[0] < two[1]), "{own:?}");
        }
    }
}

#[expect(clippy::print_stderr, reason = "tells how to replay a run that fails")]
pub(super) fn name_seed(seed: u64) {
    eprintln!("SCREEN_SEED={seed}");
}

#[test]
fn t25_a_countdown_runs_and_a_key_connects_at_once() {
    let mut server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("for later");
    let whole = pty.wait_for_text("› for later").bytes.len();
    server.kill();
    let screen = pty.wait_for("a long wait", |screen| countdown(screen) >= Some(3));
    assert!(screen.shows("Ctrl+R tries now"), "{}", screen.last_line());
    assert!(screen.shows("lobby"), "the screen stays");
    assert_eq!(draft(&screen), "for later");
    let from = countdown(&screen);
    pty.wait_for("a second less", |screen| {
        countdown(screen).is_some() && countdown(screen) < from
    });
    // At no moment was it blank: nothing erased it.
    let outage = pty.screen();
    let outage = outage.bytes.get(whole..).unwrap_or_default();
    assert!(!String::from_utf8_lossy(outage).contains("\x1b[2J"));
    server.start_again();
    let before = pty.screen().bytes.len();
    pty.send("\x12");
    let screen = pty.wait_for("the connection", |screen| screen.shows(" connected"));
    // Each further second would have been drawn.
    let drawn = screen.bytes.len() - before;
    assert!(drawn < 600, "{drawn} bytes for less than a second");
    assert_eq!(draft(&screen), "for later");
}

/// The seconds until the next try.
fn countdown(screen: &Screen) -> Option<u64> {
    // It may be broken over two rows anywhere.
    let text = screen.lines.join(" ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words
        .windows(3)
        .position(|words| words == ["next", "try", "in"])?;
    words.get(at + 3)?.parse().ok()
}

#[test]
fn t24_a_server_that_stops_in_good_order_is_back_without_a_key() {
    let mut server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("one\r");
    pty.wait_for("the text as sent", |screen| {
        screen.shows("minsu  one") && !screen.shows("⋯")
    });
    server.stop();
    pty.wait_for_text("not connected");
    pty.send("two\r");
    pty.wait_for_text("two  ⋯ waiting");
    server.start_again();
    let screen = pty.wait_for("both texts", |screen| {
        is_in(screen, "minsu") && !screen.shows("⋯") && screen.shows("two")
    });
    assert_eq!(words(&screen, "one").len() + words(&screen, "two").len(), 2);
}

#[test]
fn t24_a_screen_that_was_stopped_goes_on_with_what_it_missed() {
    // The server gives the stopped one up in two seconds and not in 35, and tells the others that it left.
    let server =
        ServerProcess::with_limits(&["heartbeat_ms=1000", "pong_ms=1000", "reconnecting_ms=1000"]);
    let (minsu, jieun) = (Person::new(), Person::new());
    let left = enter_tall(&server.url(), &minsu, "minsu");
    let right = enter_tall(&server.url(), &jieun, "jieun");
    left.send("t-0-000\r");
    right.wait_for_text("t-0-000");
    left.kill(Signal::STOP);
    left.send("t-0-001\rt-0-002\rhalf of");
    let texts: Vec<String> = (1..=30).map(|n| format!("t-1-{n:03}\r")).collect();
    right.send(texts.concat());
    let screen = right.wait_for_text("minsu left");
    let gone = conversation(&screen).map(|texts| texts.len());
    left.kill(Signal::CONT);
    let all = |pty: &Pty| {
        let screen = pty.wait_for("every text", |screen| {
            conversation(screen).is_some_and(|texts| texts.len() == 33)
        });
        conversation(&screen).unwrap_or_default()
    };
    let (seen, other) = (all(&left), all(&right));
    assert_eq!(seen, other);
    assert_eq!(server.texts("lobby"), seen);
    assert_eq!(draft(&left.screen()), "half of");
    assert!(gone <= Some(31), "{gone:?}");
}
