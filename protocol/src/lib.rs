//! The contract between `chat-server` and its clients.
//!
//! This page is the specification of the wire. With it and RFC 6455 (WebSocket), RFC 8259 (JSON) and RFC 8032 (Ed25519) a
//! client can be written in any language; the literal frames in `tests/wire` show every kind of frame once.
//!
//! # Frames
//!
//! A client opens a WebSocket at the path `/` and names the sub-protocol `chat.v1`. Both sides send text frames only; each holds
//! one JSON object of at most 16,384 bytes (a client's: `limits.frame_bytes`) with a member `"type"`. Members that a reader does not know are skipped. A
//! reader of events skips types that it does not know; a server answers requests that it does not know with the
//! error `unknown_request`. Numbers are whole and below 2^53.
//!
//! A request may carry a number `"ref"`. It is answered by exactly one result or one `error` with the same `ref`; a list comes in
//! parts with the same `ref`, the last of which says so. Requests may be sent without waiting for answers: each does what it
//! would do after the ones before it were answered. A server that has too much to do for one connection stops reading from it for
//! a while; what it had read by then and cannot keep is refused with `rate_limited`.
//!
//! # Limits and budgets
//!
//! The greeting tells all [limits](limits::Limits); a client goes by these. What it does not tell has its default. Some limits are rates,
//! `{"count":5,"per_ms":10000}`: so many at once, and as many in each such time, spread evenly. They are budgets of a person, over all
//! connections and also between them; all clients of one address (one /64 of IPv6) together have `address_share` times as much.
//! Messages and topics spend `burst` and `per_second`; becoming a member of a room spends `joins`, and who is the first in a room or
//! conversation without any message spends `new_rooms` too; `nick`, and a `hello` that changes the nick of somebody who is there, spend
//! `nicks`; `history`, `rooms`, `members`, `conversations`, `open`, a `join` of a conversation and one that comes back (with `after`, to
//! a room that was not left on this connection, or to one in which the person is a member still) spend `reads`; `search` spends
//! `searches`; all others, and frames that are no request, spend `requests`.
//!
//! A request that cannot be paid for waits, with all behind it, for at most `pause_ms`, while the server reads no more from the
//! connection. What would have to wait longer is refused with `rate_limited`, and `retry_after_ms` says when it would pass. More than
//! `refusals` refusals that came before that time was over, one of them forgiven each second, close the connection with 4429. A client
//! that waits for as long as it is told is never closed.
//!
//! # A conversation with the server
//!
//! 1. The server sends [`greeting`](event::Greeting): its version, key, limits and a nonce.
//! 2. The client sends [`hello`](request::Hello), within 10 seconds. The server answers [`welcome`](event::Welcome), and for a person with a key
//!    [`conversations`](event::Conversations). An `error` leaves the connection open for another `hello`.
//! 3. The client sends [`join`](request::Join) for each room. The server answers [`joined`](event::Joined), then the member list in
//!    [`members`](event::Members) parts until `done`, then messages in [`history`](event::History) parts until `done`; from then on
//!    [`message`](event::Message) and [`presence`](event::Presence) follow live. Between the last part and the first live
//!    message there is neither a hole nor an overlap. Presence may come between the parts.
//! 4. The client sends [`send`](request::Send); the server answers [`ack`](event::Ack) when the message is stored for good, and then everybody
//!    in the room, the sender too, gets it as `message`.
//! 5. Who closes with code 1000 leaves at once. Every other end shows as reconnecting for 30 seconds and becomes a leave then.
//!
//! # Who is who
//!
//! A person is who holds an Ed25519 key; the [person id](position::PersonId) is made from it. A client proves its key and asks for the server's
//! proof in `hello`: both sign the [transcript](identity::Transcript), which names the role, the [endpoint](identity::Endpoint) that was
//! dialled, both nonces and both keys. A client remembers the server's key for the endpoint and sends no text before the server's proof
//! holds. The server takes only endpoints that are its own: its configured names, the address that the connection
//! came in on, and loopback.
//!
//! What people read out to compare keys is the [fingerprint](identity::Fingerprint): the person id in eight numbers of five digits. That of
//! another member is only as true as the server that tells it; that of the server's key is proven.
//!
//! A nick that is first used with a key belongs to that key, until nobody has used it for as long as the server's owner chose. A `guest` (with a throw-away key) and a keyless client hold a
//! nick only while they are there. A keyless client is another person on each connection: it has no direct messages, and no retry across
//! connections. Several connections of one person are one member.
//!
//! Where a nick has come to another person than the one whose key owned it before, whoever meets it is told: [`former`](event::Former) names the one
//! from before and when they used it last. It stands in `members` and `presence` for 30 days after the change, and in `welcome`, `nick`, `opened`,
//! `conversation` and `conversations` for good. A client that was asked to say something to a nick, and opens a conversation that it does not know
//! with one who has a `former`, asks its person before it sends.
//!
//! # Names and texts
//!
//! [`names`] has the rules for [nicks](names::Nick), [rooms](names::RoomName), [texts](names::MessageText) and [topics](names::Topic). The client makes NFC; the
//! server refuses what is not.
//!
//! # Positions, order and retries
//!
//! The messages of a room stand at [positions](position::Position) `[era, n]`. `n` rises by one without holes; everybody sees the same messages at the
//! same positions, in rising order. After a disconnect a client joins with the last message that it has, its position and its id
//! ([`Anchor`](position::Anchor)), and gets exactly what follows (`"start":"resumed"`). If the server has another message at that position, or none,
//! it answers `"start":"forked"` and gives the last messages; `kept` says up to where the client's messages are still there, so that a person
//! can be told exactly what was lost. What it cannot give any more it announces as [`gap`](event::Gap).
//!
//! The [id](position::MessageId) of a send is `person.device.seq`. `seq` rises by one for each room and device, topics included; a client
//! saves it before the first try and uses it again for every retry. The server stores only the last seq plus one. It answers an older one with
//! its first `ack`, the same seq with another text with `seq_reused`, and a newer one with `out_of_order`; both errors carry
//! `expected_seq`, and `joined` carries `next_seq`. An error means that the send was not stored; only `outcome_unknown` and a lost
//! connection leave that open, and are settled by sending the same again.
//!
//! `stable` is the position up to which nothing can be lost any more. A sender keeps its messages until they are stable, and sends them again
//! under a new seq if they turn out to be gone after a fork.
//!
//! # Finding
//!
//! With [`search`](request::Search) a client asks for the messages that have certain words, in one room that the connection has joined or in all
//! of them; [`mod@search`] says which messages these are. The whole history is looked through, up to the last message that was acknowledged. The
//! server answers [`found`](event::Found) with the newest ones, as many as fit a frame. Where it has a `next` there may be more: the same
//! search with that `next` goes on from there, also where a page was short or empty, as the server looks through so much at once and no more. Without one
//! everything was found. A `next` is good for as long as the search index of the server lives: it may outlive a restart; one that
//! is not known any more is answered with `bad_request`, and the search begins anew without it.
//!
//! While a server indexes a history that it has not indexed before, it answers searches with `unavailable` and `retry_after_ms`. A server
//! that knows no searches answers `unknown_request`.
//!
//! What stands around a message that was found comes with [`history`](request::History): one with `before` its position and one with `after` it,
//! or with `after` the position before it, so that it comes itself. What is no more there is announced as [`gap`](event::Gap).
//!
//! # Direct conversations
//!
//! A client asks with [`open`](request::Open) for the conversation with who holds a nick, or owns it, and then joins its address like a room. It has no
//! topic and no members: `joined` tells revision and count 0, one empty `members` follows, and no presence comes. Who has a
//! conversation that is not joined on a connection is told there with [`conversation`](event::Conversation) that something new is in it: once,
//! until that connection joins it. A conversation stays with its two persons when the nick of one of them goes to somebody else: it is listed with
//! `passed_on` then, and the new holder gets a conversation of its own, listed with `former`.
//!
//! Two connections of one person at once must be two devices. A device's number is the program's own choice below 2^32: drawn at random
//! once, it differs from those on the person's other machines, which the program cannot ask. A `hello` of a device that is connected
//! already takes over from that connection, which is closed with 4409; so nothing that is still under way from a dead connection is
//! stored behind the back of the new one.
//!
//! # Presence
//!
//! A member list has a revision; each [`presence`](event::Presence) raises it by one. A client that sees a jump asks for a fresh list with
//! `members`. Above 200 members (`limits.members_told`) the list after `joined` is empty with `more`, and presence carries the count alone.
//!
//! # Liveness and ends
//!
//! The server pings (RFC 6455) every 25 seconds and gives up 10 seconds later. A client that has seen nothing for 40 seconds connects
//! again. [`close`] has the close codes: 4000 to 4099 mean connect again and resume (after 4004 at
//! once, as the server spreads its clients), 4400 to 4499 mean that the person is to decide.
//!
//! # What never happens
//!
//! - Nobody is shown a message, and no `ack` is sent, before the message is stored for good.
//! - A reader never gets position n + 1 of a room before n, and never one position twice, but in a `history` that it asked for.
//! - A direct message never goes to who holds a nick later: a conversation is bound to two persons.
//! - This crate reads no clock, opens no file or socket, and draws no random number.

/// Serde through a type's one text form, without a string of its own in between.
macro_rules! string_serde {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(crate::parsed::Parsed::default())
            }
        }
    };
}

pub mod close;
pub mod codec;
pub mod error;
pub mod event;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
pub mod identity;
pub mod limits;
pub mod names;
mod parsed;
pub mod position;
pub mod request;
pub mod search;
