//! Every setting: the one table by which the file is read and printed.

use protocol::limits::ROOMS_MAX;
use toml::de::DeValue;

use super::FileSettings;
use super::kinds::{Refused, number, path, text, texts, truth, unless_empty};
use crate::config::values::{hours, language, mention, nick, palette, room, theme};
use crate::config::why::Why;
use crate::model::words::{Language, Said};
use crate::shell::connection::ServerUrl;
use crate::shell::line_mode::args::HISTORY_MAX;

/// A setting of the file.
pub(super) struct Setting {
    /// Its name.
    pub(super) name: &'static str,
    /// What it is, in one line.
    comment: Said,
    /// Its default as TOML.
    default: &'static str,
    /// A line that would do.
    pub(super) example: &'static str,
    /// Takes a value over.
    pub(super) take: fn(&DeValue<'_>, &mut FileSettings) -> Result<(), Refused>,
}

/// All, in the order in which they are printed.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "server",
        comment: Said(
            "The server: ws://HOST[:PORT], wss://HOST[:PORT] or HOST[:PORT]; $CHAT_SERVER beats it, \"\" asks (--server)",
            "서버: ws://HOST[:PORT], wss://HOST[:PORT] 또는 HOST[:PORT]. $CHAT_SERVER가 앞서고, \"\"이면 묻습니다 (--server)",
        ),
        default: r#""""#,
        example: r#"server = "wss://chat.example""#,
        take: |value, file| {
            let server = text(value)?.trim();
            if !server.is_empty() {
                let url = server.parse::<ServerUrl>();
                url.map_err(|error| Refused::Value(Why::english(&error.to_string())))?;
            }
            file.server = Some(server.to_owned()).filter(|server| !server.is_empty());
            Ok(())
        },
    },
    Setting {
        name: "rooms",
        comment: Said(
            "The rooms to enter, the first one to be shown; [] asks for one (--room, in place of all)",
            "들어갈 방. 첫 방을 보여 줍니다. []이면 묻습니다 (--room은 모두 대신)",
        ),
        default: "[]",
        example: r#"rooms = ["lobby", "개발"]"#,
        take: |value, file| {
            let names = texts(value)?;
            if names.len() > ROOMS_MAX {
                const MANY: Said = Said(
                    "these are {0} rooms, the limit is {1}; take some out",
                    "방이 {0}개입니다. {1}개까지 되니 줄이세요",
                );
                let (count, most) = (names.len().to_string(), ROOMS_MAX.to_string());
                return Err(Refused::Value(Why::new(MANY, &[&count, &most])));
            }
            let rooms = names.into_iter().map(room).collect::<Result<_, _>>();
            file.rooms = rooms.map_err(Refused::Value)?;
            Ok(())
        },
    },
    Setting {
        name: "nick",
        comment: Said(
            "The name to go by; \"\" asks (--nick)",
            "닉네임. \"\"이면 묻습니다 (--nick)",
        ),
        default: r#""""#,
        example: r#"nick = "minsu""#,
        take: |value, file| {
            file.nick = unless_empty(value, nick)?;
            Ok(())
        },
    },
    Setting {
        name: "identity",
        comment: Said(
            "The key to go by, whatever the server and nick; \"\" is one for each (--identity)",
            "서버와 닉네임에 상관없이 쓸 키 파일. \"\"이면 저마다 하나씩 (--identity)",
        ),
        default: r#""""#,
        example: r#"identity = "~/me.key""#,
        take: |value, file| {
            file.identity = unless_empty(value, path)?;
            Ok(())
        },
    },
    Setting {
        name: "ca",
        comment: Said(
            "Certificates (PEM) that alone are believed on wss://; \"\" is those of the system (--ca)",
            "wss://에서 이것만 믿을 인증서(PEM). \"\"이면 시스템의 인증서 (--ca)",
        ),
        default: r#""""#,
        example: r#"ca = "~/cert.pem""#,
        take: |value, file| {
            file.ca = unless_empty(value, path)?;
            Ok(())
        },
    },
    Setting {
        name: "data",
        comment: Said(
            "Where --host keeps the history; \"\" is the per-user data directory (--data)",
            "--host가 기록을 두는 곳. \"\"이면 사용자의 데이터 디렉터리 (--data)",
        ),
        default: r#""""#,
        example: r#"data = "~/chat""#,
        take: |value, file| {
            file.data = unless_empty(value, path)?;
            Ok(())
        },
    },
    Setting {
        name: "lang",
        comment: Said(
            "The language of the interface, \"en\" or \"ko\"; \"\" goes by LANG (--lang)",
            "화면 언어, \"en\"이나 \"ko\". \"\"이면 LANG에 따라 (--lang)",
        ),
        default: r#""""#,
        example: r#"lang = "ko""#,
        take: |value, file| {
            file.lang = unless_empty(value, language)?;
            Ok(())
        },
    },
    Setting {
        name: "time",
        comment: Said(
            "How the hours of a day are counted: \"24h\" (14:03) or \"12h\" (2:03 PM) (--time)",
            "시간 표시, \"24h\"(14:03)나 \"12h\"(오후 2:03) (--time)",
        ),
        default: r#""24h""#,
        example: r#"time = "12h""#,
        take: |value, file| {
            file.time = hours(text(value)?).map_err(Refused::Value)?;
            Ok(())
        },
    },
    Setting {
        name: "theme",
        comment: Said(
            "The colours: \"auto\" goes by the background that the terminal reports; \"dark\", \"light\", \"high-contrast\" (--theme)",
            "색 테마: \"auto\"는 터미널이 알려 주는 배경에 따라. \"dark\", \"light\", \"high-contrast\" (--theme)",
        ),
        default: r#""auto""#,
        example: r#"theme = "high-contrast""#,
        take: |value, file| {
            file.theme = theme(text(value)?).map_err(Refused::Value)?;
            Ok(())
        },
    },
    Setting {
        name: "palette",
        comment: Said(
            "For whose eyes the colours are: \"usual\", \"red-green\" or \"blue-yellow\" (--palette)",
            "어떤 눈에 맞춘 색인지: \"usual\", 적록색약은 \"red-green\", 청황색약은 \"blue-yellow\" (--palette)",
        ),
        default: r#""usual""#,
        example: r#"palette = "red-green""#,
        take: |value, file| {
            file.palette = palette(text(value)?).map_err(Refused::Value)?;
            Ok(())
        },
    },
    Setting {
        name: "mention",
        comment: Said(
            "Words besides your nick that count as a mention of you (--mention, in place of all)",
            "닉네임 말고도 나를 부르는 말로 칠 낱말 (--mention은 모두 대신)",
        ),
        default: "[]",
        example: r#"mention = ["김민수", "ops"]"#,
        take: |value, file| {
            let words = texts(value)?.into_iter().map(mention);
            file.mention = words.collect::<Result<_, _>>().map_err(Refused::Value)?;
            Ok(())
        },
    },
    Setting {
        name: "mouse",
        comment: Said(
            "Whether the program takes the mouse; false leaves it to the terminal (--mouse, --no-mouse)",
            "마우스를 프로그램이 쓸지. false면 터미널에 맡깁니다 (--mouse, --no-mouse)",
        ),
        default: "true",
        example: "mouse = true",
        take: |value, file| {
            file.mouse = truth(value)?;
            Ok(())
        },
    },
    Setting {
        name: "plain_keys",
        comment: Said(
            "Ask for no unambiguous keys, where an input method breaks over it (--plain-keys, --no-plain-keys)",
            "분명한 키 신호를 청하지 않기. 그 때문에 입력기가 깨질 때 (--plain-keys, --no-plain-keys)",
        ),
        default: "false",
        example: "plain_keys = false",
        take: |value, file| {
            file.plain_keys = truth(value)?;
            Ok(())
        },
    },
    Setting {
        name: "plain",
        comment: Said(
            "Line mode in place of the screen, as for a screen reader (--plain, --no-plain)",
            "화면 대신 줄 단위로. 화면 낭독기 등에 (--plain, --no-plain)",
        ),
        default: "false",
        example: "plain = true",
        take: |value, file| {
            file.plain = truth(value)?;
            Ok(())
        },
    },
    Setting {
        name: "history",
        comment: Said(
            "Line mode: messages of the room that are printed first (--history)",
            "줄 단위일 때: 처음에 보여 줄 지난 메시지 수 (--history)",
        ),
        default: "0",
        example: "history = 50",
        take: |value, file| {
            file.history = number(value, HISTORY_MAX)?;
            Ok(())
        },
    },
    Setting {
        name: "timeout",
        comment: Said(
            "Line mode: seconds without the room after which it gives up, 0 never does (--timeout)",
            "줄 단위일 때: 방 없이 이만큼(초) 지나면 그만둡니다. 0은 끝까지 기다립니다 (--timeout)",
        ),
        default: "30",
        example: "timeout = 30",
        take: |value, file| {
            file.timeout = number(value, u32::MAX)?;
            Ok(())
        },
    },
];

/// The file with every setting and key at its default.
pub fn printed(language: Language) -> String {
    const HEAD: Said = Said(
        "Settings of chat-tui; every one is at its default. A flag beats what stands here.",
        "chat-tui 설정. 모두 기본값입니다. 실행할 때 준 옵션이 여기보다 앞섭니다.",
    );
    let mut printed = format!("# {}\n", HEAD.in_language(language));
    for setting in SETTINGS {
        let comment = setting.comment.in_language(language);
        let (name, default) = (setting.name, setting.default);
        printed.extend(["\n# ", comment, "\n", name, " = ", default, "\n"]);
    }
    // Tables stand last: what follows one belongs to it.
    printed + &super::keys::printed(language)
}
