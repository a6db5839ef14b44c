//! Messages on their way to the store.

use std::time::Duration;

use protocol::error::Refusal;
use protocol::event::{Kind, Message};
use protocol::position::{Address, MessageId, Position};
use protocol::request::{Ref, Send, SendKind, SetTopic};

use super::connection::Who;
use super::hub::Engine;
use super::{ConnId, Now, Output, refusals};
use crate::record::{Append, Write};

/// Messages of all connections together on their way to the store, and back where other servers share it; one more is refused with
/// `unavailable`.
pub const APPENDS_UNDER_WAY_MAX: usize = 16_384;

/// A message on its way to the store.
#[derive(Debug)]
pub(super) struct Appending {
    /// Who gets the answer.
    pub(super) conn: ConnId,
    /// The send's number.
    pub(super) reference: Option<Ref>,
    /// The seq was counted here, not by the client.
    pub(super) counted: bool,
    /// When it came in.
    pub(super) since: Duration,
    /// What is shown once it has a position; that and the time are still missing.
    pub(super) message: Message,
}

/// What is said, before it is a message.
struct Saying {
    room: Address,
    reference: Option<Ref>,
    seq: Option<u64>,
    kind: Kind,
    text: String,
    reply_to: Option<Position>,
}

impl Engine {
    pub(super) fn send(
        &mut self,
        conn: ConnId,
        who: Who,
        send: Send,
        now: Now,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        self.check_saying(conn, who, &send.room, send.seq, send.reply_to)?;
        let saying = Saying {
            room: send.room,
            reference: send.reference,
            seq: send.seq,
            kind: match send.kind {
                SendKind::Message => Kind::Message,
                SendKind::Action => Kind::Action,
            },
            text: send.text.into(),
            reply_to: send.reply_to,
        };
        self.append(conn, who, saying, now, out);
        Ok(())
    }

    pub(super) fn topic(
        &mut self,
        conn: ConnId,
        who: Who,
        topic: SetTopic,
        now: Now,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        if topic.room.pair().is_some() {
            return Err(refusals::not_allowed("a direct conversation has no topic"));
        }
        self.check_saying(conn, who, &topic.room, topic.seq, None)?;
        let saying = Saying {
            room: topic.room,
            reference: topic.reference,
            seq: topic.seq,
            kind: Kind::Topic,
            text: topic.text.into(),
            reply_to: None,
        };
        self.append(conn, who, saying, now, out);
        Ok(())
    }

    /// What can be said of a send without the store.
    fn check_saying(
        &mut self,
        conn: ConnId,
        who: Who,
        address: &Address,
        seq: Option<u64>,
        reply_to: Option<Position>,
    ) -> Result<(), Refusal> {
        let joined = self
            .connections
            .get_mut(&conn)
            .and_then(|connection| connection.joined(address))
            .is_some();
        let Some(room) = self.rooms.get(address).filter(|_| joined) else {
            return Err(refusals::not_joined(address));
        };
        if seq.is_none() && who.key.is_some() {
            return Err(refusals::bad_request(
                "a send of a person with a key needs a seq, one more than the last in this room",
            ));
        }
        if seq == Some(0) {
            return Err(refusals::bad_request("seqs count from 1"));
        }
        let head = match &self.shared {
            Some(_) => self.last_known(address),
            None => room.head.unwrap_or_default(),
        };
        if let Some(reply_to) = reply_to
            && (reply_to.n == 0 || reply_to.n > head.n || reply_to.era > head.era)
        {
            return Err(refusals::bad_request(format!(
                "reply_to names message {}, the room's last one is {}",
                reply_to.n, head.n
            )));
        }
        if self.appends.len() + self.unheard() >= APPENDS_UNDER_WAY_MAX {
            let connection = self.connections.get(&conn);
            let stored = connection.is_some_and(|connection| connection.has_stored(address, seq));
            return Err(if stored {
                refusals::of_a_retry(refusals::unavailable())
            } else {
                refusals::unavailable()
            });
        }
        Ok(())
    }

    fn append(&mut self, conn: ConnId, who: Who, saying: Saying, now: Now, out: &mut Vec<Output>) {
        let ticket = self.ticket();
        let (Some(connection), Some(room), Some(person)) = (
            self.connections.get_mut(&conn),
            self.rooms.get_mut(&saying.room),
            self.people.get(who.person),
        ) else {
            return;
        };
        let Some(subscription) = connection.joined(&saying.room) else {
            return;
        };
        let counted = saying.seq.is_none();
        let seq = match saying.seq {
            Some(seq) => {
                subscription.given(seq);
                seq
            }
            None => subscription.count(),
        };
        connection.in_flight += 1;
        room.appends += 1;
        if let Some(member) = room.members.get_mut(&who.person) {
            member.appends += 1;
        }
        let id = MessageId {
            person: who.person,
            device: who.device,
            seq,
        };
        out.push(Output::Write(Write::Append(Append {
            ticket,
            room: saying.room.clone(),
            id,
            nick: person.nick.clone(),
            time: now.unix_ms,
            kind: saying.kind,
            text: saying.text.clone(),
            reply_to: saying.reply_to,
        })));
        let message = Message {
            room: saying.room,
            position: Position::default(),
            id,
            nick: person.nick.to_string(),
            time: now.unix_ms,
            kind: saying.kind,
            text: saying.text,
            reply_to: saying.reply_to,
        };
        let appending = Appending {
            conn,
            reference: saying.reference,
            counted,
            since: now.elapsed,
            message,
        };
        self.awaits(ticket, &appending.message);
        self.appends.insert(ticket, appending);
    }
}
