//! One client who waits for each answer: it enters a room, reads the page that comes with it, and leaves; or it looks for words.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::load::{Latency, histogram, record};
use crate::process::pause;
use crate::seed;
use crate::wire::{Item, Stage, Wire, client_frame, room_name};

/// A step through the rooms that meets all of them and never two neighbours.
const STRIDE: usize = 181;

/// Between two looks whether the history is indexed.
const POLL: Duration = Duration::from_millis(200);

pub(crate) struct Visitor {
    stream: TcpStream,
    begun: Vec<u8>,
}

impl Visitor {
    /// Connects and says hello.
    pub(crate) fn new(address: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let guest = crate::wire::Guest {
            room: 0,
            member: 0,
            address,
        };
        let (stage, opening) = Wire::Chat.opening(guest);
        stream.write_all(&opening).unwrap();
        let mut visitor = Self {
            stream,
            begun: Vec::new(),
        };
        visitor.until(stage, |_| true);
        visitor.say(r#"{"type":"hello","version":1}"#);
        visitor.until(Stage::Inside, |payload| {
            payload.starts_with(br#"{"type":"welcome""#)
        });
        visitor
    }

    /// Joins `count` rooms, each with its last `messages`, and leaves each; gives the times of the joins.
    pub(crate) fn joins(&mut self, count: usize, messages: usize) -> Latency {
        let mut times = histogram();
        for n in 0..count {
            let room = room_name((n * STRIDE % seed::ROOMS) as u32);
            let started = Instant::now();
            self.say(&format!(
                r#"{{"type":"join","room":"{room}","last":{messages}}}"#
            ));
            let mut came = 0;
            self.until(Stage::Inside, |payload| {
                let is_page = payload.starts_with(br#"{"type":"history""#);
                if is_page {
                    came += memchr::memmem::find_iter(payload, br#""text":"#).count();
                }
                is_page && memchr::memmem::find(payload, br#""done":true"#).is_some()
            });
            record(&mut times, started.elapsed());
            assert_eq!(came, messages, "messages that came with a join of {room}");
            self.say(&format!(r#"{{"type":"leave","ref":1,"room":"{room}"}}"#));
            self.until(Stage::Inside, |payload| {
                payload.starts_with(br#"{"type":"done""#)
            });
        }
        Latency::of(&times)
    }

    /// Joins the first `count` rooms and stays.
    pub(crate) fn stay(&mut self, count: usize) {
        for room in 0..count {
            let room = room_name(room as u32);
            self.say(&format!(r#"{{"type":"join","room":"{room}","last":0}}"#));
            self.until(Stage::Inside, |payload| {
                payload.starts_with(br#"{"type":"history""#)
            });
        }
    }

    /// Looks `count` times for the words, in one room or all that it is in; gives the times, and how many messages came the last time.
    pub(crate) fn searches(
        &mut self,
        count: usize,
        words: &str,
        room: Option<u32>,
    ) -> (Latency, usize) {
        let mut times = histogram();
        let mut found = 0;
        for n in 0..count {
            let room = room.map_or_else(String::new, |room| {
                format!(
                    r#","room":"{}""#,
                    room_name((room as usize + n) as u32 % 100)
                )
            });
            let started = Instant::now();
            self.say(&format!(r#"{{"type":"search","text":"{words}"{room}}}"#));
            self.until(Stage::Inside, |payload| {
                found = memchr::memmem::find_iter(payload, br#""text":"#).count();
                payload.starts_with(br#"{"type":"found""#)
            });
            record(&mut times, started.elapsed());
        }
        (Latency::of(&times), found)
    }

    /// Waits until the history is indexed.
    pub(crate) fn until_indexed(&mut self) {
        let mut indexed = false;
        while !indexed {
            self.say(r#"{"type":"search","text":"nothing"}"#);
            self.read_until(Stage::Inside, |payload| {
                indexed = payload.starts_with(br#"{"type":"found""#);
                indexed || payload.starts_with(br#"{"type":"error""#)
            });
            pause(POLL);
        }
    }

    fn say(&mut self, request: &str) {
        self.stream.write_all(&client_frame(request)).unwrap();
    }

    /// Reads on until a frame for which `wanted` holds; nothing may be refused.
    fn until(&mut self, stage: Stage, mut wanted: impl FnMut(&[u8]) -> bool) {
        self.read_until(stage, |payload| {
            let refused = payload.starts_with(br#"{"type":"error""#);
            assert!(!refused, "{}", String::from_utf8_lossy(payload));
            wanted(payload)
        });
    }

    fn read_until(&mut self, stage: Stage, mut wanted: impl FnMut(&[u8]) -> bool) {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            while let Some((item, length)) = Wire::Chat.cut(stage, &self.begun) {
                let found = match item {
                    Item::Other(payload) => wanted(payload),
                    Item::Message(_) | Item::Ack(_) | Item::Ping(_) => false,
                };
                self.begun.drain(..length);
                if found {
                    return;
                }
            }
            let read = self.stream.read(&mut buffer).unwrap();
            assert!(read > 0, "the server closed a visitor");
            self.begun.extend_from_slice(&buffer[..read]);
        }
    }
}
