//! Events in one short line each, with all that a client goes by, so that scenarios can be read.

use std::collections::BTreeMap;

use protocol::error::Refusal;
use protocol::event::{
    Conversations, Event, Former, Found, History, Joined, Member, Members, Message, Presence,
    Status, What,
};
use protocol::position::{Address, PersonId};

/// What persons are called in the lines.
#[derive(Default)]
pub(in crate::engine) struct Names(pub(in crate::engine) BTreeMap<PersonId, String>);

impl Names {
    /// What a person is called.
    pub(in crate::engine) fn who(&self, person: PersonId) -> String {
        self.0
            .get(&person)
            .cloned()
            .unwrap_or_else(|| person.to_string())
    }

    fn room(&self, room: &Address) -> String {
        let Some(pair) = room.pair() else {
            return room.to_string();
        };
        let one = self.0.keys().find_map(|id| Some((*id, pair.other(*id)?)));
        one.map_or_else(
            || room.to_string(),
            |(one, other)| format!("@{}.{}", self.who(one), self.who(other)),
        )
    }

    fn former(&self, former: Option<Former>) -> String {
        former
            .map(|former| format!("(was {} until {})", self.who(former.person), former.until))
            .unwrap_or_default()
    }

    /// An event in one line.
    pub(in crate::engine) fn show(&self, event: &Event) -> String {
        match event {
            Event::Welcome(e) => format!(
                "welcome{} {} {} {}{}",
                number(e.reference),
                self.who(e.person),
                e.nick,
                owned(e.owned),
                self.former(e.former)
            ),
            Event::Joined(e) => self.joined(e),
            Event::Members(e) => self.members(e),
            Event::History(e) => self.history(e),
            Event::Message(e) => format!("message {} {}", self.room(&e.room), message(e)),
            Event::Gap(e) => format!("gap {} {}..{}", self.room(&e.room), e.from.n, e.to.n),
            Event::Presence(e) => self.presence(e),
            Event::Ack(e) => format!(
                "ack{} {} seq {} at {} stable {}",
                number(e.reference),
                self.room(&e.room),
                e.id.seq,
                e.position.n,
                e.stable.n
            ),
            Event::Done(e) => format!("done{}", number(e.reference)),
            Event::Nick(e) => format!(
                "nick{} {} {}{}",
                number(e.reference),
                e.nick,
                owned(e.owned),
                self.former(e.former)
            ),
            Event::Opened(e) => format!(
                "opened{} {} {}{}",
                number(e.reference),
                self.room(&e.room),
                e.nick,
                self.former(e.former)
            ),
            Event::Conversation(e) => format!(
                "conversation {} {} head {}{}{}",
                self.room(&e.room),
                e.nick,
                e.head.n,
                self.former(e.former),
                flag(e.passed_on, " passed on")
            ),
            Event::Conversations(e) => self.conversations(e),
            Event::Rooms(e) => {
                let all = e.rooms.iter();
                let all =
                    all.map(|room| format!("{} {} {:?}", room.room, room.members, room.topic));
                format!(
                    "rooms{} [{}]{}",
                    number(e.reference),
                    list(all, ", "),
                    flag(e.more, " more")
                )
            }
            Event::Found(e) => self.found(e),
            Event::Error(e) => error(e),
            Event::Greeting(_) | Event::Heartbeat(_) | Event::Unknown => panic!("{event:?}"),
        }
    }

    fn found(&self, e: &Found) -> String {
        let all = e.messages.iter();
        let all = all.map(|found| format!("{} {}", self.room(&found.room), message(found)));
        let next = e.next.map(|next| format!(" next {next}"));
        format!(
            "found{} [{}]{}",
            number(e.reference),
            list(all, ", "),
            next.unwrap_or_default()
        )
    }

    fn conversations(&self, e: &Conversations) -> String {
        let all = e.conversations.iter().map(|talk| {
            let (former, passed_on) = (self.former(talk.former), talk.passed_on);
            let passed_on = flag(passed_on, " passed on");
            format!("{} {}{former}{passed_on}", talk.nick, talk.head.n)
        });
        format!(
            "conversations{} [{}]{}",
            number(e.reference),
            list(all, ", "),
            flag(e.more, " more")
        )
    }

    fn joined(&self, e: &Joined) -> String {
        let topic = e.topic.as_ref();
        let topic = topic.map(|topic| format!(" topic {:?} by {}", topic.text, topic.nick));
        let welcome = e.welcome.as_ref().map(|welcome| format!(" {welcome:?}"));
        format!(
            "joined{} {} {:?} head {} r{} count {} seq {}{}{}",
            number(e.reference),
            self.room(&e.room),
            e.start,
            e.head.n,
            e.revision,
            e.count,
            e.next_seq,
            topic.unwrap_or_default(),
            welcome.unwrap_or_default(),
        )
    }

    fn members(&self, e: &Members) -> String {
        format!(
            "members{} {} r{} [{}]{}{}",
            number(e.reference),
            self.room(&e.room),
            e.revision,
            list(
                e.members
                    .iter()
                    .map(|m| format!("{}{}", member(m), self.former(m.former))),
                " "
            ),
            flag(e.done, " done"),
            flag(e.more, " more"),
        )
    }

    fn history(&self, e: &History) -> String {
        format!(
            "history{} {} [{}]{}{}",
            number(e.reference),
            self.room(&e.room),
            list(e.messages.iter().map(message), " "),
            flag(e.done, " done"),
            flag(e.more, " more"),
        )
    }

    fn presence(&self, e: &Presence) -> String {
        let changes = e
            .changes
            .iter()
            .map(|change| match (&change.was, change.what) {
                (Some(was), _) => format!("{was}>{}", change.nick),
                (None, What::Joined) => format!("+{}", change.nick),
                (None, What::Left) => format!("-{}", change.nick),
                (None, what) => format!("{what:?} {}", change.nick),
            });
        let formers = e.changes.iter().map(|change| self.former(change.former));
        let changes = changes
            .zip(formers)
            .map(|(change, former)| change + &former);
        format!(
            "presence {} r{} count {}{} {}",
            self.room(&e.room),
            e.revision,
            e.count,
            flag(e.summary, " summary"),
            list(changes, " "),
        )
    }
}

fn error(e: &Refusal) -> String {
    assert!(!e.message.is_empty());
    let held_by = e.held_by.map(|held_by| format!(" held by {held_by:?}"));
    let expected = e.expected_seq.map(|seq| format!(" expected {seq}"));
    let after = e.retry_after_ms.map(|ms| format!(" after {ms}"));
    let more = [held_by, expected, after].into_iter().flatten();
    format!(
        "error{} {:?}{}",
        number(e.reference),
        e.code,
        list(more, "")
    )
}

fn list(items: impl Iterator<Item = String>, between: &str) -> String {
    items.collect::<Vec<_>>().join(between)
}

fn number(reference: Option<u64>) -> String {
    reference
        .map(|number| format!(" #{number}"))
        .unwrap_or_default()
}

const fn flag(set: bool, text: &'static str) -> &'static str {
    if set { text } else { "" }
}

const fn owned(owned: bool) -> &'static str {
    if owned { "owned" } else { "guest" }
}

fn message(message: &Message) -> String {
    let text: String = message.text.chars().take(12).collect();
    format!("{}:{}:{text}", message.position.n, message.nick)
}

fn member(member: &Member) -> String {
    let status = match member.status {
        Status::Here => "",
        Status::Reconnecting => "?",
        Status::Unknown => "!",
    };
    let guest = if member.guest { "~" } else { "" };
    format!("{guest}{}{status}", member.nick)
}
