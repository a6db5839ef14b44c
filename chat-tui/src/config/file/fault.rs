//! What can be wrong with the file of settings, where, and how to mend it.

use std::borrow::Cow;
use std::ops::Range;

use crate::config::why::Why;
use crate::model::words::{Language, Said, fill};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The character in it, from 1.
    pub column: usize,
    /// What.
    pub wrong: Wrong,
}

/// What is wrong; each is told in one sentence that says how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// The bytes are no text.
    NotUtf8,
    /// The text is no TOML; why, as its reader says.
    NotToml(String),
    /// A name that is nearly one of a setting.
    Misspelt {
        /// As it stands there.
        name: String,
        /// The setting.
        nearest: &'static str,
    },
    /// A name that is none.
    Unknown {
        /// As it stands there.
        name: String,
    },
    /// The value is of another kind.
    Kind {
        /// The setting.
        name: &'static str,
        /// What it has to be.
        wanted: Said,
        /// How that looks.
        example: &'static str,
    },
    /// The value cannot be used.
    Value {
        /// The setting.
        name: &'static str,
        /// Why, and what to do.
        why: Why,
    },
    /// A table of keys has something that is no action.
    NoAction {
        /// The table.
        table: &'static str,
        /// As it stands there.
        name: String,
        /// An action of nearly this name.
        nearest: Option<&'static str>,
    },
    /// A table of keys has something that belongs elsewhere.
    Misplaced {
        /// The table.
        table: &'static str,
        /// As it stands there.
        name: String,
        /// Where it belongs.
        belongs: Said,
    },
    /// What stands there for an action is neither a key nor a list of keys.
    NoKeys {
        /// The table.
        table: &'static str,
        /// The action.
        action: &'static str,
        /// Its usual key.
        example: &'static str,
    },
    /// The keys cannot be bound.
    Keys {
        /// The table.
        table: &'static str,
        /// The action.
        action: &'static str,
        /// Why, and what to do.
        why: Why,
    },
}

impl Fault {
    /// A fault at this byte of the text.
    pub(super) fn at(text: &str, byte: usize, wrong: Wrong) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end.saturating_add(1));
        let in_line = before.get(line_start..).unwrap_or_default();
        Self {
            line: before.matches('\n').count().saturating_add(1),
            column: in_line.chars().count().saturating_add(1),
            wrong,
        }
    }

    /// A fault where this span begins, or at the end of the text.
    pub(super) fn in_span(text: &str, span: Option<Range<usize>>, wrong: Wrong) -> Self {
        Self::at(text, span.map_or(text.len(), |span| span.start), wrong)
    }

    /// Where it is, and what to do: `2:9: mouse has to be …`.
    pub fn told(&self, language: Language) -> String {
        format!(
            "{}:{}: {}",
            self.line,
            self.column,
            self.wrong.told(language)
        )
    }
}

impl Wrong {
    /// The one setting that is not used for it; nothing where the whole file is not.
    pub fn setting(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::NotUtf8 | Self::NotToml(_) => None,
            Self::Misspelt { name, .. } | Self::Unknown { name } => Some(name.into()),
            Self::Kind { name, .. } | Self::Value { name, .. } => Some((*name).into()),
            Self::NoAction { table, name, .. } | Self::Misplaced { table, name, .. } => {
                Some(format!("{table}.{name}").into())
            }
            Self::NoKeys { table, action, .. } | Self::Keys { table, action, .. } => {
                Some(format!("{table}.{action}").into())
            }
        }
    }

    /// One sentence.
    fn told(&self, language: Language) -> String {
        let say = |said: Said, values: &[&str]| fill(said.in_language(language), values);
        let setting = self.setting().unwrap_or_default();
        match self {
            Self::NotUtf8 => say(NOT_UTF8, &[]),
            Self::NotToml(why) => say(NOT_TOML, &[why]),
            Self::Misspelt { nearest, .. } => say(MISSPELT, &[&setting, nearest]),
            Self::Unknown { .. } => say(UNKNOWN, &[&setting]),
            Self::Kind {
                wanted, example, ..
            } => say(KIND, &[&setting, wanted.in_language(language), example]),
            Self::Value { why, .. } | Self::Keys { why, .. } => {
                say(VALUE, &[&setting, why.in_language(language)])
            }
            Self::NoAction {
                nearest: Some(nearest),
                name,
                ..
            } => say(NO_ACTION_BUT, &[name, nearest]),
            Self::NoAction { name, .. } => say(NO_ACTION, &[name]),
            Self::Misplaced { name, belongs, .. } => {
                say(MISPLACED, &[name, belongs.in_language(language)])
            }
            Self::NoKeys {
                action, example, ..
            } => say(NO_KEYS, &[&setting, action, example]),
        }
    }
}

const NOT_UTF8: Said = Said(
    "this is no UTF-8, so nothing of the file is used; save the file as UTF-8",
    "UTF-8이 아니어서 파일 전체를 쓰지 않습니다. UTF-8로 저장하세요",
);
const NOT_TOML: Said = Said(
    "this is no TOML ({0}), so nothing of the file is used; a line is NAME = VALUE, a text stands in \"quotes\", a list in [brackets]",
    "TOML이 아니어서({0}) 파일 전체를 쓰지 않습니다. 한 줄은 이름 = 값이고, 글은 \"따옴표\"에, 목록은 [대괄호]에 넣습니다",
);
const MISSPELT: Said = Said(
    "there is no setting {0}; did you mean {1}?",
    "{0} 설정은 없습니다. {1}{1:을/를} 찾으셨나요?",
);
const UNKNOWN: Said = Said(
    "there is no setting {0}; remove it (chat-tui config --print shows all)",
    "{0} 설정은 없습니다. 지우세요 (전체는 chat-tui config --print)",
);
const KIND: Said = Said(
    "{0} has to be {1}: write {2}",
    "{0} 설정은 {1}{1:이어야/여야} 합니다. 이렇게 쓰세요: {2}",
);
const VALUE: Said = Said(
    "{0} cannot be this: {1}",
    "{0} 설정에 쓸 수 없는 값입니다: {1}",
);
const NO_ACTION_BUT: Said = Said(
    "no key can do {0}; did you mean {1}?",
    "키로 하는 일에 {0}{0:은/는} 없습니다. {1}{1:을/를} 찾으셨나요?",
);
const NO_ACTION: Said = Said(
    "no key can do {0}; remove it (chat-tui config --print shows all)",
    "키로 하는 일에 {0}{0:은/는} 없습니다. 지우세요 (전체는 chat-tui config --print)",
);
const MISPLACED: Said = Said(
    "{0} does not belong here; put it {1}",
    "{0}{0:은/는} 여기 쓰지 않습니다. {1} 쓰세요",
);
const NO_KEYS: Said = Said(
    "{0} has to be a key or a list of keys in quotes: write {1} = \"{2}\"",
    "{0} 설정은 따옴표 안의 키나 키 목록이어야 합니다. 이렇게 쓰세요: {1} = \"{2}\"",
);
