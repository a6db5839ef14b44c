//! The program that people use, as a process: lines in, lines out, killed in the middle and started again with its files.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Stdio};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::log::{Content, Room, What};
use crate::recorder::Recorder;
use crate::subject::{Heard, Subject, Who};

/// Lines of output that wait to be read.
const LINES_MAX: usize = 256;

/// Orders that wait.
const ORDERS_MAX: usize = 64;

/// What is to be done with a terminal.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// A line is typed.
    Say {
        /// Where.
        room: Room,
        /// How long the text is.
        bytes: usize,
    },
    /// `kill -9`, and a new start after a while.
    Kill {
        /// The while in between.
        down: Duration,
    },
}

/// What others may know of a terminal.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// What was typed since its last start and did not come back.
    pub(crate) open: Vec<Content>,
    /// Orders that are not done.
    pub(crate) ordered: usize,
    /// It is in its room.
    pub(crate) live: bool,
    /// The last text that it showed.
    pub(crate) last: Option<String>,
}

/// A running terminal, from outside.
pub(crate) struct Handle {
    /// Who it is.
    pub(crate) who: Who,
    /// What it shows.
    pub(crate) shown: Rc<RefCell<Shown>>,
    orders: mpsc::Sender<Order>,
}

impl Handle {
    /// Gives an order.
    pub(crate) async fn order(&self, order: Order) {
        let gone = self.orders.send(order).await.is_err();
        self.shown.borrow_mut().ordered += usize::from(!gone);
    }
}

/// One terminal; the process is killed when this is dropped.
pub(crate) struct Terminal<S> {
    subject: S,
    who: Who,
    address: SocketAddr,
    place: PathBuf,
    log: Recorder,
    read: fn(&str) -> Option<Heard>,
    orders: mpsc::Receiver<Order>,
    shown: Rc<RefCell<Shown>>,
    number: u32,
    running: Option<Running>,
}

struct Running {
    child: Child,
    input: Option<ChildStdin>,
    output: mpsc::Receiver<String>,
}

impl<S: Subject> Terminal<S> {
    /// A terminal that dials `address`, with its files in `place`; `read` says what a line of its output means.
    pub(crate) fn new(
        subject: S,
        who: Who,
        address: SocketAddr,
        place: PathBuf,
        log: Recorder,
        read: fn(&str) -> Option<Heard>,
    ) -> (Self, Handle) {
        let (give, orders) = mpsc::channel(ORDERS_MAX);
        let shown = Rc::new(RefCell::new(Shown::default()));
        let handle = Handle {
            who: who.clone(),
            shown: Rc::clone(&shown),
            orders: give,
        };
        let terminal = Self {
            subject,
            who,
            address,
            place,
            log,
            read,
            orders,
            shown,
            number: 0,
            running: None,
        };
        (terminal, handle)
    }

    /// Lives until nobody can give orders any more.
    pub(crate) async fn run(mut self) {
        if !self.start() {
            return;
        }
        loop {
            let Some(running) = &mut self.running else {
                return;
            };
            tokio::select! {
                biased;
                line = running.output.recv() => {
                    let Some(line) = line else {
                        self.complain("ended by itself");
                        return;
                    };
                    self.hear(&line);
                }
                order = self.orders.recv() => match order {
                    None => return,
                    Some(Order::Say { room, bytes }) => self.say(room, bytes),
                    Some(Order::Kill { down }) => {
                        self.kill();
                        sleep(down).await;
                        if !self.start() {
                            return;
                        }
                        let fault = "kill -9 of a terminal".to_owned();
                        self.log.note(None, What::Over(fault));
                    }
                },
            }
            self.log.touch();
        }
    }

    fn start(&mut self) -> bool {
        let command = self
            .subject
            .terminal(self.address, &self.who, &self.place.join("state"));
        let (Some(mut command), Ok(words)) = (
            command,
            File::options()
                .create(true)
                .append(true)
                .open(self.place.join("terminal.log")),
        ) else {
            return false;
        };
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(words);
        let Ok(mut child) = command.spawn() else {
            self.complain("does not start");
            return false;
        };
        let (told, output) = mpsc::channel(LINES_MAX);
        let stdout = child.stdout.take().expect("a pipe");
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if told.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        self.running = Some(Running {
            input: child.stdin.take(),
            child,
            output,
        });
        self.done();
        true
    }

    fn kill(&mut self) {
        let fault = "kill -9 of a terminal".to_owned();
        self.log.note(None, What::Fault(fault));
        if let Some(mut running) = self.running.take() {
            drop(running.child.kill());
            drop(running.child.wait());
            // What it had said before is read to its end: it was shown to somebody.
            running.input = None;
            while let Ok(line) = running.output.try_recv() {
                self.hear(&line);
            }
        }
        self.log.note(Some(self.who.client), What::Died);
        let mut shown = self.shown.borrow_mut();
        shown.open.clear();
        shown.live = false;
    }

    fn say(&mut self, room: Room, bytes: usize) {
        self.number += 1;
        let content = Content {
            client: self.who.client,
            number: self.number,
        };
        let text = content.text(bytes);
        let line = format!("{{\"text\":\"{text}\"}}\n");
        self.log.note(
            Some(self.who.client),
            What::Invoked {
                content,
                room,
                text,
            },
        );
        self.shown.borrow_mut().open.push(content);
        let input = self.running.as_mut().and_then(|r| r.input.as_mut());
        if input.is_none_or(|input| input.write_all(line.as_bytes()).is_err()) {
            self.complain("takes no line");
        }
        self.done();
    }

    fn hear(&mut self, line: &str) {
        let client = Some(self.who.client);
        match (self.read)(line) {
            Some(Heard::Entered { room, start, head }) => {
                self.shown.borrow_mut().live = true;
                self.log.note(client, What::Entered { room, start, head });
                self.log.note(client, What::Live);
            }
            Some(Heard::Message { room, seen }) => {
                let own = Content::of(&seen.text).filter(|c| c.client == self.who.client);
                self.shown.borrow_mut().last = Some(seen.text.clone());
                let at = seen.at;
                self.log.note(client, What::Received { room, seen });
                // What is shown is stored.
                if let Some(content) = own {
                    self.shown.borrow_mut().open.retain(|c| *c != content);
                    self.log.note(client, What::Acked { content, at });
                }
            }
            Some(Heard::Gap { room, from, to }) => {
                self.log.note(client, What::Gap { room, from, to });
            }
            Some(Heard::Broken(sentence)) => self.complain(&sentence),
            Some(Heard::Acked { .. } | Heard::Refused { .. } | Heard::CaughtUp { .. }) | None => {}
        }
    }

    fn done(&self) {
        let mut shown = self.shown.borrow_mut();
        shown.ordered = shown.ordered.saturating_sub(1);
        self.log.touch();
    }

    fn complain(&self, what: &str) {
        let words = std::fs::read_to_string(self.place.join("terminal.log")).unwrap_or_default();
        let last = words.lines().last().unwrap_or_default();
        let sentence = format!("terminal {}: {what}; {last}", self.who.client);
        self.log.note(None, What::Broken(sentence));
    }
}

impl<S> Drop for Terminal<S> {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.child.kill());
            drop(running.child.wait());
        }
    }
}
