//! Serving from the same process.

use super::support::{Person, ServerProcess, is_in, members, quit};

#[test]
fn one_command_serves_and_a_second_person_comes_in() {
    let (host, guest) = (Person::new(), Person::new());
    let data = tempfile::tempdir().unwrap();
    let directory = data.path().to_str().unwrap();
    let args = ["--host", "127.0.0.1:0", "--data", directory];
    let pty = host.run(&[&args[..], &["--room", "lobby", "--nick", "me"]].concat());
    let screen = pty.wait_for("the room", |screen| is_in(screen, "me"));
    let (_, address) = screen.lines[0].rsplit_once(" ∙ ").expect("an address");
    let second = guest.run(&["--server", address, "--room", "lobby", "--nick", "you"]);
    second.wait_for("the room", |screen| is_in(screen, "you"));
    let screen = pty.wait_for_text("members 2");
    assert_eq!(members(&screen), ["members 2", "me  you", "you"]);
    second.send("안녕\r");
    pty.wait_for_text("you  안녕");
    pty.send("welcome\r");
    second.wait_for_text("me  welcome");
    quit(pty);
    second.wait_for_text("not connected");
    // Its data is whole: a server opens it and has everything.
    let server = ServerProcess::on(data);
    assert_eq!(server.texts("lobby"), ["안녕", "welcome"]);
}

#[test]
fn who_hosts_where_a_server_is_comes_in_there() {
    let server = ServerProcess::start();
    let person = Person::new();
    let args = [
        "--host",
        &server.address(),
        "--room",
        "lobby",
        "--nick",
        "me",
    ];
    let pty = person.run(&args);
    pty.wait_for("the room", |screen| is_in(screen, "me"));
    quit(pty);
    assert_eq!(server.texts("lobby"), Vec::<String>::new(), "it goes on");
}
