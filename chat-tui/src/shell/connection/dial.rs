//! From an address to an open WebSocket, with a sentence for each way in which that can fail.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use protocol::identity::Endpoint;
use protocol::limits::{FRAME_BYTES_MAX, SUBPROTOCOL};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, Response, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::trust::{Trust, why_no_tls};
use super::url::ServerUrl;

/// How long opening a connection may take, from the name to the WebSocket; after it the try has failed.
pub const DIAL_WAIT: Duration = Duration::from_secs(10);

/// How long one of several addresses of a host may take; after it the next one is tried.
pub const ADDRESS_WAIT: Duration = Duration::from_secs(4);

/// What a WebSocket runs over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Why a connection could not be opened, for people.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The host's name is unknown, or there is no name service.
    #[error("no server is known by the name {host}: {error}")]
    NoSuchHost {
        /// The host.
        host: String,
        /// What the name service said.
        error: io::Error,
    },
    /// Nothing listens there.
    #[error("nothing listens at {endpoint}; is the server running there?")]
    NothingThere {
        /// Where.
        endpoint: Endpoint,
    },
    /// The network does not lead there.
    #[error("{endpoint} cannot be reached: {error}")]
    Unreachable {
        /// Where.
        endpoint: Endpoint,
        /// What the network said.
        error: io::Error,
    },
    /// No answer within [`DIAL_WAIT`].
    #[error("{endpoint} did not answer within {} s", DIAL_WAIT.as_secs())]
    TimedOut {
        /// Where.
        endpoint: Endpoint,
    },
    /// The encrypted connection failed, or its certificate is not believed.
    #[error("no encrypted connection to {endpoint}: {reason}")]
    Tls {
        /// Where.
        endpoint: Endpoint,
        /// What is wrong.
        reason: String,
    },
    /// Something else answers there.
    #[error("{endpoint} answers, but is no chat server")]
    NotChat {
        /// Where.
        endpoint: Endpoint,
    },
    /// A server that speaks TLS, dialled without.
    #[error("{endpoint} speaks only TLS: its address is wss://{endpoint}")]
    WantsTls {
        /// Where.
        endpoint: Endpoint,
    },
    /// A server that says no for now or for this client.
    #[error("{endpoint} refused the connection: {status}")]
    Turned {
        /// Where.
        endpoint: Endpoint,
        /// The HTTP status.
        status: StatusCode,
    },
    /// A WebSocket for something else, or a chat of another generation.
    #[error(
        "{endpoint} does not speak {SUBPROTOCOL}; it is another program's server, or another version"
    )]
    OtherProtocol {
        /// Where.
        endpoint: Endpoint,
    },
}

/// Opens a connection. The caller bounds the time.
pub(super) async fn dial(
    url: &ServerUrl,
    trust: Trust,
) -> Result<WebSocketStream<Box<dyn Stream>>, DialError> {
    let tcp = connect(url).await?;
    // Chat is small frames that somebody waits for. Where it cannot be set they are only slower.
    drop(tcp.set_nodelay(true));
    let stream: Box<dyn Stream> = if url.tls() {
        Box::new(encrypt(url, tcp, trust).await?)
    } else {
        Box::new(tcp)
    };
    let request = request(url)?;
    let shaken = client_async_with_config(request, stream, Some(config())).await;
    match shaken {
        Ok((socket, _)) => Ok(socket),
        Err(error) => Err(handshake_error(url, error)),
    }
}

/// Every limit of the WebSocket; what is set here allocates no more than a frame or two.
pub(super) fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(FRAME_BYTES_MAX)
        .write_buffer_size(FRAME_BYTES_MAX)
        .max_write_buffer_size(8 * FRAME_BYTES_MAX)
        .max_message_size(Some(FRAME_BYTES_MAX))
        .max_frame_size(Some(FRAME_BYTES_MAX))
        .accept_unmasked_frames(false)
}

async fn connect(url: &ServerUrl) -> Result<TcpStream, DialError> {
    let found = lookup_host((url.host(), url.port())).await;
    let addresses: Vec<SocketAddr> = match found {
        Ok(addresses) => addresses.collect(),
        Err(error) => {
            let host = url.host().to_owned();
            return Err(DialError::NoSuchHost { host, error });
        }
    };
    let endpoint = || url.endpoint().clone();
    let mut last = DialError::TimedOut {
        endpoint: endpoint(),
    };
    for address in addresses {
        match timeout(ADDRESS_WAIT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                last = DialError::NothingThere {
                    endpoint: endpoint(),
                };
            }
            Ok(Err(error)) => {
                last = DialError::Unreachable {
                    endpoint: endpoint(),
                    error,
                };
            }
            Err(_) => {}
        }
    }
    Err(last)
}

async fn encrypt(
    url: &ServerUrl,
    tcp: TcpStream,
    trust: Trust,
) -> Result<impl Stream + use<>, DialError> {
    let failed = |reason: String| DialError::Tls {
        endpoint: url.endpoint().clone(),
        reason,
    };
    // Reading the system's certificates is many small files.
    let roots = tokio::task::spawn_blocking(move || trust.roots()).await;
    let roots = roots.map_err(|error| failed(error.to_string()))?;
    if roots.is_empty() {
        let reason = "this system has no certificates to check the server's with".to_owned();
        return Err(failed(reason));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(url.host().to_owned());
    let name = name.map_err(|error| failed(error.to_string()))?;
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, tcp).await;
    stream.map_err(|error| failed(why_no_tls(&error)))
}

fn request(url: &ServerUrl) -> Result<Request, DialError> {
    let request = format!("{url}/").into_client_request();
    let mut request = request.map_err(|error| handshake_error(url, error))?;
    let name = HeaderName::from_static("sec-websocket-protocol");
    let protocols = HeaderValue::from_static(SUBPROTOCOL);
    request.headers_mut().insert(name, protocols);
    Ok(request)
}

/// Whether this is the answer of a chat server that speaks TLS to whoever does not.
fn wants_tls(response: &Response<Option<Vec<u8>>>) -> bool {
    let body = response.body().as_deref().unwrap_or_default();
    String::from_utf8_lossy(body).contains("wss://")
}

fn handshake_error(url: &ServerUrl, error: Error) -> DialError {
    let endpoint = url.endpoint().clone();
    match error {
        Error::Http(response) => match response.status() {
            status @ (StatusCode::FORBIDDEN
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::BAD_GATEWAY
            | StatusCode::GATEWAY_TIMEOUT) => DialError::Turned { endpoint, status },
            StatusCode::BAD_REQUEST if wants_tls(&response) => DialError::WantsTls { endpoint },
            _ => DialError::NotChat { endpoint },
        },
        Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => {
            DialError::OtherProtocol { endpoint }
        }
        Error::Io(error) => DialError::Unreachable { endpoint, error },
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Tls(_)
        | Error::Capacity(_)
        | Error::Protocol(_)
        | Error::WriteBufferFull(_)
        | Error::Utf8(_)
        | Error::AttackAttempt
        | Error::Url(_)
        | Error::HttpFormat(_) => DialError::NotChat { endpoint },
    }
}
