//! The words that the engine and the history share: what is to be kept, what is asked for, and the answers.
//!
//! Neither of the two knows the other; the hub task carries these between them.

use std::net::IpAddr;
use std::time::Duration;

use protocol::event::{self, Kind, Message, Topic};
use protocol::identity::PublicKey;
use protocol::names::{Nick, RoomName, Skeleton};
use protocol::position::{Address, Anchor, MessageId, PersonId, Position};
use protocol::search::SearchText;

/// The number by which the engine knows the answer to its question; it counts up and is never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// One server among those that share a history; each start is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub u64);

/// What an opened history knows from before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Which of the servers that share the history this one is; nothing where it has the history for itself. Only where there may
    /// be others is anything said by [`Write::Share`], and come [`News`].
    pub node: Option<NodeId>,
    /// The era in which new messages get their positions.
    pub era: u64,
    /// How long servers have served this history so far, as far as it was kept; see [`Write::Served`].
    pub served: Duration,
    /// Who was there when the last server stopped, by room and person.
    pub present: Vec<Present>,
}

/// Something to be kept. What waits together is committed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// A message; answered by [`Written::Append`].
    Append(Append),
    /// A nick; answered by [`Written::Claim`].
    Claim(Claim),
    /// A member is in a room, for the time after a restart; not answered. Where others share the history it is also said of members without
    /// a key, and again when one is lost or back.
    Present(Present),
    /// A member has left a room; not answered.
    Absent {
        /// The room.
        room: Address,
        /// Who left.
        person: PersonId,
    },
    /// A nick that is owned is in use; not answered.
    Used(Used),
    /// How long servers have served this history so far; not answered. The age of a nick is counted in this time, so neither a
    /// clock that jumps nor a server that was down makes one old.
    Served(Duration),
    /// What concerns the other servers on the same history; not answered, and of no meaning where there are none.
    Share(Share),
}

/// What the other servers on the same history have to know, or this one wants no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Share {
    /// A connection here is this device of a person from now on; other servers end theirs. Only for persons with a key.
    Introduced {
        /// Who.
        person: PersonId,
        /// Which device.
        device: u32,
    },
    /// A person is not here any more: no nick is held from here for them, whatever they are called by now elsewhere, and nothing of the
    /// person is wanted. It also answers a claim that was granted when nobody waited for it any more.
    Released {
        /// Who.
        person: PersonId,
        /// By which nick, as far as is known here.
        nick: Nick,
    },
    /// Nobody here reads this room or is in it any more, so that no news of it are wanted until the next join of it, which begins anew.
    Unloaded {
        /// The room.
        room: Address,
    },
    /// Of a budget that counts over all servers was spent here since it was last told.
    Spent(Spent),
}

/// Who pays for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Payer {
    /// One person.
    Person(PersonId),
    /// All clients of an address, as households are counted.
    Address(IpAddr),
}

/// What was spent of the budget of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// By whom.
    pub by: Payer,
    /// How many messages.
    pub messages: u32,
}

/// What the history tells without being asked, where other servers share it. What is told of one room comes in the order in which it
/// happened there: who joins before their first message, who leaves after their last one. What is told of one person comes in the order
/// in which it happened too, among the answers to this server's own claims.
///
/// A history begins to tell of a room at a [`Query::Join`] of it, and ends at [`Share::Unloaded`]. Everything that was handed to it before
/// a join, [`Share::Unloaded`] above all, counts before that join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Messages of a room that may be shown, this server's own among them: in rising order without a hole, the first right behind the
    /// last one that was told of this room, or behind the head that the first [`JoinPage`] of it named, whether anybody still waited for
    /// that page or not. Never empty.
    Messages {
        /// The room.
        room: Address,
        /// The messages.
        messages: Vec<Message>,
    },
    /// What comes next does not follow what was told: the history lost a tail of which something was told or acknowledged here, or messages
    /// were dropped before they could be told. Its readers begin anew from the positions that they have.
    Broken {
        /// The room.
        room: Address,
        /// Its last position now.
        head: Position,
        /// Its topic now.
        topic: Option<Topic>,
    },
    /// A member is in a room by another server: new there, or by another nick, or lost or back. The room in it is that room. Servers that
    /// are dead, an earlier start of this one among them, are others too; this one, as it is now, never is.
    Member {
        /// Which server.
        node: NodeId,
        /// The member.
        present: Present,
    },
    /// A member is not in a room by that server any more.
    Gone {
        /// Which server.
        node: NodeId,
        /// The room.
        room: Address,
        /// Who.
        person: PersonId,
    },
    /// All members of a room by other servers; who is not among them is not there by one. It is told when the history begins to tell of
    /// a room, even if there is nobody, before the answer to the first join of it, as that answer is to show the whole list; and again where
    /// single changes may have got lost.
    Members {
        /// The room.
        room: Address,
        /// Each with the server.
        members: Vec<(NodeId, Present)>,
    },
    /// A person who is here took another nick at another server. A nick may be two persons' for a moment, where it passed from one to the
    /// other before all servers heard of it.
    Called {
        /// Who.
        person: PersonId,
        /// The nick.
        nick: Nick,
        /// Whether it is held by nobody's lasting key.
        guest: bool,
        /// Who had it before.
        former: Option<Former>,
    },
    /// This device of a person is at another server from now on: only where that came after the last [`Share::Introduced`] of it here.
    TakenOver {
        /// Who.
        person: PersonId,
        /// Which device.
        device: u32,
    },
    /// A direct conversation of a person who is here has something new. It is told also where the conversation is joined here.
    Conversation {
        /// Whose conversation.
        person: PersonId,
        /// Its address.
        room: Address,
        /// What the other person was called last.
        nick: String,
        /// Its last position.
        head: Position,
    },
    /// Messages were paid for at other servers.
    Spent(Spent),
    /// This server was given up by the others: nicks that were held from here may be held elsewhere by now. All its clients have to
    /// begin anew, and the history counts this server as another one already.
    ///
    /// What was written before this is heard of may count for that other one, and would be wrong there: a [`Write::Present`] of
    /// somebody who has to begin anew, a nick that was granted to nobody. So [`Write::Absent`], [`Share::Released`] and
    /// [`Share::Unloaded`] follow at once for all that was here. They take away only what this server has as it is now, never what it had
    /// before, which others show as reconnecting. A [`Write::Present`] that says `reconnecting` would be wrong and does not follow.
    Fenced,
}

impl Write {
    /// Whether it says who is in a room. Such a write has no answer, and must not get lost for that.
    pub const fn is_presence(&self) -> bool {
        match self {
            Self::Present(_) | Self::Absent { .. } => true,
            Self::Append(_) | Self::Claim(_) | Self::Used(_) | Self::Served(_) | Self::Share(_) => {
                false
            }
        }
    }
}

/// A nick that its owner is called by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The nick.
    pub nick: Nick,
    /// Who owns it; where it is another person by now nothing happens.
    pub person: PersonId,
    /// When.
    pub at: Moment,
}

/// A time on both of the server's clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The wall clock, in milliseconds since 1970, for people to read; may jump.
    pub unix_ms: u64,
    /// How long servers have served this history so far; never goes back while a server runs.
    pub served: Duration,
}

/// A message that is to get a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// Names the answer.
    pub ticket: Ticket,
    /// The room.
    pub room: Address,
    /// The send's id; its seq must be one more than the last of this person and device in this room.
    pub id: MessageId,
    /// The sender's nick now.
    pub nick: Nick,
    /// The server's clock, in milliseconds since 1970.
    pub time: u64,
    /// What it is; never [`Kind::Unknown`].
    pub kind: Kind,
    /// The text, valid for its kind.
    pub text: String,
    /// What it answers.
    pub reply_to: Option<Position>,
}

/// A nick that somebody wants to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Names the answer.
    pub ticket: Ticket,
    /// The nick.
    pub nick: Nick,
    /// Who wants it.
    pub person: PersonId,
    /// The key that is to own it; nothing for a guest, for whom it is only looked up that nobody owns it.
    pub owner: Option<PublicKey>,
    /// When.
    pub at: Moment,
    /// A nick that was last used at or before this is free; nothing where none ever gets free by itself.
    pub unused_since: Option<Duration>,
}

/// Who had a nick before the person who has it now, and owned it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Former {
    /// Who, and until when.
    pub told: event::Former,
    /// When the nick came to the person who has it now.
    pub taken: Duration,
}

/// A member of a room, as kept for the time after a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The room.
    pub room: Address,
    /// Who.
    pub person: PersonId,
    /// By which nick.
    pub nick: Nick,
    /// Whether the nick is held by nobody's lasting key.
    pub guest: bool,
    /// Who had the nick before.
    pub former: Option<Former>,
    /// Whether there is a key, so that the member can come back as the same person.
    pub keyed: bool,
    /// Lost, and may come back.
    pub reconnecting: bool,
}

/// The answer to one [`Write`], in the order in which they were committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// The answer to an append.
    Append {
        /// Which one.
        ticket: Ticket,
        /// Where it stands, or why it was not stored.
        result: Result<Appended, AppendError>,
    },
    /// The answer to a claim.
    Claim {
        /// Which one.
        ticket: Ticket,
        /// That the nick may be had and who had it before, or why not.
        result: Result<Option<Former>, ClaimError>,
    },
}

/// Where an append stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its position, of the first time.
    pub position: Position,
    /// Its time, of the first time.
    pub time: u64,
    /// Whether it was stored by this very append; otherwise it was there before and nobody is to be shown it again.
    pub fresh: bool,
}

/// Why an append was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendError {
    /// Its seq is beyond the next one.
    OutOfOrder {
        /// The seq that is due.
        expected: u64,
    },
    /// Its seq was stored before with another text, kind or reply.
    Reused {
        /// The seq that is due.
        expected: u64,
    },
    /// The store cannot take it now; it is certain that it was not stored.
    Unavailable,
    /// The store cannot say whether it was stored.
    Unknown,
}

/// Why a nick cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimError {
    /// Another person's key owns it.
    Owned,
    /// Another person has it now by another server, as a guest or not.
    Held {
        /// As a guest.
        guest: bool,
    },
    /// The key owns as many nicks as it may.
    Limit,
    /// The store cannot say now.
    Unavailable,
}

/// A question to the history; each is answered by one [`Found`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Names the answer.
    pub ticket: Ticket,
    /// What is asked.
    pub query: Query,
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// All that a join needs; answered by [`Answer::Join`].
    Join {
        /// The room.
        room: Address,
        /// Where the messages begin.
        from: From,
        /// At most so many messages.
        limit: u16,
        /// Whose next seq is wanted.
        sender: (PersonId, u32),
    },
    /// Messages of a room; answered by [`Answer::Page`].
    Page {
        /// The room.
        room: Address,
        /// Which.
        range: Range,
        /// At most so many messages.
        limit: u16,
    },
    /// Rooms that have messages, in the order of their names, conversations left out; answered by [`Answer::Rooms`].
    Rooms {
        /// Those behind this name.
        after: Option<RoomName>,
        /// At most so many.
        limit: u16,
    },
    /// A person's direct conversations that have messages, in the order of their addresses; answered by [`Answer::Conversations`].
    Conversations {
        /// Whose.
        person: PersonId,
        /// Those behind this one.
        after: Option<Address>,
        /// At most so many.
        limit: u16,
    },
    /// Who owns a nick, or has it now by another server; answered by [`Answer::Owner`].
    Owner {
        /// The nick's skeleton.
        skeleton: Skeleton,
        /// A nick that was last used at or before this is nobody's.
        unused_since: Option<Duration>,
    },
    /// Messages that have certain words; answered by [`Answer::Search`].
    Search(Search),
}

/// Which messages are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// In these rooms.
    pub rooms: Vec<Address>,
    /// The words.
    pub text: SearchText,
    /// Those behind the hit with this mark, or where a search before ended.
    pub next: Option<u64>,
    /// At most so many.
    pub limit: u16,
}

/// Where the messages of a join begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// Right after this message, if it is the one that stands there.
    After(Anchor),
    /// With the last ones.
    Last,
}

/// Which messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Those that end just before message `n`.
    Before(u64),
    /// Those that begin just after message `n`.
    After(u64),
    /// The last ones.
    Last,
}

/// The answer to one [`Read`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which one.
    pub ticket: Ticket,
    /// The answer, or nothing where the store cannot say now.
    pub answer: Option<Answer>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// For [`Query::Join`].
    Join(JoinPage),
    /// For [`Query::Page`].
    Page(Page),
    /// For [`Query::Rooms`].
    Rooms {
        /// The rooms.
        rooms: Vec<Listed>,
        /// Whether there are more behind them.
        more: bool,
    },
    /// For [`Query::Conversations`].
    Conversations {
        /// These.
        conversations: Vec<Talk>,
        /// Whether there are more behind them.
        more: bool,
    },
    /// For [`Query::Owner`].
    Owner(Option<Owner>),
    /// For [`Query::Search`].
    Search(Searched),
}

/// A room in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: RoomName,
    /// Its topic; empty where it has none.
    pub topic: String,
    /// Members by all servers on the history, one who is there by two of them counted twice; 0 where no other server can be.
    pub members: usize,
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Searched {
    /// All messages that were committed before were looked through.
    Hits(Hits),
    /// Many messages have no place in the index yet; a search in a moment can find them.
    Indexing,
    /// The index to which the search's `next` belongs is gone.
    UnknownNext,
}

/// Messages that a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// The newest first; those of one room in falling order of their positions.
    pub found: Vec<Hit>,
    /// Where the search goes on; nothing where there is no older one.
    pub next: Option<u64>,
    /// Where not all that was ever said is kept: since when all that was said in these rooms is, in milliseconds since 1970.
    pub since: Option<u64>,
}

/// One message that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// With it as [`Search::next`] the search goes on behind this message; below 2^53.
    pub mark: u64,
    /// The message.
    pub message: Message,
}

/// Who owns a nick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Who.
    pub person: PersonId,
    /// The nick as its owner writes it.
    pub nick: Nick,
    /// Who had it before.
    pub former: Option<Former>,
    /// Whether there is a key. False only for who has the nick now by another server and owns nothing.
    pub keyed: bool,
}

/// What a join needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinPage {
    /// Whether the join's position is in this history; with `false` the page holds the last messages instead. True where no
    /// position was named.
    pub known: bool,
    /// Where the position is not in this history: nothing above this one is that the client has; nothing where that cannot be said.
    pub kept: Option<Position>,
    /// The room's last position; `n` = 0 and the store's era where it has no messages. Where others share the history, the first one that
    /// is answered is where [`News::Messages`] of the room begin.
    pub head: Position,
    /// The room's topic.
    pub topic: Option<Topic>,
    /// The seq that the sender's next append must have.
    pub next_seq: u64,
    /// The messages.
    pub page: Page,
}

/// Messages of one room in rising order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether the history goes on in the direction of the question; for the last messages: to older ones.
    pub more: bool,
    /// Where the history begins behind message 1, or messages in the middle are gone: the first and the last position that
    /// cannot be given any more within the page.
    pub gap: Option<(Position, Position)>,
}

/// One direct conversation of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    /// Its address.
    pub room: Address,
    /// Whom it is with.
    pub person: PersonId,
    /// The nick that this person owns and used last, or had in the last message.
    pub nick: String,
    /// Who had that nick before.
    pub former: Option<Former>,
    /// Another person owns that nick by now.
    pub passed_on: bool,
    /// Its last position.
    pub head: Position,
}
