//! A client that does what it should, and waits for each answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::hostile::{UPGRADE, text};

/// A keyless member of the room `lobby`.
pub(crate) struct Good {
    stream: TcpStream,
    came: BufReader<TcpStream>,
    sent: u64,
}

impl Good {
    pub(crate) fn enter(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        // Only ends a test that fails.
        stream
            .set_read_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        stream.set_nodelay(true).unwrap();
        let mut good = Self {
            came: BufReader::new(stream.try_clone().unwrap()),
            stream,
            sent: 0,
        };
        good.stream.write_all(UPGRADE.as_bytes()).unwrap();
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            good.came.read_line(&mut line).unwrap();
        }
        good.send(r#"{"type":"hello","version":1,"nick":"good"}"#);
        good.send(r#"{"type":"join","ref":1,"room":"lobby"}"#);
        good.until(r#"{"type":"joined""#);
        good
    }

    /// Says something, and waits until it is acknowledged.
    pub(crate) fn say(&mut self, words: &str) {
        self.sent += 1;
        let reference = self.sent + 1;
        self.send(&format!(
            r#"{{"type":"send","ref":{reference},"room":"lobby","seq":{},"text":"{words}"}}"#,
            self.sent
        ));
        self.until(&format!(r#"{{"type":"ack","ref":{reference},"#));
    }

    fn send(&mut self, frame: &str) {
        self.stream.write_all(&text(frame)).unwrap();
    }

    /// Reads up to the frame that begins so; what comes before is of no interest.
    fn until(&mut self, begins: &str) {
        loop {
            let mut head = [0; 2];
            self.came.read_exact(&mut head).unwrap();
            let length = match head[1] {
                0x7e => {
                    let mut long = [0; 2];
                    self.came.read_exact(&mut long).unwrap();
                    usize::from(u16::from_be_bytes(long))
                }
                short => usize::from(short),
            };
            let mut frame = vec![0; length];
            self.came.read_exact(&mut frame).unwrap();
            if frame.starts_with(begins.as_bytes()) {
                return;
            }
            assert_ne!(head[0], 0x88, "closed while waiting for {begins}");
        }
    }
}
