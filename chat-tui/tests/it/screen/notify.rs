//! Notifications: what the terminal is told when nobody looks.

use super::support::{Person, SIZE, ServerProcess, draft, is_in};
use crate::pty::{Answers, Exit, Pty, Screen};

fn enter(server: &ServerProcess, person: &Person, env: &[(&str, &str)]) -> Pty {
    let url = server.url();
    let args = ["--server", &url, "--room", "lobby", "--nick", "minsu"];
    let env = [&[("LANG", "C")], env].concat();
    let pty = person.run_in(&args, &env, SIZE, Answers::AtOnce);
    pty.wait_for("the room", |screen| is_in(screen, "minsu"));
    pty
}

/// The terminal goes to the back; the letter tells that the program has read so.
fn look_away(pty: &Pty) {
    pty.send("\x1b[Ox");
    pty.wait_for("the letter", |screen| draft(screen) == "x");
    pty.send("\x7f");
    pty.wait_for("an empty text", |screen| draft(screen).is_empty());
}

fn say(server: &ServerProcess, jieun: &Person, text: &str) {
    server.say(jieun, "lobby", "jieun", &format!("{text}\n"));
}

fn written(screen: &Screen, sequence: &str) -> usize {
    let bytes = String::from_utf8_lossy(&screen.bytes);
    bytes.matches(sequence).count()
}

#[test]
fn t36_a_mention_without_focus_is_told_the_terminal_once() {
    const SHOWN: &str = "\x1b]777;notify;#lobby ∙ jieun;@minsu look, now\x1b\\";
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let pty = enter(&server, &minsu, &[("SSH_CONNECTION", "::1 1 ::1 22")]);
    look_away(&pty);
    say(&server, &jieun, "@minsu look; now");
    let screen = pty.wait_for("the bell", |screen| screen.bells == 1);
    assert_eq!((written(&screen, SHOWN), written(&screen, "]777;")), (1, 1));
    assert_eq!(screen.title.as_deref(), Some("(1) #lobby"));
    // Whoever looks sees it.
    pty.send("\x1b[I");
    pty.wait_for("the title", |screen| {
        screen.title.as_deref() == Some("#lobby")
    });
    say(&server, &jieun, "@minsu in front");
    let screen = pty.wait_for_text("@minsu in front");
    assert_eq!((screen.bells, written(&screen, "]777;")), (1, 1));

    pty.send("/notify none\r");
    pty.wait_for_text("lobby ∙ notifications: none");
    look_away(&pty);
    say(&server, &jieun, "@minsu while muted");
    let screen = pty.wait_for_text("@minsu while muted");
    assert_eq!((screen.bells, written(&screen, "]777;")), (1, 1));
    pty.send("/quit\r");
    let (exit, screen) = pty.finish();
    assert_eq!((exit, screen.title), (Exit::Code(0), None));

    // It stays so at the next start.
    let pty = enter(&server, &minsu, &[]);
    pty.wait_for_text("connected ∙ notifications: none");
    look_away(&pty);
    say(&server, &jieun, "@minsu still muted");
    let screen = pty.wait_for_text("@minsu still muted");
    assert_eq!((screen.bells, written(&screen, "]777;")), (0, 0));
}

#[test]
fn t36_tmux_passes_it_on_and_iterm_has_a_way_of_its_own() {
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let tmux = ("TMUX", "/tmp/tmux-0/default,1,0");
    let iterm = ("LC_TERMINAL", "iTerm2");
    let cases = [
        (
            [tmux],
            "\x1bPtmux;\x1b\x1b]777;notify;#lobby ∙ jieun;@minsu look\x1b\x1b\\\x1b\\",
            "]777;",
        ),
        ([iterm], "\x1b]9;#lobby ∙ jieun: @minsu look\x1b\\", "]9;"),
    ];
    for (env, shown, beginning) in cases {
        let pty = enter(&server, &minsu, &env);
        look_away(&pty);
        say(&server, &jieun, "@minsu look");
        let screen = pty.wait_for("the bell", |screen| screen.bells == 1);
        assert_eq!(
            (written(&screen, shown), written(&screen, beginning)),
            (1, 1)
        );
        pty.send("/quit\r");
        pty.wait_exit();
    }
}
