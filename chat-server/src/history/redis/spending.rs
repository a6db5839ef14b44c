//! What was paid for at all nodes, counted coarsely: a sum for each payer, which is forgotten when they spent nothing for a while.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use redis::{Pipeline, Value};
use tokio::sync::mpsc::{Receiver, Sender};

use super::common::Common;
use super::link::Link;
use super::member::ms;
use super::work::send;
use crate::history::Reply;
use crate::record::{News, Payer, Spent};

/// What was spent and waits to be told; one more is dropped, as the count is coarse.
pub(super) const SPENT_WAITING_MAX: usize = 1024;

/// Payers that are told at once.
const TOLD_AT_ONCE: usize = 256;

/// A sum is forgotten when nothing was spent for so long.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(10);

/// Payers of whom a node knows the sum; of twice as many the older half is forgotten.
const PAYERS_MAX: usize = 8192;

/// The last sum of each payer, as far as it is remembered.
#[derive(Debug, Default)]
struct Sums {
    young: BTreeMap<Payer, u64>,
    old: BTreeMap<Payer, u64>,
}

impl Sums {
    /// What others have added to a sum since it was seen last; `own` was added to it from here.
    fn added(&mut self, by: Payer, sum: u64, own: u32) -> u64 {
        let known = self.young.get(&by).or_else(|| self.old.get(&by)).copied();
        let own_sum = known.unwrap_or(0).saturating_add(u64::from(own));
        // A sum that was forgotten began anew.
        let others = sum
            .checked_sub(own_sum)
            .unwrap_or_else(|| sum.saturating_sub(u64::from(own)));
        if self.young.len() >= PAYERS_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(by, sum);
        others
    }
}

/// Tells Redis what was spent here, and the hub what was spent elsewhere.
pub(super) async fn run(common: Arc<Common>, mut queue: Receiver<Spent>, replier: Sender<Reply>) {
    let link = Link::new(&common);
    let mut sums = Sums::default();
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, TOLD_AT_ONCE).await > 0 {
        let spent = std::mem::take(&mut batch);
        let Some(found) = add(&common, &link, &spent).await else {
            continue;
        };
        for (own, sum) in spent.into_iter().zip(found) {
            let others = sums.added(own.by, sum, own.messages);
            if let Some(messages) = u32::try_from(others).ok().filter(|others| *others > 0) {
                let by = own.by;
                let news = News::Spent(Spent { by, messages });
                send(&replier, Reply::News(news)).await;
            }
        }
    }
}

/// The sums with what was spent here; nothing where Redis does not say them.
async fn add(common: &Common, link: &Link, spent: &[Spent]) -> Option<Vec<u64>> {
    let name = |by: Payer| match by {
        Payer::Person(person) => format!("p:{person}"),
        Payer::Address(address) => format!("a:{address}"),
    };
    let keys: Vec<String> = spent
        .iter()
        .map(|spent| common.keys.spent(&name(spent.by)))
        .collect();
    let mut call = common.scripts.people.spent.call(&keys);
    call.arg(ms(FORGOTTEN_AFTER));
    for spent in spent {
        call.arg(spent.messages);
    }
    let mut question = Pipeline::new();
    question.add_command(call);
    match link.ask(&question).await.ok()?.into_iter().next()? {
        Ok(value @ Value::Array(_)) => redis::from_redis_value(value).ok(),
        Ok(_) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use protocol::position::PersonId;

    use super::*;

    fn payer(number: u64) -> Payer {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Payer::Person(PersonId::from_bytes(bytes))
    }

    #[test]
    fn only_what_others_add_is_told_and_once() {
        let mut sums = Sums::default();
        assert_eq!(sums.added(payer(1), 7, 5), 2);
        assert_eq!(sums.added(payer(1), 10, 3), 0);
        assert_eq!(sums.added(payer(1), 15, 1), 4);
        assert_eq!(sums.added(payer(1), 6, 2), 4, "it was forgotten meanwhile");
    }

    #[test]
    fn payers_are_bounded() {
        let mut sums = Sums::default();
        for number in 0..=u64::try_from(3 * PAYERS_MAX).unwrap() {
            sums.added(payer(number), 1, 1);
        }
        assert!(sums.young.len() + sums.old.len() <= 2 * PAYERS_MAX);
    }
}
