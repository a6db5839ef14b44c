//! Kinds of values in the file of settings: texts, numbers, lists, paths.

use std::path::PathBuf;

use toml::de::DeValue;

use crate::config::why::Why;
use crate::model::words::Said;

/// Why a value is not taken.
pub(super) enum Refused {
    /// It has to be this.
    Kind(Said),
    /// A sentence that says why.
    Value(Why),
}

pub(super) fn text<'a>(value: &'a DeValue<'_>) -> Result<&'a str, Refused> {
    value
        .as_str()
        .ok_or(Refused::Kind(Said("a text in quotes", "따옴표 안의 글")))
}

pub(super) fn truth(value: &DeValue<'_>) -> Result<bool, Refused> {
    value.as_bool().ok_or(Refused::Kind(Said(
        "true or false, without quotes",
        "따옴표 없는 true나 false",
    )))
}

pub(super) fn number(value: &DeValue<'_>, most: u32) -> Result<u32, Refused> {
    const WANTED: Said = Said("a whole number, without quotes", "따옴표 없는 정수");
    const RANGE: Said = Said("it is a number from 0 to {0}", "0부터 {0}까지의 수입니다");
    let integer = value.as_integer().ok_or(Refused::Kind(WANTED))?;
    let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
    let number = number.and_then(|number| u32::try_from(number).ok());
    number
        .filter(|number| *number <= most)
        .ok_or_else(|| Refused::Value(Why::new(RANGE, &[&most.to_string()])))
}

pub(super) fn texts<'a>(value: &'a DeValue<'_>) -> Result<Vec<&'a str>, Refused> {
    let list = || Refused::Kind(Said("a list of texts in quotes", "따옴표 안의 글 목록"));
    let values = value.as_array().ok_or_else(list)?;
    let texts = values.iter().map(|value| value.get_ref().as_str());
    texts.collect::<Option<_>>().ok_or_else(list)
}

/// What a text is; nothing where it is empty.
pub(super) fn unless_empty<T>(
    value: &DeValue<'_>,
    take: fn(&str) -> Result<T, Why>,
) -> Result<Option<T>, Refused> {
    match text(value)? {
        "" => Ok(None),
        text => take(text).map(Some).map_err(Refused::Value),
    }
}

/// A path that means the same wherever the program is started.
pub(super) fn path(text: &str) -> Result<PathBuf, Why> {
    const RELATIVE: Said = Said(
        "a path has to begin with / or ~/ here",
        "여기서 경로는 /나 ~/로 시작해야 합니다",
    );
    let path = match text.strip_prefix("~/") {
        Some(rest) => etcetera::home_dir().ok().map(|home| home.join(rest)),
        None => Some(PathBuf::from(text)),
    };
    path.filter(|path| path.is_absolute())
        .ok_or_else(|| Why::new(RELATIVE, &[]))
}
