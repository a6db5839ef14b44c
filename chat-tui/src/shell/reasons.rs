//! Why something is not done with files and addresses, in the language of the interface. In English it is the sentence of the error itself.

use std::io::{self, ErrorKind};

use super::connection::UrlError;
use super::storage::{DEVICES_MAX, DIRECTORY_VARIABLE, DRAFT_BYTES_MAX, StorageError};
use crate::model::words::{Language, Words, fill};

/// A sentence of the table.
type Sentence = fn(&Words) -> &'static str;

/// The errors of files and networks that are common, with what is said of them.
const KINDS: &[(ErrorKind, Sentence)] = &[
    (ErrorKind::ConnectionRefused, |w| w.io_refused),
    (ErrorKind::ConnectionReset, |w| w.io_reset),
    (ErrorKind::ConnectionAborted, |w| w.io_reset),
    (ErrorKind::BrokenPipe, |w| w.io_reset),
    (ErrorKind::TimedOut, |w| w.io_timed_out),
    (ErrorKind::HostUnreachable, |w| w.io_no_route),
    (ErrorKind::NetworkUnreachable, |w| w.io_no_network),
    (ErrorKind::NetworkDown, |w| w.io_no_network),
    (ErrorKind::AddrNotAvailable, |w| w.io_no_address),
    (ErrorKind::PermissionDenied, |w| w.io_forbidden),
    (ErrorKind::NotFound, |w| w.io_not_found),
    (ErrorKind::StorageFull, |w| w.io_full),
    (ErrorKind::ReadOnlyFilesystem, |w| w.io_read_only),
];

impl Words {
    /// Whether these are the sentences of the errors themselves.
    pub(super) fn is_english(&self) -> bool {
        self.code == Language::English.words().code
    }

    /// What the system says; in another language than English by its kind, where that is a common one.
    pub(super) fn system(&self, error: &io::Error) -> String {
        let mut kinds = KINDS.iter().filter(|_| !self.is_english());
        let told = kinds.find(|(kind, _)| *kind == error.kind());
        told.map_or_else(|| error.to_string(), |(_, told)| told(self).to_owned())
    }

    /// Why a text is no server's address.
    pub(super) fn no_url(&self, error: &UrlError) -> String {
        match error {
            UrlError::Scheme(scheme) => fill(self.url_scheme, &[scheme]),
            UrlError::NoHost => self.url_no_host.to_owned(),
            UrlError::Extra => self.url_extra.to_owned(),
            UrlError::Port(port) => fill(self.url_port, &[&format!("{port:?}")]),
            UrlError::Host(host) => fill(self.url_host, &[&format!("{host:?}")]),
        }
    }

    /// Why something is not kept, or cannot be had.
    pub(super) fn not_kept(&self, error: &StorageError) -> String {
        let of_path =
            |sentence: &str, path: &std::path::Path| fill(sentence, &[&path.display().to_string()]);
        match error {
            StorageError::NoHome => fill(self.file_no_home, &[DIRECTORY_VARIABLE]),
            StorageError::Read { path, error } => fill(
                self.file_unread,
                &[&path.display().to_string(), &self.system(error)],
            ),
            StorageError::Write { path, error } => fill(
                self.file_unwritten,
                &[&path.display().to_string(), &self.system(error)],
            ),
            StorageError::Damaged { path } => of_path(self.file_damaged, path),
            StorageError::OpenToOthers { path, mode } => fill(
                self.file_open,
                &[&path.display().to_string(), &format!("{mode:04o}")],
            ),
            StorageError::Taken { path } => of_path(self.file_taken, path),
            StorageError::OtherKey { path } => of_path(self.file_other_key, path),
            StorageError::OtherServerKey { endpoint } => {
                fill(self.file_other_server, &[endpoint.as_str()])
            }
            StorageError::DraftTooLong { bytes } => fill(
                self.file_draft,
                &[&bytes.to_string(), &DRAFT_BYTES_MAX.to_string()],
            ),
            StorageError::AllDevicesBusy => fill(self.file_devices, &[&DEVICES_MAX.to_string()]),
            StorageError::NoRandom(error) => fill(self.file_random, &[&error.to_string()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::hangul::is_hangul;

    const ENGLISH: Language = Language::English;
    const KOREAN: Language = Language::Korean;

    #[test]
    fn t16_what_the_system_says_is_told_by_its_kind() {
        for (kind, expected) in [
            (ErrorKind::ConnectionRefused, "연결이 거절됨"),
            (ErrorKind::ConnectionReset, "연결이 끊김"),
            (ErrorKind::TimedOut, "시간 안에 답이 없음"),
            (ErrorKind::HostUnreachable, "거기까지 가는 길이 없음"),
            (
                ErrorKind::NetworkUnreachable,
                "네트워크에 연결되어 있지 않음",
            ),
            (ErrorKind::StorageFull, "디스크가 가득 참"),
            (ErrorKind::PermissionDenied, "권한이 없음"),
        ] {
            let error = io::Error::from(kind);
            assert_eq!(KOREAN.words().system(&error), expected);
            assert_eq!(ENGLISH.words().system(&error), error.to_string());
        }
        let other = io::Error::other("something else");
        assert_eq!(KOREAN.words().system(&other), "something else");
    }

    #[test]
    fn t16_why_an_address_is_none_is_the_error_in_english_and_korean_beside_it() {
        for text in ["http://x", "ws://", "ws://x/y", "x:0", "x y"] {
            let error = text.parse::<crate::shell::connection::ServerUrl>();
            let error = error.unwrap_err();
            assert_eq!(ENGLISH.words().no_url(&error), error.to_string());
            let korean = KOREAN.words().no_url(&error);
            assert!(korean.chars().any(is_hangul), "{korean}");
        }
    }

    #[test]
    fn t16_why_something_is_not_kept_is_the_error_in_english_and_korean_beside_it() {
        let path = || std::path::PathBuf::from("/keys/a");
        let full = || io::Error::from(ErrorKind::StorageFull);
        let errors = [
            StorageError::Write {
                path: path(),
                error: full(),
            },
            StorageError::Read {
                path: path(),
                error: full(),
            },
            StorageError::NoHome,
            StorageError::Damaged { path: path() },
            StorageError::OpenToOthers {
                path: path(),
                mode: 0o644,
            },
            StorageError::Taken { path: path() },
            StorageError::OtherKey { path: path() },
            StorageError::OtherServerKey {
                endpoint: "chat.example:7878".parse().unwrap(),
            },
            StorageError::DraftTooLong { bytes: 9 },
            StorageError::AllDevicesBusy,
        ];
        for error in &errors {
            assert_eq!(ENGLISH.words().not_kept(error), error.to_string());
            let korean = KOREAN.words().not_kept(error);
            assert!(korean.chars().any(is_hangul), "{korean}");
        }
        let [write, ..] = &errors;
        assert_eq!(
            KOREAN.words().not_kept(write),
            "/keys/a 파일을 쓰지 못했습니다: 디스크가 가득 참. 프로그램이 끝나면 그 내용은 사라집니다"
        );
    }
}
