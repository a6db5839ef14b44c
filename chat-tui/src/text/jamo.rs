//! Which Latin key a Hangul letter is on (the layout with two sets, the usual one), so that shortcuts and
//! commands work while it is switched on.

use super::hangul::parts;

/// The Latin letters of the keys that the text was typed on: `ㅗ디ㅔ` is `help`. What is not Hangul stays.
pub fn keys_of(text: &str) -> String {
    let mut keys = String::with_capacity(text.len());
    for c in text.chars() {
        match parts(c) {
            Some(jamo) => jamo
                .into_iter()
                .flatten()
                .for_each(|jamo| push_keys(&mut keys, jamo)),
            None => push_keys(&mut keys, c),
        }
    }
    keys
}

fn push_keys(out: &mut String, jamo: char) {
    let keys = match jamo {
        'ㅂ' => "q",
        'ㅈ' => "w",
        'ㄷ' => "e",
        'ㄱ' => "r",
        'ㅅ' => "t",
        'ㅛ' => "y",
        'ㅕ' => "u",
        'ㅑ' => "i",
        'ㅐ' => "o",
        'ㅔ' => "p",
        'ㅁ' => "a",
        'ㄴ' => "s",
        'ㅇ' => "d",
        'ㄹ' => "f",
        'ㅎ' => "g",
        'ㅗ' => "h",
        'ㅓ' => "j",
        'ㅏ' => "k",
        'ㅣ' => "l",
        'ㅋ' => "z",
        'ㅌ' => "x",
        'ㅊ' => "c",
        'ㅍ' => "v",
        'ㅠ' => "b",
        'ㅜ' => "n",
        'ㅡ' => "m",
        'ㅃ' => "Q",
        'ㅉ' => "W",
        'ㄸ' => "E",
        'ㄲ' => "R",
        'ㅆ' => "T",
        'ㅒ' => "O",
        'ㅖ' => "P",
        'ㄳ' => "rt",
        'ㄵ' => "sw",
        'ㄶ' => "sg",
        'ㄺ' => "fr",
        'ㄻ' => "fa",
        'ㄼ' => "fq",
        'ㄽ' => "ft",
        'ㄾ' => "fx",
        'ㄿ' => "fv",
        'ㅀ' => "fg",
        'ㅄ' => "qt",
        'ㅘ' => "hk",
        'ㅙ' => "ho",
        'ㅚ' => "hl",
        'ㅝ' => "nj",
        'ㅞ' => "np",
        'ㅟ' => "nl",
        'ㅢ' => "ml",
        other => return out.push(other),
    };
    out.push_str(keys);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t12_hangul_is_taken_apart_into_keys() {
        assert_eq!(keys_of("ㅗ디ㅔ"), "help");
        assert_eq!(keys_of("어"), "dj");
        assert_eq!(keys_of("퍄ㅐㅜ"), "vion");
        assert_eq!(keys_of("값"), "rkqt");
        assert_eq!(keys_of("ㅘ/a한"), "hk/agks");
    }
}
