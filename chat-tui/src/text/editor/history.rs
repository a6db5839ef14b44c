//! What an editor can take back, within bounds.

use std::collections::VecDeque;

/// Steps that can be undone; the oldest is forgotten for a new one.
pub const UNDO_STEPS_MAX: usize = 200;

/// Bytes of text kept for undo; the oldest steps are forgotten, a larger step is not kept at all.
pub const UNDO_BYTES_MAX: usize = 512 * 1024;

/// Keys that make one step while a word is typed; a longer word is several steps.
pub(super) const TYPED_CHANGES_MAX: usize = 64;

/// One replacement of `old` by `new` at byte `at`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) at: usize,
    pub(super) old: String,
    pub(super) new: String,
    pub(super) caret_before: usize,
    pub(super) caret_after: usize,
}

/// Changes that are undone together, in the order in which they were made.
pub(super) type Step = Vec<Change>;

/// Steps done and undone.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    done: VecDeque<Step>,
    undone: Vec<Step>,
    /// Whether the last step is a word that is still typed.
    open: bool,
}

impl History {
    /// Keeps a change as a step of its own.
    pub(super) fn done(&mut self, change: Change) {
        self.undone.clear();
        self.open = false;
        self.keep(vec![change]);
    }

    /// Keeps a change as part of the word that is typed.
    pub(super) fn typed(&mut self, change: Change) {
        let open = self.open;
        match self.done.back_mut() {
            Some(step) if open && step.len() < TYPED_CHANGES_MAX => {
                self.undone.clear();
                step.push(change);
                self.shrink();
            }
            Some(_) | None => {
                self.done(change);
                self.open = true;
            }
        }
    }

    /// Ends the word that is typed: the caret moved.
    pub(super) fn close(&mut self) {
        self.open = false;
    }

    /// The step to take back.
    pub(super) fn undo(&mut self) -> Option<Step> {
        self.open = false;
        let step = self.done.pop_back()?;
        self.undone.push(step.clone());
        Some(step)
    }

    /// The step to take again.
    pub(super) fn redo(&mut self) -> Option<Step> {
        let step = self.undone.pop()?;
        self.done.push_back(step.clone());
        Some(step)
    }

    fn keep(&mut self, step: Step) {
        self.done.push_back(step);
        self.shrink();
    }

    fn shrink(&mut self) {
        let mut bytes = self
            .done
            .iter()
            .map(bytes_of)
            .fold(0, usize::saturating_add);
        while self.done.len() > UNDO_STEPS_MAX || bytes > UNDO_BYTES_MAX {
            let Some(oldest) = self.done.pop_front() else {
                break;
            };
            bytes = bytes.saturating_sub(bytes_of(&oldest));
        }
    }
}

fn bytes_of(step: &Step) -> usize {
    step.iter()
        .map(|change| change.old.len().saturating_add(change.new.len()))
        .fold(0, usize::saturating_add)
}
