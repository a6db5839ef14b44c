//! The end of a run: waits until all is quiet, and takes down what is there then.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::cast::Cast;
use crate::client;
use crate::log::{End, Members, Presence, Room, Seen};
use crate::proxy::Weather;
use crate::recorder::Recorder;
use crate::subject::Subject;

/// How long the history may take to be read, tried again and again.
const READ_WITHIN: u32 = 50;

/// The wait between two tries.
const READ_EVERY: Duration = Duration::from_millis(200);

/// How long nothing is heard where all is heard.
const SILENT_FOR: Duration = Duration::from_millis(500);

/// Waits for quiet and fills `end`.
pub(super) async fn finish<S: Subject>(
    cast: &mut Cast<S>,
    log: &Recorder,
    patience: Duration,
    tasks: &mut JoinSet<()>,
    end: &mut End,
) {
    for proxy in &cast.proxies {
        proxy.set(Weather::Clear);
    }
    if !log.until(patience, || cast.is_quiet()).await {
        end.stuck
            .push(format!("not all is said and there: {}", cast.states()));
    }
    if cast.subject.promises().history {
        let history = read_history(cast, end, || cast.upstream.get()).await;
        if cast.places.len() > 1 {
            for place in &cast.places {
                let read = read_history(cast, end, || place.get()).await;
                end.by_server.push(read);
            }
        }
        let heard = || {
            let last = |room: &Room| history.get(room)?.last().map(|seen| seen.text.clone());
            let all = cast.clients.iter().all(|client| {
                let shown = client.shown.borrow();
                let mut rooms = client.who.rooms.iter();
                rooms.all(|room| shown.last.get(room).cloned() == last(room))
            });
            all && cast.terminals.iter().all(|terminal| {
                let shown = terminal.shown.borrow();
                shown.last.is_none() || shown.last == last(&terminal.who.rooms[0])
            })
        };
        // Who has not heard all is named by the oracle.
        log.until(patience, heard).await;
        end.history = Some(history);
    } else {
        silence(log, patience).await;
    }
    end.listeners = listeners(cast);
    if cast.subject.promises().members {
        let fresh = match cast.fresh(log, tasks).await {
            Ok(fresh) => fresh,
            Err(error) => {
                end.stuck.push(format!("nobody fresh can come: {error}"));
                return;
            }
        };
        let truth = truth(cast, &fresh);
        let is_true = |client: &client::Handle| {
            let shown = client.shown.borrow();
            let mut rooms = client.who.rooms.iter();
            rooms.all(|room| shown.members.get(room) == truth.get(room))
        };
        log.until(patience, || {
            is_true(&fresh) && cast.clients.iter().all(is_true)
        })
        .await;
        end.fresh.clone_from(&fresh.shown.borrow().members);
        for client in &cast.clients {
            for (room, members) in &client.shown.borrow().members {
                end.kept.push((client.who.client, *room, members.clone()));
            }
        }
        end.members = Some(truth);
    }
}

/// Waits until nothing is heard for a while, where no history says what there is to be heard.
async fn silence(log: &Recorder, patience: Duration) {
    let mut heard = log.entries().len();
    for _ in 0..patience.as_millis() / SILENT_FOR.as_millis() {
        sleep(SILENT_FOR).await;
        let before = std::mem::replace(&mut heard, log.entries().len());
        if before == heard {
            return;
        }
    }
}

async fn read_history<S: Subject>(
    cast: &Cast<S>,
    end: &mut End,
    address: impl Fn() -> Option<SocketAddr>,
) -> BTreeMap<Room, Vec<Seen>> {
    let mut history = BTreeMap::new();
    for room in Cast::<S>::rooms() {
        let mut tries = 0;
        loop {
            let read = match address() {
                Some(address) => cast.subject.history(address, room).await.ok(),
                None => None,
            };
            if let Some(messages) = read {
                history.insert(room, messages);
                break;
            }
            tries += 1;
            if tries == READ_WITHIN {
                end.stuck
                    .push(format!("the history of room {room} cannot be read"));
                break;
            }
            sleep(READ_EVERY).await;
        }
    }
    history
}

fn listeners<S: Subject>(cast: &Cast<S>) -> Vec<(u16, Room)> {
    let clients = cast.clients.iter().map(|client| &client.who);
    let terminals = cast.terminals.iter().map(|terminal| &terminal.who);
    clients
        .chain(terminals)
        .flat_map(|who| who.rooms.iter().map(|room| (who.client, *room)))
        .collect()
}

/// Everybody who is there by now.
fn truth<S: Subject>(cast: &Cast<S>, fresh: &client::Handle) -> BTreeMap<Room, Members> {
    let mut truth: BTreeMap<Room, Members> = BTreeMap::new();
    let clients = cast.clients.iter().map(|client| &client.who);
    let terminals = cast.terminals.iter().map(|terminal| &terminal.who);
    for who in clients.chain(terminals).chain([&fresh.who]) {
        for room in &who.rooms {
            let members = truth.entry(*room).or_default();
            members.insert(who.nick.clone(), Presence::Here);
        }
    }
    truth
}
