//! The program `chat-tui`: reads its arguments and becomes the screen or line mode.

use std::process::ExitCode;

use chat_tui::config::Arguments;
use chat_tui::shell::app::{self, Launch};
use chat_tui::shell::line_mode;
use chat_tui::shell::line_mode::args::Surroundings;
use chat_tui::shell::storage::Storage;
use clap::Parser;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let storage = Storage::open()?;
    let surroundings = Surroundings::of_process();
    let code = if arguments.line.takes(&surroundings) {
        match arguments.line_mode(surroundings, storage) {
            Ok(options) => line_mode::run(options)?,
            Err(error) => error.exit(),
        }
    } else {
        app::run(launch(&arguments, storage))?
    };
    Ok(ExitCode::from(code))
}

fn launch(arguments: &Arguments, storage: Storage) -> Launch {
    // What cannot be read is not filled in; the form says nothing of it, as nothing is lost.
    let last = storage.last_form().unwrap_or_default();
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    Launch {
        form: arguments.form(&last),
        host: arguments.host(),
        data: arguments.data.clone(),
        guest: arguments.guest,
        settings: arguments.settings(&variable),
        terminal: arguments.terminal(),
        storage,
    }
}
