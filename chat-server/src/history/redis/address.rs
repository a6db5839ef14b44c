//! Where a Redis is, as people write it. What is shown of it never has the password in it.

use std::fmt;
use std::str::FromStr;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo};

/// The port of a Redis where none is named.
const PORT: u16 = 6379;

/// The port of a Sentinel where none is named.
const SENTINEL_PORT: u16 = 26_379;

/// Sentinels of one address; one more is refused.
pub(super) const SENTINELS_MAX: usize = 16;

/// Where a Redis is: `redis://[user:password@]host[:port][/database]`, `rediss://` for TLS, or
/// `redis+sentinel://[user:password@]host[:port],…/master` for the primary that sentinels name, `rediss+sentinel://` with TLS to all.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl {
    text: String,
}

/// Why a text is no address of a Redis. It never repeats the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It begins with nothing that is known here.
    #[error(
        "the address of a Redis begins with redis://, rediss://, redis+sentinel:// or rediss+sentinel://"
    )]
    Scheme,
    /// The rest is wrong.
    #[error(
        "the address of a Redis is redis://user:password@host:port/database, with signs such as @ and / in the password as %40 and %2F"
    )]
    Form,
    /// Sentinels without the name of what they watch.
    #[error(
        "an address with sentinels is redis+sentinel://host:port,host:port/name with the name of the primary as the sentinels know it"
    )]
    Master,
    /// Too many sentinels.
    #[error("name at most {SENTINELS_MAX} sentinels")]
    Sentinels,
}

/// How the primary is found.
#[derive(Clone)]
pub(super) enum Primary {
    /// It is always here.
    Fixed(ConnectionInfo),
    /// These say where it is.
    Watched {
        /// The sentinels.
        sentinels: Vec<ConnectionInfo>,
        /// What they call it.
        master: String,
        /// The primary's user, password and database; where it is is not from here.
        pattern: ConnectionInfo,
    },
}

impl Primary {
    /// The number of the database in it.
    pub(super) fn database(&self) -> i64 {
        match self {
            Self::Fixed(place) => place.redis_settings().db(),
            Self::Watched { pattern, .. } => pattern.redis_settings().db(),
        }
    }
}

impl RedisUrl {
    /// How the primary is found.
    pub(super) fn primary(&self) -> Result<Primary, UrlError> {
        let (scheme, rest) = self.text.split_once("://").ok_or(UrlError::Scheme)?;
        match scheme {
            "redis" | "rediss" => connection(&self.text).map(Primary::Fixed),
            "redis+sentinel" => watched("redis", rest),
            "rediss+sentinel" => watched("rediss", rest),
            _ => Err(UrlError::Scheme),
        }
    }

    /// It without user and password.
    fn shown(&self) -> String {
        let Some((scheme, rest)) = self.text.split_once("://") else {
            return "?".to_owned();
        };
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        // What follows may hold words for a library to which it was never given.
        let place = place.split(['?', '#']).next().unwrap_or_default();
        format!("{scheme}://{place}")
    }
}

impl FromStr for RedisUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let url = Self {
            text: text.trim().to_owned(),
        };
        url.primary().map(|_| url)
    }
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisUrl({self})")
    }
}

fn connection(url: &str) -> Result<ConnectionInfo, UrlError> {
    url.into_connection_info().map_err(|_text| UrlError::Form)
}

fn watched(scheme: &str, rest: &str) -> Result<Primary, UrlError> {
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, place)) => (format!("{user}@"), place),
        None => (String::new(), rest),
    };
    let (hosts, name) = place.split_once('/').ok_or(UrlError::Master)?;
    let (master, database) = name.split_once('/').unwrap_or((name, "0"));
    if master.is_empty() || master.contains(['?', '#']) {
        return Err(UrlError::Master);
    }
    let mut sentinels = Vec::new();
    for host in hosts.split(',') {
        let sentinel = connection(&format!("{scheme}://{}", with_port(host)))?;
        sentinels.push(sentinel);
    }
    if sentinels.len() > SENTINELS_MAX {
        return Err(UrlError::Sentinels);
    }
    // The host is only there for the form.
    let pattern = connection(&format!("{scheme}://{user}localhost:{PORT}/{database}"))?;
    Ok(Primary::Watched {
        sentinels,
        master: master.to_owned(),
        pattern,
    })
}

fn with_port(host: &str) -> String {
    let after_bracket = host.rsplit_once(']').map_or(host, |(_, rest)| rest);
    if after_bracket.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:{SENTINEL_PORT}")
    }
}

/// `pattern` with the primary at that place.
pub(super) fn at(pattern: &ConnectionInfo, host: &str, port: u16) -> ConnectionInfo {
    let host = host.to_owned();
    let address = match pattern.addr() {
        ConnectionAddr::TcpTls {
            insecure,
            tls_params,
            ..
        } => ConnectionAddr::TcpTls {
            host,
            port,
            insecure: *insecure,
            tls_params: tls_params.clone(),
        },
        ConnectionAddr::Tcp(..) | ConnectionAddr::Unix(_) | _ => ConnectionAddr::Tcp(host, port),
    };
    pattern.clone().set_addr(address)
}

/// `sentinel` with the user and password of `pattern`, for sentinels that ask for them.
pub(super) fn signed(sentinel: &ConnectionInfo, pattern: &ConnectionInfo) -> ConnectionInfo {
    let of = pattern.redis_settings();
    let mut settings = RedisConnectionInfo::default();
    if let Some(user) = of.username() {
        settings = settings.set_username(user);
    }
    if let Some(password) = of.password() {
        settings = settings.set_password(password);
    }
    sentinel.clone().set_redis_settings(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Primary, UrlError> {
        text.parse::<RedisUrl>().and_then(|url| url.primary())
    }

    fn fixed(text: &str) -> ConnectionInfo {
        match parsed(text) {
            Ok(Primary::Fixed(info)) => info,
            _ => panic!("{text} names no place"),
        }
    }

    #[test]
    fn a_place_has_host_port_user_and_database() {
        let info = fixed("redis://localhost");
        assert_eq!(info.addr().to_string(), "localhost:6379");
        let info = fixed("redis://me:p%40ss@[::1]:7000/3");
        assert_eq!(info.addr().to_string(), "::1:7000");
        assert_eq!(info.redis_settings().username(), Some("me"));
        assert_eq!(info.redis_settings().password(), Some("p@ss"));
        assert_eq!(info.redis_settings().db(), 3);
        assert!(matches!(
            fixed("rediss://host").addr(),
            ConnectionAddr::TcpTls {
                insecure: false,
                ..
            }
        ));
    }

    #[test]
    fn sentinels_have_a_name_to_ask_for() {
        let Ok(Primary::Watched {
            sentinels,
            master,
            pattern,
        }) = parsed("redis+sentinel://:secret@a:1,b,[::1]/chat/2")
        else {
            panic!("no sentinels");
        };
        let hosts: Vec<String> = sentinels.iter().map(|s| s.addr().to_string()).collect();
        assert_eq!(hosts, ["a:1", "b:26379", "::1:26379"]);
        assert_eq!(master, "chat");
        let primary = at(&pattern, "10.0.0.1", 7001);
        assert_eq!(primary.addr().to_string(), "10.0.0.1:7001");
        assert_eq!(primary.redis_settings().password(), Some("secret"));
        assert_eq!(primary.redis_settings().db(), 2);
        assert_eq!(sentinels[0].redis_settings().password(), None);
        let asked = signed(&sentinels[0], &pattern);
        assert_eq!(asked.redis_settings().password(), Some("secret"));
        let tls = parsed("rediss+sentinel://a/chat").unwrap();
        let Primary::Watched { pattern, .. } = tls else {
            panic!("no sentinels");
        };
        assert!(matches!(
            at(&pattern, "b", 1).addr(),
            ConnectionAddr::TcpTls { .. }
        ));
    }

    #[test]
    fn what_is_no_address_is_refused_without_being_repeated() {
        let refused = |text: &str| parsed(text).err();
        assert_eq!(refused("http://host"), Some(UrlError::Scheme));
        assert_eq!(refused("host:6379"), Some(UrlError::Scheme));
        assert_eq!(refused("redis://host:port"), Some(UrlError::Form));
        assert_eq!(refused("redis+sentinel://a,b"), Some(UrlError::Master));
        assert_eq!(refused("redis+sentinel://a/"), Some(UrlError::Master));
        let many = vec!["a"; SENTINELS_MAX].join(",");
        assert_eq!(refused(&format!("redis+sentinel://{many}/m")), None);
        let text = format!("redis+sentinel://{many},a/m");
        assert_eq!(refused(&text), Some(UrlError::Sentinels));
    }

    #[test]
    fn the_password_is_never_shown() {
        for (text, shown) in [
            ("redis://me:secret@host:1/0", "redis://host:1/0"),
            ("redis://:a%40secret@host", "redis://host"),
            ("redis+sentinel://u:secret@a,b/m", "redis+sentinel://a,b/m"),
            ("redis://host?password=secret", "redis://host"),
        ] {
            let url = RedisUrl {
                text: text.to_owned(),
            };
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), format!("RedisUrl({shown})"));
        }
    }
}
