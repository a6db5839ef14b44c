//! A key as text, for a file or another machine: the secret on a line of its own, comments before it. No file here.

use std::fmt;

use protocol::identity::{Endpoint, Identity, Nonce, PublicKey};
use protocol::names::Nick;

/// A key with its comments in bytes; a longer text is no key.
pub const KEY_TEXT_BYTES_MAX: usize = 4096;

/// What the first line begins with, before nick and server.
const HEAD: &str = "# chat-tui key of ";

/// What stands between nick and server; no nick holds a space.
const AT: &str = " at ";

/// A key on its way to another machine.
#[derive(Debug)]
pub struct ExportedKey {
    /// The server where it counts.
    pub endpoint: Endpoint,
    /// The nick that goes with it.
    pub nick: Nick,
    /// The key.
    pub identity: Identity,
    /// The server's key as it is remembered here, to be compared there at the first visit.
    pub server_key: Option<PublicKey>,
}

impl fmt::Display for ExportedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (nick, endpoint) = (&self.nick, &self.endpoint);
        writeln!(f, "{HEAD}{nick}{AT}{endpoint}")?;
        writeln!(
            f,
            "# Whoever has this text is {nick} there. Bring it over on a safe way, keep no copies."
        )?;
        writeln!(f, "# On the other machine: chat-tui key import FILE")?;
        writeln!(
            f,
            "# The fingerprint of this key: {}",
            self.identity.public().fingerprint()
        )?;
        if let Some(key) = &self.server_key {
            writeln!(f, "# The fingerprint of the server: {}", key.fingerprint())?;
        }
        f.write_str(&bare(&self.identity))
    }
}

impl ExportedKey {
    /// The key of a text: its one line that is neither empty nor a comment.
    pub fn secret(text: &str) -> Option<Identity> {
        let is_secret = |line: &&str| !line.is_empty() && !line.starts_with('#');
        let mut lines = text.lines().map(str::trim).filter(is_secret);
        // A secret has the length and the alphabet of a nonce.
        let secret: Nonce = lines.next()?.parse().ok()?;
        let alone = lines.next().is_none();
        alone.then(|| Identity::from_secret(secret.as_bytes()))
    }

    /// The server and nick that a text names, where it does.
    pub fn names(text: &str) -> Option<(Endpoint, Nick)> {
        let head = text.lines().next()?.strip_prefix(HEAD)?;
        let (nick, endpoint) = head.trim_end().split_once(AT)?;
        Some((endpoint.parse().ok()?, Nick::new(nick).ok()?))
    }
}

/// A key as it lies in the person's own directory.
pub(super) fn bare(identity: &Identity) -> String {
    format!("{}\n", Nonce::from_bytes(identity.secret()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exported() -> ExportedKey {
        ExportedKey {
            endpoint: "chat.example:7878".parse().unwrap(),
            nick: Nick::new("김[개발]").unwrap(),
            identity: Identity::from_secret(&[1; 32]),
            server_key: Some(Identity::from_secret(&[2; 32]).public()),
        }
    }

    #[test]
    fn the_text_names_everything_and_gives_the_key_back() {
        let text = exported().to_string();
        assert_eq!(
            text,
            "# chat-tui key of 김[개발] at chat.example:7878\n\
             # Whoever has this text is 김[개발] there. Bring it over on a safe way, keep no copies.\n\
             # On the other machine: chat-tui key import FILE\n\
             # The fingerprint of this key: 37150 64882 01239 21069 11463 46480 19699 39475\n\
             # The fingerprint of the server: 07310 14455 05684 22640 40028 10706 59119 56884\n\
             AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\n"
        );
        assert_eq!(ExportedKey::secret(&text).unwrap().secret(), [1; 32]);
        let (endpoint, nick) = ExportedKey::names(&text).unwrap();
        assert_eq!((endpoint, nick), (exported().endpoint, exported().nick));
    }

    #[test]
    fn a_bare_key_and_one_from_another_system_are_keys_too() {
        let secret = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
        for text in [secret.to_owned(), format!("# mine\r\n\r\n {secret}\r\n")] {
            assert_eq!(ExportedKey::secret(&text).unwrap().secret(), [1; 32]);
            assert!(ExportedKey::names(&text).is_none());
        }
        for none in [
            "",
            "# only a comment",
            "AQEB",
            &format!("{secret}\n{secret}\n"),
        ] {
            assert!(ExportedKey::secret(none).is_none(), "{none}");
        }
    }

    #[test]
    fn the_longest_names_fit() {
        let nick = Nick::new(&"𠜎".repeat(32)).unwrap();
        let host = [63, 63, 63, 61]
            .map(|letters| "a".repeat(letters))
            .join(".");
        let endpoint = Endpoint::new(&host, 65_535).unwrap();
        let key = ExportedKey {
            endpoint,
            nick,
            ..exported()
        };
        assert!(key.to_string().len() <= KEY_TEXT_BYTES_MAX);
    }
}
