//! All rules of the chat, and no way to break them from outside: what happened goes in, what is to be done comes out.
//!
//! The engine never waits, never stores, never logs and never reads a clock or a random source. It holds what is true now
//! (who is connected, who is in which room, what is on its way to the store); what was said is the history's.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use protocol::close::CloseCode;
use protocol::codec::DecodeError;
use protocol::event::Event;
use protocol::identity::{Proof, PublicKey};
use protocol::names::Nick;
use protocol::position::PersonId;
use protocol::request::{Ref, Request};

use crate::record::{Found, News, Read, Write, Written};

mod accounts;
mod asked;
mod budget;
mod catch_up;
mod changes;
mod claims;
mod connection;
mod delivering;
mod direct;
mod draining;
mod elsewhere;
mod entering;
mod few;
mod heard;
mod history_page;
mod hub;
pub mod introduction;
mod lists;
mod measures;
mod nicks;
mod parts;
mod paying;
mod people;
mod presence;
mod random;
mod refusals;
mod requests;
mod room;
mod searching;
mod sending;
mod settings;
mod shared;
mod spending;
mod usage;

#[cfg(any(test, feature = "fuzzing"))]
#[expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what does not hold must fail"
)]
pub mod fuzzing;
#[cfg(test)]
mod simulation;
#[cfg(any(test, feature = "fuzzing"))]
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the fuzzer needs only the store")
)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod testing;
#[cfg(test)]
mod tests;

pub use accounts::{ACCOUNTS_MAX, household};
pub use asked::READS_AT_ONCE_MAX;
pub use claims::GUEST_DRAWS_MAX;
pub use connection::{
    CONVERSATIONS_TOLD_MAX, LEFT_MAX, READS_OF_CONNECTION_MAX, REQUESTS_WAITING_MAX,
};
pub use history_page::ANSWER_BYTES_MAX;
pub use hub::Engine;
pub use lists::{CONVERSATIONS_PAGE, MEMBERS_PAGE, ROOMS_PAGE};
pub use measures::{APPEND_BOUNDS_US, BOUNDS_MAX, Histogram, Sizes};
pub use paying::{FORGIVEN_AFTER, REFUSAL_PAUSE};
pub use refusals::RETRY_AFTER_MS;
pub use room::SUMMARY_INTERVAL;
pub use searching::SEARCHES_AT_ONCE_MAX;
pub use sending::APPENDS_UNDER_WAY_MAX;
pub use settings::{GIVEN_SHARE, NICK_EXPIRY, Settings, WELCOME_BYTES_MAX};
pub use spending::{SPENT_INTERVAL, SPENT_TOLD_MAX, SPENT_WAITING_MAX};
pub use usage::{FORMER_TOLD, USED_INTERVAL};

/// One connection; counts up and is never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnId(pub u64);

/// The time of an input, read once by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Since the server started; never goes back.
    pub elapsed: Duration,
    /// The wall clock, in milliseconds since 1970; may jump.
    pub unix_ms: u64,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// A client connected; the greeting was sent by the shell.
    Connected {
        /// The connection.
        conn: ConnId,
        /// Where it comes from.
        address: IpAddr,
        /// Random: who the client is if it brings no key.
        keyless: PersonId,
    },
    /// The client's `hello` was checked and its proof holds.
    Introduced {
        /// The connection.
        conn: ConnId,
        /// What the hello says.
        introduction: Introduction,
    },
    /// Any other request.
    Request {
        /// The connection.
        conn: ConnId,
        /// The request; never a hello.
        request: Request,
    },
    /// A frame that is no request, or a hello that does not hold.
    Refused {
        /// The connection.
        conn: ConnId,
        /// Why.
        error: DecodeError,
    },
    /// The connection ended.
    Closed {
        /// The connection.
        conn: ConnId,
        /// The client said goodbye (close code 1000): it leaves at once.
        goodbye: bool,
    },
    /// The history committed these together, in this order.
    Committed(Vec<Written>),
    /// The history answers a question.
    Found(Found),
    /// The history tells what other servers did, or what they and this one stored.
    News(News),
    /// The connection has written out all that it had been given when [`Output::AskDrained`] came.
    Drained {
        /// The connection.
        conn: ConnId,
    },
    /// The time that `Engine::deadline` named has come.
    Tick,
}

/// A checked `hello`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduction {
    /// The request's number.
    pub reference: Option<Ref>,
    /// The key that was proved; nothing for a keyless client.
    pub key: Option<PublicKey>,
    /// The key is thrown away later.
    pub guest: bool,
    /// The wished nick.
    pub nick: Option<Nick>,
    /// Which device of the person.
    pub device: u32,
    /// The server's proof, to be sent with the welcome.
    pub proof: Option<Proof>,
}

/// Something to be done, in this order.
#[derive(Clone, Debug)]
pub enum Output {
    /// One client is to be told something.
    Send {
        /// The connection.
        conn: ConnId,
        /// What.
        event: Event,
    },
    /// Several clients are to be told the same: encoded once, handed to each.
    Fan {
        /// The connections.
        to: Arc<[ConnId]>,
        /// What, in order.
        events: Vec<Event>,
    },
    /// [`Input::Drained`] is wanted once all that was sent so far is written out.
    AskDrained {
        /// The connection.
        conn: ConnId,
    },
    /// Something is to be kept.
    Write(Write),
    /// Something is asked of the history.
    Read(Read),
    /// Nothing more is to be read from this connection until `Resume`.
    Pause {
        /// The connection.
        conn: ConnId,
    },
    /// Reading may go on.
    Resume {
        /// The connection.
        conn: ConnId,
    },
    /// The connection is to be closed after what was sent to it; [`Input::Closed`] follows.
    Close {
        /// The connection.
        conn: ConnId,
        /// Why.
        code: CloseCode,
    },
}
