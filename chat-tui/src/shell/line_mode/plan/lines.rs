//! What becomes of each line: a command of the session, a note, or a refusal by its number.

use protocol::error::Refusal;
use protocol::identity::Fingerprint;

use super::backlog::Backlog;
use super::{Act, Plan, Turn};
use crate::session::{Body, Command, Link, LocalId, Record, Wanted};
use crate::shell::line_mode::input::{COMMANDS, Entry, LineError};

impl Plan {
    pub(super) fn line(
        &mut self,
        number: u64,
        entry: Result<Entry, LineError>,
        turn: &mut Turn<'_>,
    ) {
        let room = self.room.clone();
        match entry {
            Err(error) => self.refuse(number, error.to_string(), turn),
            Ok(Entry::Say {
                kind,
                text,
                reply_to,
            }) => {
                self.say(
                    number,
                    Command::Say {
                        room,
                        kind,
                        text,
                        reply_to,
                    },
                    turn,
                );
            }
            // What it answers was looked for before the line came here.
            Ok(Entry::Reply { nick, .. }) => {
                let error = LineError::NothingToAnswer(nick.to_string());
                self.refuse(number, error.to_string(), turn);
            }
            Ok(Entry::Topic(text)) => self.say(number, Command::Topic { room, text }, turn),
            Ok(Entry::Whisper { nick, text }) => {
                self.ask(
                    number,
                    Command::Whisper {
                        nick,
                        text: Some(text),
                    },
                    turn,
                );
            }
            Ok(Entry::Nick(nick)) => self.ask(number, Command::Nick(nick), turn),
            Ok(Entry::Rooms) => self.ask(number, Command::Rooms, turn),
            Ok(Entry::Search(text)) => {
                let wanted = Wanted {
                    room: Some(room),
                    text,
                };
                self.ask(number, Command::Search { wanted, next: None }, turn);
            }
            Ok(Entry::Key) => {
                self.ledger.read(number);
                keys(turn);
            }
            Ok(Entry::Whois(nick)) => {
                self.ledger.read(number);
                turn.acts.push(Act::Whois(nick));
            }
            Ok(Entry::Help) => {
                self.ledger.read(number);
                turn.note(COMMANDS);
            }
            Ok(Entry::Quit) => {
                self.ledger.read(number);
                self.input_ended = true;
                self.settings.follow = false;
            }
        }
    }

    fn say(&mut self, number: u64, command: Command, turn: &mut Turn<'_>) {
        self.ledger.open(number);
        self.saying = Some(number);
        turn.command(command);
    }

    fn ask(&mut self, number: u64, command: Command, turn: &mut Turn<'_>) {
        self.ledger.open(number);
        self.asked.push_back((number, command.clone()));
        turn.command(command);
    }

    pub(super) fn refuse(&mut self, number: u64, why: impl AsRef<str>, turn: &mut Turn<'_>) {
        self.ledger.refuse_line(number);
        turn.note(format!("line {number} refused: {}", why.as_ref()));
    }

    pub(super) fn record(&mut self, record: &Record) {
        match record {
            Record::Queued(pending) if pending.room == self.room => {
                if let Some(number) = self.saying.take() {
                    self.ledger.name(number, pending.local);
                }
            }
            Record::Queued(pending) => {
                let Body::Text { text: queued, .. } = &pending.body else {
                    return;
                };
                let number = self.answered(|command| {
                    matches!(command, Command::Whisper { text: Some(text), .. } if text == queued)
                });
                if let Some(number) = number {
                    self.ledger.name(number, pending.local);
                }
            }
            Record::Settled { local } => self.ledger.stable(*local),
            Record::Seq { .. } => {}
        }
    }

    /// The line of the first command that this is the answer to; it waits no longer.
    fn answered(&mut self, is: impl Fn(&Command) -> bool) -> Option<u64> {
        let at = self.asked.iter().position(|(_, command)| is(command))?;
        self.asked.remove(at).map(|(number, _)| number)
    }

    /// A command is answered, and nothing more comes of it.
    pub(super) fn done(&mut self, is: impl Fn(&Command) -> bool) {
        if let Some(number) = self.answered(is) {
            self.ledger.done(number);
        }
    }

    pub(super) fn failed(&mut self, local: LocalId, refusal: &Refusal, turn: &mut Turn<'_>) {
        if let Some(number) = self.ledger.refuse(local) {
            turn.note(format!("line {number} refused: {}", refusal.message));
        }
        turn.command(Command::Discard { local });
    }

    /// A command came to nothing.
    pub(super) fn refused(&mut self, command: &Command, refusal: &Refusal, turn: &mut Turn<'_>) {
        match command {
            Command::Join { room, .. } if *room == self.room => {
                self.turned_away(&refusal.message, turn);
            }
            Command::Say { .. } | Command::Topic { .. } => {
                if let Some(number) = self.saying.take() {
                    self.refuse(number, &refusal.message, turn);
                }
            }
            Command::Whisper { .. }
            | Command::Nick(_)
            | Command::Rooms
            | Command::Search { .. } => {
                if let Some(number) = self.answered(|asked| asked == command) {
                    self.refuse(number, &refusal.message, turn);
                }
            }
            Command::Older { .. } if turn.facts.link == Link::Online => {
                turn.note(format!(
                    "there is no more history to be had: {}",
                    refusal.message
                ));
                self.page(Backlog::give_up, turn);
            }
            Command::Connect
            | Command::Join { .. }
            | Command::SayAll { .. }
            | Command::Leave { .. }
            | Command::Members { .. }
            | Command::Older { .. }
            | Command::Page { .. }
            | Command::Quote { .. }
            | Command::Again { .. }
            | Command::Discard { .. }
            | Command::Quit => {}
        }
    }
}

fn keys(turn: &mut Turn<'_>) {
    let facts = turn.facts;
    if let Some(person) = facts.person {
        turn.note(format!("your key: {}", Fingerprint::of(person)));
    }
    if let Some(key) = facts.server_key {
        turn.note(format!("the server's key: {}", key.fingerprint()));
    }
}
