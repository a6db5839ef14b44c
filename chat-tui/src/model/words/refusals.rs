//! Why a server refuses something, in the language of the interface.
//!
//! A refusal has a code from a fixed list and an English sentence. In another language the code is told, with what the sentence and the
//! refusal name beside it: numbers, characters, waits. Only a code that nobody knows leaves the sentence as it came.

use protocol::error::{ErrorCode, HeldBy, Refusal};

use super::{Language, Words, fill};

/// What a sentence names: its numbers, and its first code point.
struct Named<'a> {
    numbers: Vec<&'a str>,
    point: Option<&'a str>,
}

impl<'a> Named<'a> {
    fn of(sentence: &'a str) -> Self {
        let words = sentence.split(|c: char| !(c.is_ascii_alphanumeric() || c == '+'));
        let is_number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
        Self {
            numbers: words
                .clone()
                .filter(|word| !word.is_empty())
                .filter(is_number)
                .collect(),
            point: words.into_iter().find(|word| word.starts_with("U+")),
        }
    }

    /// A length and its limit, where the sentence names both.
    fn length(&self) -> Option<[&'a str; 2]> {
        match self.numbers.as_slice() {
            [length, limit] => Some([length, limit]),
            [] | [..] => None,
        }
    }
}

impl Words {
    /// Why a server refuses something. In English it is the server's own sentence.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        let sentence = refusal.message.as_str();
        if self.code == Language::English.words().code {
            return sentence.to_owned();
        }
        let named = Named::of(sentence);
        let wait = refusal
            .retry_after_ms
            .map(|ms| ms.div_ceil(1_000).to_string());
        let waiting = |with: &'static str, without: &'static str| match &wait {
            Some(seconds) => fill(with, &[seconds]),
            None => without.to_owned(),
        };
        let plain = match refusal.code {
            ErrorCode::RateLimited => return waiting(self.refused_rate_wait, self.refused_rate),
            ErrorCode::Unavailable => return waiting(self.refused_away_wait, self.refused_away),
            ErrorCode::BadText => return self.bad_text(&named),
            ErrorCode::BadNick | ErrorCode::BadRoom => return self.bad_name(&named),
            ErrorCode::NickTaken => match refusal.held_by {
                Some(HeldBy::Key) => self.refused_nick_key,
                Some(HeldBy::Guest) => self.refused_nick_guest,
                Some(HeldBy::Reserved) => self.refused_nick_reserved,
                Some(HeldBy::Unknown) | None => self.refused_nick,
            },
            ErrorCode::NickLimit => self.refused_nick_limit,
            ErrorCode::NoSuchNick => self.refused_no_nick,
            ErrorCode::NotJoined => self.refused_not_joined,
            ErrorCode::AlreadyJoined => self.refused_joined,
            ErrorCode::TooManyRooms => self.refused_rooms,
            ErrorCode::NotAllowed => self.refused_not_allowed,
            ErrorCode::OutOfOrder | ErrorCode::SeqReused => self.refused_order,
            ErrorCode::OutcomeUnknown => self.refused_unknown,
            ErrorCode::UnsupportedVersion | ErrorCode::UnknownRequest => self.refused_version,
            ErrorCode::BadRequest
            | ErrorCode::NotIntroduced
            | ErrorCode::AlreadyIntroduced
            | ErrorCode::BadProof => self.refused_request,
            ErrorCode::WrongEndpoint => self.refused_endpoint,
            ErrorCode::Unknown => return sentence.to_owned(),
        };
        plain.to_owned()
    }

    fn bad_text(&self, named: &Named<'_>) -> String {
        match (named.point, named.length()) {
            (Some(point), _) => fill(self.refused_text_character, &[point]),
            (None, Some(length)) => fill(self.text_bytes, &length),
            (None, None) => self.refused_text.to_owned(),
        }
    }

    fn bad_name(&self, named: &Named<'_>) -> String {
        match (named.point, named.length()) {
            (Some(point), _) => fill(self.name_character, &[point]),
            (None, Some(length)) => fill(self.refused_name_length, &length),
            (None, None) => self.refused_name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn korean(refusal: &Refusal) -> String {
        Language::Korean.words().refusal(refusal)
    }

    #[track_caller]
    fn check(code: ErrorCode, sentence: &str, expected: &str) {
        let refusal = Refusal::new(code, sentence);
        assert_eq!(korean(&refusal), expected);
        assert_eq!(Language::English.words().refusal(&refusal), sentence);
    }

    #[test]
    fn t16_each_code_has_a_korean_sentence_with_what_the_server_names() {
        check(
            ErrorCode::BadText,
            "the text has 5000 bytes, the limit is 4096; shorten or split it",
            "글이 5000바이트입니다. 4096바이트까지 되니 줄이거나 나누세요",
        );
        check(
            ErrorCode::BadText,
            "the text holds the control character U+001B; remove it",
            "글에 쓸 수 없는 문자 U+001B가 있습니다. 지우세요",
        );
        check(
            ErrorCode::BadNick,
            "the name has 40 characters, the limit is 32; shorten it",
            "이름 길이가 40입니다. 32까지 되니 줄이세요",
        );
        check(
            ErrorCode::NoSuchNick,
            "nobody is called 7; check the spelling",
            "그런 닉네임을 쓰는 사람이 없습니다. 이름을 확인하세요",
        );
        check(
            ErrorCode::TooManyRooms,
            "x would be more than the 50 rooms of one connection; leave one first",
            "들어간 방이 너무 많습니다. 먼저 다른 방에서 나오세요",
        );
        check(ErrorCode::Unknown, "a newer reason", "a newer reason");
    }

    #[test]
    fn t16_waits_are_told_in_whole_seconds() {
        let refusal = |code, retry_after_ms| Refusal {
            retry_after_ms,
            ..Refusal::new(code, "this was not done")
        };
        let rate = ErrorCode::RateLimited;
        assert_eq!(
            korean(&refusal(rate, Some(1_001))),
            "너무 빠릅니다. 2초 뒤에 다시 하세요"
        );
        assert_eq!(
            korean(&refusal(rate, None)),
            "기다리는 일이 너무 많습니다. 조금 뒤에 다시 하세요"
        );
        assert_eq!(
            korean(&refusal(ErrorCode::Unavailable, Some(500))),
            "서버가 지금은 할 수 없습니다. 1초 뒤에 다시 하세요"
        );
    }

    #[test]
    fn t16_no_known_code_leaves_the_english_sentence() {
        let known = [
            ErrorCode::BadRequest,
            ErrorCode::UnknownRequest,
            ErrorCode::UnsupportedVersion,
            ErrorCode::NotIntroduced,
            ErrorCode::AlreadyIntroduced,
            ErrorCode::BadProof,
            ErrorCode::WrongEndpoint,
            ErrorCode::BadNick,
            ErrorCode::NickTaken,
            ErrorCode::NickLimit,
            ErrorCode::BadRoom,
            ErrorCode::BadText,
            ErrorCode::NotJoined,
            ErrorCode::AlreadyJoined,
            ErrorCode::TooManyRooms,
            ErrorCode::NoSuchNick,
            ErrorCode::NotAllowed,
            ErrorCode::OutOfOrder,
            ErrorCode::SeqReused,
            ErrorCode::RateLimited,
            ErrorCode::Unavailable,
            ErrorCode::OutcomeUnknown,
        ];
        for code in known {
            let told = korean(&Refusal::new(code, "in English"));
            assert!(told.chars().any(crate::text::hangul::is_hangul), "{told}");
            assert!(!told.contains("English"), "{code:?}: {told}");
        }
    }
}
