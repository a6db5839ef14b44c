//! How many connections the system's limit of open files allows.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are no connections: the history, logs, the listening socket, the runtime's own.
const FILES_RESERVED: u64 = 64;

/// Connections where the system has no limit.
const CONNECTIONS_UNLIMITED: u64 = 1_000_000;

/// Raises the process' limit of open files to what it may be raised to; without success it stays as it is.
pub fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum {
        let wish = Rlimit {
            current: maximum,
            maximum,
        };
        if let Err(error) = setrlimit(Resource::Nofile, wish) {
            tracing::debug!(%error, "the limit of open files stays");
        }
    }
}

/// Connections that may be open at once: the limit of open files less a reserve, at least one.
pub(crate) fn connections_max() -> usize {
    let files = getrlimit(Resource::Nofile).current;
    allowed(files)
}

fn allowed(files: Option<u64>) -> usize {
    let connections = files.map_or(CONNECTIONS_UNLIMITED, |files| {
        files.saturating_sub(FILES_RESERVED).max(1)
    });
    usize::try_from(connections).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_is_kept() {
        assert_eq!(allowed(Some(1024)), 960);
        assert_eq!(allowed(Some(10)), 1);
        assert_eq!(allowed(None), 1_000_000);
    }
}
