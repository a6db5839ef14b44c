//! The first screen of somebody who gave no flags.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use super::support::{Person, ServerProcess, is_in, quit};
use crate::pty::Pty;

/// The form, with the caret in the field of the server and its text replaced.
fn form(person: &Person, server: &str) -> Pty {
    let pty = person.run(&[]);
    pty.wait_for_text("One room, one name");
    pty.send("\x15");
    pty.send(server);
    pty.wait_for_text(server);
    pty
}

/// A port at which nobody listens.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("its address").port()
}

#[test]
fn t17_enter_three_times_gets_in() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.run(&[]);
    let screen = pty.wait_for_text("One room, one name");
    assert!(screen.shows("› server    ws://127.0.0.1:7878"), "filled in");
    pty.send(format!("\x15{}\r", server.url()));
    pty.wait_for_text("connected ∙ 0 rooms");
    pty.send("개발\r민수\r");
    pty.wait_for("the room", |screen| is_in(screen, "민수"));
    pty.send("hi\r");
    pty.wait_for_text("민수  hi");
    quit(pty);
    // The second time everything is filled in.
    let pty = person.run(&[]);
    let screen = pty.wait_for_text("connected ∙ 1 room");
    for filled in [&server.url(), "개발", "민수"] {
        assert!(screen.shows(filled), "{filled}");
    }
    pty.send("\r\r\r");
    pty.wait_for("the room", |screen| is_in(screen, "민수"));
}

#[test]
fn t17_flags_skip_their_field_and_rooms_are_offered_with_counts() {
    let server = ServerProcess::start();
    let people = [Person::new(), Person::new()];
    let minsu = people[0].enter(&server, "lobby", "minsu");
    let _jieun = people[1].enter(&server, "lobby", "jieun");
    minsu.send("/join 개발\r");
    minsu.wait_for_text("lobby   개발");
    let newcomer = Person::new();
    let pty = newcomer.run(&["--server", &server.url(), "--nick", "doyun"]);
    let screen = pty.wait_for_text("connected ∙ 2 rooms");
    assert!(screen.shows("› room"), "the first field that is open");
    assert!(
        screen.shows("lobby 2   개발 1"),
        "{}",
        screen.lines.join("\n")
    );
    pty.send("\x1b[B");
    pty.wait_for_text("room      lobby");
    pty.send("\x1b[B");
    pty.wait_for_text("room      개발");
    pty.send("\r");
    pty.wait_for("the room", |screen| {
        is_in(screen, "doyun") && screen.shows("members 2")
    });
}

#[test]
fn t17_a_button_opens_a_server_where_nobody_is() {
    let person = Person::new();
    let port = free_port();
    let pty = form(&person, &format!("127.0.0.1:{port}"));
    pty.send("\r");
    let screen = pty.wait_for_text("! ");
    let text = screen.lines.join(" ");
    let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("open a server here"), "{said}");
    // Room, nick, enter, and the button.
    pty.send("lobby\tminsu\t\t\r");
    pty.wait_for_text(&format!("ws://127.0.0.1:{port}"));
    pty.wait_for_text("connected ∙ 0 rooms");
    pty.send("\r\r");
    let screen = pty.wait_for("the room", |screen| is_in(screen, "minsu"));
    assert!(screen.lines[0].ends_with(&format!("minsu ∙ 127.0.0.1:{port}")));
    quit(pty);
}

#[test]
fn t17_a_wrong_server_is_said_at_its_field_and_corrected() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = form(&person, "http://chat.example");
    pty.send("\rlobby");
    pty.wait_for("what is wrong", |screen| {
        screen.shows("! ") && screen.shows("http://chat.example") && screen.shows("lobby")
    });
    // Somebody else answers there.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let stranger = listener.local_addr().expect("its address").to_string();
    let answering = thread::spawn(move || {
        let (mut peer, _) = listener.accept().expect("a visitor");
        peer.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
    });
    pty.send(format!("\x1b[A\x15{stranger}\r"));
    let screen = pty.wait_for_text("answers, but is no chat server");
    answering.join().unwrap().unwrap();
    assert!(screen.shows("lobby"), "what was typed is kept");
    pty.send(format!("\x1b[A\x15{}\r", server.url()));
    pty.wait_for_text("connected ∙ 0 rooms");
    pty.send("\rminsu\r");
    pty.wait_for("the room", |screen| is_in(screen, "minsu"));
}

#[test]
fn t17_a_taken_nick_and_a_bad_room_are_said_at_their_field_and_corrected() {
    let server = ServerProcess::start();
    let (owner, newcomer) = (Person::new(), Person::new());
    let _owner = owner.enter(&server, "lobby", "지은");
    let pty = newcomer.run(&["--server", &server.url()]);
    pty.wait_for_text("connected ∙ 1 room");
    pty.send("a room\r지은\r");
    let screen = pty.wait_for_text("! ");
    assert!(
        screen.shows("› room      a room"),
        "{}",
        screen.lines.join("\n")
    );
    pty.send("\x15lobby\r\r");
    let screen = pty.wait_for_text("! 지은 belongs to another key");
    assert!(screen.shows("› nick      지은"));
    assert!(screen.shows("room      lobby"), "what was typed is kept");
    pty.send("2\r");
    pty.wait_for("the room", |screen| {
        is_in(screen, "지은2") && screen.shows("members 2")
    });
}
