//! Finding a name or a word by what was typed of it: in any case, by first consonants (`ㅁㅅ` for `민수`), and while the last
//! syllable is still being composed (`개ㅂ`, `갭` and `개바` for `개발`).
//!
//! Nothing here knows what the names are for, and nothing is ranked but by the letters.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use super::hangul::{parts, pieces};

/// Most characters of what was typed that count; no name is longer, and the work of a score grows with them.
pub const SOUGHT_MAX: usize = 64;

/// Most characters of a name that a score looks at.
const NAME_MAX: usize = 128;

/// Points of each letter that fits.
const POINTS: u32 = 16;
/// More for the letter itself, and not one that stands for it.
const POINTS_SAME: u32 = 4;
/// More at the beginning of a word.
const POINTS_HEAD: u32 = 12;
/// More right behind the letter before.
const POINTS_NEXT: u32 = 14;
/// Less for each further letter that is left out.
const POINTS_GAP: u32 = 3;
/// More for a beginning near the beginning, less one a letter.
const POINTS_EARLY: usize = 8;

/// What was typed, made ready to be looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought(Vec<char>);

/// A character of a text, folded, and the bytes from which it came.
#[derive(Clone, Copy, Debug)]
struct Letter {
    c: char,
    start: usize,
    end: usize,
}

impl Sought {
    /// What was typed; at most [`SOUGHT_MAX`] characters of it count.
    pub fn new(typed: &str) -> Self {
        let folded = typed.nfc().flat_map(char::to_lowercase);
        // An input method joins consonants that are typed one after the other (ㄱㅅ to ㄳ).
        Self(folded.flat_map(pieces_of).take(SOUGHT_MAX).collect())
    }

    /// Whether nothing was typed.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `name` begins so.
    pub fn begins(&self, name: &str) -> bool {
        self.at(&letters(name)).is_some()
    }

    /// The bytes of `text` where it stands first; nothing where it does not.
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        if self.is_empty() {
            return None;
        }
        let letters = letters(text);
        (0..letters.len()).find_map(|from| {
            let rest = letters.get(from..)?;
            let taken = self.at(rest)?;
            let last = rest.get(taken.checked_sub(1)?)?;
            Some(rest.first()?.start..last.end)
        })
    }

    /// How well `name` fits what was typed with letters left out, more points for a better fit; nothing where it does not.
    pub fn score(&self, name: &str) -> Option<u32> {
        let mut letters = letters(name);
        letters.truncate(NAME_MAX);
        let mut before: Vec<Option<u32>> = Vec::new();
        for (index, typed) in self.0.iter().enumerate() {
            let is_last = index.saturating_add(1) == self.0.len();
            // The best way to have got here with a letter left out in between.
            let mut apart = None;
            let scores = (0..letters.len()).map(|at| {
                let near = at.checked_sub(1).and_then(|near| before.get(near).copied());
                let far = at.checked_sub(2).and_then(|far| before.get(far).copied());
                apart = apart
                    .map(|points: u32| points.saturating_sub(POINTS_GAP))
                    .max(far.flatten());
                let so_far = if index == 0 {
                    u32::try_from(POINTS_EARLY.saturating_sub(at)).ok()
                } else {
                    let near = near
                        .flatten()
                        .map(|points| points.saturating_add(POINTS_NEXT));
                    near.max(apart)
                };
                fits(*typed, is_last, letters.get(at..)?)?;
                let same = letters.get(at)?.c == *typed;
                let is_head = at.checked_sub(1).is_none_or(|near| {
                    letters
                        .get(near)
                        .is_some_and(|near| !near.c.is_alphanumeric())
                });
                let points = POINTS
                    .saturating_add(if same { POINTS_SAME } else { 0 })
                    .saturating_add(if is_head { POINTS_HEAD } else { 0 });
                Some(so_far?.saturating_add(points))
            });
            let scores: Vec<Option<u32>> = scores.collect();
            before = scores;
        }
        if self.is_empty() {
            return Some(0);
        }
        before.into_iter().flatten().max()
    }

    /// How many letters it takes from the first of `letters` on; nothing where they are others.
    fn at(&self, letters: &[Letter]) -> Option<usize> {
        let mut taken = 0_usize;
        for (index, typed) in self.0.iter().enumerate() {
            let is_last = index.saturating_add(1) == self.0.len();
            taken = taken.saturating_add(fits(*typed, is_last, letters.get(taken..)?)?);
        }
        Some(taken)
    }
}

/// How many of `letters` a typed character stands for; nothing where they are others.
fn fits(typed: char, is_last: bool, letters: &[Letter]) -> Option<usize> {
    let first = letters.first()?.c;
    if first == typed {
        return Some(1);
    }
    let [initial, vowel, last] = parts(first)?;
    if initial == Some(typed) {
        return Some(1);
    }
    let (true, Some(wanted)) = (is_last, parts(typed)) else {
        return None;
    };
    let [wanted_initial, wanted_vowel, wanted_last] = wanted;
    if wanted_initial != initial {
        return None;
    }
    let begins = |whole: Option<char>, part: Option<char>| {
        let (Some(whole), Some(part)) = (whole, part) else {
            return part.is_none();
        };
        whole == part || pieces(whole).is_some_and(|[first, _]| first == part)
    };
    let composing = match wanted_last {
        None => begins(vowel, wanted_vowel),
        Some(_) => wanted_vowel == vowel && begins(last, wanted_last),
    };
    if composing {
        return Some(1);
    }
    // The last consonant may be the first one of the next syllable.
    let next = letters.get(1).and_then(|next| parts(next.c))?;
    let [next_initial, ..] = next;
    let (kept, moved) = match wanted_last.and_then(pieces) {
        Some([kept, moved]) => (Some(kept), Some(moved)),
        None => (None, wanted_last),
    };
    let goes_over = wanted_vowel == vowel && kept == last && moved == next_initial;
    goes_over.then_some(2)
}

fn pieces_of(c: char) -> impl Iterator<Item = char> {
    let pieces = pieces(c).filter(|_| matches!(c, 'ㄱ'..='ㅎ'));
    let [first, second] = pieces.map_or([c, '\0'], |pieces| pieces);
    std::iter::once(first).chain((second != '\0').then_some(second))
}

fn letters(text: &str) -> Vec<Letter> {
    text.char_indices()
        .flat_map(|(start, c)| {
            let end = start.saturating_add(c.len_utf8());
            c.to_lowercase().map(move |c| Letter { c, start, end })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t15_first_consonants_and_syllables_in_the_making_find_a_name() {
        for (name, typed) in [
            ("개발", "개ㅂ"),
            ("개발", "갭"),
            ("개발", "개바"),
            ("개발", "개발"),
            ("개발", "ㄱㅂ"),
            ("개발", "ㄱ"),
            ("과자", "고"),
            ("값", "갑"),
            ("달걀", "닭"),
            ("강수", "ㄳ"),
            ("민수", "ㅁㅅ"),
            ("민수", "민ㅅ"),
            ("민수", ""),
            ("Dr_Willis", "dR"),
            ("ㅋㅋ", "ㅋ"),
            ("한글", "\u{1112}\u{1161}\u{11AB}"),
        ] {
            assert!(Sought::new(typed).begins(name), "{name} {typed}");
        }
        for (name, typed) in [
            ("민수", "ㅅ"),
            ("민수", "민수야"),
            ("민수", "m"),
            ("객발", "개발"),
            // No other vowel grows out of ㅏ, and 민 has no ㅅ to give to the next syllable.
            ("개발", "가"),
            ("민수", "밋"),
            ("개발", "깨"),
            ("각발", "갭"),
            ("", "a"),
        ] {
            assert!(!Sought::new(typed).begins(name), "{name} {typed}");
        }
    }

    #[test]
    fn the_place_in_a_text_is_told_in_its_own_bytes() {
        let text = "İ 오늘 개발 서버";
        let found = Sought::new("개ㅂ").find(text).unwrap();
        assert_eq!(text.get(found), Some("개발"));
        let found = Sought::new("갭").find(text).unwrap();
        assert_eq!(text.get(found), Some("개발"));
        assert_eq!(Sought::new("개발자").find(text), None);
        assert_eq!(Sought::new("").find(text), None);
    }

    #[test]
    fn a_better_fit_has_more_points() {
        #[track_caller]
        fn check(typed: &str, better: &str, worse: &str) {
            let sought = Sought::new(typed);
            let (better, worse) = (sought.score(better), sought.score(worse));
            assert!(better > worse && worse.is_some(), "{better:?} {worse:?}");
        }
        check("rst", "rust", "rebuilds-later-today");
        check("dev", "dev", "old-server-dev");
        check("ㄱㅂ", "개발", "공지-방");
        check("ab", "x-ab", "xabx");
        check("개발", "개발", "새개발");
        assert_eq!(Sought::new("rst").score("tsr"), None);
        assert_eq!(Sought::new("개ㅂ").score("개인"), None);
        assert!(Sought::new("개ㅂ").score("팀-개발").is_some());
        assert_eq!(Sought::new("").score("any"), Some(0));
    }

    #[test]
    fn what_is_typed_is_bounded() {
        let sought = Sought::new(&"a".repeat(SOUGHT_MAX + 1));
        assert!(sought.begins(&"a".repeat(SOUGHT_MAX)));
        assert!(!sought.begins(&"a".repeat(SOUGHT_MAX - 1)));
    }
}
