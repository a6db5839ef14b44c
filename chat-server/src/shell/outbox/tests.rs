use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;
use crate::shell::testing::pair;

const MAX: usize = 1024;

/// A hang shows as a failure; nothing here comes near it.
const PATIENCE: Duration = Duration::from_secs(10);

async fn outbox(bytes_max: usize) -> (Outbox, TcpStream) {
    let (client, server) = pair().await;
    (Outbox::new(server.into(), bytes_max), client)
}

fn frames(length: usize) -> Bytes {
    Bytes::from(vec![b'x'; length])
}

async fn read(client: &mut TcpStream, bytes: usize) -> Vec<u8> {
    let mut came = vec![0; bytes];
    let read = timeout(PATIENCE, client.read_exact(&mut came)).await;
    read.unwrap().unwrap();
    came
}

/// Pushes and flushes until the system takes no more; gives how many bytes it was given.
fn fill(outbox: &Outbox) -> usize {
    let mut pushed = 0;
    while outbox.load().bytes == 0 {
        outbox.push(frames(512));
        outbox.flush();
        pushed += 512;
    }
    pushed
}

#[tokio::test]
async fn what_was_pushed_is_written_in_order_and_wakes_nobody() {
    let (outbox, mut client) = outbox(MAX).await;
    assert!(outbox.push(Bytes::from_static(b"one")));
    assert!(!outbox.push(Bytes::from_static(b"two")), "due already");
    assert_eq!((outbox.load().bytes, outbox.load().pieces), (6, 2));
    outbox.flush();
    assert_eq!((outbox.load().bytes, outbox.load().pieces), (0, 0));
    assert!(!outbox.has_news(Waker::noop()));
    outbox.push_own(Bytes::from_static(b"own"));
    assert_eq!(read(&mut client, 9).await, b"onetwoown");
}

#[tokio::test]
async fn a_mark_is_news_when_all_before_it_is_written() {
    let (outbox, mut client) = outbox(MAX).await;
    outbox.push(frames(3));
    outbox.mark();
    // The hub is about to flush, so the task writes nothing.
    assert_eq!((outbox.look().marks, outbox.load().bytes), (0, 3));
    outbox.flush();
    assert!(outbox.has_news(Waker::noop()));
    assert_eq!(outbox.look().marks, 1);
    assert_eq!(outbox.look().marks, 0);
    read(&mut client, 3).await;
}

#[tokio::test]
async fn a_socket_that_takes_no_more_is_left_to_the_task() {
    let (outbox, mut client) = outbox(1024 * MAX).await;
    let pushed = fill(&outbox);
    assert!(outbox.has_news(Waker::noop()), "the task is told once");
    outbox.push(frames(512));
    outbox.flush();
    assert!(!outbox.has_news(Waker::noop()));
    let rest = async {
        while outbox.load().bytes > 0 {
            std::future::poll_fn(|cx| outbox.poll_write_ready(cx)).await;
            outbox.look();
        }
    };
    let both = async { tokio::join!(rest, read(&mut client, pushed + 512)) };
    timeout(PATIENCE, both).await.unwrap();
}

#[tokio::test]
async fn who_comes_to_the_limit_is_watched_and_one_byte_above_four_times_it_ended() {
    let (outbox, _client) = outbox(MAX).await;
    for _ in 0..4 {
        assert!(!outbox.has_news(Waker::noop()) || outbox.look().full);
        outbox.push(frames(MAX));
    }
    assert_eq!(outbox.load().bytes, 4 * MAX);
    let look = outbox.look();
    assert_eq!((look.full, look.fate), (true, Fate::Open));
    outbox.push(frames(1));
    assert_eq!(outbox.look().fate, Fate::Ends(CloseCode::SlowReader));
}

#[tokio::test]
async fn nothing_is_taken_once_it_ends_and_the_first_code_counts() {
    let (outbox, mut client) = outbox(MAX).await;
    outbox.push(Bytes::from_static(b"last"));
    outbox.close(CloseCode::Restart);
    outbox.close(CloseCode::Trouble);
    assert!(!outbox.push(Bytes::from_static(b"late")));
    outbox.flush();
    assert_eq!(outbox.look().fate, Fate::Ends(CloseCode::Restart));
    assert_eq!(read(&mut client, 4).await, b"last");
}

#[tokio::test]
async fn after_an_idle_time_the_wait_for_progress_begins_anew() {
    let (outbox, _client) = outbox(MAX).await;
    assert!(outbox.look().progressed);
    // What waits for the hub's flush came to an empty queue.
    outbox.push(frames(1));
    assert!(outbox.look().progressed);
    assert!(!outbox.look().progressed);
    outbox.flush();
    assert!(outbox.look().progressed);
}

#[tokio::test]
async fn a_socket_that_fails_is_told() {
    let (outbox, client) = outbox(1024 * MAX).await;
    client.set_zero_linger().unwrap();
    drop(client);
    let lost = async {
        while outbox.look().fate != Fate::Lost {
            outbox.push(frames(512));
            outbox.flush();
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, lost).await.unwrap();
}

#[tokio::test]
async fn so_many_requests_ahead_stop_reading_until_one_is_heard() {
    let (outbox, _client) = outbox(MAX).await;
    for _ in 0..AHEAD_MAX {
        assert!(outbox.ahead_left() > 0);
        outbox.run_ahead();
    }
    assert_eq!(outbox.ahead_left(), 0);
    outbox.catch_up();
    assert_eq!(outbox.ahead_left(), 1);
    assert!(outbox.has_news(Waker::noop()));
    outbox.catch_up();
    assert!(!outbox.has_news(Waker::noop()));
    outbox.pause(true);
    assert!(outbox.has_news(Waker::noop()) && outbox.is_paused());
}
