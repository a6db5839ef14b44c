//! Keys in sentences, by the names that the live table gives them.

use crate::model::keys::Keys;
use crate::text::hangul::josa;

/// What stands between the parts of a sentence; a part whose key nobody has is left out.
const BETWEEN: [&str; 2] = [" ∙ ", "   "];

/// The sentence with the names of the keys in it: `{search}` is the key for that, `{search:으로/로}` the particle that fits
/// behind it.
pub(super) fn with_keys(sentence: &'static str, keys: &Keys) -> &'static str {
    // Most name none, and the first frame waits for all of them.
    if !sentence.contains('{') {
        return sentence;
    }
    match parts(sentence, &BETWEEN, keys) {
        Some(named) if named != sentence => String::leak(named),
        Some(_) => sentence,
        None => "",
    }
}

fn parts(sentence: &str, between: &[&str], keys: &Keys) -> Option<String> {
    let Some((separator, finer)) = between.split_first() else {
        return part(sentence, keys);
    };
    let parts = sentence.split(separator);
    let parts: Vec<String> = parts
        .filter_map(|part| self::parts(part, finer, keys))
        .collect();
    let is_kept = !parts.is_empty();
    is_kept.then(|| parts.join(separator))
}

/// One part; nothing where it names a key that nobody has.
fn part(sentence: &str, keys: &Keys) -> Option<String> {
    let mut out = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (inside, behind) = after.split_once('}').unwrap_or((after, ""));
        let (name, particles) = match inside.split_once(':') {
            Some((name, particles)) => (name, particles.split_once('/')),
            None => (inside, None),
        };
        if let Some(chords) = keys.called(name) {
            let key = chords.first()?.to_string();
            out.push_str(match particles {
                Some((with, without)) => josa(&key, with, without),
                None => &key,
            });
            rest = behind;
        } else {
            // A value, which is filled in later.
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    Some(out)
}
