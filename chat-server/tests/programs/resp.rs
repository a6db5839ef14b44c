//! Redis' protocol, as far as tests speak it: one request at a time over a blocking socket.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use super::PATIENCE;

/// What Redis answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// A word such as OK.
    Word(String),
    /// A refusal, with its code as the first word.
    Error(String),
    /// A number.
    Number(i64),
    /// A text; what is no UTF-8 in it is replaced.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// Nothing.
    Nil,
}

impl Reply {
    /// The number that it is.
    #[track_caller]
    pub(crate) fn number(&self) -> i64 {
        let Self::Number(number) = self else {
            panic!("{self:?} is no number");
        };
        *number
    }

    /// The text that it is.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        let (Self::Text(text) | Self::Word(text)) = self else {
            panic!("{self:?} is no text");
        };
        text
    }

    /// The list that it is.
    #[track_caller]
    pub(crate) fn list(&self) -> &[Self] {
        let Self::List(list) = self else {
            panic!("{self:?} is no list");
        };
        list
    }

    /// Of a list of names and values in turn: the value that follows `name`.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let Self::List(list) = self else { return None };
        let mut pairs = list.chunks_exact(2);
        let found = pairs.find(|pair| pair.first() == Some(&Self::Text(name.to_owned())))?;
        match found.last() {
            Some(Self::Text(value)) => Some(value),
            _ => None,
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// One connection. What takes longer than the tests' patience is an error.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Connects.
    pub(crate) fn dial(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Sends a request and reads its answer.
    pub(crate) fn ask(&mut self, words: &[&str]) -> io::Result<Reply> {
        let words = words
            .iter()
            .map(|word| format!("${}\r\n{word}\r\n", word.len()));
        let request = format!("*{}\r\n{}", words.len(), words.collect::<String>());
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.read()
    }

    /// Reads the next answer, or the next message of a subscription.
    pub(crate) fn read(&mut self) -> io::Result<Reply> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end();
        let (kind, rest) = line.split_at_checked(1).ok_or_else(|| odd(line))?;
        let number = || rest.parse::<i64>().map_err(|_number| odd(line));
        Ok(match kind {
            "+" => Reply::Word(rest.to_owned()),
            "-" => Reply::Error(rest.to_owned()),
            ":" => Reply::Number(number()?),
            "$" => match usize::try_from(number()?) {
                Ok(length) => Reply::Text(self.text(length)?),
                Err(_) => Reply::Nil,
            },
            "*" => match usize::try_from(number()?) {
                Ok(length) => {
                    Reply::List((0..length).map(|_| self.read()).collect::<Result<_, _>>()?)
                }
                Err(_) => Reply::Nil,
            },
            _ => return Err(odd(line)),
        })
    }

    fn text(&mut self, length: usize) -> io::Result<String> {
        let mut bytes = vec![0; length + "\r\n".len()];
        self.stream.read_exact(&mut bytes)?;
        bytes.truncate(length);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn odd(line: &str) -> io::Error {
    io::Error::other(format!("Redis does not answer like this: {line:?}"))
}
