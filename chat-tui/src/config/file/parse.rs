//! From the bytes of the file to settings and faults. A wrong setting never keeps the others from being used.

use toml::de::DeTable;

use super::fault::{Fault, Wrong};
use super::kinds::Refused;
use super::settings::{SETTINGS, Setting};
use super::{FAULTS_MAX, FileSettings, Found, keys};

/// Characters of an unknown name that are compared with those of the settings, and told.
const NAME_CHARS_MAX: usize = 40;

/// What these bytes say.
pub(super) fn parse(content: &[u8]) -> Found {
    let text = match std::str::from_utf8(content) {
        Ok(text) => text,
        Err(error) => {
            let (valid, _) = content.split_at(error.valid_up_to());
            let valid = String::from_utf8_lossy(valid);
            return broken(vec![Fault::at(&valid, valid.len(), Wrong::NotUtf8)]);
        }
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let fault = |error: &toml::de::Error| {
            let wrong = Wrong::NotToml(error.message().to_owned());
            Fault::in_span(text, error.span(), wrong)
        };
        return broken(errors.iter().take(FAULTS_MAX).map(fault).collect());
    }
    let mut entries: Vec<_> = table.get_ref().iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let mut found = Found::default();
    for (key, value) in entries {
        let name = key.get_ref();
        if name == keys::MAIN {
            if let Some(table) = value.get_ref().as_table() {
                keys::take(table, text, &mut found);
            } else {
                let fault = Fault::in_span(text, Some(value.span()), keys::KIND);
                found.faults.push(fault);
            }
            continue;
        }
        let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
            // The start must not wait for a file of nothing but faults.
            if found.faults.len() < FAULTS_MAX {
                let span = Some(key.span());
                found.faults.push(Fault::in_span(text, span, unknown(name)));
            }
            continue;
        };
        if let Err(refused) = (setting.take)(value.get_ref(), &mut found.settings) {
            let span = Some(value.span());
            let wrong = wrong(setting, refused);
            found.faults.push(Fault::in_span(text, span, wrong));
        }
    }
    // Two keys that are the same are seen once all are known.
    found.faults.sort();
    found.faults.truncate(FAULTS_MAX);
    found
}

/// Half of a file may say the opposite of the whole, so nothing of it is used.
fn broken(mut faults: Vec<Fault>) -> Found {
    faults.sort();
    Found {
        settings: FileSettings::default(),
        faults,
    }
}

fn wrong(setting: &Setting, refused: Refused) -> Wrong {
    let name = setting.name;
    match refused {
        Refused::Kind(wanted) => Wrong::Kind {
            name,
            wanted,
            example: setting.example,
        },
        Refused::Value(why) => Wrong::Value { name, why },
    }
}

fn unknown(name: &str) -> Wrong {
    let names = SETTINGS.iter().map(|setting| setting.name);
    match nearest(name, names.chain([keys::MAIN])) {
        (name, Some(nearest)) => Wrong::Misspelt { name, nearest },
        (name, None) => Wrong::Unknown { name },
    }
}

/// The name as it is told, and the one of these that is nearly the same.
pub(super) fn nearest(
    name: &str,
    names: impl Iterator<Item = &'static str>,
) -> (String, Option<&'static str>) {
    let name: String = name.chars().take(NAME_CHARS_MAX).collect();
    let distance = |other: &str| strsim::damerau_levenshtein(other, &name);
    let nearest = names.min_by_key(|other| distance(other));
    // What has less than half in common is another word.
    let half = name.chars().count() / 2;
    let nearest = nearest.filter(|other| distance(other) <= half);
    (name, nearest)
}
