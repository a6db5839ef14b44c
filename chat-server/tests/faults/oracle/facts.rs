//! The log, sorted by what the rules ask of it.

use std::collections::BTreeMap;

use crate::log::{ClientId, Content, Entry, Position, Room, Seen, Start, What};

/// What became of something that was said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) room: Room,
    pub(super) text: String,
    pub(super) invoked: usize,
    pub(super) acked: Option<Acked>,
    pub(super) refused: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Acked {
    pub(super) at: Option<Position>,
}

/// One thing that a client heard.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Message(Seen),
    Gap(Position, Position),
}

/// What one client heard of one room without a new beginning.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) client: ClientId,
    pub(super) room: Room,
    /// The entry with which it begins.
    pub(super) entered: usize,
    /// What follows is all after this.
    pub(super) head: Option<Position>,
    pub(super) items: Vec<Item>,
    /// Nothing more was added: the client died or began anew.
    pub(super) over: bool,
}

impl Stream {
    pub(super) fn messages(&self) -> impl Iterator<Item = &Seen> {
        self.items.iter().filter_map(|item| match item {
            Item::Message(seen) => Some(seen),
            Item::Gap(..) => None,
        })
    }

    pub(super) fn name(&self) -> String {
        format!("client {} in room {}", self.client, self.room)
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) said: BTreeMap<Content, Said>,
    pub(super) streams: Vec<Stream>,
    /// Who was told that the history went another way.
    pub(super) forks: Vec<String>,
    /// What is odd about the log itself.
    pub(super) odd: Vec<String>,
}

impl Facts {
    pub(super) fn of(log: &[Entry]) -> Self {
        let mut facts = Self::default();
        for (index, entry) in log.iter().enumerate() {
            facts.take(index, entry);
        }
        facts
    }

    fn take(&mut self, index: usize, entry: &Entry) {
        match &entry.what {
            What::Invoked {
                content,
                room,
                text,
            } => {
                let said = Said {
                    room: *room,
                    text: text.clone(),
                    invoked: index,
                    acked: None,
                    refused: false,
                };
                self.said.insert(*content, said);
            }
            What::Acked { content, at } => match self.said.get_mut(content) {
                Some(said) => {
                    said.acked.get_or_insert(Acked { at: *at });
                }
                None => self
                    .odd
                    .push(format!("{content} was acknowledged and never said")),
            },
            What::Refused { content } => {
                if let Some(said) = self.said.get_mut(content) {
                    said.refused = true;
                }
            }
            What::Entered { room, start, head } => {
                if let Some(client) = entry.client {
                    self.enter(index, client, *room, *start, *head);
                }
            }
            What::Received { room, seen } => {
                self.hear(entry.client, *room, Item::Message(seen.clone()));
            }
            What::Gap { room, from, to } => self.hear(entry.client, *room, Item::Gap(*from, *to)),
            What::Died => {
                for stream in &mut self.streams {
                    stream.over |= Some(stream.client) == entry.client;
                }
            }
            What::Live
            | What::Lost
            | What::Held { .. }
            | What::Broken(_)
            | What::Fault(_)
            | What::Over(_) => {}
        }
    }

    fn enter(
        &mut self,
        index: usize,
        client: ClientId,
        room: Room,
        start: Start,
        head: Option<Position>,
    ) {
        if start == Start::Forked {
            self.forks
                .push(format!("client {client} was told of a fork in room {room}"));
        }
        if let Some(stream) = self.open(client, room) {
            if start == Start::Resumed {
                return;
            }
            stream.over = true;
        }
        self.streams.push(Stream {
            client,
            room,
            entered: index,
            head,
            items: Vec::new(),
            over: false,
        });
    }

    fn hear(&mut self, client: Option<ClientId>, room: Room, item: Item) {
        let Some(client) = client else { return };
        match self.open(client, room) {
            Some(stream) => stream.items.push(item),
            None => self.odd.push(format!(
                "client {client} heard something of room {room} without being there"
            )),
        }
    }

    fn open(&mut self, client: ClientId, room: Room) -> Option<&mut Stream> {
        self.streams
            .iter_mut()
            .rev()
            .find(|stream| stream.client == client && stream.room == room && !stream.over)
    }
}
