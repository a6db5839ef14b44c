//! Requests in the order in which a connection made them: which must wait, which may go on, and when reading pauses.

use std::collections::VecDeque;

use protocol::error::{ErrorCode, Refusal};
use protocol::names::{NameError, TextError};
use protocol::position::Address;
use protocol::request::{Ref, Request};

use super::connection::{Flow, REQUESTS_WAITING_MAX, Waiting};
use super::hub::Engine;
use super::{ConnId, Introduction, Now, Output, refusals};

impl Engine {
    /// Takes a checked hello.
    pub(super) fn introduced(
        &mut self,
        conn: ConnId,
        introduction: Introduction,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        self.queue(conn, Waiting::Hello(introduction), now, out);
    }

    /// Takes any other request.
    pub(super) fn requested(
        &mut self,
        conn: ConnId,
        request: Request,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        self.queue(conn, Waiting::Request(request), now, out);
    }

    fn queue(&mut self, conn: ConnId, request: Waiting, now: Now, out: &mut Vec<Output>) {
        let in_flight_max = self.in_flight_max();
        let refuses = self.stopping || self.is_going(conn);
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        if connection.is_closing() {
            return;
        }
        if connection.waiting.len() >= REQUESTS_WAITING_MAX {
            let kept_until = connection.kept_until.unwrap_or_default();
            let wait = kept_until.saturating_sub(now.elapsed);
            let refusal = request.refusal(Some(connection), refusals::too_many_waiting(wait));
            return self.refuse(conn, request.reference(), refusal, out);
        }
        // An idle connection keeps no queue: most requests never enter it.
        if connection.waiting.is_empty()
            && !refuses
            && !connection.must_wait(&request, in_flight_max)
        {
            self.attempt(conn, request, now, out);
        } else {
            connection.waiting.push_back(request);
        }
        self.settle(conn, now, out);
    }

    /// Performs the requests of a connection that need not wait any more, and tells the shell whether to go on reading.
    pub(super) fn settle(&mut self, conn: ConnId, now: Now, out: &mut Vec<Output>) {
        let in_flight_max = self.in_flight_max();
        let going = self.is_going(conn);
        let refuses = self.stopping || going;
        while let Some(connection) = self.connections.get_mut(&conn)
            && let Some(next) = connection.waiting.front()
            && (refuses || !connection.must_wait(next, in_flight_max))
            && let Some(next) = connection.waiting.pop_front()
        {
            if refuses {
                let refusal = next.refusal(self.connection(conn), refusals::restarting());
                self.refuse(conn, next.reference(), refusal, out);
                continue;
            }
            self.attempt(conn, next, now, out);
        }
        if going {
            self.close_if_done(conn, out);
        }
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        if connection.waiting.is_empty() {
            connection.waiting = VecDeque::new();
        }
        let (flow, output) = if connection.is_full(in_flight_max) {
            (Flow::Paused, Output::Pause { conn })
        } else {
            (Flow::Reading, Output::Resume { conn })
        };
        if connection.flow != flow && !connection.is_closing() {
            connection.flow = flow;
            out.push(output);
        }
    }

    fn in_flight_max(&self) -> usize {
        self.settings.limits.in_flight.max(1)
    }

    /// Does what a request asks for that is paid for.
    pub(super) fn perform(&mut self, conn: ConnId, next: Waiting, now: Now, out: &mut Vec<Output>) {
        match next {
            Waiting::Hello(introduction) => self.hello(conn, introduction, now, out),
            Waiting::Request(request) => self.answer_request(conn, request, now, out),
        }
    }

    /// Whether names and texts, which are right by the contract, are short enough for this server.
    fn check_lengths(&self, request: &Request) -> Result<(), Refusal> {
        let limits = &self.settings.limits;
        let text = |error: TextError| Refusal::new(ErrorCode::BadText, error.to_string());
        let name = |code| move |error: NameError| Refusal::new(code, error.to_string());
        match request {
            Request::Send(send) => limits.allow_text(&send.text).map_err(text),
            Request::Topic(topic) => limits.allow_topic(&topic.text).map_err(text),
            Request::Nick(request) => {
                let allowed = limits.allow_name(request.nick.as_str());
                allowed.map_err(name(ErrorCode::BadNick))
            }
            Request::Join(join) => match &join.room {
                Address::Room(room) => {
                    let allowed = limits.allow_name(room.as_str());
                    allowed.map_err(name(ErrorCode::BadRoom))
                }
                Address::Direct(_) => Ok(()),
            },
            Request::Hello(_)
            | Request::Leave(_)
            | Request::Open(_)
            | Request::Rooms(_)
            | Request::Members(_)
            | Request::History(_)
            | Request::Conversations(_)
            | Request::Search(_) => Ok(()),
        }
    }

    fn answer_request(&mut self, conn: ConnId, request: Request, now: Now, out: &mut Vec<Output>) {
        let reference = request.reference();
        let Some(who) = self.connections.get(&conn).and_then(|c| c.who) else {
            return self.refuse(conn, reference, refusals::not_introduced(), out);
        };
        if let Err(refusal) = self.check_lengths(&request) {
            return self.refuse(conn, reference, refusal, out);
        }
        let result = match request {
            // The shell checks a hello before it hands it on.
            Request::Hello(_) => Err(refusals::already_introduced()),
            Request::Join(join) => self.join(conn, who, join, out),
            Request::Leave(leave) => self.leave(conn, &leave.room, reference, now, out),
            Request::Send(send) => self.send(conn, who, send, now, out),
            Request::Topic(topic) => self.topic(conn, who, topic, now, out),
            Request::Nick(nick) => self.nick(conn, who, nick, now, out),
            Request::Open(open) => self.open(conn, who, open, now, out),
            Request::Rooms(rooms) => {
                self.rooms(conn, rooms, out);
                Ok(())
            }
            Request::Members(members) => self.members(conn, &members, now, out),
            Request::History(history) => self.history(conn, history, out),
            Request::Conversations(conversations) => {
                self.conversations(conn, who, conversations, out)
            }
            Request::Search(search) => self.search(conn, search, out),
        };
        if let Err(refusal) = result {
            self.refuse(conn, reference, refusal, out);
        }
    }
}

impl Waiting {
    /// Its number.
    pub(super) fn reference(&self) -> Option<Ref> {
        match self {
            Self::Hello(introduction) => introduction.reference,
            Self::Request(request) => request.reference(),
        }
    }
}
