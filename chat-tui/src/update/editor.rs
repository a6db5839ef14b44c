//! The person's editor: the draft goes out whole and comes back whole.

use protocol::position::Address;

use super::{Effect, Turn};
use crate::model::words::fill;

/// What came of writing in the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The text as it was left; nothing where it was left unchanged.
    Text(Option<String>),
    /// There was no editor, or it failed, for people; the draft is what it was.
    Failed(String),
}

impl Turn<'_> {
    pub(super) fn open_editor(&mut self) {
        let room = self.model.tab().map(|tab| tab.room.clone());
        let text = self.model.draft().text().to_owned();
        self.effects.push(Effect::Edit { room, text });
    }

    /// The editor was left.
    pub(super) fn edited(&mut self, room: Option<Address>, edited: Edited) {
        let words = self.model.words();
        let text = match edited {
            Edited::Text(Some(text)) => text,
            Edited::Text(None) => return,
            Edited::Failed(why) => return self.fail(&fill(words.editor_failed, &[&why])),
        };
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let draft = match &room {
            Some(room) => self.model.tab_of(room).map(|tab| &mut tab.draft),
            None => Some(&mut self.model.spare),
        };
        // The room may be gone by now; the text goes where one writes then.
        let fits = match draft {
            Some(draft) => draft.replace(text),
            None => self.model.draft_mut().insert(text),
        };
        if !fits {
            return self.ask_about_paste(text.to_owned());
        }
        match room {
            Some(room) => self.draft_changed_in(room),
            None => self.draft_changed(),
        }
    }
}
