//! Why a name is refused, in the language of the interface.

use protocol::names::{MARKS_MAX, NameError};

use super::{Words, fill};

impl Words {
    /// Why a name is refused. In English it is the sentence of the rules themselves.
    pub fn name_refused(&self, error: &NameError) -> String {
        match error {
            NameError::Empty => self.name_empty.to_owned(),
            NameError::TooManyBytes { bytes, limit } => {
                fill(self.name_bytes, &[&bytes.to_string(), &limit.to_string()])
            }
            NameError::TooManyGraphemes { graphemes, limit } => fill(
                self.name_length,
                &[&graphemes.to_string(), &limit.to_string()],
            ),
            NameError::NotNormalized => self.name_form.to_owned(),
            NameError::NotFolded => self.name_case.to_owned(),
            NameError::Character(point) => fill(self.name_character, &[&point.to_string()]),
            NameError::MarkWithoutBase(point) => fill(self.name_mark, &[&point.to_string()]),
            NameError::TooManyMarks(point) => fill(
                self.name_marks,
                &[&point.to_string(), &MARKS_MAX.to_string()],
            ),
            NameError::RepeatedMark(point) => fill(self.name_mark_twice, &[&point.to_string()]),
            NameError::NoLetter => self.name_signs.to_owned(),
            NameError::MixedScripts => self.name_scripts.to_owned(),
            NameError::Lookalike => self.name_capitals.to_owned(),
            NameError::Reserved(name) => fill(self.name_reserved, &[name]),
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::names::{Nick, RoomName};

    use crate::model::words::Language;

    #[test]
    fn every_reason_is_the_rules_own_in_english_and_another_in_korean() {
        let long = "a".repeat(33);
        let heavy = "𠜎".repeat(33);
        let nicks = [
            "",
            &long,
            &heavy,
            "e\u{301}",
            "a b",
            "\u{301}a",
            "x\u{323}\u{301}\u{302}",
            "x\u{301}\u{301}",
            "...",
            "Вaся",
            "ΝΑΤΑ",
            "adm1n",
        ];
        let nicks = nicks.iter().map(|nick| Nick::new(nick).map(drop));
        let room = RoomName::new("Lobby").map(drop);
        for refused in nicks.chain([room]) {
            let error = refused.unwrap_err();
            let [english, korean] = [Language::English, Language::Korean]
                .map(|language| language.words().name_refused(&error));
            assert_eq!(english, error.to_string());
            assert!(korean.contains("이름") || korean.contains("부호") || korean.contains("문자"));
            assert!(!korean.contains("{0"), "{korean}");
        }
    }
}
