//! What the screen costs: the real `chat-tui` in a pseudo-terminal, and other clients beside it in the same run.
//!
//! `cargo bench -p chat-tui` prints the table. Ours sits at a real server in this process, the others at an IRC server, and somebody else says
//! the same texts to each; docs/performance-client.md says how to read it. CPU, memory and wake-ups are the kernel's own accounting.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on says where and ends"
)]
#![expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]
#![expect(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::unchecked_time_subtraction,
    reason = "a benchmark reads the clock, and idleness is a time in which nothing is done"
)]

mod clients;
mod figures;
mod process;
mod rows;
mod table;
mod talker;
mod terminal;
mod texts;

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;

use chat_server::{Config, Server};
use clap::Parser;
use tokio_util::sync::CancellationToken;

use clients::{CLIENTS, Client, Seat, irc_server};
use figures::Values;
use rows::{QUICK, WHOLE, measure};
use table::{Column, table};

/// What is measured.
#[derive(Debug, Parser)]
struct Options {
    /// A little of everything: shows that all works, and is no measurement
    #[arg(long)]
    quick: bool,
    /// Only programs whose name begins so; repeatable
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
}

fn main() {
    let options = Options::parse_from(std::env::args().filter(|argument| argument != "--bench"));
    let is_wanted = |client: &&Client| {
        let name = client.name.to_lowercase();
        let mut only = options.only.iter();
        options.only.is_empty() || only.any(|wanted| name.starts_with(&wanted.to_lowercase()))
    };
    let irc = irc_server();
    let address = serve();
    let mut columns = Vec::new();
    for client in CLIENTS.iter().filter(is_wanted) {
        let server = if client.is_ours() {
            Some(address)
        } else {
            irc.as_ref().map(|server| server.address)
        };
        columns.push(Column {
            title: client.title(),
            measured: column(client, server, options.quick),
        });
    }
    println!("\n{}", table(&columns));
    if options.quick {
        println!(
            "This is no measurement: {} messages stand for 20,000, and {} for 100,000.",
            QUICK.flood, QUICK.seen
        );
    }
}

fn column(
    client: &Client,
    server: Option<SocketAddr>,
    quick: bool,
) -> Result<Values, &'static str> {
    if client.program().is_none() {
        return Err("not installed (`make bench-peers`)");
    }
    let Some(server) = server else {
        return Err("not measured, as ngircd is not installed (`make bench-peers`)");
    };
    println!("{} ...", client.name);
    let extent = if quick { QUICK } else { WHOLE };
    let work = || measure(&Seat::new(client, server, "minsu"), extent);
    // What another program does must not take our own figures away.
    catch_unwind(AssertUnwindSafe(work)).map_err(|_told| "failed, as told above")
}

/// A server in a thread of this process that ends with it; its address.
fn serve() -> SocketAddr {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let server = Server::bind(Config::default()).unwrap();
            tell.send(server.local_addr()).unwrap();
            server.run(CancellationToken::new()).await.unwrap();
        });
    });
    told.recv().unwrap()
}
