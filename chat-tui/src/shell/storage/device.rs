//! A device: what one running program is to the server, so that no two of a person's programs ever share a seq.
//!
//! It is a locked file; the system gives the lock back when the program ends, however it ends. What one program writes and has not
//! sent lies beside it, so that two terminals of a person keep out of each other's texts.
//!
//! No lock reaches another machine, or another directory of the same machine. So the file holds the number by which the server knows
//! the device, drawn at random when the file was made: two of them are the same once in four thousand million. A file that was copied
//! along with its directory knows that it is a copy, and draws anew.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use protocol::identity::Endpoint;
use protocol::position::PersonId;

use super::journal::Journal;
use super::{Storage, StorageError, atomic};
use crate::session::{Pending, Record};

/// Programs of one person on one server at once; one more does not start.
pub const DEVICES_MAX: u16 = 64;

/// A locked file holds a device's number and its own inode, in decimal.
const LOCK_BYTES_MAX: usize = 64;

/// What a program wants a device for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A screen: what is said is kept until it is sent, and what an earlier screen left is sent first.
    Screen,
    /// A script, which never speaks after its end: nothing is kept, and what a screen left is left to the next screen.
    Script,
}

/// The directory of the devices of all who go by a key that is thrown away; no person's id is written so.
const GUESTS: &str = "guest";

/// A device, for as long as this lives.
#[derive(Debug)]
pub struct Device {
    number: u32,
    journal: Option<Journal>,
    /// Where the drafts and the positions are; nothing where they are not kept.
    pub(super) kept: Option<Kept>,
    _lock: Option<File>,
}

/// Where a device keeps what is its own, and where its person keeps what all devices share.
#[derive(Debug)]
pub(super) struct Kept {
    /// The directory of the device's drafts.
    pub(super) drafts: PathBuf,
    /// The file of the positions that the person has read.
    pub(super) read: PathBuf,
    /// The file of which messages notify the person.
    pub(super) notify: PathBuf,
}

impl Device {
    /// A device without files, for a key that is thrown away: no other program has that key, and nothing of it can be sent later.
    /// Nothing that is written is kept either.
    pub const fn unkept() -> Self {
        Self {
            number: 0,
            journal: None,
            kept: None,
            _lock: None,
        }
    }

    /// Its number, no other device's of the person.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// What is left over in its outbox, in order.
    pub fn pending(&self) -> &[Pending] {
        self.journal
            .as_ref()
            .map(Journal::pending)
            .unwrap_or_default()
    }

    /// Keeps changes of the outbox; they are with the operating system when this returns. After an error the changes are
    /// kept with the next ones, if those can be.
    pub fn save(&mut self, records: &[Record]) -> Result<(), StorageError> {
        match &mut self.journal {
            Some(journal) => journal.save(records),
            None => Ok(()),
        }
    }
}

impl Storage {
    /// Takes the lowest free device of a person on a server: for a screen the lowest one with something left over, if there is one; for a
    /// script the lowest one without.
    pub fn lock_device(
        &self,
        endpoint: &Endpoint,
        person: PersonId,
        purpose: Purpose,
    ) -> Result<Device, StorageError> {
        self.lock(endpoint, &person.to_string(), purpose)
    }

    /// The same for a screen with a key that is thrown away: its drafts are kept, its outbox is not.
    pub fn lock_guest_device(&self, endpoint: &Endpoint) -> Result<Device, StorageError> {
        let device = self.lock(endpoint, GUESTS, Purpose::Screen)?;
        Ok(Device {
            journal: None,
            ..device
        })
    }

    fn lock(
        &self,
        endpoint: &Endpoint,
        owner: &str,
        purpose: Purpose,
    ) -> Result<Device, StorageError> {
        let directory = self.server_state(endpoint).join("devices").join(owner);
        atomic::make_directory(&directory)?;
        let mut lowest = None;
        for slot in 0..DEVICES_MAX {
            let is_new = !lock_path(&directory, slot).exists();
            if is_new && lowest.is_some() {
                // Behind the first one that was never used there is nothing left over.
                break;
            }
            let Some(lock) = try_lock(&directory, slot)? else {
                continue;
            };
            let unsent = Journal::has_left_over(&journal_path(&directory, slot))?;
            match purpose {
                Purpose::Screen if unsent || has_drafts(&directory, slot)? => {
                    return open(&directory, slot, lock, purpose);
                }
                Purpose::Script if !unsent => return open(&directory, slot, lock, purpose),
                Purpose::Screen if lowest.is_none() => lowest = Some((slot, lock)),
                Purpose::Screen | Purpose::Script => {}
            }
        }
        let (slot, lock) = lowest.ok_or(StorageError::AllDevicesBusy)?;
        open(&directory, slot, lock, purpose)
    }
}

fn open(directory: &Path, slot: u16, lock: File, purpose: Purpose) -> Result<Device, StorageError> {
    let path = journal_path(directory, slot);
    let left_over = Journal::has_left_over(&path)?.then_some(slot);
    let number = number(&lock_path(directory, slot), &lock, left_over)?;
    let journal = match purpose {
        Purpose::Screen => Some(Journal::open(&path)?),
        Purpose::Script => None,
    };
    Ok(Device {
        number,
        journal,
        kept: Some(Kept {
            drafts: drafts_path(directory, slot),
            read: directory.join("read.json"),
            notify: directory.join("notify.json"),
        }),
        _lock: Some(lock),
    })
}

/// The number in a locked file; drawn now where there is none, or where the file is a copy of another one.
///
/// What is left over in an outbox stays with the number under which it may have been stored already, also in a copy: the server takes
/// it once, from whichever copy. Where only the outbox is there, it is that of the time when the slot was the number.
fn number(path: &Path, lock: &File, left_over: Option<u16>) -> Result<u32, StorageError> {
    let failed = |error| StorageError::write(path, error);
    let inode = lock.metadata().map_err(failed)?.ino();
    let mut content = String::new();
    let most = u64::try_from(LOCK_BYTES_MAX).unwrap_or(u64::MAX);
    // What is no UTF-8 is no number either.
    drop(lock.take(most).read_to_string(&mut content));
    let kept = content.trim_end().split_once(' ');
    let kept = kept.and_then(|(number, at)| Some((number.parse().ok()?, at.parse::<u64>().ok()?)));
    let number = match (kept, left_over) {
        (Some((number, at)), left_over) if at == inode || left_over.is_some() => return Ok(number),
        (None, Some(slot)) => u32::from(slot),
        (Some(_) | None, _) => getrandom::u32().map_err(StorageError::NoRandom)?,
    };
    lock.set_len(0).map_err(failed)?;
    let mut file = lock;
    let written = writeln!(file, "{number} {inode}");
    // On disk before anything is sent under it.
    written.and_then(|()| lock.sync_all()).map_err(failed)?;
    Ok(number)
}

fn try_lock(directory: &Path, slot: u16) -> Result<Option<File>, StorageError> {
    let path = lock_path(directory, slot);
    let mut options = OpenOptions::new();
    let options = options.create(true).read(true).append(true).mode(0o600);
    let file = options.open(&path);
    let file = file.map_err(|error| StorageError::write(&path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(StorageError::write(&path, error)),
    }
}

fn lock_path(directory: &Path, slot: u16) -> PathBuf {
    directory.join(format!("device-{slot}.lock"))
}

fn has_drafts(directory: &Path, slot: u16) -> Result<bool, StorageError> {
    Ok(!atomic::list(&drafts_path(directory, slot))?.is_empty())
}

fn drafts_path(directory: &Path, slot: u16) -> PathBuf {
    directory.join(format!("device-{slot}.drafts"))
}

fn journal_path(directory: &Path, slot: u16) -> PathBuf {
    directory.join(format!("device-{slot}.outbox"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use protocol::names::{MessageText, RoomName};
    use protocol::position::Address;
    use protocol::request::SendKind;

    use super::*;
    use crate::session::{Body, LocalId, State};

    fn person(byte: u8) -> PersonId {
        PersonId::from_bytes([byte; 16])
    }

    fn endpoint() -> Endpoint {
        Endpoint::new("localhost", 1).unwrap()
    }

    fn queued(local: u64) -> Record {
        Record::Queued(Box::new(Pending {
            local: LocalId(local),
            room: Address::Room(RoomName::new("a").unwrap()),
            body: Body::Text {
                kind: SendKind::Message,
                text: MessageText::new("x".to_owned()).unwrap(),
                reply_to: None,
            },
            time: 0,
            seq: None,
            state: State::Waiting,
        }))
    }

    #[test]
    fn two_programs_never_share_a_device() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let lock = |byte, purpose| {
            storage
                .lock_device(&endpoint(), person(byte), purpose)
                .unwrap()
        };
        let first = lock(1, Purpose::Screen);
        let second = lock(1, Purpose::Script);
        let third = lock(1, Purpose::Screen);
        let numbers = [first.number(), second.number(), third.number()];
        assert_eq!(BTreeSet::from(numbers).len(), 3);
        assert!(
            !numbers.contains(&lock(2, Purpose::Screen).number()),
            "another person's devices are others"
        );
        drop(second);
        let again = lock(1, Purpose::Screen);
        assert_eq!(again.number(), numbers[1], "a number stays");
    }

    #[test]
    fn a_directory_that_was_copied_has_other_devices_once_nothing_is_left_over() {
        let directory = tempfile::tempdir().unwrap();
        let [here, there] = ["here", "there"].map(|name| directory.path().join(name));
        let lock = |at: &Path| {
            Storage::at(at)
                .lock_device(&endpoint(), person(1), Purpose::Screen)
                .unwrap()
        };
        let mut first = lock(&here);
        first.save(&[queued(1)]).unwrap();
        let copied = std::process::Command::new("cp")
            .arg("-r")
            .args([&here, &there])
            .status();
        assert!(copied.unwrap().success());
        let mut copy = lock(&there);
        assert_eq!(
            copy.number(),
            first.number(),
            "for what may be stored already"
        );
        assert_eq!(copy.pending().len(), 1);
        copy.save(&[Record::Settled { local: LocalId(1) }]).unwrap();
        drop(copy);
        let own = lock(&there).number();
        assert_ne!(own, first.number());
        assert_eq!(lock(&there).number(), own);
    }

    #[test]
    fn an_outbox_without_a_number_is_that_of_its_slot() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let lock = || {
            storage
                .lock_device(&endpoint(), person(1), Purpose::Screen)
                .unwrap()
        };
        let (zero, mut one) = (lock(), lock());
        one.save(&[queued(1)]).unwrap();
        drop((zero, one));
        let devices = storage.server_state(&endpoint()).join("devices");
        let file = lock_path(&devices.join(person(1).to_string()), 1);
        std::fs::write(file, "").unwrap();
        for _ in 0..2 {
            let one = lock();
            assert_eq!((one.number(), one.pending().len()), (1, 1));
        }
    }

    #[test]
    fn what_a_screen_left_is_for_the_next_screen_only() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let lock = |purpose| {
            storage
                .lock_device(&endpoint(), person(1), purpose)
                .unwrap()
        };
        let zero = lock(Purpose::Screen);
        let mut one = lock(Purpose::Screen);
        let (lower, higher) = (zero.number(), one.number());
        one.save(&[queued(1), queued(2)]).unwrap();
        drop(one);
        drop(zero);
        let script = lock(Purpose::Script);
        assert_eq!((script.number(), script.pending().len()), (lower, 0));
        drop(script);
        let screen = lock(Purpose::Screen);
        assert_eq!((screen.number(), screen.pending().len()), (higher, 2));
        let next = lock(Purpose::Screen);
        assert_eq!((next.number(), next.pending().len()), (lower, 0));
    }

    #[test]
    fn a_script_steps_over_what_is_left_and_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let lock = |purpose| {
            storage
                .lock_device(&endpoint(), person(1), purpose)
                .unwrap()
        };
        let mut screen = lock(Purpose::Screen);
        let lowest = screen.number();
        screen.save(&[queued(1)]).unwrap();
        drop(screen);
        let mut script = lock(Purpose::Script);
        assert_ne!(script.number(), lowest);
        script.save(&[queued(1)]).unwrap();
        drop(script);
        assert_eq!(lock(Purpose::Script).pending().len(), 0);
        assert_eq!(lock(Purpose::Screen).number(), lowest);
    }

    #[test]
    fn a_screen_takes_the_device_whose_draft_was_left() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let room = Address::Room(RoomName::new("a").unwrap());
        let lock = || storage.lock_device(&endpoint(), person(1), Purpose::Screen);
        let zero = lock().unwrap();
        let one = lock().unwrap();
        let (lower, higher) = (zero.number(), one.number());
        one.save_draft(&room, &"left".into()).unwrap();
        drop((zero, one));
        let script = storage.lock_device(&endpoint(), person(1), Purpose::Script);
        assert_eq!(script.unwrap().number(), lower);
        let next = lock().unwrap();
        assert_eq!(next.number(), higher);
        assert_eq!(next.drafts().unwrap().get(&room).unwrap().text, "left");
        assert!(lock().unwrap().drafts().unwrap().is_empty());
    }

    #[test]
    fn guests_keep_drafts_and_no_outbox() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let room = Address::Room(RoomName::new("a").unwrap());
        let mut guest = storage.lock_guest_device(&endpoint()).unwrap();
        guest.save_draft(&room, &"left".into()).unwrap();
        guest.save(&[queued(1)]).unwrap();
        drop(guest);
        let next = storage.lock_guest_device(&endpoint()).unwrap();
        assert_eq!(next.drafts().unwrap().get(&room).unwrap().text, "left");
        assert!(next.pending().is_empty());
        let unkept = Device::unkept();
        unkept.save_draft(&room, &"x".into()).unwrap();
        assert!(unkept.drafts().unwrap().is_empty());
    }

    #[test]
    fn devices_are_bounded() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let lock = || storage.lock_device(&endpoint(), person(1), Purpose::Script);
        let all: Vec<_> = (0..DEVICES_MAX).map(|_| lock().unwrap()).collect();
        let refused = lock();
        assert!(matches!(refused, Err(StorageError::AllDevicesBusy)));
        drop(all);
        assert!(lock().is_ok());
    }
}
