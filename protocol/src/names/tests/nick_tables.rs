//! Which nicks pass, and which error the others get; for room names the same at the limits.

use std::iter;

use super::super::*;

/// Nicks of real chats, of English IRC channels (Kummerfeld et al., ACL 2019, and Gouravajhala et al., ALTA 2023, CC BY 4.0)
/// and, masked by their source, of Korean film reviews (e9t/nsmc, CC0).
const REAL_NICKS: &[&str] = &[
    "Adam_G",
    "Alex_Gaynor",
    "Ash-Fox",
    "Assassin`",
    "Bart]",
    r"Blub\0",
    "Brandon420^",
    r"Carnage\",
    "ChOcO-Bn",
    "Char|ie",
    "D[4]ni",
    "Dr_Willis",
    "DreamThief|off",
    "EriC^^",
    "First|Laptop",
    "InfiL00p_Laptop",
    "J-_",
    "KakaRoT-|",
    "M-ou-se",
    "Martin^_-",
    "Moongoodboy{K}",
    "NET||abuse",
    "Shawn|i7-720QM",
    "Sos``",
    "Steve[cloud]",
    "W_o_r[l]d",
    "[99ers]Dragon06",
    "[B]olinho",
    "[Jonne]",
    "[foo]_",
    r"\x6e\x65\x72\x64",
    "^BuGi^",
    "^woznihack^",
    "^x",
    "_16aR_",
    "_gpg_",
    "`3Shades",
    "`LeOn75`",
    "1_1i****",
    "a1Pha_",
    "a_gs****",
    "amigappc|OoO|hel",
    "bronze_0_1",
    "dhrl****",
    "guest-1234",
    "jieun.k",
    "loca|",
    "lukas____",
    "madmetal_spyros",
    "mr_snowf1ake",
    "o__v****",
    "r_un****",
    "remz___1",
    "revansx[m]",
    "root__",
    "server_",
    "super-6-1",
    "user",
    "vn-",
    "way`away",
    "x-spec-t",
    "김개발",
    "ㅋㅋ",
    "익명1",
    "익명6126",
    "지은",
];

/// Nicks in other scripts, each as people write it.
const NICKS_OF_THE_WORLD: &[&str] = &[
    "Łukasz",
    "Straße",
    "Nguyễn",
    "Đặng",
    "Ðorður",
    "Вася",
    "ОКСАНА",
    "НАТАША",
    "Борис",
    "Νίκος",
    "Υπατία",
    "Ղազար",
    "עברית",
    "مُحَمَّد",
    "گچپژ",
    "ज़िंदगी",
    "हिन्दी",
    "আমি",
    "தமிழ்",
    "ภาษาไทย",
    "ก็",
    "ქართული",
    "አማርኛ",
    "名前かな",
    "ひとカタ漢字",
    "パーティー",
    "社會科學院",
    "𠜎𠜱",
    "김a田",
    "ㅠㅠ",
    "ㅇㅈ김",
    "٠١٢",
    "2026년",
    "Dr김",
    "田中taro",
];

#[test]
fn real_nicks_pass() {
    for nick in REAL_NICKS.iter().chain(NICKS_OF_THE_WORLD) {
        assert_eq!(Nick::new(nick).as_ref().map(Nick::as_str), Ok(*nick));
    }
}

#[track_caller]
fn check_refused(nick: &str, error: &NameError) {
    assert_eq!(
        Nick::new(nick).as_ref(),
        Err(error),
        "{}",
        nick.escape_unicode()
    );
}

#[test]
fn a_character_that_no_name_holds_is_named() {
    let nicks = [
        ("two words", ' '),
        ("tab\tbed", '\t'),
        ("bell\u{7}", '\u{7}'),
        ("esc\u{1B}[31m", '\u{1B}'),
        ("csi\u{9B}31m", '\u{9B}'),
        ("@op", '@'),
        ("#room", '#'),
        ("d'or", '\''),
        ("a/b", '/'),
        ("<b>", '<'),
        ("a:b", ':'),
        ("a,b", ','),
        ("a~b", '~'),
        ("\u{202E}evil", '\u{202E}'),
        ("a\u{200B}b", '\u{200B}'),
        ("a\u{200D}b", '\u{200D}'),
        ("a\u{200C}b", '\u{200C}'),
        ("a\u{AD}b", '\u{AD}'),
        ("\u{FEFF}a", '\u{FEFF}'),
        ("1\u{FE0F}\u{20E3}", '\u{FE0F}'),
        ("cat😀", '😀'),
        ("♥", '♥'),
        ("Ａlice", 'Ａ'),
        ("x²", '²'),
        ("Ⅷ", 'Ⅷ'),
        ("ﬁn", 'ﬁ'),
        ("𝐚", '𝐚'),
        ("ᄏᄏ", 'ᄏ'),
        ("ﾡ", 'ﾡ'),
        ("\u{3164}", '\u{3164}'),
        ("\u{115F}a", '\u{115F}'),
        ("ㆍ", 'ㆍ'),
        ("l·l", '·'),
        ("ᏣᎳᎩ", 'Ꮳ'),
        ("\u{E000}", '\u{E000}'),
        ("\u{378}", '\u{378}'),
        ("\u{FFFF}", '\u{FFFF}'),
        ("\u{E0041}", '\u{E0041}'),
        ("a\u{2028}b", '\u{2028}'),
    ];
    for (nick, c) in nicks {
        check_refused(nick, &NameError::Character(CodePoint(c)));
    }
}

#[test]
fn marks_stand_on_letters_and_are_few() {
    for nick in [
        "x\u{301}",
        "x\u{301}\u{323}",
        "7\u{301}",
        "ज\u{93C}ि\u{902}",
    ] {
        let nick = Nick::normalized(nick);
        assert!(nick.is_ok(), "{nick:?}");
    }
    let without_base = NameError::MarkWithoutBase(CodePoint('\u{301}'));
    check_refused("\u{301}", &without_base);
    check_refused("\u{301}a", &without_base);
    check_refused("a_\u{301}", &without_base);
    let third = NameError::TooManyMarks(CodePoint('\u{302}'));
    check_refused("x\u{323}\u{301}\u{302}", &third);
    check_refused("x\u{323}\u{301}\u{302}\u{303}\u{304}", &third);
    let repeated = NameError::RepeatedMark(CodePoint('\u{301}'));
    check_refused("x\u{301}\u{301}", &repeated);
    check_refused("andr\u{E9}\u{301}", &repeated);
}

#[test]
fn only_nfc_goes_over_the_wire() {
    for (decomposed, composed) in [
        ("\u{110C}\u{1175}\u{110B}\u{1173}\u{11AB}", "지은"),
        ("e\u{301}ve", "éve"),
        ("\u{212B}", "Å"),
    ] {
        check_refused(decomposed, &NameError::NotNormalized);
        assert_eq!(RoomName::new(decomposed), Err(NameError::NotNormalized));
        let nick = Nick::normalized(&format!(" {decomposed}\n"));
        assert_eq!(nick.as_ref().map(Nick::as_str), Ok(composed));
    }
}

#[test]
fn scripts_that_do_not_belong_together_are_refused() {
    for nick in [
        "раураl",
        "Вaся",
        "ΑΒC",
        "김вася",
        "김ひ",
        "aא",
        "ѕystem",
        "1१а",
        "カタ한",
    ] {
        check_refused(nick, &NameError::MixedScripts);
    }
}

#[test]
fn signs_alone_are_no_nick() {
    for nick in ["****", "...", "_", "`", r"[]{}\|^"] {
        check_refused(nick, &NameError::NoLetter);
    }
    check_refused("", &NameError::Empty);
    assert_eq!(Nick::normalized(" \t"), Err(NameError::Empty));
}

#[test]
fn reserved_nicks_and_their_likes_are_refused() {
    let nicks = [
        ("server", "server"),
        ("SERVER", "server"),
        ("system", "system"),
        ("systern", "system"),
        ("Admin", "admin"),
        ("adm1n", "admin"),
        ("ADMlN", "admin"),
        ("adrnin", "admin"),
        ("Everyone", "everyone"),
        ("every0ne", "everyone"),
        ("HERE", "here"),
    ];
    for (nick, reserved) in nicks {
        check_refused(nick, &NameError::Reserved(reserved));
    }
    for nick in RESERVED_NICKS {
        check_refused(nick, &NameError::Reserved(nick));
        assert!(RoomName::new(nick).is_ok(), "a room may be called {nick}");
    }
}

#[test]
fn capitals_that_imitate_latin_ones_unnoticed_are_refused() {
    check_refused("ΝΑΤΑ", &NameError::Lookalike);
    for nick in ["νατα", "Νατάσα", "NATA", "НАТА"] {
        assert!(Nick::new(nick).is_ok(), "{nick}");
    }
}

#[test]
fn length_counts_graphemes_and_bytes() {
    let repeat = |c: &str, times| iter::repeat_n(c, times).collect::<String>();
    for longest in [
        repeat("a", 32),
        repeat("가", 32),
        repeat("x\u{301}", 32),
        repeat("𠜎", 32),
    ] {
        assert!(Nick::new(&longest).is_ok(), "{longest}");
        assert!(RoomName::new(&longest).is_ok(), "{longest}");
    }
    let error = NameError::TooManyGraphemes {
        graphemes: 33,
        limit: NICK_GRAPHEMES_MAX,
    };
    check_refused(&repeat("a", 33), &error);
    check_refused(&repeat("가", 33), &error);
    assert_eq!(RoomName::new(&repeat("가", 33)), Err(error));
    let error = NameError::TooManyBytes {
        bytes: 129,
        limit: NICK_BYTES_MAX,
    };
    check_refused(&format!("{}a", repeat("𠜎", 32)), &error);
    assert_eq!(RoomName::new(&repeat("a", 129)), Err(error));
}

#[test]
fn errors_tell_what_to_do_and_show_no_raw_character() {
    let sentence = |nick: &str| Nick::new(nick).unwrap_err().to_string();
    assert_eq!(
        sentence("\u{202E}evil"),
        r"the name holds U+202E, which no name may; use letters, digits and _-[]{}\|^`*."
    );
    assert_eq!(
        sentence("Admin"),
        "the nick looks like \"admin\", which is reserved; choose another"
    );
    assert_eq!(
        sentence(&"a".repeat(33)),
        "the name has 33 characters, the limit is 32; shorten it"
    );
    assert_eq!(
        sentence("x\u{323}\u{301}\u{302}"),
        "the mark U+0302 in the name is one too many, the limit is 2 on a letter; remove it"
    );
}
