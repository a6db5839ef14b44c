//! The HTTP side of the port: makes a WebSocket of a request that asks properly, and answers everything else in a line. Reads
//! nothing and writes nothing.

use bytes::Bytes;
use data_encoding::BASE64;
use http_body_util::Full;
use hyper::header::{
    ALLOW, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, ORIGIN, RETRY_AFTER,
    SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use hyper::{Method, Request, Response, StatusCode, Version};
use protocol::limits::SUBPROTOCOL;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::gate::Admission;

/// Bytes of the key that a client draws for the handshake (RFC 6455, section 4.1).
const KEY_BYTES: usize = 16;

/// What the handshake is checked against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Door<'a> {
    /// Whether there is room.
    pub(crate) admission: Admission,
    /// Web pages that may connect.
    pub(crate) origins: &'a [String],
}

/// The answer to a request; status 101 makes it a WebSocket.
pub(crate) fn answer<B>(request: &Request<B>, door: Door<'_>) -> Response<Full<Bytes>> {
    let plain = if request.uri().path() != "/" {
        Plain::new(StatusCode::NOT_FOUND, "nothing is here; the chat is at /\n")
    } else if request.method() != Method::GET {
        Plain::new(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered\n")
            .with(ALLOW, HeaderValue::from_static("GET"))
    } else if !names(request, &UPGRADE, "websocket") || !names(request, &CONNECTION, "upgrade") {
        Plain::new(
            StatusCode::OK,
            "this is a chat server: connect with chat-tui, or with a WebSocket client that speaks chat.v1\n",
        )
    } else {
        match check(request, door) {
            Ok(key) => return switch(request, key),
            Err(refusal) => refusal,
        }
    };
    plain.into_response()
}

/// The answer to whoever speaks no TLS to a port that does.
pub(crate) fn plain_here() -> Response<Full<Bytes>> {
    let text = "this server speaks only TLS: connect with a wss:// address\n";
    Plain::new(StatusCode::BAD_REQUEST, text).into_response()
}

/// The answer to a proxy that does not say properly for whom it asks.
pub(crate) fn bad_proxy() -> Response<Full<Bytes>> {
    let text = "the proxy's X-Forwarded-For holds something that is no address; have it send the client's\n";
    Plain::new(StatusCode::BAD_REQUEST, text).into_response()
}

/// The handshake's key, if all of the handshake is right.
fn check<'a, B>(request: &'a Request<B>, door: Door<'_>) -> Result<&'a [u8], Plain> {
    let headers = request.headers();
    if let Some(origin) = headers.get(ORIGIN) {
        let known = |known: &String| origin.as_bytes().eq_ignore_ascii_case(known.as_bytes());
        if !door.origins.iter().any(known) {
            return Err(Plain::new(
                StatusCode::FORBIDDEN,
                "web pages of this origin may not connect; the server's --allow-origin lets one in\n",
            ));
        }
    }
    let_in(door.admission)?;
    if headers
        .get(SEC_WEBSOCKET_VERSION)
        .is_none_or(|version| version != "13")
    {
        let status = StatusCode::UPGRADE_REQUIRED;
        let refusal = Plain::new(status, "WebSocket version 13 is spoken here\n");
        return Err(refusal.with(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")));
    }
    let refuse = |text| Err(Plain::new(StatusCode::BAD_REQUEST, text));
    if request.version() < Version::HTTP_11 {
        return refuse("a WebSocket begins with HTTP/1.1\n");
    }
    if headers.contains_key(SEC_WEBSOCKET_PROTOCOL)
        && !names(request, &SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL)
    {
        return refuse("the sub-protocol chat.v1 is spoken here, and none that was offered\n");
    }
    let is_key = |key: &[u8]| {
        let decoded = BASE64.decode(key);
        decoded.is_ok_and(|bytes| bytes.len() == KEY_BYTES)
    };
    match headers.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes) {
        Some(key) if is_key(key) => Ok(key),
        Some(_) | None => refuse("Sec-WebSocket-Key must be 16 bytes in base64\n"),
    }
}

/// Lets in whom there is room for.
fn let_in(admission: Admission) -> Result<(), Plain> {
    let (status, text) = match admission {
        Admission::Open => return Ok(()),
        Admission::Full => (
            StatusCode::SERVICE_UNAVAILABLE,
            "this server has as many connections as it may; try again later\n",
        ),
        Admission::AddressFull => (
            StatusCode::TOO_MANY_REQUESTS,
            "your address has as many connections as it may; close one first\n",
        ),
        Admission::TooOften(_) => (
            StatusCode::TOO_MANY_REQUESTS,
            "your address connects more often than it may; try again later\n",
        ),
    };
    let wait = admission.retry_after();
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Err(Plain::new(status, text).with(RETRY_AFTER, HeaderValue::from(seconds)))
}

fn switch<B>(request: &Request<B>, key: &[u8]) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accept) = HeaderValue::try_from(derive_accept_key(key)) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    if names(request, &SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        headers.insert(
            SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_static(SUBPROTOCOL),
        );
    }
    response
}

/// An answer that is no WebSocket.
struct Plain {
    status: StatusCode,
    text: &'static str,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Plain {
    const fn new(status: StatusCode, text: &'static str) -> Self {
        Self {
            status,
            text,
            header: None,
        }
    }

    fn with(self, name: HeaderName, value: HeaderValue) -> Self {
        Self {
            header: Some((name, value)),
            ..self
        }
    }

    fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::from(self.text));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(CONTENT_TYPE, text);
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        headers.extend(self.header);
        response
    }
}

/// Whether one of the header's comma-separated values is `value`.
fn names<B>(request: &Request<B>, header: &HeaderName, value: &str) -> bool {
    request
        .headers()
        .get_all(header)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|item| item.trim().eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &[(&str, &str)] = &[
        ("upgrade", "websocket"),
        ("connection", "keep-alive, Upgrade"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    fn ask(path: &str, changes: &[(&str, &str)], admission: Admission) -> Response<Full<Bytes>> {
        let mut request = Request::new(());
        *request.uri_mut() = path.parse().unwrap();
        for (name, value) in GOOD.iter().chain(changes) {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().remove(&name);
            if !value.is_empty() {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
        }
        let origins = ["https://chat.example".to_owned()];
        let door = Door {
            admission,
            origins: &origins,
        };
        answer(&request, door)
    }

    #[track_caller]
    fn check(changes: &[(&str, &str)], status: u16) {
        let response = ask("/", changes, Admission::Open);
        assert_eq!(response.status().as_u16(), status, "{changes:?}");
    }

    #[test]
    fn a_proper_handshake_is_switched() {
        let response = ask("/", &[], Admission::Open);
        assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
        // The key and the answer of RFC 6455, section 1.3.
        assert_eq!(
            response.headers()[SEC_WEBSOCKET_ACCEPT],
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
        assert!(!response.headers().contains_key(SEC_WEBSOCKET_PROTOCOL));
        let offers = [("sec-websocket-protocol", "graphql, chat.v1")];
        let response = ask("/", &offers, Admission::Open);
        assert_eq!(response.headers()[SEC_WEBSOCKET_PROTOCOL], "chat.v1");
    }

    #[test]
    fn what_is_no_proper_handshake_is_refused() {
        check(&[("sec-websocket-version", "8")], 426);
        check(&[("sec-websocket-version", "")], 426);
        check(&[("sec-websocket-key", "")], 400);
        check(&[("sec-websocket-key", "dGhlIHNhbXBsZQ==")], 400);
        check(&[("sec-websocket-protocol", "chat.v2")], 400);
        check(&[("origin", "https://evil.example")], 403);
        check(&[("origin", "null")], 403);
        check(&[("origin", "https://Chat.example")], 101);
    }

    #[test]
    fn a_full_house_says_so() {
        let half_a_second = std::time::Duration::from_millis(500);
        for (admission, status, retry_after) in [
            (Admission::Full, 503, "10"),
            (Admission::AddressFull, 429, "10"),
            (Admission::TooOften(3 * half_a_second), 429, "2"),
        ] {
            let answer = ask("/", &[], admission);
            assert_eq!(answer.status(), status);
            assert_eq!(answer.headers()[RETRY_AFTER], retry_after);
        }
    }

    #[test]
    fn everything_else_gets_a_line() {
        check(&[("upgrade", "")], 200);
        check(&[("connection", "keep-alive")], 200);
        assert_eq!(ask("/chat", &[], Admission::Open).status(), 404);
    }
}
