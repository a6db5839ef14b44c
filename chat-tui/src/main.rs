//! The program `chat-tui`: reads its arguments and becomes the screen or line mode.

use std::process::ExitCode;

use chat_tui::config::Arguments;
use chat_tui::shell::app::{self, Launch};
use chat_tui::shell::connection::{ServerUrl, Trust};
use chat_tui::shell::host::Host;
use chat_tui::shell::line_mode::args::Surroundings;
use chat_tui::shell::line_mode::{self, EXIT_UNREACHABLE, Options};
use chat_tui::shell::storage::{LastForm, Storage};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let storage = Storage::open()?;
    let surroundings = Surroundings::of_process();
    // What cannot be read is not filled in; the form says nothing of it, as nothing is lost.
    let last = storage.last_form().unwrap_or_default();
    if arguments.new_server_key {
        forget(arguments.server_or(&last), &storage)?;
    }
    if arguments.line.takes(&surroundings) {
        return lines(arguments, surroundings, storage);
    }
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let launch = Launch {
        form: arguments.form(&last),
        host: arguments.host,
        data: arguments.data.clone(),
        guest: arguments.guest,
        settings: arguments.settings(&variable),
        terminal: arguments.terminal(),
        storage,
    };
    Ok(ExitCode::from(app::run(launch)?))
}

/// Line mode, which asks for nothing: what is missing is a wrong use.
fn lines(
    arguments: Arguments,
    surroundings: Surroundings,
    storage: Storage,
) -> anyhow::Result<ExitCode> {
    let Some(room) = arguments.room.clone() else {
        misused(
            ErrorKind::MissingRequiredArgument,
            "without a screen --room NAME is needed",
        );
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut host = None;
    let server = match arguments.host {
        None => arguments.server_or(&LastForm::default()).to_owned(),
        Some(address) => {
            let (here, opening) = Host::open(address, arguments.data.clone());
            host = Some(here);
            match opening.blocking_recv() {
                Ok(Ok(opened)) => opened.url,
                Ok(Err(why)) => {
                    line_mode::say(&why);
                    return Ok(ExitCode::from(EXIT_UNREACHABLE));
                }
                Err(_ended) => anyhow::bail!("the server here ended at once"),
            }
        }
    };
    let server: ServerUrl = match server.parse() {
        Ok(server) => server,
        Err(error) => misused(ErrorKind::ValueValidation, error),
    };
    let code = runtime.block_on(line_mode::run(Options {
        server,
        trust: Trust::System,
        room,
        nick: arguments.nick,
        guest: arguments.guest,
        args: arguments.line,
        surroundings,
        storage,
    }));
    runtime.shutdown_background();
    drop(host);
    Ok(ExitCode::from(code))
}

/// Forgets the server's key, so that the next one it proves is remembered.
fn forget(server: &str, storage: &Storage) -> anyhow::Result<()> {
    match server.parse::<ServerUrl>() {
        Ok(url) => Ok(storage.forget_server(url.endpoint())?),
        Err(error) => misused(ErrorKind::ValueValidation, error),
    }
}

/// Ends with the usage and exit code 2.
fn misused(kind: ErrorKind, why: impl std::fmt::Display) -> ! {
    Arguments::command().error(kind, why).exit()
}
