//! The terminal client of chat-server.

use std::process::ExitCode;

use chat_tui::shell::connection::{ServerUrl, Trust};
use chat_tui::shell::line_mode::args::{HELP, LineArgs, Surroundings};
use chat_tui::shell::line_mode::{self, Options};
use chat_tui::shell::storage::Storage;
use clap::Parser;
use protocol::names::{Nick, RoomName};

/// The terminal client of chat-server.
#[derive(Parser, Debug)]
#[command(version, after_help = HELP)]
struct Args {
    /// The server
    #[arg(long, value_name = "URL", default_value = "ws://127.0.0.1:7878")]
    server: ServerUrl,
    /// The room
    #[arg(long, value_parser = RoomName::normalized)]
    room: RoomName,
    /// The nick; without one you are a guest
    #[arg(long, value_parser = Nick::normalized)]
    nick: Option<Nick>,
    #[command(flatten)]
    line: LineArgs,
}

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let code = runtime.block_on(line_mode::run(Options {
        server: args.server,
        trust: Trust::System,
        room: args.room,
        nick: args.nick,
        args: args.line,
        surroundings: Surroundings::of_process(),
        storage: Storage::open()?,
    }));
    runtime.shutdown_background();
    Ok(ExitCode::from(code))
}
