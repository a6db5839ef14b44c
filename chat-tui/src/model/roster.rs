//! Which members a list shows: those of its rows, oneself first at the top.

use protocol::event::{Member, Status};

use super::Facts;
use super::tab::Tab;

/// Rows of the member column above the first member: its title, and a blank one.
pub const ROSTER_HEAD_ROWS: u16 = 2;

/// The members to show from `skip` on, at most `take`.
pub fn listed(facts: &dyn Facts, tab: &Tab, skip: usize, take: usize) -> Vec<Member> {
    let mut members: Vec<Member> = facts
        .members(&tab.room, skip, take)
        .into_iter()
        .cloned()
        .collect();
    let (Some(me), Some(nick)) = (facts.person(), facts.nick()) else {
        return members;
    };
    if skip > 0 || members.is_empty() {
        return members;
    }
    let oneself = match members.iter().position(|member| member.person == me) {
        Some(at) => members.remove(at),
        None => Member {
            person: me,
            nick: nick.to_owned(),
            status: Status::Here,
            guest: false,
            former: None,
        },
    };
    members.insert(0, oneself);
    members.truncate(take);
    members
}

/// The members in `height` rows, and how many of `count` have none; the last row is left for that number.
pub fn window(
    facts: &dyn Facts,
    tab: &Tab,
    count: usize,
    skip: usize,
    height: usize,
) -> (Vec<Member>, usize) {
    let skip = skip.min(count.saturating_sub(height));
    let fits = count.saturating_sub(skip) <= height;
    let take = if fits {
        height
    } else {
        height.saturating_sub(1)
    };
    let members = listed(facts, tab, skip, take);
    let left = count.saturating_sub(skip).saturating_sub(members.len());
    (members, left)
}
