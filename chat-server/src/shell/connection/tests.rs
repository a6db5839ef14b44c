use std::time::Duration;

use protocol::identity::Identity;
use protocol::limits::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::*;
use crate::config::{Names, Timing};
use crate::shell::gate::{Gate, Room};
use crate::shell::proxies::Proxies;
use crate::shell::testing::pair;

/// A hang shows as a failure; nothing here comes near it.
const PATIENCE: Duration = Duration::from_secs(10);

fn size_of_future<A, B, C, D, F>(_: impl Fn(A, B, C, D) -> F) -> usize {
    size_of::<F>()
}

/// Thousands of connections idle in these, so a change that makes them much larger is to be seen.
#[test]
fn an_idle_connection_is_small() {
    assert!(size_of_future(serve) <= 1024);
    assert!(size_of::<Connection>() <= 1024);
}

/// Facts with which nothing is due while a test runs.
fn facts() -> Facts {
    let limits = Limits {
        heartbeat_ms: 600_000,
        hello_ms: 600_000,
        ..Limits::default()
    };
    Facts {
        timing: Timing::from(&limits),
        limits,
        origins: Vec::new(),
        proxies: Proxies::default(),
        identity: Identity::from_secret(&[1; 32]),
        names: Names::default(),
        closed: crate::shell::tally::Closed::default(),
        template: std::sync::OnceLock::new(),
    }
}

/// As `pair`, with TLS.
async fn tls_pair() -> (
    tokio_rustls::client::TlsStream<TcpStream>,
    tokio_rustls::server::TlsStream<TcpStream>,
) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate: CertificateDer<'static> = made.cert.into();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = || Arc::new(ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let (to, from) = pair().await;
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::new(client));
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let (client, server) = tokio::join!(connector.connect(name, to), acceptor.accept(from));
    (client.unwrap(), server.unwrap())
}

#[tokio::test]
async fn what_tls_took_and_the_system_did_not_is_waited_for() {
    let (mut client, server) = tls_pair().await;
    let outbox = Outbox::new(server.into(), 64 * 1024);
    outbox.push(vec![b'x'; 16 * 1024].into());
    outbox.flush();
    assert_eq!(outbox.load().bytes, 0, "it is encrypted and waits there");
    // Nothing more is taken before that, so no more than one record waits there.
    outbox.push(vec![b'y'; 1].into());
    outbox.flush();
    assert_eq!(outbox.load().bytes, 1);
    let writing = async {
        while outbox.load().bytes > 0 || !outbox.look().progressed {
            poll_fn(|cx| outbox.poll_write_ready(cx)).await;
            outbox.look();
        }
        poll_fn(|cx| outbox.poll_hang_up(cx)).await
    };
    let mut came = Vec::new();
    let both = async { tokio::join!(writing, client.read_to_end(&mut came)) };
    let (written, read) = timeout(PATIENCE, both).await.unwrap();
    written.unwrap();
    read.unwrap();
    assert_eq!(came.len(), 16 * 1024 + 1);
    assert_eq!((came[16 * 1024 - 1], came[16 * 1024]), (b'x', b'y'));
}

/// A connection that is served, and what it tells the hub.
async fn serve_on(socket: Socket) -> (JoinSet<()>, mpsc::Receiver<ToHub>, Arc<Outbox>) {
    let address = socket.local_addr().unwrap().ip();
    let facts = Arc::new(facts());
    let gate = Gate::new(Room::new(&facts.limits, 100, false));
    let (ticket, _) = gate.enter(address, false, clock::now()).unwrap();
    let (hub, mut inbox) = mpsc::channel(4);
    let upgraded = Upgraded {
        socket,
        read: Bytes::new(),
        client: address,
        ticket,
    };
    let mut serving = JoinSet::new();
    serving.spawn(serve(ConnId(1), upgraded, facts, hub));
    let Some(ToHub::Connected { outbox, .. }) = inbox.recv().await else {
        panic!("no connection");
    };
    (serving, inbox, outbox)
}

#[tokio::test]
async fn the_last_record_is_written_out_though_nothing_else_happens() {
    let (mut client, server) = tls_pair().await;
    let (mut serving, _inbox, outbox) = serve_on(server.into()).await;
    // No byte of the greeting.
    let frames = Bytes::from(vec![0xff; 16 * 1024]);
    for _ in 0..8 {
        outbox.push(frames.clone());
    }
    outbox.flush();
    let mut came = 0;
    let mut part = vec![0; 1024];
    while came < 8 * frames.len() {
        let read = timeout(PATIENCE, client.read(&mut part)).await;
        let read = read.unwrap().unwrap();
        came += part[..read].iter().filter(|byte| **byte > 0x7f).count();
    }
    assert!(serving.try_join_next().is_none());
}

#[tokio::test]
async fn what_tls_has_read_before_the_connection_begins_is_heard() {
    let (mut client, mut server) = tls_pair().await;
    let request = br#"{"type":"rooms"}"#;
    let mut bytes = vec![
        b'!',
        0x81,
        0x80 | u8::try_from(request.len()).unwrap(),
        0,
        0,
        0,
        0,
    ];
    bytes.extend(request);
    client.write_all(&bytes).await.unwrap();
    client.flush().await.unwrap();
    // The whole record is decrypted, and one byte of it taken: the socket itself has nothing more to say.
    assert_eq!(server.read_u8().await.unwrap(), b'!');
    let (_serving, mut inbox, _outbox) = serve_on(server.into()).await;
    let heard = timeout(PATIENCE, inbox.recv()).await.unwrap();
    assert!(
        matches!(heard, Some(ToHub::Input(Input::Request { .. }))),
        "{heard:?}"
    );
}
