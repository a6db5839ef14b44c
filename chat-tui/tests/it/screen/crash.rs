//! The program dies and is started again.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use super::support::{
    Person, ServerProcess, count, draft, is_in, wait_for_file, wait_for_sentence,
};

#[test]
fn t26_what_was_sent_and_what_was_written_outlive_a_kill() {
    let mut server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let left = minsu.enter(&server, "개발", "민수");
    let right = jieun.enter(&server, "개발", "jieun");
    left.wait_for_text("members 2");
    server.kill();
    left.wait_for_text("not connected");
    left.send("서버가 없을 때 보낸 말\r둘째 말\r");
    wait_for_sentence(&left, "2 waiting to be sent");
    left.send("아직 쓰는 중인\x1b\r두 줄");
    left.wait_for_text("두 줄");
    wait_for_file(minsu.state(), "아직 쓰는 중인\n두 줄");
    left.kill(Signal::KILL);
    left.wait_exit();

    server.start_again();
    right.send("\x12");
    let left = minsu.enter(&server, "개발", "민수");
    let screen = left.wait_for("the pending texts", |screen| {
        is_in(screen, "민수") && screen.shows("둘째 말") && !screen.shows("⋯")
    });
    assert_eq!(draft(&screen), "아직 쓰는 중인\n두 줄");
    assert_eq!(screen.cursor, (3 + 5, 26), "the caret is at its end");
    let screen = right.wait_for_text("둘째 말");
    assert_eq!(count(&screen, "둘째 말"), 1);
    left.send("\r");
    right.wait_for_text("두 줄");
    let sent = ["서버가 없을 때 보낸 말", "둘째 말", "아직 쓰는 중인\n두 줄"];
    assert_eq!(server.texts("개발"), sent);
    // Once more: nothing of it is left to be sent again.
    left.kill(Signal::KILL);
    left.wait_exit();
    let left = minsu.enter(&server, "개발", "민수");
    assert_eq!(draft(&left.screen()), "");
    left.send("끝\r");
    right.wait_for_text("끝");
    assert_eq!(server.texts("개발").len(), sent.len() + 1);
}

#[test]
fn t26_drafts_are_kept_by_room_and_on_the_way_out() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("/join rust\r");
    pty.wait_for_text("lobby   rust");
    pty.send("for rust\x1b1for lobby");
    pty.wait_for_text("› for lobby");
    pty.kill(Signal::TERM);
    pty.wait_exit();
    let pty = person.enter(&server, "rust", "minsu");
    assert_eq!(draft(&pty.screen()), "for rust");
    pty.send("\x15/join lobby\r");
    pty.wait_for_text("› for lobby");
}

#[test]
fn t26_a_draft_that_cannot_be_kept_is_told_of_and_kept_as_soon_as_it_can_be() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("처음");
    wait_for_file(person.state(), "처음");
    let drafts = directory_of(person.state(), ".drafts").expect("a directory of drafts");
    let aside = drafts.with_extension("aside");
    // A file in the place of the directory takes no draft, as a full disk would not.
    fs::rename(&drafts, &aside).unwrap();
    fs::write(&drafts, "").unwrap();
    pty.send(" 둘째");
    wait_for_sentence(&pty, "cannot be written");
    assert_eq!(draft(&pty.screen()), "처음 둘째");
    fs::remove_file(&drafts).unwrap();
    fs::rename(&aside, &drafts).unwrap();
    pty.send(" 셋째");
    wait_for_file(person.state(), "처음 둘째 셋째");
}

/// The directory whose name ends so.
fn directory_of(below: &Path, end: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(below).ok()?.filter_map(Result::ok);
    let mut directories = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir());
    directories.find_map(|path| {
        if path.to_string_lossy().ends_with(end) {
            Some(path)
        } else {
            directory_of(&path, end)
        }
    })
}
