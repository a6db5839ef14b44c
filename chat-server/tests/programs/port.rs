//! A TCP port that no other test takes, also while the program that listens on it is down.

use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

/// Ports below those that systems give to connections that go out.
const FIRST: u16 = 12_000;
const LAST: u16 = 31_999;

/// Tests of one process begin to look here; those of others begin elsewhere.
static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port of 127.0.0.1, kept until this is dropped.
///
/// The UDP port of the same number is held for it: that is seen by every other process, is in nobody's way, and ends with this one.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    _held: UdpSocket,
}

impl Port {
    /// A free one.
    pub(crate) fn free() -> Self {
        let many = LAST - FIRST + 1;
        let begin = u16::try_from(process::id().wrapping_mul(97) % u32::from(many)).unwrap();
        for _ in 0..many {
            let next = NEXT.fetch_add(1, Ordering::Relaxed);
            let number = FIRST + (begin + next % many) % many;
            let address = (Ipv4Addr::LOCALHOST, number);
            // Not tried by listening: a child that is being started just then would keep it for a moment.
            if let Ok(held) = UdpSocket::bind(address)
                && TcpStream::connect(address).is_err()
            {
                return Self {
                    number,
                    _held: held,
                };
            }
        }
        panic!("no port of 127.0.0.1 from {FIRST} to {LAST} is free");
    }

    /// Its number.
    pub(crate) const fn number(&self) -> u16 {
        self.number
    }

    /// Where it is.
    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.number).into()
    }
}
