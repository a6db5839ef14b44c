//! Which metrics there are. Labels are from fixed lists: no room, nick or address is ever one.

use std::fmt::Debug;
use std::time::Duration;

use protocol::close::CloseCode;
use protocol::error::ErrorCode;

use super::Watch;
use super::exposition::Exposition;
use crate::shell::hub_task::counting::{REQUESTS, Snapshot};

/// All metrics; those that only the hub knows are left out where it does not answer.
pub(super) fn tell(watch: &Watch, snapshot: Option<&Snapshot>) -> String {
    let mut text = Exposition::default();
    process(watch, &mut text);
    store(watch, &mut text);
    let hub = u8::from(snapshot.is_some());
    text.gauge("chat_hub_answers", "1 while the hub answers.", hub);
    doors(watch, &mut text);
    if let Some(snapshot) = snapshot {
        traffic(snapshot, &mut text);
        sizes(snapshot, &mut text);
    }
    text.into_text()
}

fn process(watch: &Watch, text: &mut Exposition) {
    let version = [(env!("CARGO_PKG_VERSION"), 1)];
    text.gauges("chat_info", "1, with the version.", "version", version);
    text.gauge(
        "process_start_time_seconds",
        "When the server started, in seconds since 1970.",
        Duration::from_millis(watch.started_unix_ms).as_secs_f64(),
    );
    let draining = u8::from(watch.is_draining());
    text.gauge("chat_draining", "1 from the signal to the end.", draining);
}

fn store(watch: &Watch, text: &mut Exposition) {
    text.gauge("chat_store_era", "The era of the store.", watch.era);
    let Some(last) = watch.condition.read() else {
        return;
    };
    let writable = u8::from(last.result.is_ok());
    text.gauge(
        "chat_store_writable",
        "1 if the last write was taken.",
        writable,
    );
    text.gauge(
        "chat_store_write_age_seconds",
        "Time since the last write that was taken or refused.",
        last.age.as_secs_f64(),
    );
}

/// Who came and who was sent away.
fn doors(watch: &Watch, text: &mut Exposition) {
    let refused = watch.gate.refused();
    text.counters(
        "chat_connections_refused_total",
        "Connections that were not let in.",
        "reason",
        [
            ("full", refused.full),
            ("address_full", refused.address_full),
            ("too_often", refused.too_often),
            ("dropped", refused.dropped),
            ("sent_away", refused.sent_away),
        ],
    );
    let closed = &watch.facts.closed;
    text.counters(
        "chat_connections_closed_total",
        "Connections that this server closed.",
        "code",
        CloseCode::ALL.map(|code| (snake(code), closed.of(code))),
    );
}

fn traffic(snapshot: &Snapshot, text: &mut Exposition) {
    let counts = &snapshot.counts;
    text.counters(
        "chat_requests_total",
        "Requests that came in.",
        "type",
        REQUESTS.into_iter().zip(counts.requests),
    );
    text.counters(
        "chat_refusals_total",
        "Requests that were refused.",
        "code",
        ErrorCode::ALL.map(snake).into_iter().zip(counts.refusals),
    );
    text.counter(
        "chat_messages_stored_total",
        "Messages that were stored.",
        counts.stored,
    );
    text.counter(
        "chat_deliveries_total",
        "Messages handed to readers as they were stored, each reader counted.",
        counts.deliveries,
    );
    text.counter(
        "chat_rooms_broken_total",
        "Rooms that a shared store told anew, as it lost their tail or messages were dropped before they could be told.",
        counts.broken,
    );
    text.histogram(
        "chat_commit_messages",
        "Messages stored by one commit.",
        &counts.commits,
        |messages| messages,
    );
    text.histogram(
        "chat_append_seconds",
        "From the hub's inbox to the answer of the store.",
        &snapshot.sizes.append_us,
        |us| Duration::from_micros(us).as_secs_f64(),
    );
}

fn sizes(snapshot: &Snapshot, text: &mut Exposition) {
    let sizes = &snapshot.sizes;
    text.gauge(
        "chat_connections",
        "Connections that are open.",
        snapshot.connections,
    );
    text.gauge(
        "chat_outbox_bytes",
        "Memory of what waits to be written to clients.",
        snapshot.outbox_bytes,
    );
    text.gauge("chat_rooms", "Rooms that are loaded.", sizes.rooms);
    let present = sizes.members.saturating_sub(sizes.reconnecting);
    text.gauges(
        "chat_members",
        "Members of loaded rooms, counted in each.",
        "status",
        [("here", present), ("reconnecting", sizes.reconnecting)],
    );
    text.gauges(
        "chat_store_waiting",
        "What waits for the store.",
        "kind",
        [
            ("append", sizes.appends),
            ("read", sizes.reads),
            ("search", sizes.searches),
        ],
    );
}

/// The name of a variant, as it is on the wire.
fn snake(variant: impl Debug) -> String {
    let mut name = String::new();
    for letter in format!("{variant:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_called_as_on_the_wire() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::json!(code), snake(code));
        }
        assert_eq!(snake(CloseCode::SlowReader), "slow_reader");
    }
}
