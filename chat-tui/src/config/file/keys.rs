//! The person's keys in the file of settings: what of the tables `keys` and `keys.reading` is used, and how all of it is printed.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Wrong};
use super::parse::nearest;
use super::settings::SETTINGS;
use super::{FAULTS_MAX, Found};
use crate::config::why::Why;
use crate::model::keys::chord::NoChord;
use crate::model::keys::reading::Step;
use crate::model::keys::rebind::{Entry, KEYS_MAX, NotBound};
use crate::model::keys::{Action, Bindable, Chord, Mode};
use crate::model::words::{Language, Said};
use crate::text::jamo::keys_of;

/// The table of the keys.
pub(super) const MAIN: &str = "keys";

/// The table in it of the keys while one reads.
const IN_MAIN: &str = "reading";
const READING: &str = "keys.reading";

/// What such a table has to be.
pub(super) const KIND: Wrong = Wrong::Kind {
    name: MAIN,
    wanted: Said("a table of its own", "따로 된 표"),
    example: "[keys]",
};

/// Takes the table over, but for what is wrong in it.
pub(super) fn take(table: &DeTable<'_>, text: &str, found: &mut Found) {
    let inner = table.iter().find(|(key, _)| key.get_ref() == IN_MAIN);
    if let Some((_, value)) = inner {
        match value.get_ref().as_table() {
            Some(table) => {
                found.settings.keys.reading = mode::<Step>(table, READING, text, &mut found.faults);
            }
            None => {
                let wrong = Wrong::Kind {
                    name: READING,
                    wanted: Said("a table of its own", "따로 된 표"),
                    example: "[keys.reading]",
                };
                found
                    .faults
                    .push(Fault::in_span(text, Some(value.span()), wrong));
            }
        }
    }
    found.settings.keys.main = mode::<Action>(table, MAIN, text, &mut found.faults);
}

/// One entry of the table as it stands there.
struct Written<'a, A: 'static> {
    entry: Entry<A>,
    action: &'static str,
    span: Range<usize>,
    keys: Vec<(&'a str, Range<usize>)>,
}

fn mode<A: Bindable>(
    table: &DeTable<'_>,
    name: &'static str,
    text: &str,
    faults: &mut Vec<Fault>,
) -> Mode<A> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let mut taken: Vec<Written<'_, A>> = Vec::new();
    for (key, value) in entries {
        if name == MAIN && key.get_ref() == IN_MAIN {
            continue;
        }
        let fault = match A::SPECS.iter().find(|spec| spec.name == key.get_ref()) {
            // The start must not wait for a file of nothing but faults.
            None if faults.len() >= FAULTS_MAX => continue,
            None => {
                let wrong = no_action::<A>(name, key.get_ref());
                Fault::in_span(text, Some(key.span()), wrong)
            }
            Some(spec) => {
                let Some(keys) = keys(value) else {
                    let wrong = Wrong::NoKeys {
                        table: name,
                        action: spec.name,
                        example: spec.keys.first().copied().unwrap_or_default(),
                    };
                    faults.push(Fault::in_span(text, Some(value.span()), wrong));
                    continue;
                };
                let texts: Vec<&str> = keys.iter().map(|(text, _)| *text).collect();
                match Mode::entry(spec.action, &texts) {
                    Ok(entry) => {
                        taken.push(Written {
                            entry,
                            action: spec.name,
                            span: value.span(),
                            keys,
                        });
                        continue;
                    }
                    Err(why) => {
                        let mut keys = keys.iter();
                        let at = keys.find(|(one, _)| is_at_fault::<A>(spec.action, one));
                        let span = at.map_or_else(|| value.span(), |(_, span)| span.clone());
                        not_bound(name, spec.name, &why, text, span)
                    }
                }
            }
        };
        faults.push(fault);
    }
    let entries: Vec<Entry<A>> = taken.iter().map(|written| written.entry.clone()).collect();
    let (mode, left_out) = Mode::rebound(&entries);
    for (place, why) in left_out {
        if let Some(written) = taken.get(place) {
            let span = span_of(written, &why);
            faults.push(not_bound(name, written.action, &why, text, span));
        }
    }
    mode
}

/// The keys of an entry, each where it stands.
fn keys<'a>(value: &'a Spanned<DeValue<'_>>) -> Option<Vec<(&'a str, Range<usize>)>> {
    if let Some(one) = value.get_ref().as_str() {
        return Some(vec![(one, value.span())]);
    }
    let list = value.get_ref().as_array()?;
    let keys = list
        .iter()
        .map(|key| Some((key.get_ref().as_str()?, key.span())));
    keys.collect()
}

/// Whether this one key is wrong, and not the list.
fn is_at_fault<A: Bindable>(action: A, key: &str) -> bool {
    let found = Mode::entry(action, &[key]);
    matches!(
        found,
        Err(NotBound::NoChord(_) | NotBound::Types(_) | NotBound::Two(_))
    )
}

/// Where the key stands that another action has.
fn span_of<A>(written: &Written<'_, A>, why: &NotBound) -> Range<usize> {
    let is_clash = |key: &str| match (key.parse::<Chord>(), why) {
        (Ok(key), NotBound::Taken { chord, .. }) => key == *chord,
        (Ok(key), NotBound::Begins { alone, two, .. }) => key == *alone || key == *two,
        _ => false,
    };
    let mut keys = written.keys.iter();
    let found = keys.find(|(key, _)| is_clash(key));
    found.map_or_else(|| written.span.clone(), |(_, span)| span.clone())
}

fn no_action<A: Bindable>(table: &'static str, name: &str) -> Wrong {
    fn is_of<A: Bindable>(name: &str) -> bool {
        A::SPECS.iter().any(|spec| spec.name == name)
    }
    let belongs = if SETTINGS.iter().any(|setting| setting.name == name) {
        Some(Said("above [keys]", "[keys] 위에"))
    } else if is_of::<Step>(name) {
        Some(Said("below [keys.reading]", "[keys.reading] 아래에"))
    } else if is_of::<Action>(name) {
        Some(Said("below [keys]", "[keys] 아래에"))
    } else {
        None
    };
    match belongs {
        Some(belongs) => Wrong::Misplaced {
            table,
            name: name.to_owned(),
            belongs,
        },
        None => {
            let (name, nearest) = nearest(name, A::SPECS.iter().map(|spec| spec.name));
            Wrong::NoAction {
                table,
                name,
                nearest,
            }
        }
    }
}

fn not_bound(
    table: &'static str,
    action: &'static str,
    why: &NotBound,
    text: &str,
    span: Range<usize>,
) -> Fault {
    let wrong = Wrong::Keys {
        table,
        action,
        why: reason(why),
    };
    Fault::in_span(text, Some(span), wrong)
}

fn reason(why: &NotBound) -> Why {
    match why {
        NotBound::NoChord(why) => no_chord(why),
        NotBound::TooMany(count) => Why::new(
            Said(
                "these are {0} keys, the limit is {1}; take some out",
                "키가 {0}개입니다. {1}개까지 되니 줄이세요",
            ),
            &[&count.to_string(), &KEYS_MAX.to_string()],
        ),
        NotBound::Types(chord) => Why::new(
            Said(
                "{0} types; put ctrl+ or alt+ before it",
                "{0}{0:은/는} 글자를 쓰는 키입니다. 앞에 ctrl+나 alt+를 붙이세요",
            ),
            &[&chord.written()],
        ),
        NotBound::Two(chord) => Why::new(
            Said(
                "while one reads a key stands alone; write one, not {0}",
                "읽는 동안에는 키 하나만 누릅니다. {0} 대신 하나를 쓰세요",
            ),
            &[&chord.written()],
        ),
        NotBound::Needed(usual) => Why::new(
            Said(
                "nobody can do without it, and no key here is sent by every terminal; add \"{0}\"",
                "없으면 안 되는 일인데 모든 터미널이 보내는 키가 없습니다. \"{0}\"{0:을/를} 더하세요",
            ),
            &[usual],
        ),
        NotBound::Taken { chord, by } => Why::new(
            Said(
                "{0} is a key of {1}; take another one, or give {1} another one",
                "{0}{0:은/는} {1}의 키입니다. 다른 키를 쓰거나 {1}에 다른 키를 주세요",
            ),
            &[&chord.written(), by],
        ),
        NotBound::Begins { alone, two, by } => Why::new(
            Said(
                "{0} alone cannot be a key beside {1} (here or of {2}); take another one for either",
                "{1}({2})의 첫 키라서 {0}만 따로 쓸 수 없습니다. 둘 가운데 하나를 바꾸세요",
            ),
            &[&alone.written(), &two.written(), by],
        ),
    }
}

fn no_chord(why: &NoChord) -> Why {
    match why {
        NoChord::Count => Why::new(
            Said(
                "a key is one, as \"ctrl+k\", or two one after the other, as \"ctrl+x ctrl+e\"; for no key write []",
                "키는 \"ctrl+k\"처럼 하나거나 \"ctrl+x ctrl+e\"처럼 이어 누르는 둘입니다. 키가 없으면 []로 쓰세요",
            ),
            &[],
        ),
        NoChord::NoKey {
            name,
            nearest: Some(nearest),
        } => Why::new(
            Said(
                "there is no key {0}; did you mean {1}?",
                "{0} 키는 없습니다. {1}{1:을/를} 찾으셨나요?",
            ),
            &[name, &nearest.to_ascii_lowercase()],
        ),
        NoChord::NoKey { name, .. } => Why::new(
            Said(
                "there is no key {0}; a key is a character, space, enter, tab, esc, backspace, delete, insert, home, end, pageup, pagedown, up, down, left, right or f1 to f35, behind ctrl+, alt+ and shift+",
                "{0} 키는 없습니다. 키는 글자 하나, space, enter, tab, esc, backspace, delete, insert, home, end, pageup, pagedown, up, down, left, right, f1부터 f35이고 앞에 ctrl+, alt+, shift+를 붙입니다",
            ),
            &[name],
        ),
        NoChord::NotLatin(c) => {
            let name = c.to_string();
            match keys_of(&name) {
                latin if latin == name => Why::new(
                    Said(
                        "{0} is on no key that everybody has; take another one",
                        "{0}{0:은/는} 누구에게나 있는 키가 아닙니다. 다른 키를 쓰세요",
                    ),
                    &[&name],
                ),
                latin => Why::new(
                    Said(
                        "keys are named by their Latin letters; write {1} for {0} (it works with either layout)",
                        "키는 로마자로 씁니다. {0} 대신 {1}{1:으로/로} 쓰세요 (한글 자판에서도 됩니다)",
                    ),
                    &[&name, &latin],
                ),
            }
        }
        NoChord::SentAs { name, sent } => Why::new(
            Said(
                "a terminal sends {1} for {0}; write {1}, or take another one",
                "터미널은 {0} 대신 {1}{1:을/를} 보냅니다. {1}{1:으로/로} 쓰거나 다른 키를 쓰세요",
            ),
            &[name, sent],
        ),
        NoChord::NeverSent(name) => Why::new(
            Said(
                "no terminal sends {0} as a key of its own; take another one",
                "{0}{0:을/를} 키로 보내는 터미널은 없습니다. 다른 키를 쓰세요",
            ),
            &[name],
        ),
    }
}

/// Both tables with the usual keys.
pub(super) fn printed(language: Language) -> String {
    const HEAD: Said = Said(
        "Keys: one, as \"ctrl+k\", two one after the other, as \"ctrl+x ctrl+e\", or a list of such, which takes the place of all\n\
         # that stand here; [] is none. Settings from here on are keys.",
        "키: \"ctrl+k\"처럼 하나, \"ctrl+x ctrl+e\"처럼 이어 누르는 둘, 또는 그 목록입니다. 쓰면 여기 있는 키를 모두 대신합니다.\n\
         # []는 없음입니다. 여기부터는 키 설정입니다.",
    );
    const WHILE_READING: Said = Said(
        "The same while one reads with keys, where letters are keys.",
        "키로 읽는 동안의 키. 여기서는 글자도 키입니다.",
    );
    let mut out = format!("\n# {}\n[{MAIN}]\n", HEAD.in_language(language));
    table::<Action>(&mut out, language);
    let said = WHILE_READING.in_language(language);
    out.push_str(&format!("\n# {said}\n[{READING}]\n"));
    table::<Step>(&mut out, language);
    out
}

fn table<A: Bindable>(out: &mut String, language: Language) {
    for spec in A::SPECS {
        let keys: Vec<String> = spec
            .keys
            .iter()
            .map(|key| format!("\"{}\"", escaped(key)))
            .collect();
        let keys = match keys.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        let about = spec.about.in_language(language);
        out.push_str(&format!("\n# {about}\n{} = {keys}\n", spec.name));
    }
}

fn escaped(key: &str) -> String {
    key.replace('\\', "\\\\").replace('"', "\\\"")
}
