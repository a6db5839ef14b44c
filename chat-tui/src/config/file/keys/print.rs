//! All keys with what they do, as the file has them.

use super::{MAIN, READING};
use crate::model::keys::reading::Step;
use crate::model::keys::{Action, Bindable};
use crate::model::words::{Language, Said};

/// Both tables with the usual keys.
pub(in super::super) fn printed(language: Language) -> String {
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
    let mut out = String::new();
    out.extend(["\n# ", HEAD.in_language(language), "\n[", MAIN, "]\n"]);
    table::<Action>(&mut out, language);
    let said = WHILE_READING.in_language(language);
    out.extend(["\n# ", said, "\n[", READING, "]\n"]);
    table::<Step>(&mut out, language);
    out
}

fn table<A: Bindable>(out: &mut String, language: Language) {
    for spec in A::SPECS {
        let keys = spec.keys.iter().map(|key| format!("\"{}\"", escaped(key)));
        let mut keys = keys.collect::<Vec<_>>().join(", ");
        if spec.keys.len() != 1 {
            keys = format!("[{keys}]");
        }
        let about = spec.about.in_language(language);
        out.extend(["\n# ", about, "\n", spec.name, " = ", &keys, "\n"]);
    }
}

fn escaped(key: &str) -> String {
    key.replace('\\', "\\\\").replace('"', "\\\"")
}
