//! Pairs of UTS 39 against the key of nicks.

use super::super::*;

/// The two sides look alike only as capitals. A letter has one place in the key, and the small forms look otherwise.
const CAPITALS: &str = "only the capitals look alike";

/// Before UTS 39 looks a letter up it takes it apart (NFD), so the line is never used: the letter looks like its parts.
const PARTS: &str = "the letter goes by its parts";

/// The tables of this build are those of Unicode 18, the lines those of 17.
const CHANGED: &str = "the later tables do not have the pair any more";

/// Lines whose two sides can both be nicks at once, by their first side, and why.
const TOLD_APART: [(&str, &str); 14] = [
    ("Г", CAPITALS),
    ("Փ", CAPITALS),
    ("Մ", CAPITALS),
    ("Ռ", CAPITALS),
    ("Ի", CAPITALS),
    ("Պ", CAPITALS),
    ("Б", CAPITALS),
    ("Ƒ", CAPITALS),
    ("Ő", PARTS),
    ("ؤ", PARTS),
    ("ئ", PARTS),
    ("ࢨ", CHANGED),
    ("郞", CHANGED),
    ("隸", CHANGED),
];

/// What a side may need before it to be a nick: a mark stands on a letter, and scripts do not mix.
const BEFORE: [&str; 9] = ["", "a", "x", "가", "क", "א", "ا", "ก", "த"];

/// Both sides of a line.
fn sides(line: &str) -> Option<(String, String)> {
    let line = line.trim_start_matches('\u{FEFF}').trim();
    let mut fields = line.split(';').take(2).map(|field| {
        let hex = field.split_whitespace();
        let character = |hex| char::from_u32(u32::from_str_radix(hex, 16).ok()?);
        hex.map(character).collect::<Option<String>>()
    });
    let sides = (fields.next()??, fields.next()??);
    (!line.starts_with('#')).then_some(sides)
}

/// Both sides as nicks, with the same before them, where both can be one.
fn as_nicks(source: &str, target: &str) -> Option<(Nick, Nick)> {
    BEFORE.iter().find_map(|before| {
        let nick = |side: &str| Nick::new(&format!("{before}{side}")).ok();
        nick(source).zip(nick(target))
    })
}

const LINES: &str = include_str!("../../../tests/data/confusables.txt");

#[test]
fn confusable_nicks_collide_or_are_named_with_the_reason() {
    let (mut collided, mut apart, mut refused) = (0, Vec::new(), 0);
    for (source, target) in LINES.lines().filter_map(sides) {
        let Some((one, other)) = as_nicks(&source, &target) else {
            refused += 1;
            continue;
        };
        if one.skeleton() == other.skeleton() {
            collided += 1;
        } else {
            let named = TOLD_APART.iter().any(|(letter, _)| *letter == source);
            assert!(named, "{source} and {target} can both be had");
            apart.push(source);
        }
    }
    assert_eq!((collided, apart.len(), refused), (340, 14, 27));
}

#[test]
fn the_reasons_why_pairs_stay_apart_hold() {
    for (source, target) in LINES.lines().filter_map(sides) {
        let why = TOLD_APART.iter().find(|(letter, _)| *letter == source);
        let Some((_, why)) = why else { continue };
        let key = |text: &str| unicode_security::skeleton(text).collect::<String>();
        let capital = key(&source) == key(&target);
        assert_eq!(capital, *why == CAPITALS, "{source} {target}");
        if *why == PARTS {
            use unicode_normalization::UnicodeNormalization as _;
            assert_ne!(source.nfd().collect::<String>(), source);
        }
    }
}

/// The whole table of UTS 39, where `CHAT_CORPUS` names the corpus: nothing that matters is missing in the excerpt.
#[test]
fn the_excerpt_has_every_pair_of_the_whole_table() {
    let Some(corpus) = std::env::var_os("CHAT_CORPUS") else {
        return;
    };
    let path = std::path::Path::new(&corpus).join("unicode/confusables-17.0.0.txt");
    let whole = std::fs::read_to_string(path).unwrap();
    let excerpt: std::collections::BTreeSet<_> = LINES.lines().filter_map(sides).collect();
    let mut pairs = 0;
    for (source, target) in whole.lines().filter_map(sides) {
        if as_nicks(&source, &target).is_some() {
            pairs += 1;
            let there = excerpt.contains(&(source, target));
            assert!(there, "a pair is missing");
        }
    }
    assert_eq!(pairs, 354);
}

/// What becomes of a word beside one that looks like it.
enum Beside {
    /// Two keys cannot have both.
    Collides,
    /// Nobody can have the second.
    Refused(NameError),
    /// Two keys can have both, and why.
    Apart(&'static str),
}

use Beside::{Apart, Collides, Refused};

fn character(c: char) -> Beside {
    Refused(NameError::Character(CodePoint(c)))
}

const MIXED: Beside = Refused(NameError::MixedScripts);

/// The tables of UTS 39 do not have it: it is told apart by who looks.
const UNLISTED: Beside = Apart("UTS 39 does not have the pair");

#[test]
fn words_that_look_alike_collide_are_refused_or_named_with_the_reason() {
    let rows = [
        ("paypal", "раураl", MIXED),
        ("paypal", "рауpal", MIXED),
        ("paypal", "PayPaI", Collides),
        ("paypal", "paypa1", Collides),
        ("paypal", "ｐａｙｐａｌ", character('ｐ')),
        ("pop", "рор", Collides),
        ("coco", "сосо", Collides),
        ("HATA", "НАТА", Collides),
        ("NATA", "ΝΑΤΑ", Refused(NameError::Lookalike)),
        ("x", "х", Collides),
        ("jieun", "jieսn", MIXED),
        ("modern", "rnodern", Collides),
        ("admin1", "аdmin1", MIXED),
        ("O0O", "ooo", Collides),
        ("O0O", "ООО", Collides),
        ("O0O", "ΟΟΟ", Collides),
        ("l1I", "lll", Collides),
        ("l1I", "IlI", Collides),
        ("l1I", "1|l", Collides),
        ("l1I", "ІІІ", Collides),
        ("ㅋㅋ", "ᄏᄏ", character('ᄏ')),
        ("ㅋㅋ", "ﾻﾻ", character('ﾻ')),
        ("ㅋㅋ", "ﾖﾖ", character('ﾖ')),
        ("ㅋㅋ", "ヲヲ", UNLISTED),
        ("가나", "ㄱㅏㄴㅏ", Collides),
        (
            "가나",
            "\u{1100}\u{1161}\u{1102}\u{1161}",
            Refused(NameError::NotNormalized),
        ),
        ("ㄱㅅ", "ㄳ", Collides),
        ("ㅇㅇ", "oo", Collides),
        ("ㅡ", "一", Collides),
        ("ㅡ", "ー", Collides),
        ("ㅣ", "l", UNLISTED),
        ("口", "ㅁ", UNLISTED),
        ("ハ", "八", Collides),
        ("ニ", "二", Collides),
        ("w", "vv", UNLISTED),
        ("d", "cl", UNLISTED),
        ("88", "B8", UNLISTED),
        ("SS", "S5", UNLISTED),
        ("22", "Z2", UNLISTED),
        ("a_b", "a.b", Apart("signs are told apart")),
        ("김철수", "김철쑤", Apart("other syllables")),
    ];
    for (one, other, beside) in rows {
        let first = Nick::new(one).unwrap().skeleton();
        match (Nick::new(other), beside) {
            (Ok(second), Collides) => assert_eq!(first, second.skeleton(), "{one} {other}"),
            (Ok(second), Apart(why)) => {
                assert_ne!(first, second.skeleton(), "{one} {other}, although {why}");
            }
            (second, Refused(error)) => assert_eq!(second, Err(error), "{one} {other}"),
            (Err(error), _) => panic!("{other}: {error}"),
        }
    }
}
