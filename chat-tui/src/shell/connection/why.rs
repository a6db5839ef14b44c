//! Why there is no connection, in the language of the interface. In English it is the sentence of the error itself.

use protocol::close::CloseCode;
use protocol::limits::SUBPROTOCOL;

use super::dial::{DIAL_WAIT, DialError};
use super::trust::{FOR_SIGNING, NO_TLS, UNBELIEVED};
use crate::model::words::{Words, fill};

impl Words {
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
                &[endpoint.as_str(), &self.system(error)],
            ),
            DialError::TimedOut { endpoint } => {
                let seconds = DIAL_WAIT.as_secs().to_string();
                fill(self.dial_silent, &[endpoint.as_str(), &seconds])
            }
            DialError::Tls { endpoint, reason } => {
                let reason = match reason.as_str() {
                    UNBELIEVED => self.tls_unbelieved,
                    FOR_SIGNING => self.tls_for_signing,
                    NO_TLS => self.tls_none,
                    other => other,
                };
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
            Some(CloseCode::Drain) => self.close_drain,
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

    use std::io::{self, ErrorKind};

    use super::*;
    use crate::model::words::Language;
    use crate::text::hangul::is_hangul;

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
                reason: UNBELIEVED.to_owned(),
            },
            DialError::Tls {
                endpoint: endpoint(),
                reason: FOR_SIGNING.to_owned(),
            },
            DialError::Tls {
                endpoint: endpoint(),
                reason: NO_TLS.to_owned(),
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
