//! The program `chat-tui`: reads its arguments and becomes the screen or line mode.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context;
use chat_tui::config::file::{self, FileSettings};
use chat_tui::config::{self, Arguments, Command, command};
use chat_tui::model::Settings;
use chat_tui::model::form::Field;
use chat_tui::model::status::Note;
use chat_tui::shell::app::{self, Launch};
use chat_tui::shell::connection::{ServerUrl, Trust};
use chat_tui::shell::host::Host;
use chat_tui::shell::keys::{self, KeyCommand, Task};
use chat_tui::shell::line_mode;
use chat_tui::shell::line_mode::args::Surroundings;
use chat_tui::shell::line_mode::plan::EXIT_REFUSED;
use chat_tui::shell::storage::{LastForm, Storage};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

/// Why nothing is said to a server, or forgotten of it, where nobody looks.
const IN_DOUBT: &str = "what is wrong with config.toml leaves in doubt which server and key are meant; \
    mend it, or give --server, --ca and --identity (or --guest)";

fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = Arguments::parse();
    let storage = Storage::open()?;
    let path = storage.settings_file();
    let command = arguments.command.take();
    let config = match &command {
        Some(Command::Config(args)) => Some(args.clone()),
        Some(Command::Key(_)) | None => arguments.config(),
    };
    if let Some(args) = config {
        let (mut output, mut notes) = (io::stdout(), io::stderr());
        let code = command::run(&args, &path, &variable, &mut output, &mut notes)?;
        return Ok(ExitCode::from(code));
    }
    let read = file::read(&path);
    let found = read.as_ref().ok().and_then(Option::as_ref);
    let kept = found
        .map(|found| found.settings.clone())
        .unwrap_or_default();
    let arguments = arguments.with_environment(&variable);
    let is_in_doubt = arguments.is_in_doubt(&read);
    let arguments = arguments.with_file(&kept);
    let settings = arguments.settings(&variable);
    let note = file::note(&read, settings.language.words());
    if let Some(Command::Key(command)) = command {
        tell(note.as_ref())?;
        return keys(command, &kept, &storage);
    }
    let surroundings = Surroundings::of_process();
    let takes_lines = arguments.line.takes(&surroundings);
    let last = if takes_lines {
        // The same command does the same every time: what was entered last is for people.
        LastForm::default()
    } else {
        // What cannot be read is not filled in; the form says nothing of it, as nothing is lost.
        storage.last_form().unwrap_or_default()
    };
    let trust = match arguments.trust() {
        Ok(trust) => trust,
        Err(error) => usage(&format!("--ca: {error}")),
    };
    if is_in_doubt && (takes_lines || arguments.new_server_key) {
        tell(note.as_ref())?;
        usage(IN_DOUBT);
    }
    if arguments.new_server_key {
        forget(&arguments.dialled(&last), &storage)?;
    }
    let code = if takes_lines {
        tell(note.as_ref())?;
        lines(arguments, surroundings, storage, trust, settings)?
    } else {
        let mut form = arguments.form(&last);
        if is_in_doubt {
            // The person sees where it goes before anything does.
            form.focus = Field::Server;
        }
        app::run(Launch {
            form,
            host: arguments.host,
            data: arguments.data.clone(),
            source: arguments.identity_source(),
            trust,
            settings,
            note,
            terminal: arguments.terminal(),
            storage,
        })?
    };
    Ok(ExitCode::from(code))
}

/// Says without a screen what of the file of settings is not used.
fn tell(note: Option<&Note>) -> io::Result<()> {
    match note {
        Some(note) => writeln!(io::stderr(), "{}", note.text),
        None => Ok(()),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Does something with keys in place of chatting.
fn keys(command: KeyCommand, kept: &FileSettings, storage: &Storage) -> anyhow::Result<ExitCode> {
    let last = storage.last_form().unwrap_or_default();
    let (task, mut named) = command.split();
    // What is always set names nothing for the key that is taken in.
    if !matches!(task, Task::Import(_)) {
        let server = named.server.or_else(|| config::server_of(&variable));
        named.server = server.or_else(|| kept.server.clone());
        named.nick = named.nick.or_else(|| kept.nick.clone());
        named.identity = named.identity.or_else(|| kept.identity.clone());
    }
    let whose = config::whose(&named, &last).unwrap_or_else(|error| error.exit());
    let (mut output, mut notes) = (io::stdout(), io::stderr());
    match keys::run(&task, &whose, storage, &mut output, &mut notes) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            writeln!(notes, "{error}")?;
            Ok(ExitCode::from(EXIT_REFUSED))
        }
    }
}

/// Line mode, beside a server of its own where that is asked for.
fn lines(
    mut arguments: Arguments,
    surroundings: Surroundings,
    storage: Storage,
    trust: Trust,
    settings: Settings,
) -> anyhow::Result<u8> {
    let host = match arguments.host.take() {
        None => None,
        Some(address) => {
            let (host, url) = open_host(address, &arguments)?;
            arguments.server = Some(url);
            Some(host)
        }
    };
    let code = match arguments.line_mode(surroundings, storage, trust) {
        Ok(options) => line_mode::run(line_mode::Options {
            settings,
            ..options
        })?,
        Err(error) => error.exit(),
    };
    drop(host);
    Ok(code)
}

fn open_host(address: SocketAddr, arguments: &Arguments) -> anyhow::Result<(Host, String)> {
    let (host, opening) = Host::open(address, arguments.data.clone());
    let opened = opening
        .blocking_recv()
        .context("the server here ended at once")?;
    let opened = opened.map_err(anyhow::Error::msg)?;
    Ok((host, opened.url))
}

/// Forgets the server's key, so that the next one it proves is remembered.
fn forget(server: &str, storage: &Storage) -> anyhow::Result<()> {
    match server.parse::<ServerUrl>() {
        Ok(url) => Ok(storage.forget_server(url.endpoint())?),
        Err(error) => usage(&error.to_string()),
    }
}

fn usage(message: &str) -> ! {
    Arguments::command()
        .error(ErrorKind::ValueValidation, message)
        .exit()
}
