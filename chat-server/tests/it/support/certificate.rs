//! Throw-away certificates, as files and as what a client believes.

use std::sync::Arc;
use std::time::Duration;

use chat_server::config::TlsFiles;
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};

/// A certificate for `localhost` that nobody signed, in files of its own.
pub(crate) struct Certificate {
    directory: TempDir,
    /// The certificate that the files hold, or held before they were spoiled.
    pub(crate) der: CertificateDer<'static>,
}

impl Certificate {
    /// Makes one.
    pub(crate) fn make() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut certificate = Self {
            directory,
            der: CertificateDer::from(Vec::new()),
        };
        certificate.renew();
        certificate
    }

    /// Puts another certificate and key into the files.
    pub(crate) fn renew(&mut self) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let files = self.files();
        std::fs::write(files.key, made.signing_key.serialize_pem()).unwrap();
        std::fs::write(files.certificate, made.cert.pem()).unwrap();
        self.der = made.cert.into();
    }

    /// Where the files are; looked at so often that a test need not wait.
    pub(crate) fn files(&self) -> TlsFiles {
        TlsFiles {
            certificate: self.directory.path().join("cert.pem"),
            key: self.directory.path().join("key.pem"),
            reload_every: Duration::from_millis(20),
        }
    }

    /// What a client needs to believe it.
    pub(crate) fn trust(&self) -> ClientConfig {
        self.trust_in(&[&version::TLS13, &version::TLS12])
    }

    /// As `trust`, for a client of some versions only.
    pub(crate) fn trust_in(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    }
}
