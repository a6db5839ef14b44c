//! What was entered last on the first screen, to fill it in the next time.

use serde::{Deserialize, Serialize};

use super::atomic::Keep;
use super::{Storage, StorageError, atomic};

/// The file is three short texts; a larger one counts as damaged.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// What was entered last. Texts as typed; nothing of it need be valid any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LastForm {
    /// The server.
    pub server: String,
    /// The room.
    pub room: String,
    /// The nick.
    pub nick: String,
}

impl Storage {
    /// What was entered last; nothing where there is nothing.
    pub fn last_form(&self) -> Result<LastForm, StorageError> {
        let path = self.state.join("last.json");
        let Some(content) = atomic::read(&path, FORM_BYTES_MAX)? else {
            return Ok(LastForm::default());
        };
        serde_json::from_slice(&content).or(Err(StorageError::Damaged { path }))
    }

    /// Keeps what was entered.
    pub fn save_last_form(&self, form: &LastForm) -> Result<(), StorageError> {
        let path = self.state.join("last.json");
        let mut content = serde_json::to_vec(form).unwrap_or_default();
        content.push(b'\n');
        atomic::replace(&path, &content, Keep::Program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_values_come_back() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        assert_eq!(storage.last_form().unwrap(), LastForm::default());
        let form = LastForm {
            server: "ws://chat.example".to_owned(),
            room: "개발".to_owned(),
            nick: "지은".to_owned(),
        };
        storage.save_last_form(&form).unwrap();
        assert_eq!(storage.last_form().unwrap(), form);
        std::fs::write(
            directory.path().join("last.json"),
            r#"{"nick":"a","new":1}"#,
        )
        .unwrap();
        assert_eq!(storage.last_form().unwrap().nick, "a");
        std::fs::write(directory.path().join("last.json"), "{").unwrap();
        let damaged = storage.last_form();
        assert!(matches!(damaged, Err(StorageError::Damaged { .. })));
    }
}
