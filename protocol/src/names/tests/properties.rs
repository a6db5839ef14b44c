//! What holds for every string.

use std::fmt::{Debug, Display};

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::*;

/// Strings of which many are names, and the others nearly.
fn nearly_a_name() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        8 => prop::char::range('a', 'z'),
        2 => prop::char::range('A', 'Z'),
        2 => prop::sample::select(r"0189_-[]{}\|^`*.".chars().collect::<Vec<_>>()),
        1 => prop::sample::select("# @\u{202E}\u{200D}Iİßſıς".chars().collect::<Vec<_>>()),
        1 => prop::char::range('\u{300}', '\u{345}'),
    ];
    let of_range = |first, last| prop::collection::vec(prop::char::range(first, last), 1..12);
    prop_oneof![
        4 => prop::collection::vec(character, 0..36),
        1 => of_range('가', '힣'),
        1 => of_range('ㄱ', 'ㅣ'),
        1 => of_range('ᄀ', 'ᇿ'),
        1 => of_range('Ͱ', 'ԯ'),
        1 => of_range('Ḁ', 'ῼ'),
        1 => of_range('ぁ', 'ヿ'),
        1 => prop::collection::vec(any::<char>(), 1..3),
    ]
    .prop_map(|characters| characters.into_iter().collect())
}

/// Whatever serde reads of a value that it wrote is that value.
#[track_caller]
fn check_round_trip<T>(value: &T)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug + Display + AsRef<str>,
{
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(json, serde_json::to_string(value.as_ref()).unwrap());
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value);
    assert_eq!(value.to_string(), value.as_ref());
}

proptest! {
    #[test]
    fn an_accepted_nick_is_normalized_already(string in nearly_a_name()) {
        if let Ok(nick) = Nick::new(&string) {
            prop_assert_eq!(nick.as_str(), &string);
            prop_assert_eq!(&Nick::normalized(&string).unwrap(), &nick);
            check_round_trip(&nick);
        }
        if let Ok(nick) = Nick::normalized(&string) {
            prop_assert_eq!(Nick::new(nick.as_str()), Ok(nick));
        }
    }

    #[test]
    fn an_accepted_room_name_is_normalized_already(string in nearly_a_name()) {
        if let Ok(room) = RoomName::new(&string) {
            prop_assert_eq!(room.as_str(), &string);
            prop_assert_eq!(&RoomName::normalized(&string).unwrap(), &room);
            check_round_trip(&room);
        }
        if let Ok(room) = RoomName::normalized(&string) {
            prop_assert_eq!(RoomName::new(room.as_str()), Ok(room));
        }
    }

    #[test]
    fn a_nick_that_reads_as_ascii_collides_with_it(string in nearly_a_name()) {
        if let Ok(nick) = Nick::new(&string) {
            let twin: String = unicode_security::skeleton(&string).collect();
            if let Ok(twin) = Nick::new(&twin) && twin.as_str().is_ascii() {
                prop_assert_eq!(nick.skeleton(), twin.skeleton());
            }
        }
    }

    #[test]
    fn an_accepted_text_is_normalized_already(string in any::<String>()) {
        if let Ok(text) = MessageText::new(string.clone()) {
            prop_assert_eq!(text.as_str(), &string);
            prop_assert_eq!(&MessageText::normalized(&string).unwrap(), &text);
            check_round_trip(&text);
        }
        if let Ok(text) = MessageText::normalized(&string) {
            prop_assert_eq!(MessageText::new(text.to_string()), Ok(text));
        }
        if let Ok(topic) = Topic::normalized(&string) {
            check_round_trip(&topic);
            prop_assert_eq!(Topic::new(topic.to_string()), Ok(topic));
        }
    }

    #[test]
    fn no_error_shows_a_raw_character(string in any::<String>()) {
        let refused = [
            Nick::new(&string).err().map(|error| error.to_string()),
            RoomName::new(&string).err().map(|error| error.to_string()),
            MessageText::new(string.clone()).err().map(|error| error.to_string()),
            Topic::new(string).err().map(|error| error.to_string()),
        ];
        for sentence in refused.into_iter().flatten() {
            prop_assert!(sentence.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{}", sentence);
        }
    }
}

#[test]
fn serde_refuses_with_our_sentence() {
    let error = serde_json::from_str::<Nick>("\"two words\"")
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the name holds U+0020, which no name may"),
        "{error}"
    );
    let error = serde_json::from_str::<RoomName>("\"Lobby\"")
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the room name is not case-folded"),
        "{error}"
    );
    let error = serde_json::from_str::<MessageText>(r#""a\u001b[2Jb""#)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the text holds the control character U+001B"),
        "{error}"
    );
    let error = serde_json::from_str::<Topic>(r#""a\nb""#)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("the topic holds a line break"), "{error}");
}
