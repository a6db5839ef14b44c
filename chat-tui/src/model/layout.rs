//! Where everything stands on the main screen, for drawing and for the keys that move by rows.

pub mod tabs;

use super::status::status;
use super::tab::Tab;
use super::{Facts, Model};
use crate::text::editor::EditorView;

/// Columns from which on there is a member column.
pub const MEMBERS_FROM_COLUMNS: u16 = 100;

/// Columns from which on nick and time stand in columns of their own.
pub const COLUMNS_FROM_COLUMNS: u16 = 80;

/// The column of the text where nick and time have theirs, the time being one such as `14:03`.
pub const TEXT_COLUMN: u16 = 20;

/// The columns of such a time.
const TIME_COLUMNS: u16 = 5;

/// The column of the text where nick and time stand above it.
pub const NARROW_TEXT_COLUMN: u16 = 2;

/// Columns of the member list, with its right margin.
pub const MEMBERS_COLUMNS: u16 = 22;

/// Rows to which the composer grows; a longer draft scrolls in it.
pub const COMPOSER_ROWS_MAX: u16 = 10;

/// Rows to which the status line grows for a long sentence; the rest of it is cut.
pub const STATUS_ROWS_MAX: u16 = 8;

/// The column at which the text of the composer begins.
pub const COMPOSER_COLUMN: u16 = 3;

/// A part of the screen, in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// The leftmost column.
    pub x: u16,
    /// The topmost row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows; 0 where the part is not shown.
    pub height: u16,
}

impl Area {
    /// The column after the last one.
    pub const fn right(&self) -> u16 {
        self.x.saturating_add(self.width)
    }

    /// The row after the last one.
    pub const fn bottom(&self) -> u16 {
        self.y.saturating_add(self.height)
    }
}

/// Where everything stands.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The row of the tabs.
    pub tabs: Area,
    /// The row of the topic.
    pub topic: Area,
    /// What was said.
    pub log: Area,
    /// Whether nick and time stand at the head of a run and not in columns.
    pub narrow: bool,
    /// Columns that a time takes beyond those of `14:03`.
    pub wider_time: u16,
    /// Whether there is nothing but the log and one row of status, and texts begin in the first column.
    pub bare: bool,
    /// The member list, where there is room for it; a conversation has none, as both names stand at the top.
    pub members: Option<Area>,
    /// The row above the composer.
    pub gap: Area,
    /// The row that quotes what the draft answers.
    pub reply: Area,
    /// What is being written, prompt and margin included.
    pub composer: Area,
    /// The rows of the draft.
    pub draft: EditorView,
    /// The status line.
    pub status: Area,
}

impl Layout {
    /// The column at which texts begin.
    pub const fn text_column(&self) -> u16 {
        if self.bare {
            0
        } else if self.narrow {
            NARROW_TEXT_COLUMN
        } else {
            TEXT_COLUMN.saturating_add(self.wider_time)
        }
    }

    /// The columns that texts have.
    pub fn text_columns(&self) -> usize {
        usize::from(self.log.right().saturating_sub(self.text_column())).max(1)
    }
}

/// The columns that the draft has on a screen of `columns`.
pub fn composer_columns(columns: u16) -> usize {
    usize::from(columns.saturating_sub(COMPOSER_COLUMN).saturating_sub(1)).max(1)
}

/// Where everything stands on this screen.
///
/// The log and the composer come first: on a screen of few rows the others go, the blank rows before
/// them all.
pub fn layout(model: &Model, facts: &dyn Facts) -> Layout {
    let (columns, rows) = model.size;
    if model.bare {
        return bare(columns, rows);
    }
    let mut left = rows;
    let mut take = |wish: u16, from: u16| {
        let taken = if rows >= from { wish.min(left) } else { 0 };
        left = left.saturating_sub(taken);
        taken
    };
    let draft = draft(model, columns, rows);
    let drafted = u16::try_from(draft.rows.len()).unwrap_or(COMPOSER_ROWS_MAX);
    let composer = take(drafted.max(1), 1);
    let first_log = take(1, 2);
    let status = take(1, 4);
    let tabs = take(1, 3);
    let more_status = take(status_rows(model, facts, columns).saturating_sub(1), 12);
    let has_reply = model.tab().is_some_and(|tab| tab.reply_to.is_some());
    let reply = take(u16::from(has_reply), 5);
    let topic = take(1, 8);
    let gap = take(1, 9);
    let blank = take(1, 14);
    let log = left.saturating_add(first_log);
    let status = status.saturating_add(more_status);
    let is_direct = model.tab().is_some_and(Tab::is_direct);
    let has_members = columns >= MEMBERS_FROM_COLUMNS && !is_direct;
    let top = tabs.saturating_add(topic).saturating_add(blank);
    let full = |y: u16, height: u16| Area {
        x: 0,
        y,
        width: columns,
        height,
    };
    let log_columns = if has_members {
        columns.saturating_sub(MEMBERS_COLUMNS).saturating_sub(2)
    } else {
        columns.saturating_sub(1).max(1)
    };
    let gap_row = top.saturating_add(log);
    let reply_row = gap_row.saturating_add(gap);
    let composer_row = reply_row.saturating_add(reply);
    Layout {
        tabs: full(0, tabs),
        topic: full(tabs, topic),
        log: Area {
            width: log_columns,
            ..full(top, log)
        },
        narrow: columns < COLUMNS_FROM_COLUMNS,
        wider_time: model.clock().columns().saturating_sub(TIME_COLUMNS),
        bare: false,
        members: has_members.then(|| Area {
            x: columns.saturating_sub(MEMBERS_COLUMNS),
            width: MEMBERS_COLUMNS.saturating_sub(1),
            ..full(top, log)
        }),
        gap: full(gap_row, gap),
        reply: full(reply_row, reply),
        composer: full(composer_row, composer),
        draft,
        status: full(composer_row.saturating_add(composer), status),
    }
}

/// The log alone, with one row that tells how to go on.
fn bare(columns: u16, rows: u16) -> Layout {
    let status = u16::from(rows > 1);
    let log = rows.saturating_sub(status);
    Layout {
        log: Area {
            width: columns,
            height: log,
            ..Area::default()
        },
        narrow: true,
        bare: true,
        status: Area {
            y: log,
            width: columns,
            height: status,
            ..Area::default()
        },
        ..Layout::default()
    }
}

fn draft(model: &Model, columns: u16, rows: u16) -> EditorView {
    let max = COMPOSER_ROWS_MAX.min((rows / 2).max(1));
    model
        .draft()
        .layout(&model.widths, composer_columns(columns), usize::from(max))
}

fn status_rows(model: &Model, facts: &dyn Facts, columns: u16) -> u16 {
    let columns = usize::from(columns.saturating_sub(2)).max(1);
    let (rows, _) = status(model, facts).rows(&model.widths, columns);
    u16::try_from(rows.len())
        .unwrap_or(STATUS_ROWS_MAX)
        .clamp(1, STATUS_ROWS_MAX)
}
