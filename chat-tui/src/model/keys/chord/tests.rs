//! Names of keys, there and back, and keys that no terminal sends.

use super::*;

#[test]
fn keys_have_names() {
    for (written, name) in [
        ("ctrl+n", "Ctrl+N"),
        ("CTRL+N", "Ctrl+N"),
        ("alt+enter", "Alt+Enter"),
        ("F1", "F1"),
        ("shift+tab", "Shift+Tab"),
        ("ctrl+x  ctrl+e", "Ctrl+X Ctrl+E"),
        ("ctrl+space", "Ctrl+Space"),
        ("alt++", "Alt++"),
        ("ctrl+alt+t", "Ctrl+Alt+T"),
        ("g", "g"),
        ("G", "G"),
        ("+", "+"),
    ] {
        let chord: Chord = written.parse().unwrap();
        assert_eq!(chord.to_string(), name);
        assert_eq!(name.parse(), Ok(chord));
        assert_eq!(chord.written().parse(), Ok(chord));
    }
}

#[test]
fn t41_what_no_terminal_sends_is_no_key() {
    let sent_as = |written: &str| match written.parse::<Chord>() {
        Err(NoChord::SentAs { sent, .. }) => sent,
        other => panic!("{written}: {other:?}"),
    };
    for (written, sent) in [
        ("ctrl+i", "tab"),
        ("ctrl+m", "enter"),
        ("ctrl+[", "esc"),
        ("ctrl+?", "backspace"),
        ("ctrl+@", "ctrl+space"),
        ("ctrl+/", "ctrl+_"),
        ("ctrl+shift+k", "ctrl+k"),
        ("ctrl+alt+m", "alt+enter"),
        ("alt+shift+k", "alt+k"),
        ("shift+g", "G"),
        ("shift+space", "space"),
    ] {
        assert_eq!(sent_as(written), sent, "{written}");
    }
    for never in ["ctrl+1", "ctrl+;", "ctrl+.", "alt+[", "alt+]", "shift+1"] {
        let found = never.parse::<Chord>();
        assert_eq!(found, Err(NoChord::NeverSent(never.to_owned())));
    }
    for count in ["", " ", "ctrl+x ctrl+y ctrl+z"] {
        assert_eq!(count.parse::<Chord>(), Err(NoChord::Count));
    }
    let no_key = |name: &str, nearest| {
        let name = name.to_owned();
        Err(NoChord::NoKey { name, nearest })
    };
    assert_eq!(
        "ctrl+entre".parse::<Chord>(),
        no_key("entre", Some("Enter"))
    );
    assert_eq!("cntrl+k".parse::<Chord>(), no_key("cntrl", Some("ctrl")));
    assert_eq!("super+k".parse::<Chord>(), no_key("super", None));
    assert_eq!("f36".parse::<Chord>(), no_key("f36", None));
    assert_eq!("ctrl+ㅊ".parse::<Chord>(), Err(NoChord::NotLatin('ㅊ')));
}
