//! Two keys never own nicks that look alike: random claims against a plain model, and skeletons of other tables.

use std::collections::BTreeMap;

use proptest::prelude::*;
use protocol::event;
use protocol::names::Skeleton;

use super::*;

/// Families of nicks that look alike, and some that do not.
const NICKS: [&str; 12] = [
    "alice", "Alice", "a1ice", "aIice", "paypal", "PayPal", "payраl", "rn", "m", "지은", "ㅋㅋ",
    "0O0",
];

const EXPIRY: Duration = Duration::from_mins(1);

fn nicks() -> Vec<Nick> {
    NICKS
        .iter()
        .filter_map(|nick| Nick::new(nick).ok())
        .collect()
}

#[derive(Clone, Debug)]
enum Step {
    Claim { nick: usize, byte: u8, keyed: bool },
    Pass(u64),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..NICKS.len(), 1..5_u8, prop::bool::weighted(0.8))
            .prop_map(|(nick, byte, keyed)| Step::Claim { nick, byte, keyed }),
        3 => (0..80_u64).prop_map(Step::Pass),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..40)
}

/// A nick's owner, when it was used last (on both clocks), and who had it before.
type Owned = (PersonId, u64, Duration, Option<Former>);

#[derive(Default)]
struct Model(BTreeMap<Skeleton, Owned>);

impl Model {
    fn claim(
        &mut self,
        nick: &Nick,
        byte: u8,
        keyed: bool,
        at: Moment,
    ) -> Result<Option<Former>, ClaimError> {
        let is_free = |used: Duration| used + EXPIRY <= at.served;
        let before = self.0.get(&nick.skeleton()).copied();
        let free = before.is_none_or(|(_, _, used, _)| is_free(used));
        let own = before.is_some_and(|(owner, ..)| owner == person(byte));
        if !(free || own && keyed) {
            return Err(ClaimError::Owned);
        }
        let mine = self.0.values().filter(|(owner, ..)| *owner == person(byte));
        let in_use = mine.filter(|(_, _, used, _)| !is_free(*used)).count();
        if keyed && free && in_use >= protocol::limits::NICKS_OWNED_MAX {
            return Err(ClaimError::Limit);
        }
        let former = before.and_then(|(owner, until, _, former)| {
            let told = event::Former {
                person: owner,
                until,
            };
            let taken = at.served;
            if own {
                former
            } else {
                Some(Former { told, taken })
            }
        });
        if keyed {
            let owned = (person(byte), at.unix_ms, at.served, former);
            self.0.insert(nick.skeleton(), owned);
        }
        Ok(former)
    }
}

fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    let (nicks, mut model) = (nicks(), Model::default());
    let mut served = Duration::ZERO;
    for step in steps {
        match step {
            Step::Claim { nick, byte, keyed } => {
                let nick = &nicks[nick % nicks.len()];
                let at = Moment {
                    unix_ms: NOW + desk.tickets + 1,
                    served,
                };
                let expected = model.claim(nick, byte, keyed, at);
                let owner = keyed.then(|| key(byte));
                let since = served.checked_sub(EXPIRY);
                let claimed = desk.claim_at(served, since, nick.as_str(), person(byte), owner);
                prop_assert_eq!(claimed, expected);
            }
            Step::Pass(seconds) => served += Duration::from_secs(seconds),
            Step::Reopen => {
                let tickets = desk.tickets;
                desk.close();
                desk = Desk::at(directory.path());
                desk.tickets = tickets;
            }
        }
    }
    for (skeleton, (owner, ..)) in model.0 {
        let query = Query::Owner {
            skeleton,
            unused_since: None,
        };
        let Answer::Owner(Some(found)) = desk.ask(query) else {
            return Err(TestCaseError::fail("nobody owns it"));
        };
        prop_assert_eq!(found.person, owner);
    }
    Ok(())
}

/// Owned nicks as other tables left them: each under another key than its own of now, which may be that of another one.
fn renewed(rows: &[(usize, usize)]) -> Result<(), TestCaseError> {
    let directory = tempfile::tempdir().unwrap();
    Desk::at(directory.path()).close();
    let nicks = nicks();
    let mut sql = "UPDATE store SET tables = 'rule 0';".to_owned();
    let mut first: BTreeMap<Skeleton, (usize, PersonId)> = BTreeMap::new();
    for (number, (nick, old)) in rows.iter().enumerate() {
        let (nick, old) = (&nicks[nick % nicks.len()], &nicks[old % nicks.len()]);
        let byte = u8::try_from(number + 1).unwrap();
        let old = old.skeleton();
        let hex = format!("{byte:02x}").repeat(16);
        // Old keys are their rows' own, so only the first of two rows under one is there.
        let row = format!("('{old}', '{nick}', x'{hex}', x'{hex}{hex}', {number}, {number});");
        sql.push_str(
            "INSERT OR IGNORE INTO nicks (skeleton, nick, person, key, first, last) VALUES ",
        );
        sql.push_str(&row);
        first.entry(old).or_insert_with(|| (number, person(byte)));
    }
    let mut expected: BTreeMap<Skeleton, (usize, PersonId)> = BTreeMap::new();
    for (number, owner) in first.into_values() {
        let skeleton = nicks[rows[number].0 % nicks.len()].skeleton();
        let best = expected.entry(skeleton).or_insert((number, owner));
        *best = (*best).min((number, owner));
    }
    bounds::edit(directory.path(), &sql);
    let mut desk = Desk::at(directory.path());
    for nick in &nicks {
        let query = Query::Owner {
            skeleton: nick.skeleton(),
            unused_since: None,
        };
        let Answer::Owner(found) = desk.ask(query) else {
            return Err(TestCaseError::fail("no owner"));
        };
        let owner = expected.get(&nick.skeleton()).map(|(_, owner)| *owner);
        prop_assert_eq!(found.map(|found| found.person), owner, "{}", nick);
        // Nobody else gets it, as it is not free.
        if owner.is_some() {
            let stranger = desk.claim(nick.as_str(), person(99), Some(key(99)));
            prop_assert_eq!(stranger, Err(ClaimError::Owned));
        }
    }
    Ok(())
}

#[test]
fn some_of_these_look_alike() {
    let alice = Nick::new("alice").unwrap().skeleton();
    for other in ["Alice", "a1ice", "aIice"] {
        assert_eq!(Nick::new(other).unwrap().skeleton(), alice, "{other}");
    }
    assert!(nicks().len() >= 9, "{:?}", nicks());
}

/// B is where A has to go, and goes elsewhere itself.
#[test]
fn a_chain_of_moves_leaves_nobody_behind() {
    // Under the key of `지은` lies `alice`, and under that of `ㅋㅋ` lies `지은`.
    let at = |nick: &str| nicks().iter().position(|n| n.as_str() == nick).unwrap();
    let (alice, jieun, kk) = (at("alice"), at("지은"), at("ㅋㅋ"));
    renewed(&[(alice, jieun), (jieun, kk), (kk, alice)]).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn claims_are_those_of_a_plain_model(steps in steps()) {
        run(steps)?;
    }

    #[test]
    fn new_tables_leave_one_owner_for_each_skeleton(rows in prop::collection::vec((0..12_usize, 0..12_usize), 0..10)) {
        renewed(&rows)?;
    }
}
