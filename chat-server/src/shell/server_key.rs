//! The file with the server's secret key: made at the first start, then only read.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use protocol::identity::{Identity, PublicKey};

/// The file's name in the data directory.
const FILE: &str = "server.key";

/// Length of the secret, which is all that the file holds.
const SECRET_BYTES: usize = 32;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The system gives no random bytes.
    #[error("cannot make the server's key: {0}")]
    Random(getrandom::Error),
    /// The file cannot be read or written.
    #[error("cannot use the server's key {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file holds something else.
    #[error(
        "the server's key {} is damaged (it must hold {SECRET_BYTES} bytes): put back a copy, or delete it to get a new key, \
         which every client will have to accept", path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

/// A key that ends with the process.
pub(crate) fn random() -> Result<Identity, KeyError> {
    let mut secret = [0; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(KeyError::Random)?;
    Ok(Identity::from_secret(&secret))
}

/// The key of a data directory, made now if there is none. Nobody else may use the directory at the same time.
pub(crate) fn load_or_make(directory: &Path) -> Result<Identity, KeyError> {
    let path = directory.join(FILE);
    if let Some(identity) = load(&path)? {
        return Ok(identity);
    }
    let identity = random()?;
    match store(directory, &path, &identity) {
        Ok(()) => Ok(identity),
        Err(error) => Err(KeyError::File { path, error }),
    }
}

/// The public key of a data directory, where a server was started on it before. Changes nothing, and does not mind a server that runs.
pub fn known_key(directory: &Path) -> Result<Option<PublicKey>, KeyError> {
    let identity = load(&directory.join(FILE))?;
    Ok(identity.map(|identity| identity.public()))
}

/// The key in a file; nothing where there is no file.
fn load(path: &Path) -> Result<Option<Identity>, KeyError> {
    let mut bytes = Vec::with_capacity(SECRET_BYTES + 1);
    let limit = u64::try_from(SECRET_BYTES + 1).unwrap_or(u64::MAX);
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    let path = path.to_owned();
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(KeyError::File { path, error }),
        Ok(_) => {}
    }
    match bytes.try_into() {
        Ok(secret) => Ok(Some(Identity::from_secret(&secret))),
        Err(_) => Err(KeyError::Damaged { path }),
    }
}

/// Under another name first, so that a crash leaves no half a key; a temporary file can be read by its owner alone.
fn store(directory: &Path, path: &Path, identity: &Identity) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(&identity.secret())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stays_and_is_the_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(known_key(directory.path()).unwrap(), None);
        let first = load_or_make(directory.path()).unwrap();
        assert_eq!(known_key(directory.path()).unwrap(), Some(first.public()));
        let again = load_or_make(directory.path()).unwrap();
        assert_eq!(first.public(), again.public());
        let path = directory.path().join(FILE);
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_ne!(random().unwrap().public(), first.public());
    }

    #[test]
    fn a_damaged_key_is_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        for wrong in [31, 33] {
            std::fs::write(&path, vec![1; wrong]).unwrap();
            let error = load_or_make(directory.path()).unwrap_err();
            assert!(matches!(error, KeyError::Damaged { .. }), "{error}");
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        let error = load_or_make(directory.path()).unwrap_err();
        assert!(matches!(error, KeyError::File { .. }), "{error}");
    }
}
