//! Who owns which nick and who holds it now: what is asked, and what the answers mean. The rules stand in the scripts.

use std::time::Duration;

use protocol::limits::NICKS_OWNED_MAX;
use protocol::names::{NICK_BYTES_MAX, Nick, Skeleton};
use protocol::position::PersonId;
use redis::{Cmd, Value};

use super::callings::Record;
use super::common::Common;
use super::entries;
use super::member::{former_texts, ms, node_text, pack, read, read_former, read_node, texts};
use super::packed::unpack;
use super::reads::{Unanswered, foreign};
use crate::record::{Claim, ClaimError, Former, NodeId, Owner, Used};

/// Nicks of a person of which the use is remembered; what is free long since is forgotten beyond it, the oldest first.
const NICKS_KEPT_MAX: usize = 4 * NICKS_OWNED_MAX;

/// What one person may have of nodes and devices together; a device beyond it is taken over only where the bell is heard.
const FIELDS_MAX: usize = 64;

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Claimed {
    /// The nick is held. Of two claims of one person the one with the higher turn came later.
    Granted {
        turn: u64,
        former: Option<Former>,
    },
    Refused(ClaimError),
    /// This node counts as dead and may hold nothing before its next sign of life.
    Dead,
    /// Too few replicas would have it.
    Few,
}

/// What a person holds by this node, to be entered anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hold {
    /// By this claim.
    pub(super) claim: Claim,
    pub(super) keyed: bool,
    pub(super) former: Option<Former>,
}

/// Another node gave a person another nick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Called {
    pub(super) node: NodeId,
    pub(super) turn: u64,
    pub(super) nick: Nick,
    pub(super) guest: bool,
    pub(super) former: Option<Former>,
}

fn optional(time: Option<Duration>) -> String {
    time.map(|time| ms(time).to_string()).unwrap_or_default()
}

fn base(common: &Common) -> String {
    common.keys.people("")
}

/// Asks for a nick.
pub(super) fn claim(common: &Common, node: NodeId, claim: &Claim) -> Cmd {
    let keys = [common.keys.people("nodes"), common.keys.people("held")];
    let key = claim.owner.as_ref().map(ToString::to_string);
    let mut call = common.scripts.people.claim.call(&keys);
    call.arg(base(common))
        .arg(node_text(node))
        .arg(claim.nick.skeleton().as_str())
        .arg(claim.nick.as_str())
        .arg(claim.person.to_string())
        .arg(key.unwrap_or_default())
        .arg(claim.at.unix_ms)
        .arg(ms(claim.at.served))
        .arg(optional(claim.unused_since))
        .arg(NICKS_OWNED_MAX)
        .arg(NICKS_KEPT_MAX)
        .arg(common.keys.person_bell(claim.person))
        .arg(common.keys.nodes_bell())
        .arg(common.settings.replicas);
    call
}

/// What came of it; nothing where the answer makes no sense.
pub(super) fn read_claimed(answer: Value) -> Option<Claimed> {
    let texts = texts(answer)?;
    let parts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    Some(match parts.as_slice() {
        [b"ok", turn, person, until, taken] => Claimed::Granted {
            turn: read(turn)?,
            former: read_former(person, until, taken),
        },
        [b"owned"] => Claimed::Refused(ClaimError::Owned),
        [b"limit"] => Claimed::Refused(ClaimError::Limit),
        [b"held", guest] => Claimed::Refused(ClaimError::Held {
            guest: *guest == b"1",
        }),
        [b"dead"] => Claimed::Dead,
        [b"replicas"] => Claimed::Few,
        _ => return None,
    })
}

/// Enters again what is held by this node.
pub(super) fn hold<'a>(
    common: &Common,
    node: NodeId,
    holds: impl Iterator<Item = (&'a PersonId, &'a Hold)>,
) -> Cmd {
    let keys = [common.keys.people("nodes"), common.keys.people("held")];
    let mut call = common.scripts.people.hold.call(&keys);
    call.arg(base(common)).arg(node_text(node));
    for (person, hold) in holds {
        let former = former_texts(hold.former.as_ref());
        call.arg(hold.claim.nick.skeleton().as_str())
            .arg(hold.claim.nick.as_str())
            .arg(person.to_string())
            .arg(u8::from(hold.claim.owner.is_none()))
            .arg(u8::from(hold.keyed))
            .arg(pack(former.iter().map(String::as_str)));
    }
    call
}

/// Gives a nick back.
pub(super) fn release(common: &Common, node: NodeId, person: PersonId) -> Cmd {
    let node = node_text(node);
    let held = format!("node:{node}");
    let keys = [common.keys.people(&held), common.keys.people("held")];
    let mut call = common.scripts.people.release.call(&keys);
    call.arg(common.keys.people("person:"))
        .arg(node)
        .arg(person.to_string());
    call
}

/// A device of a person is here.
pub(super) fn introduce(common: &Common, node: NodeId, person: PersonId, device: u32) -> Cmd {
    let record = common.keys.people(&format!("person:{person}"));
    let turn = common.keys.people("turn");
    let mut call = common.scripts.people.introduce.call(&[record, turn]);
    call.arg(common.keys.person_bell(person))
        .arg(node_text(node))
        .arg(device)
        .arg(FIELDS_MAX);
    call
}

/// A nick is in use.
pub(super) fn used(common: &Common, used: &Used) -> Cmd {
    let skeleton = used.nick.skeleton();
    let keys = [
        common.keys.people(&format!("nick:{}", skeleton.as_str())),
        common.keys.people(&format!("owns:{}", used.person)),
        common.keys.people("served"),
    ];
    let mut call = common.scripts.people.used.call(&keys);
    call.arg(used.person.to_string())
        .arg(skeleton.as_str())
        .arg(used.at.unix_ms)
        .arg(ms(used.at.served));
    call
}

/// How long servers have served.
pub(super) fn served(common: &Common, served: Duration) -> Cmd {
    let key = common.keys.people("served");
    let mut call = common.scripts.people.served.call(&[key]);
    call.arg(ms(served));
    call
}

/// Asks who has a nick.
pub(super) fn owner(common: &Common, skeleton: &Skeleton, unused_since: Option<Duration>) -> Cmd {
    let key = common.keys.people("held");
    let mut call = common.scripts.people.owner.call(&[key]);
    call.arg(base(common))
        .arg(skeleton.as_str())
        .arg(optional(unused_since));
    call
}

/// Who has it, if somebody has.
pub(super) fn read_owner(answer: Value) -> Result<Option<Owner>, Unanswered> {
    let texts = texts(answer).ok_or_else(foreign)?;
    let [person, nick, keyed, former] = texts.as_slice() else {
        return Ok(None);
    };
    // A nick that this build refuses is nobody's.
    let nick = str::from_utf8(nick).ok();
    let Some(nick) = nick.and_then(|nick| Nick::new(nick).ok()) else {
        return Ok(None);
    };
    let former = unpack(former).ok_or_else(foreign)?;
    Ok(Some(Owner {
        person: read(person).ok_or_else(foreign)?,
        nick,
        former: match former.as_slice() {
            [person, until, taken] => read_former(person, until, taken),
            _ => None,
        },
        keyed: keyed == b"1",
    }))
}

/// What the bell of a person says of another nick.
pub(super) fn read_called(payload: &[u8]) -> Option<Called> {
    let texts = unpack(payload)?;
    let [node, turn, nick, guest, person, until, taken] = texts.as_slice() else {
        return None;
    };
    Some(Called {
        node: read_node(node)?,
        turn: read(turn)?,
        nick: Nick::new(str::from_utf8(nick).ok()?).ok()?,
        guest: *guest == b"1",
        former: read_former(person, until, taken),
    })
}

/// What the store has of a person who holds a nick.
pub(super) fn read_record(fields: &[(Vec<u8>, Vec<u8>)]) -> Record {
    let find = |name: &[u8]| {
        let mut fields = fields.iter();
        fields
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_slice())
    };
    let called = || {
        let former = unpack(find(b"former")?)?;
        Some(Called {
            // It is the turn that says whether this is new.
            node: NodeId(0),
            turn: read(find(b"turn")?)?,
            nick: Nick::new(str::from_utf8(find(b"nick")?).ok()?).ok()?,
            guest: find(b"guest")? == b"1",
            former: match former.as_slice() {
                [person, until, taken] => read_former(person, until, taken),
                _ => None,
            },
        })
    };
    let devices = fields.iter().filter_map(|(field, value)| {
        let device = field.strip_prefix(b"d:")?;
        let space = value.iter().position(|byte| *byte == b' ')?;
        let (node, turn) = value.split_at_checked(space)?;
        Some((read(device)?, (read_node(node)?, read(turn.get(1..)?)?)))
    });
    Record {
        called: called(),
        devices: devices.collect(),
    }
}

/// Asks which nick a person owns and used last.
pub(super) fn owned_last(common: &Common, person: PersonId) -> Cmd {
    let mut call = redis::cmd("ZRANGE");
    call.arg(common.keys.people(&format!("owns:{person}")))
        .arg(-1)
        .arg(-1);
    call
}

/// Asks for a nick as it is owned; answered by owner, nick and who had it before.
pub(super) fn owned(common: &Common, skeleton: &str) -> Cmd {
    let mut call = redis::cmd("HMGET");
    call.arg(common.keys.people(&format!("nick:{skeleton}")));
    call.arg(&["person", "nick", "former", "until", "taken"]);
    call
}

/// A nick that is owned, as its owner writes it, and who had it before; nothing where nobody owns it.
pub(super) fn read_owned(answer: Value) -> Option<(String, Option<Former>)> {
    let parts: Vec<Option<Vec<u8>>> = redis::from_redis_value(answer).ok()?;
    let parts: Vec<Vec<u8>> = parts.into_iter().map(Option::unwrap_or_default).collect();
    let [owner, nick, person, until, taken] = parts.as_slice() else {
        return None;
    };
    let nick = entries::text(nick, NICK_BYTES_MAX)?;
    let is_owned = !owner.is_empty();
    is_owned.then(|| (nick, read_former(person, until, taken)))
}
