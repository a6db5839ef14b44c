//! What a disk holds after a power failure, worked out from the shim's journal.
//!
//! Of a file, what was written before its last fsync is there. Of the rest, sector by sector, either is possible, also that a
//! later one is there and an earlier one is not. Of the names in a directory, those of its last fsync are there, and of the
//! changes since then some first ones may be. What a failed fsync was to save is saved by no later one, as the system has
//! forgotten that it is not on the disk; it has to be written again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::journal::{Change, Naming, Record, records};

/// What a disk writes whole or not at all, in bytes.
const SECTOR_BYTES: usize = 512;

/// What the disk loses of what it may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// All of it.
    All,
    /// Each sector or not, as it follows from this number.
    Some(u64),
}

/// What a power failure did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Writes and truncations that no fsync had saved.
    pub(crate) unsaved: usize,
    /// Of these, sectors and truncations that were lost.
    pub(crate) lost: usize,
    /// Changes of names that were lost.
    pub(crate) names_lost: usize,
}

/// Makes of the files in the journal of `own` what the disk holds now, and begins the journal anew.
pub(crate) fn fails(own: &Path, loss: Loss) -> io::Result<Report> {
    let path = own.join("journal");
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Report::default()),
        read => read?,
    };
    let mut names = Histories::new();
    let mut files = Histories::new();
    for (at, record) in records(&bytes) {
        match record {
            Record::Naming(directory, what) => add(&mut names, directory, at, what),
            Record::Change(file, what) => add(&mut files, file, at, what),
            Record::Synced { inode, before } => {
                settle(&mut names, inode, before, State::Saved);
                settle(&mut files, inode, before, State::Saved);
            }
            Record::Lost { inode, before } => settle(&mut files, inode, before, State::Lost),
        }
    }
    let mut disk = Disk {
        dice: match loss {
            Loss::All => None,
            Loss::Some(seed) => Some(Dice(seed)),
        },
        report: Report::default(),
    };
    for (inode, changes) in &files {
        let second_name = own.join(format!("file-{inode}"));
        let file = File::options().read(true).write(true).open(second_name)?;
        disk.lose_bytes(&file, changes)?;
    }
    for changes in names.values() {
        disk.lose_names(own, changes);
    }
    File::create(path)?;
    Ok(disk.report)
}

/// What happened to each inode, in order.
type Histories<T> = BTreeMap<u64, Vec<Step<T>>>;

/// One change, where it stands in the journal, and whether an fsync has saved it.
struct Step<T> {
    at: u64,
    what: T,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Unsaved,
    Saved,
    Lost,
}

fn add<T>(histories: &mut Histories<T>, inode: u64, at: u64, what: T) {
    let state = State::Unsaved;
    let steps = histories.entry(inode).or_default();
    steps.push(Step { at, what, state });
}

/// What became of the changes of one inode that stand before a place in the journal.
fn settle<T>(histories: &mut Histories<T>, inode: u64, before: u64, state: State) {
    for step in histories.get_mut(&inode).into_iter().flatten() {
        if step.at < before && step.state == State::Unsaved {
            step.state = state;
        }
    }
}

fn saved_first<T>(steps: &[Step<T>]) -> usize {
    let saved = steps.iter().take_while(|step| step.state == State::Saved);
    saved.count()
}

struct Disk {
    /// Nothing where all is lost.
    dice: Option<Dice>,
    report: Report,
}

impl Disk {
    fn loses(&mut self) -> bool {
        let loses = self.dice.as_mut().is_none_or(|dice| dice.below(2) == 0);
        self.report.lost += usize::from(loses);
        loses
    }

    /// Takes the file back to before its first change that is not saved, then does the saved ones and some others again.
    fn lose_bytes(&mut self, file: &File, steps: &[Step<Change<'_>>]) -> io::Result<()> {
        let from = saved_first(steps);
        for step in steps.iter().skip(from).rev() {
            step.what.undo(file)?;
        }
        for step in steps.iter().skip(from) {
            let saved = step.state == State::Saved;
            self.report.unsaved += usize::from(!saved);
            match step.what {
                Change::Truncate { length, .. } => {
                    if saved || !self.loses() {
                        file.set_len(length)?;
                    }
                }
                Change::Write { offset, new, .. } => {
                    for (offset, sector) in sectors(offset, new) {
                        if saved || !self.loses() {
                            file.write_all_at(sector, offset)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes names back to what the directory's last fsync saved, or to somewhere between that and now.
    fn lose_names(&mut self, own: &Path, steps: &[Step<Naming>]) {
        let saved = saved_first(steps);
        let kept = match &mut self.dice {
            None => saved,
            Some(dice) => saved + dice.below(steps.len() - saved + 1),
        };
        for step in steps.iter().skip(kept).rev() {
            step.what.undo(own);
            self.report.names_lost += 1;
        }
    }
}

/// A write in parts that a disk writes whole or not at all.
fn sectors(offset: u64, bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let within = usize::try_from(offset).map_or(0, |offset| offset % SECTOR_BYTES);
    let (first, rest) = bytes.split_at(bytes.len().min(SECTOR_BYTES - within));
    let mut at = offset;
    std::iter::once(first)
        .chain(rest.chunks(SECTOR_BYTES))
        .map(move |sector| {
            let place = at;
            at += sector.len() as u64;
            (place, sector)
        })
}

/// Numbers that follow from a seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    /// Below `end`, which is small against 2^64.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % end as u64).unwrap_or(0)
    }
}
