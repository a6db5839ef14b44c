//! Why there is no connection, in the language of the interface. In English it is the sentence of the error itself.

use std::io::{self, ErrorKind};

use protocol::close::CloseCode;
use protocol::limits::SUBPROTOCOL;

use super::dial::{DIAL_WAIT, DialError};
use crate::model::words::{Language, Words, fill};

impl Words {
    /// Whether these are the sentences of the errors themselves.
    fn is_english(&self) -> bool {
        self.code == Language::English.words().code
    }

    /// Why a connection could not be opened.
    pub(super) fn not_dialled(&self, error: &DialError) -> String {
        match error {
            DialError::NoSuchHost { host, error } => {
                // What a name service says has no kind.
                let told = if self.is_english() {
                    error.to_string()
                } else {
                    self.io_no_name.to_owned()
                };
                fill(self.dial_no_host, &[host, &told])
            }
            DialError::NothingThere { endpoint } => fill(self.dial_nothing, &[endpoint.as_str()]),
            DialError::Unreachable { endpoint, error } => fill(
                self.dial_unreachable,
                &[endpoint.as_str(), &self.network(error)],
            ),
            DialError::TimedOut { endpoint } => {
                let seconds = DIAL_WAIT.as_secs().to_string();
                fill(self.dial_silent, &[endpoint.as_str(), &seconds])
            }
            DialError::Tls { endpoint, reason } => {
                fill(self.dial_tls, &[endpoint.as_str(), reason])
            }
            DialError::NotChat { endpoint } => fill(self.dial_not_chat, &[endpoint.as_str()]),
            DialError::WantsTls { endpoint } => fill(self.dial_wants_tls, &[endpoint.as_str()]),
            DialError::Turned { endpoint, status } => {
                fill(self.dial_turned, &[endpoint.as_str(), &status.to_string()])
            }
            DialError::OtherProtocol { endpoint } => {
                fill(self.dial_protocol, &[endpoint.as_str(), SUBPROTOCOL])
            }
        }
    }

    /// What the network says; in another language than English by its kind, where that is a common one.
    pub(super) fn network(&self, error: &io::Error) -> String {
        let told = match error.kind() {
            _ if self.is_english() => return error.to_string(),
            ErrorKind::ConnectionRefused => self.io_refused,
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                self.io_reset
            }
            ErrorKind::TimedOut => self.io_timed_out,
            ErrorKind::HostUnreachable => self.io_no_route,
            ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => self.io_no_network,
            ErrorKind::AddrNotAvailable => self.io_no_address,
            ErrorKind::PermissionDenied => self.io_forbidden,
            _ => return error.to_string(),
        };
        told.to_owned()
    }

    /// Why the server closed: in English its own sentence, in another language by the code where that is known.
    pub(super) fn closed(&self, code: u16, reason: &str) -> String {
        let mut known = CloseCode::ALL.into_iter();
        let known = known.find(|known| known.code() == code);
        let told = match known {
            _ if self.is_english() => reason,
            None => reason,
            Some(CloseCode::Restart) => self.close_restart,
            Some(CloseCode::SlowReader) => self.close_slow,
            Some(CloseCode::Silent) => self.close_silent,
            Some(CloseCode::Trouble) => self.close_trouble,
            Some(CloseCode::BadFrame) => self.close_frame,
            Some(CloseCode::HelloTimeout) => self.close_hello,
            Some(CloseCode::UnsupportedVersion) => self.close_version,
            Some(CloseCode::TakenOver) => self.close_taken,
            Some(CloseCode::FrameTooLarge) => self.close_large,
            Some(CloseCode::Flood) => self.close_flood,
        };
        told.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::http::StatusCode;

    use super::*;
    use crate::text::hangul::is_hangul;

    #[test]
    fn t16_what_the_network_says_is_told_by_its_kind() {
        let (english, korean) = (Language::English.words(), Language::Korean.words());
        for (kind, expected) in [
            (ErrorKind::ConnectionRefused, "연결이 거절됨"),
            (ErrorKind::ConnectionReset, "연결이 끊김"),
            (ErrorKind::TimedOut, "시간 안에 답이 없음"),
            (ErrorKind::HostUnreachable, "거기까지 가는 길이 없음"),
            (
                ErrorKind::NetworkUnreachable,
                "네트워크에 연결되어 있지 않음",
            ),
        ] {
            let error = io::Error::from(kind);
            assert_eq!(korean.network(&error), expected);
            assert_eq!(english.network(&error), error.to_string());
        }
        let other = io::Error::other("something else");
        assert_eq!(korean.network(&other), "something else");
    }

    #[test]
    fn t16_why_nothing_was_dialled_is_the_error_in_english_and_korean_by_its_kind() {
        let endpoint = || "chat.example:7878".parse().unwrap();
        let io = || io::Error::from(ErrorKind::HostUnreachable);
        let errors = [
            DialError::NoSuchHost {
                host: "chat".to_owned(),
                error: io::Error::other("failed to lookup address information"),
            },
            DialError::NothingThere {
                endpoint: endpoint(),
            },
            DialError::Unreachable {
                endpoint: endpoint(),
                error: io(),
            },
            DialError::TimedOut {
                endpoint: endpoint(),
            },
            DialError::Tls {
                endpoint: endpoint(),
                reason: "x".to_owned(),
            },
            DialError::NotChat {
                endpoint: endpoint(),
            },
            DialError::WantsTls {
                endpoint: endpoint(),
            },
            DialError::Turned {
                endpoint: endpoint(),
                status: StatusCode::FORBIDDEN,
            },
            DialError::OtherProtocol {
                endpoint: endpoint(),
            },
        ];
        for error in &errors {
            let english = Language::English.words().not_dialled(error);
            assert_eq!(english, error.to_string());
            let korean = Language::Korean.words().not_dialled(error);
            assert!(korean.chars().any(is_hangul), "{korean}");
        }
        let [host, ..] = &errors;
        assert_eq!(
            Language::Korean.words().not_dialled(host),
            "chat이라는 이름의 서버를 찾지 못했습니다: 이름을 찾을 수 없음"
        );
    }

    #[test]
    fn t16_why_the_server_closed_is_told_by_its_code() {
        let korean = Language::Korean.words();
        for code in CloseCode::ALL {
            let told = korean.closed(code.code(), code.reason());
            assert!(told.chars().any(is_hangul), "{told}");
            let english = Language::English.words().closed(code.code(), "because");
            assert_eq!(english, "because");
        }
        assert_eq!(korean.closed(4_077, "newer"), "newer");
    }
}
