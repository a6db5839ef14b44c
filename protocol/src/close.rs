//! Close codes and what a client does about each. 4000 to 4099: connect again and resume; 4400 to 4499: do not, by
//! yourself.

/// Why a server closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CloseCode {
    /// The server stops or starts again.
    Restart,
    /// The client read too slowly; nothing is lost, it resumes from its position.
    SlowReader,
    /// No answer to a ping in time.
    Silent,
    /// The server could not go on with this connection for a reason of its own.
    Trouble,
    /// The server is about to stop and sends its connections elsewhere, one after the other.
    Drain,
    /// A binary frame, or one that breaks RFC 6455. A text frame that holds no request is answered with an error instead.
    BadFrame,
    /// No `hello` in time.
    HelloTimeout,
    /// Another version of the contract; get a newer program.
    UnsupportedVersion,
    /// The same person and device introduced itself on another connection, which goes on instead of this one.
    TakenOver,
    /// A frame of more than [`Limits::frame_bytes`](crate::limits::Limits::frame_bytes).
    FrameTooLarge,
    /// The client went on sending faster than it may.
    Flood,
}

/// What a client does when a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Connects again after a jittered wait, and resumes; after [`CloseCode::Drain`] without one, as the server spreads them.
    Reconnect,
    /// Says why and waits for the person.
    Stop,
}

impl CloseCode {
    /// Every code.
    pub const ALL: [Self; 11] = [
        Self::Restart,
        Self::SlowReader,
        Self::Silent,
        Self::Trouble,
        Self::Drain,
        Self::BadFrame,
        Self::HelloTimeout,
        Self::UnsupportedVersion,
        Self::TakenOver,
        Self::FrameTooLarge,
        Self::Flood,
    ];

    /// The code on the wire.
    pub const fn code(self) -> u16 {
        match self {
            Self::Restart => 4000,
            Self::SlowReader => 4001,
            Self::Silent => 4002,
            Self::Trouble => 4003,
            Self::Drain => 4004,
            Self::BadFrame => 4400,
            Self::HelloTimeout => 4401,
            Self::UnsupportedVersion => 4402,
            Self::TakenOver => 4409,
            Self::FrameTooLarge => 4413,
            Self::Flood => 4429,
        }
    }

    /// The reason on the wire, for people; at most 123 bytes, as RFC 6455 has it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Restart => "the server restarts; connect again and go on",
            Self::SlowReader => "you read too slowly; connect again and go on from your position",
            Self::Silent => "no answer to a ping; connect again and go on",
            Self::Trouble => "the server cannot go on with this connection; connect again",
            Self::Drain => "this server is about to stop; connect again at once and go on",
            Self::BadFrame => "frames must be text, masked and whole, as RFC 6455 has it",
            Self::HelloTimeout => "no hello in time",
            Self::UnsupportedVersion => "this server speaks another version; get a newer program",
            Self::TakenOver => {
                "another connection of this person and device goes on instead of this one"
            }
            Self::FrameTooLarge => "the frame is longer than the greeting allows",
            Self::Flood => "you send faster than this server allows",
        }
    }
}

/// What a client does after the close code `code`; nothing where the connection ended without one.
///
/// Unknown codes count by their range, so that a newer server can add some. Outside both ranges the standard's "bad
/// client" codes stop (1002, 1003, 1007 to 1010), and everything else is a lost connection.
pub const fn reaction(code: Option<u16>) -> Reaction {
    match code {
        Some(4400..=4499 | 1002 | 1003 | 1007..=1010) => Reaction::Stop,
        _ => Reaction::Reconnect,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_says_by_its_range_what_to_do() {
        for code in CloseCode::ALL {
            let expected = if code.code() < 4100 {
                Reaction::Reconnect
            } else {
                Reaction::Stop
            };
            assert_eq!(reaction(Some(code.code())), expected, "{code:?}");
            assert!(code.reason().len() <= 123);
        }
        assert_eq!(reaction(Some(4077)), Reaction::Reconnect);
        assert_eq!(reaction(Some(4477)), Reaction::Stop);
        assert_eq!(reaction(None), Reaction::Reconnect);
        assert_eq!(reaction(Some(1006)), Reaction::Reconnect);
        assert_eq!(reaction(Some(1009)), Reaction::Stop);
    }
}
