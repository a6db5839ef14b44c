//! Opens web addresses by the desktop's own program. Never over a shell, and nothing that it writes reaches the screen.

use std::process::Stdio;

use tokio::process::Command;
use tokio::task::JoinSet;

use crate::model::words::{Words, fill};

/// The program that opens what it is given where the person expects it.
#[cfg(target_os = "macos")]
const OPENER: &str = "open";
/// The program that opens what it is given where the person expects it.
#[cfg(not(target_os = "macos"))]
const OPENER: &str = "xdg-open";

/// Most addresses that are being opened at one time; a browser that the first one starts may last as long as it is used.
const OPENING_MAX: usize = 8;

/// The programs that are opening something.
#[derive(Debug, Default)]
pub(super) struct Browser(JoinSet<Option<String>>);

impl Browser {
    /// Begins to open an address of the web; why not, for people, where it cannot be begun.
    pub(super) fn open(&mut self, url: &str, words: &'static Words) -> Result<(), String> {
        if self.0.len() >= OPENING_MAX {
            return Err(fill(words.browser_busy, &[&OPENING_MAX.to_string()]));
        }
        let mut command = Command::new(OPENER);
        command
            .arg(url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-Z and the end of this program are not the browser's.
            .process_group(0);
        let mut child = command
            .spawn()
            .map_err(|error| fill(words.browser_failed, &[OPENER, &words.system(&error)]))?;
        self.0.spawn(async move {
            match child.wait().await {
                Ok(status) if status.success() => None,
                Ok(status) => Some(fill(words.browser_ended, &[OPENER, &status.to_string()])),
                Err(error) => Some(format!("{OPENER}: {error}")),
            }
        });
        Ok(())
    }

    /// Whether anything is being opened.
    pub(super) fn is_busy(&self) -> bool {
        !self.0.is_empty()
    }

    /// Waits for the next program to end: what it failed of, if it did. May be dropped before it is ready.
    pub(super) async fn next(&mut self) -> Option<String> {
        match self.0.join_next().await {
            Some(Ok(why)) => why,
            Some(Err(error)) => Some(format!("{OPENER}: {error}")),
            None => None,
        }
    }
}
