//! A disk that fails: the server refuses or ends with one sentence, and never acknowledges what may not be there.

use rustix::process::Signal;

use super::{Lab, Talker, history, reader};
use crate::shim::{Loss, Mode};
use crate::support::{PATIENCE, Process, run_to_end_under};

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
    let Talker { acked, client, .. } = anna;
    drop(client);
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
    let Talker { acked, client, .. } = anna;
    drop(client);
    lab.shim.set(Mode::SyncsFail).unwrap();
    server.signal(Signal::TERM);
    ends_with_one_sentence(server).await;
    lab.shim.power_fails(Loss::All).unwrap();
    lab.shim.set(Mode::Pass).unwrap();
    assert_eq!(lab.texts().await, acked);
}

/// Of a checkpoint, what it writes into the database is what fails.
#[tokio::test]
async fn a_failed_fsync_of_the_database_is_told() {
    let lab = Lab::new();
    let server = lab.start().await;
    let mut anna = Talker::enter(&server).await;
    anna.says("kept").await;
    let Talker { acked, client, .. } = anna;
    drop(client);
    lab.shim.set_only(Mode::SyncsFail, "/chat.db").unwrap();
    server.signal(Signal::TERM);
    ends_with_one_sentence(server).await;
    lab.shim.power_fails(Loss::Some(3)).unwrap();
    lab.shim.set(Mode::Pass).unwrap();
    assert_eq!(lab.texts().await, acked);
}

#[tokio::test]
async fn a_start_on_such_a_disk_fails_and_changes_nothing() {
    let lab = Lab::new();
    let server = lab.start().await;
    let mut anna = Talker::enter(&server).await;
    anna.says("kept").await;
    server.signal(Signal::KILL);
    server.end(PATIENCE).await;
    for mode in [Mode::Full, Mode::WritesFail, Mode::SyncsFail] {
        lab.shim.set(mode).unwrap();
        let output = run_to_end_under(&lab.shim, &lab.data).await;
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{mode:?}: {words}");
        assert_eq!(words.lines().count(), 1, "{mode:?}: {words}");
        let data = lab.data.to_str().unwrap();
        assert!(
            words.starts_with("chat-server: ") && words.contains(data),
            "{words}"
        );
        lab.shim.power_fails(Loss::All).unwrap();
        lab.shim.set(Mode::Pass).unwrap();
        assert_eq!(lab.texts().await, anna.acked, "{mode:?}");
    }
}

/// A log whose name is not on the disk is no log, and the database takes no notice of that.
#[tokio::test]
async fn it_does_not_start_where_names_cannot_be_saved() {
    let lab = Lab::new();
    assert!(lab.texts().await.is_empty());
    for file in ["chat.db", "chat.db-wal", "chat.db-shm", "instance"] {
        std::fs::remove_file(lab.data.join(file)).unwrap();
    }
    lab.shim.set_only(Mode::SyncsFail, "/data").unwrap();
    let output = run_to_end_under(&lab.shim, &lab.data).await;
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("data: "), "{words}");
}
