//! Who may come in: counts connections in all, of each address, and of those who have not introduced themselves yet. Waits for
//! nothing and touches no socket.
//!
//! Where too many have not introduced themselves, the newcomer comes in and somebody else goes: of the address that has most of them
//! the one who is there longest. So whoever holds such connections open pushes out their own, and a person who introduces
//! themselves at once is never the oldest of an address for long; refusing the newcomer would let the holder keep everybody out.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use protocol::limits::Limits;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::visits::{Pace, Visit, Visits};
use crate::engine::household;

/// Connections beyond the limit that are kept open to be told that there is no room; one more is dropped without a word.
const REFUSALS_MAX: usize = 32;

/// Connections without a hello that there is room for, however few there may be in all.
const STRANGERS_LEAST: usize = 64;

/// What a client that is refused for want of room is told to wait.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// How many may be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    /// Connections in all; one more is refused.
    pub(crate) connections: usize,
    /// Of one address (one /64 of IPv6) at once, those in the handshake counted; one more is refused.
    pub(crate) of_address: usize,
    /// New ones of one address.
    pub(crate) new_of_address: Pace,
    /// That have not introduced themselves, those in the handshake counted.
    pub(crate) strangers: usize,
    /// Whether the limits of an address hold for this machine too.
    pub(crate) limit_loopback: bool,
}

impl Room {
    /// What the limits are for a process that has room for `connections_max`.
    pub(crate) fn new(limits: &Limits, connections_max: usize, limit_loopback: bool) -> Self {
        let connections = limits.connections.min(connections_max);
        Self {
            connections,
            of_address: limits.address_connections,
            new_of_address: Pace {
                count: limits.new_connections.count,
                per: Duration::from_millis(limits.new_connections.per_ms),
            },
            strangers: limits
                .not_introduced
                .min(STRANGERS_LEAST.max(connections / 10)),
            limit_loopback,
        }
    }
}

/// Whether a connection may become a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// There is room.
    Open,
    /// The server has as many connections as it may.
    Full,
    /// The address has as many connections as it may.
    AddressFull,
    /// The address comes too often; the next is welcome after so long.
    TooOften(Duration),
}

impl Admission {
    /// How long who is not let in is to wait.
    pub(crate) fn retry_after(self) -> Duration {
        match self {
            Self::Open => Duration::ZERO,
            Self::Full | Self::AddressFull => RETRY_AFTER,
            Self::TooOften(wait) => wait,
        }
    }
}

/// The gate, shared by all who came through it.
#[derive(Debug)]
pub(crate) struct Gate {
    room: Room,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    guests: BTreeMap<Place, Guest>,
    of_address: BTreeMap<IpAddr, usize>,
    strangers: BTreeMap<IpAddr, BTreeMap<Place, Stranger>>,
    visits: Visits,
    refused: Refused,
}

/// How many were not let in since the start, by the reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The server had as many as it may.
    pub(crate) full: u64,
    /// The address had as many as it may.
    pub(crate) address_full: u64,
    /// The address came too often.
    pub(crate) too_often: u64,
    /// Dropped without a word, after many that were told.
    pub(crate) dropped: u64,
    /// Let in, and sent away in favour of others before they had introduced themselves.
    pub(crate) sent_away: u64,
}

impl Refused {
    fn note(&mut self, admission: Option<Admission>) {
        let count = match admission {
            Some(Admission::Open) => return,
            Some(Admission::Full) => &mut self.full,
            Some(Admission::AddressFull) => &mut self.address_full,
            Some(Admission::TooOften(_)) => &mut self.too_often,
            None => &mut self.dropped,
        };
        *count += 1;
    }
}

/// Who has a place.
#[derive(Clone, Copy, Debug)]
struct Guest {
    address: IpAddr,
    /// Was sent away in favour of others, and has not gone yet.
    sent_away: bool,
}

/// Who has not introduced itself.
#[derive(Debug, Default)]
struct Stranger {
    /// What serves it; nothing before that is known.
    by: Option<AbortHandle>,
}

/// A place inside, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Ticket {
    gate: Arc<Gate>,
    place: Place,
}

/// The number of a place; a later one has a higher number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(u64);

impl Gate {
    /// An empty house.
    pub(crate) fn new(room: Room) -> Arc<Self> {
        Arc::new(Self {
            room,
            state: Mutex::default(),
        })
    }

    /// Takes a connection in, also one that is only to be told why not; nothing where it is to be dropped without a word. Of a
    /// proxy (`asks_for_another`) the address says nothing yet, and [`Ticket::belongs_to`] decides.
    pub(crate) fn enter(
        self: &Arc<Self>,
        address: IpAddr,
        asks_for_another: bool,
        now: Instant,
    ) -> Option<(Ticket, Admission)> {
        let address = household(address);
        let mut state = self.lock();
        let open = state.guests.len();
        let admission = if open >= self.room.connections.saturating_add(REFUSALS_MAX) {
            None
        } else if open >= self.room.connections {
            Some(Admission::Full)
        } else if asks_for_another {
            Some(Admission::Open)
        } else {
            self.admit(&mut state, address, now)
        };
        state.refused.note(admission);
        let admission = admission?;
        let place = Place(state.next);
        state.next += 1;
        state.put(place, address);
        state
            .strangers
            .entry(address)
            .or_default()
            .insert(place, Stranger::default());
        state.make_room_for_strangers(self.room.strangers);
        let gate = Arc::clone(self);
        Some((Ticket { gate, place }, admission))
    }

    /// Names the task that serves a connection, which is ended where there are too many strangers; `false` where that was decided
    /// already.
    pub(crate) fn serve_by(&self, place: Place, task: AbortHandle) -> bool {
        let mut state = self.lock();
        // Who runs ahead of this may have introduced itself or have gone.
        let Some(guest) = state.guests.get(&place).copied() else {
            return true;
        };
        let strangers = state.strangers.get_mut(&guest.address);
        if let Some(stranger) = strangers.and_then(|strangers| strangers.get_mut(&place)) {
            stranger.by = Some(task);
        }
        !guest.sent_away
    }

    /// Who was not let in since the start.
    pub(crate) fn refused(&self) -> Refused {
        self.lock().refused
    }

    /// Whether the address may have one more; nothing where that was answered often enough.
    fn admit(&self, state: &mut State, address: IpAddr, now: Instant) -> Option<Admission> {
        if address.is_loopback() && !self.room.limit_loopback {
            return Some(Admission::Open);
        }
        // Who is refused for whatever reason has visited too, so that answers do not cost more than so many a time.
        match state.visits.count(address, self.room.new_of_address, now) {
            Visit::Ignored => None,
            Visit::TooMany(wait) => Some(Admission::TooOften(wait)),
            Visit::Welcome if state.open_of(address) >= self.room.of_address => {
                Some(Admission::AddressFull)
            }
            Visit::Welcome => Some(Admission::Open),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs under the lock, so the state is whole in any case.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// The place.
    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    /// The connection is a client's of this address, as a proxy said.
    pub(crate) fn belongs_to(&self, client: IpAddr, now: Instant) -> Admission {
        let client = household(client);
        let mut state = self.gate.lock();
        let was_sent_away = state
            .guests
            .get(&self.place)
            .is_some_and(|guest| guest.sent_away);
        if was_sent_away {
            return Admission::Full;
        }
        let stranger = state.remove(self.place);
        let admission = self.gate.admit(&mut state, client, now);
        state.put(self.place, client);
        if let Some(stranger) = stranger {
            let strangers = state.strangers.entry(client).or_default();
            strangers.insert(self.place, stranger);
        }
        // The proxy is not to be blamed, and waits for an answer.
        let admission = admission.unwrap_or(Admission::TooOften(self.gate.room.new_of_address.per));
        state.refused.note(Some(admission));
        admission
    }

    /// The client has introduced itself.
    pub(crate) fn introduced(&self) {
        let mut state = self.gate.lock();
        if let Some(guest) = state.guests.get(&self.place).copied() {
            drop(state.no_stranger(self.place, guest.address));
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        drop(self.gate.lock().remove(self.place));
    }
}

impl State {
    fn open_of(&self, address: IpAddr) -> usize {
        self.of_address.get(&address).copied().unwrap_or_default()
    }

    fn put(&mut self, place: Place, address: IpAddr) {
        let sent_away = false;
        self.guests.insert(place, Guest { address, sent_away });
        *self.of_address.entry(address).or_default() += 1;
    }

    /// Takes a guest out; gives the stranger if it is one.
    fn remove(&mut self, place: Place) -> Option<Stranger> {
        let Guest { address, .. } = self.guests.remove(&place)?;
        if let Some(open) = self.of_address.get_mut(&address) {
            *open = open.saturating_sub(1);
            if *open == 0 {
                self.of_address.remove(&address);
            }
        }
        self.no_stranger(place, address)
    }

    fn no_stranger(&mut self, place: Place, address: IpAddr) -> Option<Stranger> {
        let strangers = self.strangers.get_mut(&address)?;
        let stranger = strangers.remove(&place);
        if strangers.is_empty() {
            self.strangers.remove(&address);
        }
        stranger
    }

    fn make_room_for_strangers(&mut self, max: usize) {
        while self.strangers.values().map(BTreeMap::len).sum::<usize>() > max.max(1) {
            let oldest = |strangers: &BTreeMap<Place, _>| strangers.keys().next().copied();
            let most = self.strangers.iter().filter_map(|(address, strangers)| {
                let oldest = oldest(strangers)?;
                Some((strangers.len(), Reverse(oldest), *address))
            });
            let Some((_, Reverse(place), address)) = most.max() else {
                return;
            };
            if let Some(guest) = self.guests.get_mut(&place) {
                guest.sent_away = true;
            }
            self.refused.sent_away += 1;
            let stranger = self.no_stranger(place, address);
            if let Some(by) = stranger.and_then(|stranger| stranger.by) {
                by.abort();
            }
        }
    }
}

#[cfg(test)]
mod tests;
