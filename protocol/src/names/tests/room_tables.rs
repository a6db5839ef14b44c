//! Which form of a room name is kept, and which error the others get.

use super::super::*;

#[test]
fn room_names_are_folded() {
    let names = [
        ("lobby", "lobby"),
        ("#Ubuntu-Meeting", "ubuntu-meeting"),
        (" #수다방\n", "수다방"),
        ("ㅋㅋ방", "ㅋㅋ방"),
        ("movie-10001", "movie-10001"),
        ("Straße", "strasse"),
        ("ΝΙΚΟΣ", "νικοσ"),
        ("Νίκος", "νίκοσ"),
        ("E\u{301}CLAIR", "éclair"),
        ("ΝΑΤΑ", "νατα"),
        ("Ðorður", "ðorður"),
        ("İx", "i\u{307}x"),
    ];
    for (typed, stored) in names {
        let room = RoomName::normalized(typed);
        assert_eq!(room.as_ref().map(RoomName::as_str), Ok(stored), "{typed}");
        assert_eq!(RoomName::new(stored), room);
    }
}

#[test]
fn a_room_name_that_is_not_folded_is_refused() {
    for name in ["Lobby", "straße", "νικος", "Éclair"] {
        assert_eq!(RoomName::new(name), Err(NameError::NotFolded), "{name}");
    }
    let hash = NameError::Character(CodePoint('#'));
    assert_eq!(RoomName::new("#lobby").as_ref(), Err(&hash));
    assert_eq!(RoomName::normalized("##lobby").as_ref(), Err(&hash));
    assert_eq!(
        RoomName::normalized("two words"),
        Err(NameError::Character(CodePoint(' ')))
    );
    assert_eq!(RoomName::normalized("#"), Err(NameError::Empty));
    assert_eq!(RoomName::normalized("#..."), Err(NameError::NoLetter));
}
