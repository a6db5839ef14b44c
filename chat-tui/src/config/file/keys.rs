//! The person's keys in the file of settings: what of the tables `keys` and `keys.reading` is used.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Wrong};
use super::parse::nearest;
use super::settings::SETTINGS;
use super::{FAULTS_MAX, Found};
use crate::model::keys::reading::Step;
use crate::model::keys::rebind::{Entry, NotBound};
use crate::model::keys::{Action, Bindable, Chord, Mode, Spec};
use crate::model::words::Said;

mod print;
mod reason;

pub(super) use print::printed;
use reason::reason;

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

const READING_KIND: Wrong = Wrong::Kind {
    name: READING,
    wanted: Said("a table of its own", "따로 된 표"),
    example: "[keys.reading]",
};

/// Takes the table over, but for what is wrong in it.
pub(super) fn take(table: &DeTable<'_>, text: &str, found: &mut Found) {
    let inner = table.iter().find(|(key, _)| key.get_ref() == IN_MAIN);
    if let Some((_, value)) = inner {
        if let Some(table) = value.get_ref().as_table() {
            found.settings.keys.reading = mode::<Step>(table, READING, text, &mut found.faults);
        } else {
            let fault = Fault::in_span(text, Some(value.span()), READING_KIND);
            found.faults.push(fault);
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
        let spec = A::SPECS.iter().find(|spec| spec.name == key.get_ref());
        // The start must not wait for a file of nothing but faults.
        if spec.is_none() && faults.len() >= FAULTS_MAX {
            continue;
        }
        let found = match spec {
            Some(spec) => written(spec, name, value),
            None => Err((no_action::<A>(name, key.get_ref()), key.span())),
        };
        match found {
            Ok(written) => taken.push(written),
            Err((wrong, span)) => faults.push(Fault::in_span(text, Some(span), wrong)),
        }
    }
    let entries: Vec<Entry<A>> = taken.iter().map(|written| written.entry.clone()).collect();
    let (mode, left_out) = Mode::rebound(&entries);
    for (place, why) in left_out {
        if let Some(written) = taken.get(place) {
            let span = Some(span_of(written, &why));
            let wrong = not_bound(name, written.action, &why);
            faults.push(Fault::in_span(text, span, wrong));
        }
    }
    mode
}

/// One entry; else what is wrong with it, and where.
fn written<'a, A: Bindable>(
    spec: &'static Spec<A>,
    table: &'static str,
    value: &'a Spanned<DeValue<'_>>,
) -> Result<Written<'a, A>, (Wrong, Range<usize>)> {
    let action = spec.name;
    let Some(keys) = keys(value) else {
        let wrong = Wrong::NoKeys {
            table,
            action,
            example: spec.keys.first().copied().unwrap_or_default(),
        };
        return Err((wrong, value.span()));
    };
    let texts: Vec<&str> = keys.iter().map(|(text, _)| *text).collect();
    match Mode::entry(spec.action, &texts) {
        Ok(entry) => Ok(Written {
            entry,
            action,
            span: value.span(),
            keys,
        }),
        Err(why) => {
            let mut keys = keys.iter();
            let at = keys.find(|(one, _)| is_at_fault::<A>(spec.action, one));
            let span = at.map_or_else(|| value.span(), |(_, span)| span.clone());
            Err((not_bound(table, action, &why), span))
        }
    }
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
    if let Some(belongs) = belongs {
        return Wrong::Misplaced {
            table,
            name: name.to_owned(),
            belongs,
        };
    }
    let (name, nearest) = nearest(name, A::SPECS.iter().map(|spec| spec.name));
    Wrong::NoAction {
        table,
        name,
        nearest,
    }
}

fn not_bound(table: &'static str, action: &'static str, why: &NotBound) -> Wrong {
    Wrong::Keys {
        table,
        action,
        why: reason(why),
    }
}

#[cfg(test)]
pub(super) mod tests;
