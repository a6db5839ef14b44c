//! Whose certificates are believed on `wss://`, and what is to be done where one is not.

use std::io;
use std::path::{Path, PathBuf};

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::{self, CertificateError, RootCertStore};

/// Whose certificates are believed on `wss://`.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Those of the system.
    System,
    /// Only these and what they signed: who names them has no need for anybody else's word.
    Only(Vec<CertificateDer<'static>>),
}

/// Why a file of certificates cannot be used; each is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// It is not there or may not be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is no PEM, or holds no certificate.
    #[error("{} holds no certificate in PEM ({error})", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Why.
        error: pem::Error,
    },
}

impl Trust {
    /// The certificates of a file.
    pub fn file(path: &Path) -> Result<Self, TrustError> {
        let read = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .and_then(|found| {
                if found.is_empty() {
                    Err(pem::Error::NoItemsFound)
                } else {
                    Ok(found)
                }
            });
        read.map(Self::Only).map_err(|error| {
            let path = path.to_owned();
            if let pem::Error::Io(error) = error {
                TrustError::Read { path, error }
            } else {
                TrustError::Content { path, error }
            }
        })
    }

    /// What a server's certificate is checked with. Of the system's that is many small files, so it blocks.
    pub(super) fn roots(self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        let certificates = match self {
            // A certificate that cannot be read is left out; the server's is refused then if it needs that one.
            Self::System => rustls_native_certs::load_native_certs().certs,
            Self::Only(certificates) => certificates,
        };
        roots.add_parsable_certificates(certificates);
        roots
    }
}

/// A certificate of nobody's.
pub(super) const UNBELIEVED: &str = "its certificate is signed by nobody that is believed here; if it is made by its owner, get it from there and name it with --ca FILE";

/// A certificate of another kind.
pub(super) const FOR_SIGNING: &str = "its certificate is one for signing others and not for a server; its owner can make one with basicConstraints=CA:FALSE";

/// Something else than TLS.
pub(super) const NO_TLS: &str =
    "no TLS is spoken there; an address without encryption begins with ws://";

/// Why the two sides found no encryption, for people, with what to do where that is known.
pub(super) fn why_no_tls(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        // The last two: one that is believed here has the issuer's name, and did not sign it.
        Some(rustls::Error::InvalidCertificate(
            CertificateError::UnknownIssuer
            | CertificateError::BadSignature
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. },
        )) => {
            UNBELIEVED.to_owned()
        }
        Some(rustls::Error::InvalidCertificate(CertificateError::Other(other)))
            // It is handed on without its type.
            if format!("{other:?}").contains("CaUsedAsEndEntity") =>
        {
            FOR_SIGNING.to_owned()
        }
        Some(rustls::Error::InvalidMessage(_)) => {
            NO_TLS.to_owned()
        }
        Some(_) | None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: CertificateError, says: &str) {
        let error = io::Error::other(rustls::Error::InvalidCertificate(error));
        let why = why_no_tls(&error);
        assert!(why.contains(says), "{why}");
    }

    #[test]
    fn a_certificate_that_is_not_believed_says_what_to_do() {
        check(CertificateError::UnknownIssuer, "--ca FILE");
        check(CertificateError::BadSignature, "--ca FILE");
        check(CertificateError::Expired, "Expired");
    }
}
