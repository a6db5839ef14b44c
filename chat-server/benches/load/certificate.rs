//! `chat-server` with TLS, by a certificate that is made for the run.

use std::process::Command;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::bench::{chat_command, temporary};
use crate::process::Server;

/// Whether the server of this build speaks TLS.
pub(crate) fn is_spoken() -> bool {
    let help = Command::new(env!("CARGO_BIN_EXE_chat-server"))
        .arg("--help")
        .output();
    help.is_ok_and(|help| String::from_utf8_lossy(&help.stdout).contains("--tls-cert"))
}

/// A server that speaks TLS, and what its clients trust.
pub(crate) fn chat_with_tls() -> (Server, Arc<ClientConfig>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = temporary();
    let (certificate, key) = (files.path().join("cert.pem"), files.path().join("key.pem"));
    std::fs::write(&certificate, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    let mut command = chat_command(files.path());
    command.arg("--tls-cert").arg(certificate);
    command.arg("--tls-key").arg(key);
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Server::announced(&mut command, files), Arc::new(config))
}
