//! Links: those on the screen, opened or copied.

use std::sync::Arc;

use super::keys::reading::Step;
use super::{Effect, Turn};
use crate::key::Key;
use crate::model::log::{Choice, Log, Target};
use crate::model::popup::Popup;
use crate::model::words::fill;

impl Turn<'_> {
    /// Shows the links on the screen, the lowest one chosen, as it is the newest.
    pub(super) fn show_links(&mut self) {
        let links = self.with_log(|log, height| Log::links(&log.visible(height)));
        self.list_links(links.unwrap_or_default());
    }

    /// Opens the link of what is selected; of several it shows them, of none those on the screen.
    pub(super) fn open_selected(&mut self) {
        let links = self.with_log(|log, _| {
            let place = log.selected()?;
            Some(log.links_of(place))
        });
        match links.flatten().as_deref() {
            None | Some([]) => self.show_links(),
            Some([one]) => self.open_link(&one.target),
            Some(several) => self.list_links(several.to_vec()),
        }
    }

    fn list_links(&mut self, links: Vec<Choice>) {
        let Some(last) = links.len().checked_sub(1) else {
            return self.tell(self.model.words().no_links);
        };
        self.model.completion = None;
        self.model.popup = Some(Popup::Links {
            links,
            chosen: last,
        });
    }

    /// A key in the list of links; false where it is one of any popup.
    pub(super) fn links_key(&mut self, key: Key) -> bool {
        let Some(Popup::Links { links, chosen }) = &self.model.popup else {
            return false;
        };
        let target = links.get(*chosen).map(|choice| Arc::clone(&choice.target));
        let steps = self.model.keys.steps(key);
        for step in &steps {
            match (step, &target) {
                (Step::Down, _) => self.scroll_popup(false, 1),
                (Step::Up, _) => self.scroll_popup(true, 1),
                (Step::Copy, Some(target)) => {
                    self.model.popup = None;
                    self.copy(target.url.clone());
                }
                (Step::Open | Step::Toggle, Some(target)) => {
                    self.model.popup = None;
                    self.open_link(target);
                }
                _ => return false,
            }
        }
        !steps.is_empty()
    }

    /// Opens a link where the person sits, or tells why not.
    pub(super) fn open_link(&mut self, target: &Target) {
        let words = self.model.words();
        let written = target.written.as_str();
        if self.model.desk.is_remote {
            return self.fail(&fill(words.open_remote, &[written]));
        }
        self.effects.push(Effect::Open(target.url.clone()));
        self.tell(&fill(words.opening, &[written]));
    }
}
