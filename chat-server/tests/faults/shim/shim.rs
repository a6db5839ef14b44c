//! A disk and a wall clock that misbehave on demand, between one program and the system.
//!
//! [`Shim`] loads a small C library (`shim.c`) into the program by `LD_PRELOAD`. What it does is changed while the program runs; faults hit
//! only files below one directory. It keeps a journal of every change, from which [`Shim::power_fails`] makes of the files
//! what a disk would have held.
//!
//! Of Linux only. It sees no raw system call, and no store through shared memory; `shim.c` says which of these there are.

mod journal;
mod power;

use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

pub(crate) use power::{Loss, Report};

/// Places in the control file, in bytes; `shim.c` maps the same.
mod place {
    pub(super) const WRITES: u64 = 0;
    pub(super) const SYNCS: u64 = 8;
    pub(super) const ROOM: u64 = 16;
    pub(super) const DELAY_MS: u64 = 24;
    pub(super) const CLOCK_MS: u64 = 32;
    pub(super) const BITES: u64 = 40;
    pub(super) const SYNCS_MADE: u64 = 48;
    pub(super) const ONLY: u64 = 56;
    pub(super) const ROOT: u64 = ONLY + super::ONLY_BYTES_MAX;
    pub(super) const END: u64 = ROOT + super::ROOT_BYTES_MAX;
}

/// The longest end of a name, with its NUL.
const ONLY_BYTES_MAX: u64 = 64;

/// The longest path of a data directory, with its NUL.
const ROOT_BYTES_MAX: u64 = 1024;

/// What the disk does; one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// What it should.
    Pass,
    /// Files grow by so many bytes in all, and then the disk is full (ENOSPC). What is there can be written over.
    Room(u32),
    /// Every write finds the disk full, as on a file system that never writes in place.
    Full,
    /// Every write fails (EIO) and does nothing.
    WritesFail,
    /// Every write fails (EIO) and is done all the same.
    WritesFailAfterwards,
    /// Every write does half of what it is asked for.
    ShortWrites,
    /// One fsync fails (EIO), and what it was to save never reaches the disk; then all is as it should be.
    SyncFailsOnce,
    /// Every fsync fails (EIO).
    SyncsFail,
    /// Every fsync is reported as good and saves nothing, as if the program had not asked for it.
    SyncsLie,
    /// Every fsync takes so much longer.
    SlowSync(Duration),
}

/// The library's face towards one data directory. Its own files stand in a directory beside, and stay when it is dropped.
#[derive(Debug)]
pub(crate) struct Shim {
    /// Holds `control`, `journal` and the second names of files.
    own: PathBuf,
    control: File,
}

impl Shim {
    /// For the files below `root`, which need not be there yet; its own directory is `root` with `.shim` behind.
    pub(crate) fn new(root: &Path) -> io::Result<Self> {
        let mut own = root.as_os_str().to_owned();
        own.push(".shim");
        let own = PathBuf::from(own);
        fs::create_dir_all(&own)?;
        let control = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(own.join("control"))?;
        control.set_len(place::END)?;
        let shim = Self { own, control };
        let root = std::path::absolute(root)?;
        shim.put_text(place::ROOT, ROOT_BYTES_MAX, root.as_os_str().as_bytes())?;
        shim.set(Mode::Pass)?;
        Ok(shim)
    }

    /// Lets `command` start its program with the library in it.
    pub(crate) fn apply(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", library())
            .env("CHAT_SHIM", &self.own);
    }

    /// What the disk does from the next call on, to every file below the root.
    pub(crate) fn set(&self, mode: Mode) -> io::Result<()> {
        self.set_only(mode, "")
    }

    /// As `set`, for files and directories whose path ends with `only`.
    pub(crate) fn set_only(&self, mode: Mode, only: &str) -> io::Result<()> {
        let (mut writes, mut syncs, mut room, mut delay_ms) = (0, 0, -1, 0);
        match mode {
            Mode::Pass => {}
            Mode::Room(bytes) => room = i64::from(bytes),
            Mode::Full => writes = 1,
            Mode::WritesFail => writes = 2,
            Mode::WritesFailAfterwards => writes = 3,
            Mode::ShortWrites => writes = 4,
            Mode::SyncFailsOnce => syncs = 1,
            Mode::SyncsFail => syncs = 2,
            Mode::SyncsLie => syncs = 3,
            Mode::SlowSync(delay) => {
                delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
            }
        }
        self.put_text(place::ONLY, ONLY_BYTES_MAX, only.as_bytes())?;
        self.put(place::WRITES, writes)?;
        self.put(place::SYNCS, syncs)?;
        self.put(place::ROOM, room)?;
        self.put(place::DELAY_MS, delay_ms)
    }

    /// Sets the wall clock off by so many milliseconds, from the next look at it on. Clocks that only count are left alone.
    pub(crate) fn set_clock(&self, off_by_ms: i64) -> io::Result<()> {
        self.put(place::CLOCK_MS, off_by_ms)
    }

    /// How many faults there were so far.
    pub(crate) fn bites(&self) -> io::Result<u64> {
        self.get(place::BITES)
    }

    /// How many fsyncs went well so far.
    pub(crate) fn syncs(&self) -> io::Result<u64> {
        self.get(place::SYNCS_MADE)
    }

    /// Makes of the files what the disk holds when the power fails now. The program must have ended before, by a kill.
    pub(crate) fn power_fails(&self, loss: Loss) -> io::Result<Report> {
        power::fails(&self.own, loss)
    }

    fn put(&self, at: u64, value: i64) -> io::Result<()> {
        self.control.write_all_at(&value.to_ne_bytes(), at)
    }

    fn get(&self, at: u64) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.control.read_exact_at(&mut bytes, at)?;
        Ok(u64::from_ne_bytes(bytes))
    }

    fn put_text(&self, at: u64, limit: u64, text: &[u8]) -> io::Result<()> {
        let mut bytes = text.to_vec();
        bytes.push(0);
        if bytes.len() as u64 > limit {
            return Err(io::Error::other(
                "a path is too long for the shim: use a shorter directory",
            ));
        }
        self.control.write_all_at(&bytes, at)
    }
}

/// The library, built once in this process by the C compiler that builds the database too.
fn library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let path = directory.join("shim.so");
        // Under another name first, as other test programs may be using or building it.
        let draft = directory.join(format!("shim-{}.so", std::process::id()));
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/shim/shim.c");
        let status = Command::new("cc")
            .args([
                "-std=gnu11",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-shared",
                "-fPIC",
                "-pthread",
                "-o",
            ])
            .arg(&draft)
            .args([source, "-ldl"])
            .status();
        assert!(
            status.as_ref().is_ok_and(std::process::ExitStatus::success),
            "cannot build {source} with cc ({status:?}): install a C compiler"
        );
        let renamed = fs::rename(&draft, &path);
        assert!(
            renamed.is_ok(),
            "cannot put {} in place: {renamed:?}",
            path.display()
        );
        path
    })
}
