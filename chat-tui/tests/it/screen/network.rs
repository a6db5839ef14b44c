//! The network between a client and a server: it passes everything on until it is cut.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// A way to a server with an address of its own; it goes on until the test ends.
pub(crate) struct Network {
    address: SocketAddr,
    carried: Arc<Mutex<Vec<TcpStream>>>,
}

impl Network {
    /// A way to the server on this port of this machine.
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let carried = Arc::new(Mutex::new(Vec::new()));
        let streams = Arc::clone(&carried);
        thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                // Whose server is gone sees the connection end.
                if let Ok(server) = TcpStream::connect(("127.0.0.1", port)) {
                    carry(&client, &server);
                    let mut streams = guard(&streams);
                    streams.push(client);
                    streams.push(server);
                }
            }
        });
        Self { address, carried }
    }

    /// The URL of the server over this way.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Ends every connection, with whatever is on its way.
    pub(crate) fn cut(&self) {
        for stream in guard(&self.carried).drain(..) {
            match stream.shutdown(Shutdown::Both) {
                // It may have ended by itself.
                Ok(()) | Err(_) => {}
            }
        }
    }
}

fn carry(client: &TcpStream, server: &TcpStream) {
    let ways = [(client, server), (server, client)];
    for (from, to) in ways {
        let mut from = from.try_clone().expect("a socket");
        let mut to = to.try_clone().expect("a socket");
        thread::spawn(move || {
            let mut buffer = [0; 512];
            loop {
                let read = match from.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(read) => read,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(_) => break,
                };
                if to
                    .write_all(buffer.get(..read).unwrap_or_default())
                    .is_err()
                {
                    break;
                }
            }
            match to.shutdown(Shutdown::Both) {
                // The other direction may have ended it.
                Ok(()) | Err(_) => {}
            }
        });
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
