//! A disk that fails: the server refuses or ends with one sentence, and never acknowledges what may not be there.

use rustix::process::Signal;

use super::{Lab, Talker, history, reader};
use crate::shim::{Loss, Mode};
use crate::support::{PATIENCE, Process};

/// Waits for the end of a server that met a failing disk.
async fn ends_with_one_sentence(server: Process) {
    let (status, words) = server.last_words(PATIENCE).await;
    assert_eq!(status.code(), Some(1), "{words}");
    assert!(
        words.contains("chat.db") && words.contains("check the disk"),
        "{words}"
    );
    assert_eq!(words.lines().count(), 1, "{words}");
}

/// A few texts, then one on a disk in this mode, which ends the server. Gives what was acknowledged.
async fn last_text_on(lab: &Lab, mode: Mode) -> Vec<String> {
    let server = lab.start().await;
    let mut anna = Talker::enter(&server).await;
    for number in 1..=5 {
        anna.says(&format!("{mode:?} {number}")).await;
    }
    lab.shim.set(mode).unwrap();
    let answer = anna.say("in flight").await;
    assert_eq!(answer, None, "nobody can say, so nothing is said");
    let Talker { acked, .. } = anna;
    ends_with_one_sentence(server).await;
    lab.shim.set(Mode::Pass).unwrap();
    acked
}

#[tokio::test]
async fn a_failed_write_ends_it_without_a_false_ack() {
    let lab = Lab::new();
    let acked = last_text_on(&lab, Mode::WritesFail).await;
    assert_eq!(lab.texts().await, acked);
}

/// Why a failed write in a commit is no refusal: its end may be there all the same.
#[tokio::test]
async fn a_failed_write_may_have_been_done() {
    let lab = Lab::new();
    let mut expected = last_text_on(&lab, Mode::WritesFailAfterwards).await;
    expected.push("in flight".to_owned());
    let texts = lab.texts().await;
    // Only where the failing write is the last one of the commit.
    assert!(
        texts == expected || texts == expected[..expected.len() - 1],
        "{texts:?}"
    );
}

/// The system may show after the restart what the disk does not have. What is shown then must stay.
#[tokio::test]
async fn after_a_failed_fsync_what_is_shown_stays() {
    for mode in [Mode::SyncFailsOnce, Mode::SyncsFail] {
        let lab = Lab::new();
        let acked = last_text_on(&lab, mode).await;
        let server = lab.start().await;
        let shown = history(&mut reader(&server).await).await;
        assert!(
            shown.len() <= acked.len() + 1 && shown.starts_with(&acked),
            "{shown:?}"
        );
        server.signal(Signal::KILL);
        server.end(PATIENCE).await;
        lab.shim.power_fails(Loss::All).unwrap();
        assert_eq!(lab.texts().await, shown, "{mode:?}");
    }
}

/// The power goes with the fsync: nothing that was acknowledged does.
#[tokio::test]
async fn a_failed_fsync_and_a_power_failure_lose_nothing_acknowledged() {
    for loss in [Loss::All, Loss::Some(1), Loss::Some(2)] {
        let lab = Lab::new();
        let acked = last_text_on(&lab, Mode::SyncFailsOnce).await;
        lab.shim.power_fails(loss).unwrap();
        let texts = lab.texts().await;
        assert!(
            texts.len() <= acked.len() + 1 && texts.starts_with(&acked),
            "{texts:?}"
        );
    }
}

#[tokio::test]
async fn a_failed_fsync_at_the_end_is_told() {
    let lab = Lab::new();
    let server = lab.start().await;
    let mut anna = Talker::enter(&server).await;
    anna.says("kept").await;
    let Talker { acked, .. } = anna;
    lab.shim.set(Mode::SyncsFail).unwrap();
    server.signal(Signal::TERM);
    ends_with_one_sentence(server).await;
    lab.shim.power_fails(Loss::All).unwrap();
    lab.shim.set(Mode::Pass).unwrap();
    assert_eq!(lab.texts().await, acked);
}
