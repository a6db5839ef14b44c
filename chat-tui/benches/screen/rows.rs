//! What is measured of one client, in order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::clients::Seat;
use crate::figures::Values;
use crate::talker::Talker;
use crate::terminal::Terminal;
use crate::texts::{KEY, Texts};

/// How much is measured.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) starts: usize,
    pub(crate) keys: usize,
    pub(crate) messages: usize,
    /// Messages seen before the loaded rows.
    pub(crate) seen: usize,
    pub(crate) flood: usize,
}

/// Everything.
pub(crate) const WHOLE: Extent = Extent {
    starts: 20,
    keys: 200,
    messages: 200,
    seen: 100_000,
    flood: 20_000,
};

/// Shows that all works, and is no measurement.
pub(crate) const QUICK: Extent = Extent {
    starts: 3,
    keys: 40,
    messages: 20,
    seen: 4_000,
    flood: 2_000,
};

/// Columns and rows, but for scrolling.
const SIZE: (u16, u16) = (100, 28);

/// Columns and rows for scrolling.
const WIDE: (u16, u16) = (200, 50);

/// Silence after which a screen has come to rest.
const REST: Duration = Duration::from_millis(8);

/// The same after a start, or where somebody came in.
const LONG_REST: Duration = Duration::from_millis(400);

/// Between two keys while messages come all the time.
const KEY_STEP: Duration = Duration::from_millis(12);

/// Between two messages while keys are timed: 200 a second.
const MESSAGE_STEP: Duration = Duration::from_millis(5);

/// How long an idle screen is watched.
const IDLE: Duration = Duration::from_secs(5);

/// Messages of a flood that are said before the screen has to show the last of them.
const BURST: usize = 400;

/// The same between two pages.
const PAGE_REST: Duration = Duration::from_millis(3);

/// Rows of the log in [`WIDE`], at the least.
const PAGE_ROWS: usize = 43;

const PAGE_UP: &[u8] = b"\x1b[5~";
const BACKSPACE: &[u8] = b"\x7f";

/// What is typed at a first screen; no screen has it.
const FIRST_KEY: &[u8] = b"{";

/// Measures everything of one client.
pub(crate) fn measure(seat: &Seat<'_>, extent: Extent) -> Values {
    let mut values = Values::new();
    starts(seat, extent, &mut values);
    let mut texts = Texts::new();
    let (mut terminal, mut talker) = seat.enter(SIZE, &mut texts);
    terminal.settle(LONG_REST);
    at_rest(&mut terminal, extent, &mut values);
    messages(&mut terminal, &mut talker, &mut texts, extent, &mut values);
    loaded(
        seat,
        &mut terminal,
        &mut talker,
        &mut texts,
        extent,
        &mut values,
    );
    scrolling(seat, &mut terminal, extent, &mut values);
    values
}

fn starts(seat: &Seat<'_>, extent: Extent, values: &mut Values) {
    if seat.client.is_ours() {
        let mut new: Vec<f64> = (0..extent.starts)
            .map(|n| {
                let new = Seat::new(seat.client, seat.address, &format!("new{n}"));
                ms(new.start(SIZE).1)
            })
            .collect();
        values.insert(
            "the same for who was never here, p50",
            percentile(&mut new, 50),
        );
    }
    // The first start may make files.
    drop(seat.start(SIZE));
    let mut frames = Vec::new();
    let mut echoes = Vec::new();
    for _ in 0..extent.starts {
        let (mut terminal, first, started) = seat.start(SIZE);
        terminal.types(FIRST_KEY);
        let usable = terminal.wait_for(FIRST_KEY);
        frames.push(ms(first));
        echoes.push(ms(usable - started));
    }
    values.insert("start to first frame, p50", percentile(&mut frames, 50));
    values.insert("start to first frame, p99", percentile(&mut frames, 99));
    values.insert(
        "start to the echo of a key, p50",
        percentile(&mut echoes, 50),
    );
}

fn at_rest(terminal: &mut Terminal, extent: Extent, values: &mut Values) {
    values.insert("memory in one room", terminal.process().resident_mb());
    let before = terminal.process().activity();
    thread::sleep(IDLE);
    let after = terminal.process().activity();
    let (bytes, _) = terminal.settle(Duration::ZERO);
    values.insert("bytes written in five idle seconds", bytes as f64);
    let wake_ups = after.wake_ups - before.wake_ups;
    values.insert("wake-ups in five idle seconds", wake_ups as f64);
    values.insert("CPU in five idle seconds", ms(after.cpu - before.cpu));
    let mut echoes = echoes(terminal, extent.keys);
    values.insert("key to echo, p50", percentile(&mut echoes, 50));
    values.insert("key to echo, p99", percentile(&mut echoes, 99));
    let mut bytes: Vec<f64> = (b'a'..=b'z')
        .map(|key| {
            terminal.types(&[key]);
            terminal.answer(REST).0 as f64
        })
        .collect();
    values.insert("bytes written for a key", percentile(&mut bytes, 100));
    // Ctrl-U empties the line in all of them.
    terminal.types(b"\x15");
    terminal.answer(REST);
}

/// Milliseconds from a key until its character can be read, on a screen at rest.
fn echoes(terminal: &mut Terminal, keys: usize) -> Vec<f64> {
    (0..keys)
        .map(|_| {
            let typed = terminal.types(KEY);
            let echoed = terminal.wait_for(KEY);
            terminal.types(BACKSPACE);
            terminal.answer(REST);
            ms(echoed - typed)
        })
        .collect()
}

fn messages(
    terminal: &mut Terminal,
    talker: &mut Talker,
    texts: &mut Texts,
    extent: Extent,
    values: &mut Values,
) {
    let mut times: Vec<f64> = (0..extent.messages)
        .map(|_| {
            let (text, mark) = texts.next();
            let said = talker.say(&[text]);
            let shown = terminal.wait_for(&mark);
            terminal.settle(REST);
            ms(shown - said)
        })
        .collect();
    values.insert("message to screen, p50", percentile(&mut times, 50));
    values.insert("message to screen, p99", percentile(&mut times, 99));
}

fn loaded(
    seat: &Seat<'_>,
    terminal: &mut Terminal,
    talker: &mut Talker,
    texts: &mut Texts,
    extent: Extent,
    values: &mut Values,
) {
    let before = terminal.process().activity().cpu;
    show(terminal, talker, texts, extent.flood, BURST);
    let shown = terminal.process().activity().cpu;
    values.insert(
        "CPU for 20,000 messages, shown by 400",
        (shown - before).as_secs_f64(),
    );
    show(terminal, talker, texts, extent.seen - extent.flood, BURST);
    values.insert(
        "memory after 100,000 messages",
        terminal.process().resident_mb(),
    );
    let mut quiet = echoes(terminal, extent.keys);
    values.insert(
        "key to echo after 100,000 messages, p50",
        percentile(&mut quiet, 50),
    );
    values.insert(
        "key to echo after 100,000 messages, p99",
        percentile(&mut quiet, 99),
    );
    let mut busy = echoes_under_load(seat, terminal, extent.keys);
    values.insert(
        "the same with 200 messages a second, p50",
        percentile(&mut busy, 50),
    );
    values.insert(
        "the same with 200 messages a second, p99",
        percentile(&mut busy, 99),
    );
    if seat.client.is_ours() {
        // An IRC server drops a client that does not keep up, so the others have none of this.
        let before = terminal.process().activity().cpu;
        show(terminal, talker, texts, extent.flood, extent.flood);
        let shown = terminal.process().activity().cpu;
        values.insert(
            "CPU for 20,000 messages at once",
            (shown - before).as_secs_f64(),
        );
        show(terminal, talker, texts, extent.seen - extent.flood, BURST);
        values.insert(
            "memory after 200,000 messages",
            terminal.process().resident_mb(),
        );
    }
}

/// Says so many messages; the screen has to show the last of each burst before the next one.
fn show(
    terminal: &mut Terminal,
    talker: &mut Talker,
    texts: &mut Texts,
    messages: usize,
    burst: usize,
) {
    let mut left = messages;
    while left > 0 {
        let mut mark = Vec::new();
        let mut unseen = burst.min(left);
        left -= unseen;
        while unseen > 0 {
            let window = BURST.min(unseen);
            unseen -= window;
            let (said, last) = texts.take(window);
            talker.say(&said);
            mark = last;
        }
        terminal.wait_for(&mark);
    }
    terminal.settle(LONG_REST);
}

/// As [`echoes`], while somebody says 200 messages a second.
fn echoes_under_load(seat: &Seat<'_>, terminal: &mut Terminal, keys: usize) -> Vec<f64> {
    let mut talker = seat.talker("doyun");
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut texts = Texts::new();
            let mut due = Instant::now();
            while !over.load(Ordering::Relaxed) {
                talker.say(&[texts.next().0]);
                due += MESSAGE_STEP;
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
        });
        thread::sleep(LONG_REST);
        let echoes = (0..keys)
            .filter_map(|_| {
                terminal.settle(Duration::ZERO);
                let typed = terminal.types(KEY);
                // Where the one before was not erased yet, nothing changes that could be seen.
                let echoed = terminal.wait_until(KEY, LONG_REST);
                terminal.types(BACKSPACE);
                thread::sleep(KEY_STEP);
                echoed.map(|echoed| ms(echoed - typed))
            })
            .collect();
        over.store(true, Ordering::Relaxed);
        echoes
    })
}

/// Scrolls up as far as it goes, or through as many messages as were seen.
fn scrolling(seat: &Seat<'_>, terminal: &mut Terminal, extent: Extent, values: &mut Values) {
    terminal.resize(WIDE);
    terminal.settle(LONG_REST);
    let mut pages = Vec::new();
    while pages.len() < extent.seen / PAGE_ROWS {
        let typed = terminal.types(PAGE_UP);
        let drawn = match seat.client.frame_end {
            Some(end) => terminal.wait_until(end, LONG_REST),
            None => terminal.settle(REST).1,
        };
        let Some(drawn) = drawn else { break };
        pages.push(ms(drawn - typed));
        // What is fetched meanwhile comes in above.
        terminal.settle(PAGE_REST);
    }
    values.insert("pages of that", pages.len() as f64);
    values.insert("memory after that", terminal.process().resident_mb());
    if pages.is_empty() {
        return;
    }
    values.insert(
        "a page up in 100,000 messages, 200x50, p50",
        percentile(&mut pages, 50),
    );
    values.insert(
        "a page up in 100,000 messages, 200x50, p99",
        percentile(&mut pages, 99),
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn percentile(values: &mut [f64], per_cent: usize) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values
        .get(last * per_cent / 100)
        .copied()
        .unwrap_or(f64::NAN)
}
