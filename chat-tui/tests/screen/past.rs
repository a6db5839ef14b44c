//! A message far back, in its context: going there, reading both ways, coming back.

use std::collections::VecDeque;

use chat_tui::key::{Code, Key};
use chat_tui::model::log::Scroll;
use chat_tui::model::past::PAST_ENTRIES_MAX;
use chat_tui::model::tab::Older;
use chat_tui::model::timeline::TIMELINE_ENTRIES_MAX;
use chat_tui::session::{Command, Edge, Link, News, Wanted};
use chat_tui::update::{Effect, Msg};
use proptest::prelude::*;
use protocol::error::{ErrorCode, Refusal};
use protocol::event::Message;
use protocol::position::Position;
use protocol::search::SearchText;

use crate::support::{Screen, at, message, room};

/// A room with a history, a server that gives it in pages, and a screen in it.
struct Archive {
    screen: Screen,
    /// The last message said.
    head: u64,
    /// Messages of a page.
    page: u64,
    /// Questions without an answer, in order.
    asked: VecDeque<Command>,
}

fn said(n: u64) -> Message {
    message(&room("lobby"), n, 2, "ann", n / 10, &format!("word {n}"))
}

fn is_there(command: &Command) -> bool {
    matches!(command, Command::Page { .. } | Command::Older { .. })
}

impl Archive {
    /// So many messages were said; the last ten are here.
    fn new(head: u64, page: u64) -> Self {
        let mut screen = Screen::lobby(60, 14);
        for n in head.saturating_sub(9).max(1)..=head {
            screen.says(said(n));
        }
        screen.model.tabs[0].more = head > 10;
        let mut archive = Self {
            screen,
            head,
            page,
            asked: VecDeque::new(),
        };
        archive.note();
        archive
    }

    /// Notes what was asked, as the session does: each question once at a time.
    fn note(&mut self) {
        for command in self.screen.commands().into_iter().filter(is_there) {
            if !self.asked.contains(&command) {
                self.asked.push_back(command);
            }
        }
    }

    fn press(&mut self, key: Key) {
        self.screen.press(key);
        self.note();
    }

    fn code(&mut self, code: Code) {
        self.press(Key::plain(code));
    }

    fn says(&mut self) {
        self.head += 1;
        self.screen.says(said(self.head));
        self.note();
    }

    /// Answers the first question; false where there is none.
    fn answer(&mut self) -> bool {
        let Some(command) = self.asked.pop_front() else {
            return false;
        };
        let lobby = room("lobby");
        let page = if let Command::Page { edge, .. } = command {
            Some(edge)
        } else {
            None
        };
        let older = if let Command::Older { before, .. } = command {
            Some(Edge::Before(before))
        } else {
            None
        };
        let (from, to) = match page.or(older).unwrap() {
            Edge::Before(before) => (before.n.saturating_sub(self.page).max(1), before.n - 1),
            Edge::After(after) => (after.n + 1, (after.n + self.page).min(self.head)),
        };
        let messages: Vec<Message> = (from..=to).map(said).collect();
        let more = match page {
            Some(Edge::After(_)) => to < self.head,
            Some(Edge::Before(_)) | None => from > 1,
        };
        self.screen.news(match page {
            Some(edge) => News::Page {
                room: lobby,
                edge,
                messages,
                more,
            },
            None => News::Older {
                room: lobby,
                messages,
                more,
            },
        });
        self.note();
        true
    }

    fn settle(&mut self) {
        while self.answer() {}
    }

    /// Opens the search and chooses the hit that is this message.
    fn find(&mut self, n: u64) {
        self.press(Key::ctrl('f'));
        self.press(Key::ctrl('u'));
        self.screen.types(&format!("\"word {n}\""));
        self.code(Code::Enter);
        self.screen.news(News::Found {
            wanted: Wanted {
                room: Some(room("lobby")),
                text: SearchText::normalized(&format!("\"word {n}\"")).unwrap(),
            },
            messages: vec![said(n)],
            next: None,
            since: None,
        });
        self.code(Code::Enter);
    }

    /// The numbers of the messages on the screen.
    fn shown(&self) -> Vec<u64> {
        let rows = self.screen.rows();
        let words = rows
            .iter()
            .filter_map(|row| row.trim().strip_prefix("word "));
        words.map(|number| number.parse().unwrap()).collect()
    }
}

#[test]
fn t15_a_hit_far_back_is_shown_among_the_messages_around_it() {
    let mut archive = Archive::new(5_000, 50);
    archive.find(1_234);
    archive.screen.shows("⋯ fetching the messages around it");
    let page = |edge| Command::Page {
        room: room("lobby"),
        edge,
    };
    assert_eq!(archive.asked, [page(Edge::Before(at(1_235)))]);
    archive.answer();
    archive.screen.shows("⋯ fetching the messages around it");
    assert_eq!(archive.asked, [page(Edge::After(at(1_234)))]);
    archive.answer();
    archive.screen.hides("search lobby");
    let shown = archive.shown();
    let place = shown.iter().position(|n| *n == 1_234).unwrap();
    assert!((3..=6).contains(&place), "in the middle: {shown:?}");
    archive.screen.shows("reading back ∙ End");
    // It is marked, and nothing else is.
    let (buffer, _) = archive.screen.draw();
    let bold: String = (0..60)
        .flat_map(|x| (0..14).map(move |y| (x, y)))
        .filter(|(x, y)| *x < 20 && *y > 1 && *y < 12 && is_bold(&buffer, *x, *y))
        .map(|(x, y)| buffer[(x, y)].symbol().to_owned())
        .collect();
    assert_eq!(bold.trim(), "word1234".replace("1234", " 1234").trim());
    // Live messages are counted and move nothing.
    for _ in 0..3 {
        archive.says();
    }
    assert_eq!(archive.shown(), shown);
    archive.screen.shows("3 new below ∙ End");
    assert_eq!(archive.screen.model.tabs[0].unread, 3);
    archive.code(Code::End);
    assert_eq!(archive.shown().last(), Some(&5_003));
    archive.screen.hides("End");
    assert!(archive.screen.model.tabs[0].past.is_none());
    assert_eq!(archive.screen.model.tabs[0].unread, 0);
}

fn is_bold(buffer: &ratatui::buffer::Buffer, x: u16, y: u16) -> bool {
    let modifier = buffer[(x, y)].style().add_modifier;
    modifier.contains(ratatui::style::Modifier::BOLD)
}

#[test]
fn from_there_one_reads_on_both_ways_until_the_end_and_the_beginning() {
    let mut archive = Archive::new(300, 20);
    archive.find(150);
    archive.settle();
    let mut seen = archive.shown();
    for _ in 0..60 {
        archive.code(Code::PageUp);
        archive.settle();
        let shown = archive.shown();
        let first = *seen.first().unwrap();
        assert!(
            shown.last().unwrap() + 1 >= first,
            "{shown:?} above {first}"
        );
        seen.splice(
            0..0,
            shown.into_iter().filter(|n| *n < first).collect::<Vec<_>>(),
        );
    }
    archive.screen.shows("this is where the room begins");
    for _ in 0..80 {
        archive.code(Code::PageDown);
        archive.settle();
        let shown = archive.shown();
        let last = *seen.last().unwrap();
        assert!(
            *shown.first().unwrap() <= last + 1,
            "{shown:?} below {last}"
        );
        seen.extend(shown.into_iter().filter(|n| *n > last));
    }
    assert_eq!(
        seen,
        (1..=300).collect::<Vec<_>>(),
        "each once and in order"
    );
    let tab = &archive.screen.model.tabs[0];
    assert!(tab.past.is_none(), "past and live window are one");
    assert_eq!(tab.scroll, Scroll::Bottom);
    assert_eq!(tab.timeline.len(), 300);
}

#[test]
fn t48_a_way_up_of_any_length_takes_bounded_memory() {
    const HEAD: u64 = 1_000;
    let mut archive = Archive::new(HEAD, 100);
    // Many rooms leave little to each one.
    for n in 0..256 {
        archive.screen.enter(&room(&format!("room-{n}")), &[]);
    }
    let share = archive.screen.model.timeline_share();
    let mut seen = archive.shown();
    let mut went_into_past = false;
    let mut pages = 0..1_000;
    while seen.first() != Some(&1) && pages.next().is_some() {
        archive.code(Code::PageUp);
        archive.settle();
        let shown = archive.shown();
        let first = *seen.first().unwrap();
        assert!(shown.last().unwrap() + 1 >= first, "{shown:?} {first}");
        let new: Vec<u64> = shown.into_iter().filter(|n| *n < first).collect();
        seen.splice(0..0, new);
        let tab = archive.screen.model.tab().unwrap();
        let past = tab.past.as_ref().map_or(0, |past| past.timeline.bytes());
        went_into_past |= past > 0;
        assert!(tab.timeline.bytes() + past <= share, "{past} bytes");
    }
    assert!(went_into_past);
    archive.code(Code::PageUp);
    archive.screen.shows("this is where the room begins");
    archive.screen.shows("reading back ∙ End");
    assert_eq!(seen, (1..=HEAD).collect::<Vec<_>>(), "each once");
    // What comes meanwhile is counted and moves nothing; and the way down leads to it.
    let top = archive.shown();
    archive.says();
    assert_eq!(archive.shown(), top);
    archive.screen.shows("1 new below");
    let mut last = *top.last().unwrap();
    let mut pages = 0..1_000;
    while last != HEAD + 1 && pages.next().is_some() {
        archive.code(Code::PageDown);
        archive.settle();
        let shown = archive.shown();
        assert!(*shown.first().unwrap() <= last + 1, "{shown:?} {last}");
        last = *shown.last().unwrap();
    }
    let tab = archive.screen.model.tab().unwrap();
    assert!(tab.past.is_none() && tab.scroll == Scroll::Bottom);
}

#[test]
fn a_past_is_bounded_at_both_ends_and_what_went_comes_again() {
    let mut archive = Archive::new(20_000, 200);
    archive.screen.msg(Msg::Resize {
        columns: 60,
        rows: 90,
    });
    archive.find(10_000);
    archive.settle();
    for key in [Code::PageUp, Code::PageDown] {
        for _ in 0..60 {
            archive.code(key);
            archive.settle();
            let shown = archive.shown();
            assert!(
                shown.windows(2).all(|pair| pair[0] + 1 == pair[1]),
                "{shown:?}"
            );
            if let Some(past) = &archive.screen.model.tabs[0].past {
                assert!(past.timeline.len() <= PAST_ENTRIES_MAX);
            }
        }
    }
    let past = archive.screen.model.tabs[0].past.as_ref().unwrap();
    assert!(
        past.timeline.len() > PAST_ENTRIES_MAX - 200,
        "the bound was met"
    );
    // The live window keeps its own bound meanwhile.
    for _ in 0..=TIMELINE_ENTRIES_MAX {
        archive.says();
    }
    assert!(archive.screen.model.tabs[0].timeline.len() <= TIMELINE_ENTRIES_MAX);
    archive.code(Code::End);
    assert_eq!(archive.shown().last(), Some(&archive.head));
}

#[test]
fn a_hit_that_is_here_is_shown_at_once() {
    let mut archive = Archive::new(10, 20);
    for _ in 0..200 {
        archive.says();
    }
    archive.find(50);
    assert_eq!(archive.asked, []);
    assert!(archive.shown().contains(&50));
    // From a past to a place in the live window, and within the past.
    let mut archive = Archive::new(5_000, 50);
    archive.find(1_000);
    archive.settle();
    archive.find(1_010);
    assert_eq!(archive.asked, []);
    assert!(archive.shown().contains(&1_010));
    archive.find(4_995);
    assert_eq!(archive.asked, []);
    assert!(archive.shown().contains(&4_995));
    assert!(archive.screen.model.tabs[0].past.is_none());
}

#[test]
fn a_place_that_cannot_be_had_says_so_and_changes_nothing() {
    let mut archive = Archive::new(5_000, 50);
    archive.code(Code::PageUp);
    archive.settle();
    let before = archive.shown();
    archive.find(7);
    let command = archive.asked.pop_front().unwrap();
    archive.screen.news(News::Refused {
        command,
        refusal: Refusal::new(ErrorCode::Unavailable, "the disk is full"),
    });
    archive
        .screen
        .shows("! could not go there: the disk is full");
    archive.code(Code::Enter);
    assert_eq!(archive.asked.len(), 1, "Enter tries again");
    archive.asked.clear();
    archive.screen.news(News::Page {
        room: room("lobby"),
        edge: Edge::Before(at(8)),
        messages: vec![said(5), said(6)],
        more: true,
    });
    archive.screen.shows("the message is not there any more");
    archive.code(Code::Enter);
    archive.asked.clear();
    archive.screen.session.link = Link::Idle;
    archive.screen.news(News::Link);
    archive
        .screen
        .shows("! that message is not on this machine");
    archive.code(Code::Esc);
    assert_eq!(archive.shown(), before);
    // Given up by Esc: what comes then is nobody's.
    archive.screen.session.link = Link::Online;
    archive.screen.news(News::Link);
    archive.find(7);
    archive.code(Code::Esc);
    archive.settle();
    assert_eq!(archive.shown(), before);
}

#[test]
fn a_page_of_the_past_that_did_not_come_is_asked_for_by_scrolling_there() {
    let mut archive = Archive::new(5_000, 10);
    archive.find(1_000);
    archive.answer();
    archive.answer();
    let newer = archive.asked.iter().position(|command| {
        matches!(
            command,
            Command::Page {
                edge: Edge::After(_),
                ..
            }
        )
    });
    let command = archive.asked.remove(newer.unwrap()).unwrap();
    archive.screen.shows("⋯ fetching newer messages");
    archive.screen.news(News::Refused {
        command,
        refusal: Refusal::new(ErrorCode::Unavailable, "not now"),
    });
    archive
        .screen
        .shows("! newer messages did not come ∙ PageDown tries again");
    archive.code(Code::PageDown);
    assert!(archive.asked.iter().any(|command| {
        matches!(
            command,
            Command::Page {
                edge: Edge::After(_),
                ..
            }
        )
    }));
    archive.settle();
    archive.screen.news(News::Forked {
        kept: None,
        room: room("lobby"),
    });
    let tab = &archive.screen.model.tabs[0];
    assert!(tab.past.is_none() && tab.landing.is_none());
    assert_eq!(tab.older, Older::Idle);
}

#[test]
fn a_page_above_moves_nothing_where_the_screen_was_not_full() {
    let mut archive = Archive::new(274, 7);
    archive.code(Code::PageUp);
    archive.screen.msg(Msg::Resize {
        columns: 60,
        rows: 22,
    });
    let before = archive.shown();
    archive.settle();
    let after = archive.shown();
    assert!(after.len() > before.len());
    assert_eq!(after.last(), before.last());
}

#[derive(Clone, Debug)]
enum Step {
    Key(Code),
    Find(u64),
    Says(u8),
    Answer,
    Drop,
    Resize(u16, u16),
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Key(Code::PageUp)),
        3 => Just(Step::Key(Code::PageDown)),
        1 => Just(Step::Key(Code::End)),
        2 => (1..400_u64).prop_map(Step::Find),
        2 => (1..30_u8).prop_map(Step::Says),
        5 => Just(Step::Answer),
        1 => Just(Step::Drop),
        1 => (20..80_u16, 8..30_u16).prop_map(|(columns, rows)| Step::Resize(columns, rows)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn wherever_one_reads_there_is_no_hole_no_double_and_no_jump(
        head in 1..400_u64,
        page in 1..40_u64,
        steps in prop::collection::vec(steps(), 1..60),
    ) {
        let mut archive = Archive::new(head, page);
        for step in steps {
            let before = archive.shown();
            let was_reading = archive.screen.model.tabs[0].scroll
                != Scroll::Bottom;
            let was_going = archive.screen.model.jump.is_some();
            let moves = match step {
                Step::Key(code) => {
                    archive.code(code);
                    true
                }
                Step::Find(n) => {
                    archive.find(n.min(archive.head));
                    true
                }
                Step::Says(count) => {
                    for _ in 0..count {
                        archive.says();
                    }
                    !was_reading
                }
                Step::Answer => {
                    archive.answer();
                    was_going || !was_reading
                }
                // The connection is lost and comes back: nothing that was asked is answered.
                Step::Drop => {
                    archive.asked.clear();
                    archive.screen.session.link = Link::Idle;
                    archive.screen.news(News::Link);
                    archive.screen.session.link = Link::Online;
                    archive.screen.news(News::Link);
                    archive.note();
                    true
                }
                Step::Resize(columns, rows) => {
                    archive.screen.msg(Msg::Resize { columns, rows });
                    archive.note();
                    true
                }
            };
            if archive.screen.model.popup.is_some() {
                continue;
            }
            let shown = archive.shown();
            prop_assert!(shown.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{shown:?}");
            if !moves && archive.screen.model.popup.is_none() && !before.is_empty() {
                let kept: Vec<u64> = before.iter().copied().filter(|n| shown.contains(n)).collect();
                prop_assert!(kept.last() == before.last(), "{before:?} became {shown:?}");
            }
            let tab = &archive.screen.model.tabs[0];
            prop_assert_eq!(tab.timeline.last_message(), Some(Position::new(1, archive.head)));
            if let Some(past) = &tab.past {
                prop_assert!(past.timeline.last_message() < tab.timeline.first_message());
                prop_assert!(tab.scroll != Scroll::Bottom);
            }
        }
        archive.settle();
        if archive.screen.model.popup.is_some() {
            archive.code(Code::Esc);
        }
        archive.code(Code::End);
        prop_assert_eq!(archive.shown().last().copied(), Some(archive.head));
        prop_assert!(archive.screen.done().iter().all(|effect| *effect != Effect::Quit));
    }
}
