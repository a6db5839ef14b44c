//! What the program does while nothing happens, and while much does.

use std::fs::{read_dir, read_to_string};
use std::time::Duration;

use super::support::{Person, SIZE, ServerProcess, draft};
use crate::pty::{Pty, cursors_after_frames};

/// How long the program is watched.
const WATCHED: Duration = Duration::from_secs(2);

/// Wake-ups in [`WATCHED`]: none but for a heartbeat of the server, which may fall into it.
const WAKE_UPS_MAX: u64 = 4;

/// Ticks of processor time, of 10 ms each, in [`WATCHED`].
const TICKS_MAX: u64 = 1;

/// Messages that come while somebody writes.
const FLOOD: usize = 1_000;

/// Ticks of processor time and wake-ups of all threads of a process so far.
fn work(pty: &Pty) -> (u64, u64) {
    let process = format!("/proc/{}", pty.pid());
    let stat = read_to_string(format!("{process}/stat")).expect("a process");
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let field = |n: usize| -> u64 {
        let field = fields.split_whitespace().nth(n);
        field
            .and_then(|field| field.parse().ok())
            .expect("a number")
    };
    let mut wake_ups = 0;
    for task in read_dir(format!("{process}/task")).expect("its threads") {
        let status = task.expect("a thread").path().join("status");
        for line in read_to_string(status).expect("a status").lines() {
            if let Some((_, count)) = line.split_once("ctxt_switches:") {
                wake_ups += count.trim().parse::<u64>().expect("a number");
            }
        }
    }
    (field(11) + field(12), wake_ups)
}

#[test]
#[cfg(target_os = "linux")]
fn t03_nothing_is_done_when_nothing_happens() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("말을 하고\r쓰는 중");
    pty.wait_for("the text as sent", |screen| {
        screen.shows("› 쓰는 중") && screen.shows("말을 하고") && !screen.shows("⋯")
    });
    // What was read and written is saved within a second.
    pty.assert_silent(Duration::from_secs(1));
    let (ticks, wake_ups) = work(&pty);
    pty.assert_silent(WATCHED);
    let (ticks_after, wake_ups_after) = work(&pty);
    let (ticks, wake_ups) = (ticks_after - ticks, wake_ups_after - wake_ups);
    assert!(ticks <= TICKS_MAX, "{ticks} ticks");
    assert!(wake_ups <= WAKE_UPS_MAX, "{wake_ups} wake-ups");
}

#[test]
fn t01_a_flood_leaves_the_caret_where_one_writes() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("반쯤 쓴");
    let before = pty.wait_for_text("› 반쯤 쓴");
    assert_eq!(before.cursor, (3 + 7, 26));
    let lines: Vec<String> = (1..=FLOOD).map(|n| format!("n-{n:04}\n")).collect();
    server.say(&Person::new(), "lobby", "jieun", &lines.concat());
    let screen = pty.wait_for_text(&format!("n-{FLOOD:04}"));
    assert_eq!(draft(&screen), "반쯤 쓴");
    let cursors = cursors_after_frames(&screen.bytes, SIZE, before.bytes.len());
    assert!(cursors.len() > 1, "{} frames", cursors.len());
    for cursor in &cursors {
        assert_eq!(*cursor, before.cursor);
    }
}
