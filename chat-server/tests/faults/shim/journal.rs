//! The journal that `shim.c` writes: what changed in files and directories, and what was saved of it, in order.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// What stands before the bytes of a record: kind, inode, two numbers and two lengths.
const HEAD_BYTES: usize = 6 * 8;

/// One record.
#[derive(Debug)]
pub(super) enum Record<'a> {
    /// The bytes of the file with that inode changed.
    Change(u64, Change<'a>),
    /// The names in the directory with that inode changed.
    Naming(u64, Naming),
    /// An fsync saved what stands before this place in the journal.
    Synced { inode: u64, before: u64 },
    /// An fsync of it failed.
    Lost { inode: u64, before: u64 },
}

/// A change of a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change<'a> {
    Write {
        offset: u64,
        length_before: u64,
        old: &'a [u8],
        new: &'a [u8],
    },
    Truncate {
        length: u64,
        length_before: u64,
        old: &'a [u8],
    },
}

/// A change of names. What it took a name from is kept under a number, 0 for nothing.
#[derive(Debug)]
pub(super) enum Naming {
    Create(PathBuf),
    CreateDirectory(PathBuf),
    Rename {
        from: PathBuf,
        to: PathBuf,
        kept: u64,
    },
    Unlink {
        path: PathBuf,
        kept: u64,
    },
}

/// The records with their places. A last one that is cut off was never acted on.
pub(super) fn records(mut rest: &[u8]) -> impl Iterator<Item = (u64, Record<'_>)> {
    let whole = rest.len();
    std::iter::from_fn(move || {
        let at = (whole - rest.len()) as u64;
        let (head, body) = rest.split_at_checked(HEAD_BYTES)?;
        let mut numbers = head.chunks_exact(8).map(|bytes| {
            let bytes = bytes.try_into().unwrap_or_default();
            u64::from_ne_bytes(bytes)
        });
        let mut number = || numbers.next().unwrap_or(0);
        let (kind, inode, a, b) = (number(), number(), number(), number());
        let (old, body) = body.split_at_checked(usize::try_from(number()).ok()?)?;
        let (new, body) = body.split_at_checked(usize::try_from(number()).ok()?)?;
        rest = body;
        Some((at, record(kind, inode, (a, b), (old, new))))
    })
}

fn record<'a>(
    kind: u64,
    inode: u64,
    (a, b): (u64, u64),
    (old, new): (&'a [u8], &'a [u8]),
) -> Record<'a> {
    let path = |bytes| PathBuf::from(OsStr::from_bytes(bytes));
    match kind {
        1 => Record::Change(
            inode,
            Change::Write {
                offset: a,
                length_before: b,
                old,
                new,
            },
        ),
        2 => Record::Change(
            inode,
            Change::Truncate {
                length: a,
                length_before: b,
                old,
            },
        ),
        3 => Record::Synced { inode, before: a },
        4 => Record::Lost { inode, before: a },
        5 => Record::Naming(inode, Naming::Create(path(old))),
        6 => Record::Naming(
            inode,
            Naming::Rename {
                from: path(old),
                to: path(new),
                kept: a,
            },
        ),
        7 => Record::Naming(
            inode,
            Naming::Unlink {
                path: path(old),
                kept: a,
            },
        ),
        8 => Record::Naming(inode, Naming::CreateDirectory(path(old))),
        other => panic!("shim.c wrote a record of kind {other}, which is not known here"),
    }
}

impl Change<'_> {
    /// Takes it back; all later changes are taken back already.
    pub(super) fn undo(&self, file: &File) -> io::Result<()> {
        let (at, length_before, old) = match *self {
            Change::Write {
                offset,
                length_before,
                old,
                ..
            } => (offset, length_before, old),
            Change::Truncate {
                length,
                length_before,
                old,
            } => (length, length_before, old),
        };
        file.write_all_at(old, at)?;
        file.set_len(length_before)
    }
}

impl Naming {
    /// Takes it back; all later ones are taken back already. A name that is not there was changed behind the shim's back, and stays so.
    pub(super) fn undo(&self, own: &Path) {
        let put_back = |kept: u64, path: &Path| match kept {
            0 => Ok(()),
            number => fs::hard_link(own.join(format!("kept-{number}")), path),
        };
        let undone = match self {
            Self::Create(path) => fs::remove_file(path),
            Self::CreateDirectory(path) => fs::remove_dir_all(path),
            Self::Rename { from, to, kept } => {
                fs::rename(to, from).and_then(|()| put_back(*kept, to))
            }
            Self::Unlink { path, kept } => put_back(*kept, path),
        };
        match undone {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                panic!("cannot take back {self:?}: {error}")
            }
            Ok(()) | Err(_) => {}
        }
    }
}
