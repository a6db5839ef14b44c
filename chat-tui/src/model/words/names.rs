//! Why a name or a text is refused, in the language of the interface.

use protocol::names::{MARKS_MAX, NameError, TextError};

use super::{Words, fill};

impl Words {
    /// Why a text is refused. In English it is the sentence of the rules themselves.
    pub fn text_refused(&self, error: &TextError) -> String {
        let of_two = |sentence: &str, count: usize, limit: usize| {
            fill(sentence, &[&count.to_string(), &limit.to_string()])
        };
        match error {
            TextError::Empty => self.text_empty.to_owned(),
            TextError::Blank => self.text_blank.to_owned(),
            TextError::TooLong { bytes, limit } => of_two(self.text_bytes, *bytes, *limit),
            TextError::NotNormalized => self.text_form.to_owned(),
            TextError::Control(point) => fill(self.text_control, &[&point.to_string()]),
            TextError::Bidi(point) => fill(self.text_bidi, &[&point.to_string()]),
            TextError::Invisible(point) => fill(self.text_invisible, &[&point.to_string()]),
            TextError::Noncharacter(point) => fill(self.text_noncharacter, &[&point.to_string()]),
            TextError::TooManyTerms { terms, limit } => of_two(self.text_terms, *terms, *limit),
            TextError::OnlySigns => self.text_signs.to_owned(),
            TextError::LineBreak => self.text_lines.to_owned(),
        }
    }

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
    use protocol::names::{MessageText, Nick, RoomName, Topic};
    use protocol::search::SearchText;

    use crate::model::words::Language;

    #[test]
    fn t16_every_reason_of_a_text_is_the_rules_own_in_english_and_another_in_korean() {
        let long = "a".repeat(4_097);
        let words = "a ".repeat(100);
        let texts = [
            "", " ", &long, "e\u{301}", "\u{7}", "\u{202e}", "\u{200b}", "\u{fffe}",
        ];
        let texts = texts.map(|text| MessageText::new(text.to_owned()).map(drop));
        let searches = [&*words, "?"].map(|text| SearchText::normalized(text).map(drop));
        let topic = Topic::new("a\nb".to_owned()).map(drop);
        let mut korean = std::collections::BTreeSet::new();
        for refused in texts.into_iter().chain(searches).chain([topic]) {
            let error = refused.unwrap_err();
            assert_eq!(
                Language::English.words().text_refused(&error),
                error.to_string()
            );
            let told = Language::Korean.words().text_refused(&error);
            assert!(!told.contains('{'), "{told}");
            korean.insert(told);
        }
        assert_eq!(korean.len(), 11, "each reason has its own sentence");
    }

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
