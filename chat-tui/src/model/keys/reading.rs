//! The keys of the reading mode, which are letters there: those of vi and of pagers.

use super::Spec;
use crate::model::words::Said;

/// What a key does while one reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The message below.
    Down,
    /// The message above.
    Up,
    /// Half a screen down.
    HalfDown,
    /// Half a screen up.
    HalfUp,
    /// A screen down.
    PageDown,
    /// A screen up.
    PageUp,
    /// The first message that is here.
    First,
    /// The newest message.
    Last,
    /// Copies the text.
    Copy,
    /// Opens the link, or shows those there are.
    Open,
    /// Answers the message.
    Reply,
    /// Unfolds.
    Unfold,
    /// Folds.
    Fold,
    /// Folds what is unfolded, unfolds what is folded.
    Toggle,
    /// Shows the help.
    Help,
    /// Back to the text.
    Write,
}

/// All, in the order of the help.
pub(super) const STEPS: &[Spec<Step>] = &[
    Spec {
        action: Step::Down,
        name: "down",
        keys: &["j", "down"],
        help: Some(|w| w.help_select_next),
        about: Said("The message below", "아래 메시지"),
    },
    Spec {
        action: Step::Up,
        name: "up",
        keys: &["k", "up", "alt+v"],
        help: Some(|w| w.help_select_next),
        about: Said("The message above", "위 메시지"),
    },
    Spec {
        action: Step::HalfDown,
        name: "half_down",
        keys: &["d", "ctrl+d"],
        help: Some(|w| w.help_half),
        about: Said("Half a screen down", "반 화면 아래로"),
    },
    Spec {
        action: Step::HalfUp,
        name: "half_up",
        keys: &["u", "ctrl+u"],
        help: Some(|w| w.help_half),
        about: Said("Half a screen up", "반 화면 위로"),
    },
    Spec {
        action: Step::PageDown,
        name: "page_down",
        keys: &["f", "space", "pagedown"],
        help: Some(|w| w.help_page),
        about: Said("A screen down", "한 화면 아래로"),
    },
    Spec {
        action: Step::PageUp,
        name: "page_up",
        keys: &["b", "pageup"],
        help: Some(|w| w.help_page),
        about: Said("A screen up", "한 화면 위로"),
    },
    Spec {
        action: Step::First,
        name: "first",
        keys: &["g", "home"],
        help: Some(|w| w.help_first_last),
        about: Said("The first message that is here", "여기 첫 메시지"),
    },
    Spec {
        action: Step::Last,
        name: "last",
        keys: &["G", "end", "ctrl+end"],
        help: Some(|w| w.help_first_last),
        about: Said("The newest message", "가장 새 메시지"),
    },
    Spec {
        action: Step::Copy,
        name: "copy",
        keys: &["y"],
        help: Some(|w| w.help_copy),
        about: Said(
            "Copy the text, or in the list of links the link",
            "글 복사, 링크 목록에서는 링크 복사",
        ),
    },
    Spec {
        action: Step::Open,
        name: "open",
        keys: &["o"],
        help: Some(|w| w.help_open),
        about: Said("Open the link, or choose one", "링크 열기, 여럿이면 고르기"),
    },
    Spec {
        action: Step::Reply,
        name: "reply",
        keys: &["r"],
        help: Some(|w| w.help_reply),
        about: Said("Answer it", "답장"),
    },
    Spec {
        action: Step::Unfold,
        name: "unfold",
        keys: &["l", "right"],
        help: Some(|w| w.help_fold),
        about: Said(
            "Unfold long code, comings and goings",
            "긴 코드, 드나듦 펼치기",
        ),
    },
    Spec {
        action: Step::Fold,
        name: "fold",
        keys: &["h", "left"],
        help: Some(|w| w.help_fold),
        about: Said("Fold them", "접기"),
    },
    Spec {
        action: Step::Toggle,
        name: "toggle",
        keys: &["enter"],
        help: Some(|w| w.help_fold),
        about: Said(
            "Fold or unfold; in the list of links: open",
            "펼치거나 접기. 링크 목록에서는 열기",
        ),
    },
    Spec {
        action: Step::Help,
        name: "help",
        keys: &["?"],
        help: Some(|w| w.help_help),
        about: Said("All keys and commands", "모든 키와 명령"),
    },
    Spec {
        action: Step::Write,
        name: "write",
        keys: &["esc", "i"],
        help: Some(|w| w.help_write),
        about: Said(
            "Back to the text; so does typing",
            "글쓰기로. 그냥 쓰기 시작해도 됨",
        ),
    },
];
