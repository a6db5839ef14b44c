//! A device: what one running program is to the server, so that no two of a person's programs ever share a seq.
//!
//! It is a locked file; the system gives the lock back when the program ends, however it ends. What one program writes and has not
//! sent lies beside it, so that two terminals of a person keep out of each other's texts.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use protocol::identity::Endpoint;
use protocol::position::PersonId;

use super::journal::Journal;
use super::{Storage, StorageError, atomic};
use crate::session::{Pending, Record};

/// Programs of one person on one server at once; one more does not start.
pub const DEVICES_MAX: u16 = 64;

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
    number: u16,
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

    /// Its number.
    pub const fn number(&self) -> u16 {
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
        for number in 0..DEVICES_MAX {
            let is_new = !lock_path(&directory, number).exists();
            if is_new && lowest.is_some() {
                // Behind the first one that was never used there is nothing left over.
                break;
            }
            let Some(lock) = try_lock(&directory, number)? else {
                continue;
            };
            let unsent = Journal::has_left_over(&journal_path(&directory, number))?;
            match purpose {
                Purpose::Screen if unsent || has_drafts(&directory, number)? => {
                    return open(&directory, number, lock, purpose);
                }
                Purpose::Script if !unsent => return open(&directory, number, lock, purpose),
                Purpose::Screen if lowest.is_none() => lowest = Some((number, lock)),
                Purpose::Screen | Purpose::Script => {}
            }
        }
        let (number, lock) = lowest.ok_or(StorageError::AllDevicesBusy)?;
        open(&directory, number, lock, purpose)
    }
}

fn open(
    directory: &Path,
    number: u16,
    lock: File,
    purpose: Purpose,
) -> Result<Device, StorageError> {
    let journal = match purpose {
        Purpose::Screen => Some(Journal::open(&journal_path(directory, number))?),
        Purpose::Script => None,
    };
    Ok(Device {
        number,
        journal,
        kept: Some(Kept {
            drafts: drafts_path(directory, number),
            read: directory.join("read.json"),
        }),
        _lock: Some(lock),
    })
}

fn try_lock(directory: &Path, number: u16) -> Result<Option<File>, StorageError> {
    let path = lock_path(directory, number);
    let mut options = OpenOptions::new();
    let file = options.create(true).append(true).mode(0o600).open(&path);
    let file = file.map_err(|error| StorageError::write(&path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(StorageError::write(&path, error)),
    }
}

fn lock_path(directory: &Path, number: u16) -> PathBuf {
    directory.join(format!("device-{number}.lock"))
}

fn has_drafts(directory: &Path, number: u16) -> Result<bool, StorageError> {
    Ok(!atomic::list(&drafts_path(directory, number))?.is_empty())
}

fn drafts_path(directory: &Path, number: u16) -> PathBuf {
    directory.join(format!("device-{number}.drafts"))
}

fn journal_path(directory: &Path, number: u16) -> PathBuf {
    directory.join(format!("device-{number}.outbox"))
}

#[cfg(test)]
mod tests {
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
        assert_eq!([first.number(), second.number(), third.number()], [0, 1, 2]);
        assert_eq!(
            lock(2, Purpose::Screen).number(),
            0,
            "another person's devices are others"
        );
        drop(second);
        assert_eq!(lock(1, Purpose::Screen).number(), 1);
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
        one.save(&[queued(1), queued(2)]).unwrap();
        drop(one);
        drop(zero);
        let script = lock(Purpose::Script);
        assert_eq!((script.number(), script.pending().len()), (0, 0));
        drop(script);
        let screen = lock(Purpose::Screen);
        assert_eq!((screen.number(), screen.pending().len()), (1, 2));
        let next = lock(Purpose::Screen);
        assert_eq!((next.number(), next.pending().len()), (0, 0));
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
        screen.save(&[queued(1)]).unwrap();
        drop(screen);
        let mut script = lock(Purpose::Script);
        assert_eq!(script.number(), 1);
        script.save(&[queued(1)]).unwrap();
        drop(script);
        assert_eq!(lock(Purpose::Script).pending().len(), 0);
        assert_eq!(lock(Purpose::Screen).number(), 0);
    }

    #[test]
    fn a_screen_takes_the_device_whose_draft_was_left() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let room = Address::Room(RoomName::new("a").unwrap());
        let lock = || storage.lock_device(&endpoint(), person(1), Purpose::Screen);
        let zero = lock().unwrap();
        let one = lock().unwrap();
        one.save_draft(&room, "left").unwrap();
        drop((zero, one));
        let script = storage.lock_device(&endpoint(), person(1), Purpose::Script);
        assert_eq!(script.unwrap().number(), 0);
        let next = lock().unwrap();
        assert_eq!(next.number(), 1);
        assert_eq!(next.drafts().unwrap().get(&room).unwrap(), "left");
        assert!(lock().unwrap().drafts().unwrap().is_empty());
    }

    #[test]
    fn guests_keep_drafts_and_no_outbox() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let room = Address::Room(RoomName::new("a").unwrap());
        let mut guest = storage.lock_guest_device(&endpoint()).unwrap();
        guest.save_draft(&room, "left").unwrap();
        guest.save(&[queued(1)]).unwrap();
        drop(guest);
        let next = storage.lock_guest_device(&endpoint()).unwrap();
        assert_eq!(next.drafts().unwrap().get(&room).unwrap(), "left");
        assert!(next.pending().is_empty());
        let unkept = Device::unkept();
        unkept.save_draft(&room, "x").unwrap();
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
