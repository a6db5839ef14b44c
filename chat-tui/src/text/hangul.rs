//! Hangul: what is a syllable or a jamo, and which form of a particle follows a word.

use unicode_segmentation::UnicodeSegmentation as _;

/// Whether the character is a Hangul syllable or a jamo of any block.
pub fn is_hangul(c: char) -> bool {
    matches!(c, '가'..='힣')
        || is_compatibility_jamo(c)
        || is_conjoining_jamo(c)
        || matches!(c, '\u{FFA1}'..='\u{FFDC}')
}

/// Whether the last grapheme of the text is Hangul (marks on it do not matter).
pub fn ends_with_hangul(text: &str) -> bool {
    text.graphemes(true)
        .next_back()
        .and_then(|last| last.chars().next())
        .is_some_and(is_hangul)
}

/// Whether the character, read aloud in Korean, ends in a consonant; none where it has no reading.
///
/// Single consonants, digits and Latin letters are read by their Korean names (`ㅋ` 키읔, `7` 칠,
/// `L` 엘).
pub fn has_final(c: char) -> Option<bool> {
    ending_of(c).map(|ending| ending != Ending::Open)
}

/// The particle that fits after `word`: `with` after a final consonant, `without` otherwise.
///
/// `으로` and `로` follow their own rule: `로` also after a final ㄹ. The last letter or digit
/// decides, so brackets and quotes after it do no harm. Latin words are guessed by their spelling;
/// a word with no reading at all takes `without`.
pub fn josa<'p>(word: &str, with: &'p str, without: &'p str) -> &'p str {
    match ending_of_word(word) {
        Ending::Open => without,
        Ending::Rieul if with.starts_with("으로") => without,
        Ending::Rieul | Ending::Closed => with,
    }
}

const INITIALS: &str = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const VOWELS: &str = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
const FINALS: &str = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";

/// The letters of a syllable: first consonant, vowel, last consonant.
pub fn parts(c: char) -> Option<[Option<char>; 3]> {
    const FIRST: u32 = '가' as u32;
    let index = matches!(c, '가'..='힣').then(|| u32::from(c).saturating_sub(FIRST))?;
    let nth = |letters: &str, at: u32| letters.chars().nth(usize::try_from(at).ok()?);
    let last = index % 28;
    Some([
        nth(INITIALS, index / 588),
        nth(VOWELS, index % 588 / 28),
        last.checked_sub(1).and_then(|last| nth(FINALS, last)),
    ])
}

/// The two letters that were typed for one (`ㄳ` is ㄱ and ㅅ, `ㅘ` is ㅗ and ㅏ).
pub const fn pieces(c: char) -> Option<[char; 2]> {
    Some(match c {
        'ㄳ' => ['ㄱ', 'ㅅ'],
        'ㄵ' => ['ㄴ', 'ㅈ'],
        'ㄶ' => ['ㄴ', 'ㅎ'],
        'ㄺ' => ['ㄹ', 'ㄱ'],
        'ㄻ' => ['ㄹ', 'ㅁ'],
        'ㄼ' => ['ㄹ', 'ㅂ'],
        'ㄽ' => ['ㄹ', 'ㅅ'],
        'ㄾ' => ['ㄹ', 'ㅌ'],
        'ㄿ' => ['ㄹ', 'ㅍ'],
        'ㅀ' => ['ㄹ', 'ㅎ'],
        'ㅄ' => ['ㅂ', 'ㅅ'],
        'ㅘ' => ['ㅗ', 'ㅏ'],
        'ㅙ' => ['ㅗ', 'ㅐ'],
        'ㅚ' => ['ㅗ', 'ㅣ'],
        'ㅝ' => ['ㅜ', 'ㅓ'],
        'ㅞ' => ['ㅜ', 'ㅔ'],
        'ㅟ' => ['ㅜ', 'ㅣ'],
        'ㅢ' => ['ㅡ', 'ㅣ'],
        _ => return None,
    })
}

/// The jamo as a letter of its own (`ᅡ` to `ㅏ`); none for old jamo.
pub(super) fn standing_jamo(c: char) -> Option<char> {
    let (letters, first) = match c {
        '\u{1100}'..='\u{1112}' => (INITIALS, 0x1100),
        '\u{1161}'..='\u{1175}' => (VOWELS, 0x1161),
        '\u{11A8}'..='\u{11C2}' => (FINALS, 0x11A8),
        _ => return None,
    };
    let index = usize::try_from(u32::from(c).checked_sub(first)?).ok()?;
    letters.chars().nth(index)
}

pub(super) fn is_compatibility_jamo(c: char) -> bool {
    matches!(c, '\u{3131}'..='\u{3163}' | '\u{3165}'..='\u{318E}')
}

pub(super) fn is_conjoining_jamo(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97C}' | '\u{D7B0}'..='\u{D7FB}')
}

/// How a word sounds at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// In a vowel.
    Open,
    /// In ㄹ.
    Rieul,
    /// In any other consonant.
    Closed,
}

fn ending_of(c: char) -> Option<Ending> {
    const FINALS_OF_A_SYLLABLE: u32 = 28;
    const RIEUL: u32 = 8;
    match c {
        '가'..='힣' => match u32::from(c).checked_sub(u32::from('가'))? % FINALS_OF_A_SYLLABLE {
            0 => Some(Ending::Open),
            RIEUL => Some(Ending::Rieul),
            _ => Some(Ending::Closed),
        },
        // 리을 is the one name of a consonant that ends in ㄹ.
        'ㄹ' | '1' | '7' | '8' | 'L' | 'l' | 'R' | 'r' => Some(Ending::Rieul),
        'ㄱ'..='ㅎ' | '0' | '3' | '6' | 'M' | 'm' | 'N' | 'n' => Some(Ending::Closed),
        'ㅏ'..='ㅣ' | '0'..='9' | 'A'..='Z' | 'a'..='z' => Some(Ending::Open),
        _ => None,
    }
}

fn ending_of_word(word: &str) -> Ending {
    let sounding = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    let Some(last) = sounding.chars().next_back() else {
        return Ending::Open;
    };
    if !last.is_ascii_alphabetic() {
        return ending_of(last).unwrap_or(Ending::Open);
    }
    let mut back = sounding.chars().rev().take_while(char::is_ascii_alphabetic);
    let spelled = sounding
        .chars()
        .rev()
        .take_while(char::is_ascii_alphabetic)
        .all(|c| c.is_ascii_uppercase())
        || back.clone().count() == 1;
    if spelled {
        return ending_of(last).unwrap_or(Ending::Open);
    }
    let mut letter = || back.next().map_or(' ', |c| c.to_ascii_lowercase());
    ending_of_spelling(letter(), letter(), letter())
}

/// Guesses by the last three letters of a Latin word, last one first.
///
/// Korean writes a final consonant for l, m, n and ng, and for a stop after one short vowel
/// (`bot` 봇, `root` 루트).
fn ending_of_spelling(last: char, before: char, third: char) -> Ending {
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    match last {
        'l' => Ending::Rieul,
        'm' | 'n' => Ending::Closed,
        'g' if before == 'n' => Ending::Closed,
        'k' if before == 'c' => Ending::Closed,
        'k' | 'p' | 't' | 'c' if is_vowel(before) && !is_vowel(third) => Ending::Closed,
        _ => Ending::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_is_syllables_and_jamo_of_every_block() {
        for c in "가힣ㅋㅠㄱ\u{1112}\u{1161}\u{11AB}\u{A960}\u{D7B0}\u{FFA1}".chars() {
            assert!(is_hangul(c), "{c:?}");
        }
        for c in "aあ漢1 ∙\u{3164}\u{318F}\u{ABFF}".chars() {
            assert!(!is_hangul(c), "{c:?}");
        }
    }

    #[test]
    fn the_last_grapheme_decides_whether_a_text_ends_in_hangul() {
        for text in ["한", "a한", "ㅋ", "\u{1112}\u{1161}", "한\u{301}"] {
            assert!(ends_with_hangul(text), "{text:?}");
        }
        for text in ["", "한 ", "한a", "한글!", "한\n"] {
            assert!(!ends_with_hangul(text), "{text:?}");
        }
    }

    #[test]
    fn a_final_is_heard_by_the_korean_reading() {
        let heard: Vec<(char, Option<bool>)> = "한하ㅋㅠ0123456789LMNRAZ!漢"
            .chars()
            .map(|c| (c, has_final(c)))
            .collect();
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(
            heard,
            [
                ('한', yes),
                ('하', no),
                ('ㅋ', yes),
                ('ㅠ', no),
                ('0', yes),
                ('1', yes),
                ('2', no),
                ('3', yes),
                ('4', no),
                ('5', no),
                ('6', yes),
                ('7', yes),
                ('8', yes),
                ('9', no),
                ('L', yes),
                ('M', yes),
                ('N', yes),
                ('R', yes),
                ('A', no),
                ('Z', no),
                ('!', None),
                ('漢', None),
            ]
        );
    }

    #[test]
    fn t16_particles_fit_the_word() {
        #[track_caller]
        fn check(word: &str, pair: [&str; 2], fits: &str) {
            assert_eq!(josa(word, pair[0], pair[1]), fits, "{word}");
        }
        let topic = ["은", "는"];
        let subject = ["이", "가"];
        let object = ["을", "를"];
        let toward = ["으로", "로"];
        check("지은", topic, "은");
        check("민수", topic, "는");
        check("김개발", subject, "이");
        check("서버", object, "를");
        check("서울", toward, "로");
        check("집", toward, "으로");
        check("바다", toward, "로");
        check("개발'", object, "을");
        check("[foo]_", topic, "는");
        check("익명1", topic, "은");
        check("익명1", toward, "로");
        check("익명2", subject, "가");
        check("10", toward, "으로");
        check("URL", toward, "로");
        check("PR", object, "을");
        check("API", object, "를");
        check("lobby", topic, "는");
        check("jieun", subject, "이");
        check("bot", topic, "은");
        check("root", topic, "는");
        check("slack", object, "을");
        check("ping", object, "을");
        check("dhrl****", toward, "로");
        check("ㅋㅋ", subject, "이");
        check("****", subject, "가");
        check("", subject, "가");
        // Brackets and quotes that close, and emoji, are not heard.
        check("개발(봄)", object, "을");
        check("「바다」", object, "를");
        check("지은🎉", topic, "은");
        check("민수👍🏽", topic, "는");
        check("👨‍👩‍👧", subject, "가");
        check("https://a.example/길/", toward, "로");
        let with = ["과", "와"];
        check("민수", with, "와");
        check("지은", with, "과");
        check("서울", with, "과");
        // Digits and letters as they are read aloud: 영 일 이 삼 사 오 육 칠 팔 구, 엘 엠 엔 알.
        let read = |word: &str| josa(word, "은", "는");
        let closed: String = ('0'..='9')
            .chain('A'..='Z')
            .filter(|c| read(&c.to_string()) == "은")
            .collect();
        assert_eq!(closed, "013678LMNR");
        let rieul: String = ('0'..='9')
            .chain('A'..='Z')
            .filter(|c| read(&c.to_string()) == "은" && josa(&c.to_string(), "으로", "로") == "로")
            .collect();
        assert_eq!(rieul, "178LR");
        for round in ["10", "20", "100", "1,000", "30000"] {
            check(round, subject, "이");
        }
    }

    #[test]
    fn syllables_and_joined_letters_are_taken_apart() {
        assert_eq!(parts('값'), Some([Some('ㄱ'), Some('ㅏ'), Some('ㅄ')]));
        assert_eq!(parts('가'), Some([Some('ㄱ'), Some('ㅏ'), None]));
        assert_eq!(parts('힣'), Some([Some('ㅎ'), Some('ㅣ'), Some('ㅎ')]));
        assert_eq!(parts('ㅋ'), None);
        assert_eq!(pieces('ㅘ'), Some(['ㅗ', 'ㅏ']));
        assert_eq!(pieces('ㄲ'), None);
    }

    #[test]
    fn a_jamo_that_joins_has_a_standing_form() {
        assert_eq!(standing_jamo('\u{1112}'), Some('ㅎ'));
        assert_eq!(standing_jamo('\u{1161}'), Some('ㅏ'));
        assert_eq!(standing_jamo('\u{11C2}'), Some('ㅎ'));
        assert_eq!(standing_jamo('\u{11AB}'), Some('ㄴ'));
        assert_eq!(standing_jamo('\u{1113}'), None);
        assert_eq!(standing_jamo('ㅏ'), None);
    }
}
