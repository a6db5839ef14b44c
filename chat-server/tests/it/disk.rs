//! The real program on a disk that is full, fails, is slow or loses power, and by a clock that jumps.

mod clock;
mod failing;
mod full;
mod power;
mod readiness;

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::shim::Shim;
use crate::support::{Client, PATIENCE, Process};

/// A data directory under a shim.
struct Lab {
    _directory: TempDir,
    data: PathBuf,
    shim: Shim,
}

impl Lab {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("root");
        std::fs::create_dir(&root).unwrap();
        let shim = Shim::new(&root).unwrap();
        // The server makes both, and must see to it that they stay.
        let data = root.join("new/data");
        Self {
            _directory: directory,
            data,
            shim,
        }
    }

    async fn start(&self) -> Process {
        Process::start_under(&self.shim, &self.data).await
    }

    async fn start_watched(&self) -> Process {
        Process::start_watched_under(&self.shim, &self.data).await
    }

    /// What a server that starts now has in the lobby, from the first message on.
    async fn texts(&self) -> Vec<String> {
        let server = self.start().await;
        let texts = history(&mut reader(&server).await).await;
        server.signal(rustix::process::Signal::TERM);
        assert!(server.end(PATIENCE).await.success());
        texts
    }
}

/// Somebody who is in the lobby.
async fn reader(server: &Process) -> Client {
    let mut reader = Client::enter_with_key(server.address, "reader").await;
    reader.join("lobby").await;
    reader
}

/// All texts of the lobby; their positions rise by one.
async fn history(reader: &mut Client) -> Vec<String> {
    let mut all = Vec::new();
    let mut after = json!([0, 0]);
    loop {
        let ask = json!({"type": "history", "room": "lobby", "after": after});
        let mut part = reader.ask(ask).await;
        loop {
            for message in part["messages"].as_array().unwrap() {
                after = message["position"].clone();
                all.push(message["text"].as_str().unwrap().to_owned());
                assert_eq!(after[1], all.len(), "{message}");
            }
            if part["done"] == true {
                break;
            }
            let reference = part["ref"].clone();
            part = reader.until(|event| event["ref"] == reference).await;
        }
        if part["more"] != true {
            return all;
        }
    }
}

/// Somebody who says one thing after the other in the lobby.
struct Talker {
    client: Client,
    /// The seq of the next text.
    next: u64,
    /// What was acknowledged.
    acked: Vec<String>,
}

impl Talker {
    async fn enter(server: &Process) -> Self {
        let mut client = Client::enter_with_key(server.address, "anna").await;
        let joined = client.join("lobby").await;
        Self {
            client,
            next: joined["next_seq"].as_u64().unwrap(),
            acked: Vec::new(),
        }
    }

    /// Says `text`; gives the answer, or nothing where the connection ends before it.
    async fn say(&mut self, text: &str) -> Option<Value> {
        let answer = self.client.try_say("lobby", self.next, text).await?;
        if answer["type"] == "ack" {
            self.next += 1;
            self.acked.push(text.to_owned());
        }
        Some(answer)
    }

    /// Says `text`, which must be acknowledged.
    async fn says(&mut self, text: &str) {
        let answer = self.say(text).await.unwrap();
        assert_eq!(answer["type"], "ack", "{answer}");
    }
}
