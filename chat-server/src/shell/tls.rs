//! The server's certificate: loaded at the start, looked at again while it runs. Connections that are open keep what they began with.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::NoServerSessionStorage;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_util::sync::CancellationToken;

/// How often the files are looked at for a change.
pub const RELOAD_EVERY: Duration = Duration::from_secs(10);

/// Where the certificate and its key are, both in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, and after it those that lead to a root.
    pub certificate: PathBuf,
    /// The key of the first of them.
    pub key: PathBuf,
    /// How often both are looked at for a change; [`RELOAD_EVERY`] unless a test is in a hurry.
    pub reload_every: Duration,
}

/// Why a certificate cannot be used; each is one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not there or may not be read.
    #[error(
        "cannot read {}: {error}; name a file in PEM that this program may read", path.display()
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file is no PEM, or not of what it should hold.
    #[error(
        "{} holds no {what} in PEM ({error}); certbot's files for this are fullchain.pem and privkey.pem", path.display()
    )]
    Content {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// Why.
        error: pem::Error,
    },
    /// The key belongs to another certificate.
    #[error(
        "the key in {} does not belong to the first certificate in {}; name files that were made together",
        key.display(), certificate.display()
    )]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// The certificate or key is of a kind that is not spoken here.
    #[error(
        "the certificate in {} or its key cannot be used ({error}); have them made anew", certificate.display()
    )]
    Unusable {
        /// The certificate's file.
        certificate: PathBuf,
        /// Why.
        error: rustls::Error,
    },
}

/// What new connections are encrypted with.
pub(crate) type Current = watch::Receiver<Arc<ServerConfig>>;

/// Keeps what is loaded in step with the files.
#[derive(Debug)]
pub(crate) struct Keeper {
    files: TlsFiles,
    /// The files as they were before they were last read, whether that went well or not.
    seen: Stamp,
    current: watch::Sender<Arc<ServerConfig>>,
    /// Asks for a look at once.
    reload: Arc<Notify>,
}

impl Keeper {
    /// Loads the files. Blocks on the disk.
    pub(crate) fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let seen = Stamp::of(&files);
        let config = load(&files)?;
        let (current, _) = watch::channel(config);
        Ok(Self {
            files,
            seen,
            current,
            reload: Arc::default(),
        })
    }

    /// What new connections are to use, now and after each change.
    pub(crate) fn current(&self) -> Current {
        self.current.subscribe()
    }

    /// What asks for a look at once, and takes the files in whether they look changed or not.
    pub(crate) fn reload(&self) -> Arc<Notify> {
        Arc::clone(&self.reload)
    }

    /// Looks at the files until the stop.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        loop {
            let asked = tokio::select! {
                () = stop.cancelled() => return,
                () = self.reload.notified() => true,
                () = sleep(self.files.reload_every) => false,
            };
            // The disk may hang, and this task is then to be left behind with it.
            let files = self.files.clone();
            let seen = self.seen.clone();
            let look = spawn_blocking(move || look(&files, &seen, asked));
            let looked = tokio::select! {
                () = stop.cancelled() => return,
                looked = look => looked,
            };
            if let Ok(Some((stamp, loaded))) = looked {
                self.seen = stamp;
                self.take(loaded);
            }
        }
    }

    fn take(&self, loaded: Result<Arc<ServerConfig>, TlsError>) {
        match loaded {
            Ok(config) => {
                self.current.send_replace(config);
                let certificate = self.files.certificate.display();
                tracing::info!(%certificate, "new connections get the certificate that is there now");
            }
            Err(error) => {
                tracing::error!(%error, "the certificate was not taken in, and the one before stays in use");
            }
        }
    }
}

/// The files as they are now and what they hold, where they have changed or somebody asked.
fn look(
    files: &TlsFiles,
    seen: &Stamp,
    asked: bool,
) -> Option<(Stamp, Result<Arc<ServerConfig>, TlsError>)> {
    // Before they are read: a change while they are read shows at the next look.
    let stamp = Stamp::of(files);
    (asked || stamp != *seen).then(|| (stamp, load(files)))
}

/// How two files looked from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp([Option<[i64; 4]>; 2]);

impl Stamp {
    fn of(files: &TlsFiles) -> Self {
        let stamp = |path: &Path| {
            std::fs::metadata(path)
                .ok()
                .map(|about| Self::parts(&about))
        };
        Self([stamp(&files.certificate), stamp(&files.key)])
    }

    /// The inode too, as certbot puts new files behind the same names.
    fn parts(about: &Metadata) -> [i64; 4] {
        let number = |value: u64| value.cast_signed();
        [
            about.mtime(),
            about.mtime_nsec(),
            number(about.size()),
            number(about.ino()),
        ]
    }
}

fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let TlsFiles {
        certificate, key, ..
    } = files;
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .and_then(|chain| {
            if chain.is_empty() {
                Err(pem::Error::NoItemsFound)
            } else {
                Ok(chain)
            }
        })
        .map_err(|error| TlsError::of(certificate, "certificate", error))?;
    let secret = PrivateKeyDer::from_pem_file(key);
    let secret = secret.map_err(|error| TlsError::of(key, "private key", error))?;
    let unusable = |error| {
        let certificate = certificate.clone();
        if matches!(error, rustls::Error::InconsistentKeys(_)) {
            let key = key.clone();
            TlsError::Mismatch { certificate, key }
        } else {
            TlsError::Unusable { certificate, error }
        }
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A connection lasts for hours; resuming one would save little, and would keep something for clients that are gone.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

impl TlsError {
    fn of(path: &Path, what: &'static str, error: pem::Error) -> Self {
        let path = path.to_owned();
        if let pem::Error::Io(error) = error {
            Self::Read { path, error }
        } else {
            Self::Content { path, what, error }
        }
    }
}
