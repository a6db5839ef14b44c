//! The file as people write it, and what is said of it.

use std::path::Path;

use clap::Parser as _;

use super::keys::tests::{called, keys_with};
use super::settings::SETTINGS;
use super::*;
use crate::model::keys::reading::Step;
use crate::model::keys::{Action, Bindable as _};

#[track_caller]
pub(super) fn faults(text: &str) -> Vec<String> {
    faults_in(Language::English, text)
}

pub(super) fn faults_in(language: Language, text: &str) -> Vec<String> {
    let found = parse::parse(text.as_bytes());
    found
        .faults
        .iter()
        .map(|fault| fault.told(language))
        .collect()
}

#[track_caller]
pub(super) fn good(text: &str) -> FileSettings {
    assert_eq!(faults(text), <[&str; 0]>::default());
    parse::parse(text.as_bytes()).settings
}

#[test]
fn t41_what_is_printed_is_every_setting_at_its_default() {
    for language in [Language::English, Language::Korean] {
        let printed = printed(language);
        assert_eq!(good(&printed), FileSettings::default());
        let table = toml::de::DeTable::parse(&printed).unwrap();
        let mut names: Vec<_> = SETTINGS.iter().map(|setting| setting.name).collect();
        names.push("keys");
        names.sort_unstable();
        let in_file: Vec<_> = table.get_ref().keys().map(toml::Spanned::get_ref).collect();
        assert_eq!(in_file, names);
        // A comment is one line, right above its setting.
        let actions = Action::SPECS.iter().map(|spec| spec.name);
        let steps = Step::SPECS.iter().map(|spec| spec.name);
        let settings = SETTINGS.iter().map(|setting| setting.name);
        for name in settings.chain(actions).chain(steps) {
            let at = printed.find(&format!("\n{name} = ")).unwrap();
            let (before, _) = printed.split_at(at);
            let comment = before.rsplit('\n').next().unwrap();
            assert!(comment.starts_with("# "), "{name}");
            let is_korean = comment.chars().any(crate::text::hangul::is_hangul);
            assert_eq!(is_korean, language == Language::Korean, "{comment}");
        }
        assert_eq!(printed.matches("\nup = ").count(), 2, "in both tables");
    }
    for setting in SETTINGS {
        good(setting.example);
        assert_ne!(faults(&format!("{} = 1.5", setting.name)), [""; 0]);
    }
}

#[test]
fn t41_the_file_of_the_documents_is_good() {
    let client = include_str!("../../../../docs/client.md");
    let (_, example) = client.split_once("```toml\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let settings = good(example);
    assert_eq!(settings.rooms.len(), 2);
    assert_ne!(settings.keys, Keys::default());
    let listed = example
        .split_once("also ")
        .unwrap()
        .1
        .lines()
        .next()
        .unwrap();
    let listed: Vec<_> = listed.split(", ").collect();
    for setting in SETTINGS {
        let is_told =
            listed.contains(&setting.name) || example.contains(&format!("{} = ", setting.name));
        assert!(is_told, "{}", setting.name);
    }
}

#[test]
fn t41_every_setting_has_a_flag_that_beats_it_or_is_a_list() {
    use clap::CommandFactory as _;
    let command = Arguments::command();
    let flags: Vec<_> = command
        .get_arguments()
        .filter_map(clap::Arg::get_long)
        .collect();
    for setting in SETTINGS {
        let flag = match setting.name {
            "rooms" => "room".to_owned(),
            name => name.replace('_', "-"),
        };
        assert!(flags.contains(&flag.as_str()), "{flag}");
    }
    // What is said for one start, or by a script, stands in no file.
    let mut others: Vec<_> = flags
        .into_iter()
        .filter(|flag| {
            let name = flag.strip_prefix("no-").unwrap_or(flag).replace('-', "_");
            name != "room" && !SETTINGS.iter().any(|setting| setting.name == name)
        })
        .collect();
    others.sort_unstable();
    let expected = [
        "check-config",
        "commands",
        "follow",
        "guest",
        "host",
        "json",
        "json-input",
        "new-server-key",
    ];
    assert_eq!(others, expected);
}

#[test]
fn t41_every_setting_is_read() {
    let text = "\u{feff}# mine\r\n\
        server = 'wss://chat.example'\n\
        rooms = [\"#Rust\", \"\u{1100}\u{1162}\u{1107}\u{1161}\u{11af}\"]\n\
        nick = \"지은\"\n\
        ca = \"/etc/ca.pem\"\n\
        identity = \"/me.key\"\n\
        data = \"/data\"\n\
        lang = \"ko\"\n\
        time = \"12h\"\n\
        theme = \"high-contrast\"\n\
        palette = \"red-green\"\n\
        mention = [\" 김지은 \"]\n\
        mouse = false\n\
        plain_keys = true\n\
        plain = true\n\
        history = 0x10\n\
        timeout = 0\n\
        [keys]\n\
        help = \"f7\"\n\
        [keys.reading]\n\
        copy = [\"c\", \"ctrl+c\"]\n";
    let keys = keys_with(
        &[(Action::Help, &["f7"])],
        &[(Step::Copy, &["c", "ctrl+c"])],
    );
    let room = |name: &str| RoomName::normalized(name).unwrap();
    assert_eq!(
        good(text),
        FileSettings {
            server: Some("wss://chat.example".to_owned()),
            rooms: vec![room("rust"), room("개발")],
            nick: Some("지은".parse().unwrap()),
            ca: Some("/etc/ca.pem".into()),
            identity: Some("/me.key".into()),
            data: Some("/data".into()),
            lang: Some(LanguageName(Language::Korean)),
            time: HoursName(Hours::Half),
            mention: vec!["김지은".to_owned()],
            theme: ThemeName(ThemeChoice::HighContrast),
            palette: PaletteName(Palette::RedGreen),
            mouse: false,
            plain_keys: true,
            plain: true,
            history: 16,
            timeout: 0,
            keys,
        }
    );
    let home = etcetera::home_dir().unwrap();
    assert_eq!(good("ca = '~/ca.pem'").ca, Some(home.join("ca.pem")));
}

#[test]
fn t41_faults_are_told_in_korean() {
    for (text, expected) in [
        (
            "sever = 'x'",
            "1:1: sever 설정은 없습니다. server를 찾으셨나요?",
        ),
        (
            "mouse = 'no'",
            "1:9: mouse 설정은 따옴표 없는 true나 false여야 합니다. 이렇게 쓰세요: mouse = true",
        ),
        (
            "rooms = 'lobby'",
            "1:9: rooms 설정은 따옴표 안의 글 목록이어야 합니다. 이렇게 쓰세요: rooms = [\"lobby\", \"개발\"]",
        ),
        (
            "nick = 'Вaся'",
            "1:8: nick 설정에 쓸 수 없는 값입니다: 함께 쓰지 않는 문자가 섞인 이름입니다. 한 가지 문자로, 또는 로마자를 한글이나 한자, 가나와 함께 쓰세요",
        ),
        (
            "history = 20001",
            "1:11: history 설정에 쓸 수 없는 값입니다: 0부터 20000까지의 수입니다",
        ),
        (
            "[keys]\nhelp = 'ctrl+m'",
            "2:8: keys.help 설정에 쓸 수 없는 값입니다: 터미널은 ctrl+m 대신 enter를 보냅니다. enter로 쓰거나 다른 키를 쓰세요",
        ),
    ] {
        assert_eq!(faults_in(Language::Korean, text), [expected], "{text}");
    }
}

#[test]
fn t41_a_fault_names_line_column_and_mend() {
    for (text, expected) in [
        (
            "nick = 'me'\n  sever = 'x'\n",
            "2:3: there is no setting sever; did you mean server?",
        ),
        (
            "no_mouse = true",
            "1:1: there is no setting no_mouse; did you mean mouse?",
        ),
        (
            "foo = 1",
            "1:1: there is no setting foo; remove it (chat-tui config --print shows all)",
        ),
        (
            "[network]\nserver = 'x'",
            "1:2: there is no setting network; remove it (chat-tui config --print shows all)",
        ),
        (
            "# 개발\nmouse = 'no'",
            "2:9: mouse has to be true or false, without quotes: write mouse = true",
        ),
        (
            "rooms = 'lobby'",
            "1:9: rooms has to be a list of texts in quotes: write rooms = [\"lobby\", \"개발\"]",
        ),
        (
            "lang = 'fr'",
            "1:8: lang cannot be this: the languages are en and ko",
        ),
        (
            "theme = 'pink'",
            "1:9: theme cannot be this: the themes are auto, dark, light and high-contrast",
        ),
        (
            "history = -1",
            "1:11: history cannot be this: it is a number from 0 to 20000",
        ),
        (
            "timeout = '30'",
            "1:11: timeout has to be a whole number, without quotes: write timeout = 30",
        ),
        (
            "ca = 'cert.pem'",
            "1:6: ca cannot be this: a path has to begin with / or ~/ here",
        ),
    ] {
        assert_eq!(faults(text), [expected], "{text}");
    }
    // Columns are characters, not bytes.
    assert!(faults("nick = '개발' x")[0].starts_with("1:13: this is no TOML ("));
    assert!(faults("server = 'http://x'")[0].starts_with("1:10: server cannot be this: "));
    assert!(faults("nick = 'a b'")[0].starts_with("1:8: nick cannot be this: "));
}

#[test]
fn t41_a_wrong_setting_leaves_the_others_and_broken_toml_leaves_none() {
    let found = parse::parse("nick = 3\nmouse = false\nlang = 'fr'\n".as_bytes());
    assert_eq!(found.faults.len(), 2);
    assert!(!found.settings.mouse);
    for text in [
        &b"mouse = false\nnick = me\n"[..],
        b"mouse = false\nmouse = true\n",
        b"mouse = false\n[[",
        b"mouse = false\n\xff",
    ] {
        let found = parse::parse(text);
        assert_eq!(found.settings, FileSettings::default());
        assert_eq!(found.faults[0].line, 2, "{:?}", found.faults);
    }
}

#[test]
fn t41_faults_are_told_from_the_top_up_to_their_bound() {
    let file = |count: usize| -> String {
        let lines = (0..count).rev().map(|n| format!("x{n} = 1\n"));
        lines.chain(["mouse = false".to_owned()]).collect()
    };
    let read = |count| parse::parse(file(count).as_bytes());
    for (count, told, is_in_doubt) in [(49, 49, false), (50, 50, true), (5_000, 50, true)] {
        let found = read(count);
        let lines: Vec<_> = found.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, (1..=told).collect::<Vec<_>>());
        assert!(!found.settings.mouse);
        assert_eq!(
            merged(&[], None, "").is_in_doubt(&Ok(Some(found))),
            is_in_doubt
        );
    }
    assert!(faults(&"[[\n".repeat(200)).len() <= FAULTS_MAX);
}

#[test]
fn t41_rooms_are_bounded() {
    let rooms = |count: usize| {
        let names: Vec<_> = (0..count).map(|n| format!("'r{n}'")).collect();
        format!("rooms = [{}]", names.join(","))
    };
    assert_eq!(good(&rooms(100)).rooms.len(), 100);
    assert_eq!(
        faults(&rooms(101)),
        ["1:9: rooms cannot be this: these are 101 rooms, the limit is 100; take some out"]
    );
}

#[test]
fn t41_a_file_is_read_up_to_its_bound_and_nothing_but_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.toml");
    assert_eq!(read(&path).unwrap(), None);
    fs::write(&path, "#".repeat(FILE_BYTES_MAX)).unwrap();
    assert_eq!(read(&path).unwrap(), Some(Found::default()));
    fs::write(&path, "#".repeat(FILE_BYTES_MAX + 1)).unwrap();
    assert!(matches!(read(&path), Err(Unread::TooLarge(_))));
    assert!(matches!(read(directory.path()), Err(Unread::NoFile(_))));
    assert!(matches!(
        read(Path::new("/dev/zero")),
        Err(Unread::NoFile(_))
    ));
}

fn merged(flags: &[&str], variable: Option<&str>, file: &str) -> Arguments {
    let arguments = Arguments::try_parse_from(std::iter::once(&"chat-tui").chain(flags)).unwrap();
    let variable = |name: &str| (name == "CHAT_SERVER").then(|| variable.map(str::to_owned))?;
    arguments.with_environment(&variable).with_file(&good(file))
}

#[test]
fn t41_flags_beat_the_file_and_the_file_beats_what_is_guessed() {
    let file = "server = 'file'\nrooms = ['a', 'b']\nnick = 'me'\nlang = 'ko'\nmention = ['x']\n\
        mouse = false\nplain_keys = true\npalette = 'red-green'\ntime = '12h'\nidentity = '/me'\n\
        theme = 'dark'\nplain = true\nhistory = 5\ntimeout = 7\nkeys.help = 'f7'\n";
    let by_file = merged(&[], None, file);
    assert_eq!(by_file.server.as_deref(), Some("file"));
    assert_eq!(by_file.room.as_ref().unwrap().as_str(), "a");
    assert_eq!(by_file.further_rooms.len(), 1);
    let english = |name: &str| (name == "LANG").then(|| "en_US.UTF-8".to_owned());
    let settings = by_file.settings(&english);
    assert_eq!(settings.language, Language::Korean);
    assert_eq!(settings.palette, Palette::RedGreen);
    assert_eq!(settings.hours, Hours::Half);
    assert_eq!(settings.theme, ThemeChoice::Dark);
    assert_eq!(called(&settings.keys, "help"), ["F7"]);
    let line = &by_file.line;
    assert_eq!((line.plain, line.history), (true, Some(5)));
    assert_eq!(line.patience(), Some(std::time::Duration::from_secs(7)));
    assert_eq!(settings.mention_words, ["x"]);
    assert!(!settings.desk.mouse && !by_file.terminal().mouse);
    assert!(!by_file.terminal().keyboard_flags);
    let form = by_file.form(&crate::shell::storage::LastForm::default());
    assert_eq!(form.focus, crate::model::form::Field::Enter);
    assert_eq!(form.further_rooms.len(), 1);

    let flags = [
        "--server",
        "flag",
        "--room",
        "c",
        "--lang",
        "en",
        "--mention",
        "y",
        "--mouse",
        "--no-plain-keys",
        "--palette",
        "usual",
        "--time",
        "24h",
        "--theme",
        "light",
        "--no-plain",
        "--history",
        "0",
        "--timeout",
        "0",
        "--guest",
    ];
    let by_flags = merged(&flags, None, file);
    assert_eq!(by_flags.server.as_deref(), Some("flag"));
    assert_eq!(by_flags.room.as_ref().unwrap().as_str(), "c");
    assert_eq!(
        (&by_flags.identity, by_flags.further_rooms.len()),
        (&None, 0)
    );
    let settings = by_flags.settings(&english);
    assert_eq!(settings.language, Language::English);
    assert_eq!(settings.palette, Palette::Usual);
    assert_eq!(settings.hours, Hours::Day);
    assert_eq!(settings.theme, ThemeChoice::Light);
    let line = &by_flags.line;
    assert_eq!(
        (line.plain, line.history, line.patience()),
        (false, Some(0), None)
    );
    assert_eq!(settings.mention_words, ["y"]);
    assert!(settings.desk.mouse && by_flags.terminal().keyboard_flags);

    // A variable is set for one start, or one shell, and the file for all of them.
    let by_variable = merged(&[], Some("variable"), file);
    assert_eq!(by_variable.server.as_deref(), Some("variable"));
    assert_eq!(merged(&["--host"], None, file).server, None);
}

#[test]
fn t41_a_fault_leaves_in_doubt_whose_server_it_is_and_little_else() {
    let doubt = |flags: &[&str], file: &str| {
        let read = Ok(Some(parse::parse(file.as_bytes())));
        merged(flags, None, "").is_in_doubt(&read)
    };
    assert!(doubt(&[], "sever = 'x'") && doubt(&[], "server = 'http://x'"));
    assert!(doubt(&[], "server = x") && doubt(&[], "ca = 'x'") && doubt(&[], "identity = 1"));
    assert!(!doubt(&["--server", "x"], "sever = 'x'") && !doubt(&["--host"], "server = x"));
    assert!(!doubt(&["--guest"], "identity = 1") && !doubt(&["--ca", "x"], "ca = 'x'"));
    assert!(doubt(&[], "[keys]\nserver = 'x'") && !doubt(&[], "[keys]\nfoo = 1"));
    assert!(!doubt(&[], "mouse = 1\nfoo = 1") && !doubt(&[], "server = 'x'"));
    let unread = Err(Unread::NoFile("/x".into()));
    assert!(merged(&[], None, "").is_in_doubt(&unread));
    assert!(!merged(&[], None, "").is_in_doubt(&Ok(None)));
}

#[test]
fn t41_the_note_says_what_is_not_used() {
    let told = |text: &str, language: Language| {
        let read = Ok(Some(parse::parse(text.as_bytes())));
        note(&read, language.words()).map(|note| note.text.into_string())
    };
    assert_eq!(told("mouse = true", Language::English), None);
    assert_eq!(
        told("\nsever = 'x'", Language::English).as_deref(),
        Some("! config.toml, line 2: sever is not used ∙ chat-tui config --check tells more")
    );
    assert_eq!(
        told("\nnick = 3", Language::Korean).as_deref(),
        Some("! config.toml 2행의 nick 설정은 쓰지 않았습니다 ∙ 자세히: chat-tui config --check")
    );
    assert_eq!(
        told("[keys]\nhelp = 'ctrl+i'", Language::English).as_deref(),
        Some("! config.toml, line 2: keys.help is not used ∙ chat-tui config --check tells more")
    );
    let broken = told("nick = me", Language::English).unwrap();
    assert!(broken.starts_with("! config.toml, line 1, cannot be read"));
    let unread = Err(Unread::NoFile("/x".into()));
    assert!(note(&unread, Language::English.words()).is_some());
    assert!(note(&Ok(None), Language::English.words()).is_none());
}
