//! IRC (RFC 2812): a room is a channel, a message a PRIVMSG. It comes to everybody but its sender.

use memchr::{memchr, memmem};

use super::{Item, Next, room_name, text};

pub(super) fn cut(bytes: &[u8]) -> Option<(Item<'_>, usize)> {
    let end = memchr(b'\n', bytes)? + 1;
    let line = &bytes[..end];
    if line.starts_with(b"PING") {
        return Some((Item::Ping(line), end));
    }
    let command = memchr(b' ', line).map_or(line, |space| &line[space + 1..]);
    let item = if line[0] == b':' && command.starts_with(b"PRIVMSG ") {
        Item::Message(line)
    } else {
        Item::Other(line)
    };
    Some((item, end))
}

pub(super) fn introduction(member: usize) -> Vec<u8> {
    format!("NICK n{member:07}\r\nUSER u 0 * :u\r\n").into_bytes()
}

pub(super) fn answer(item: Item<'_>, room: u32) -> Next {
    let Item::Other(line) = item else {
        return Next::Wait;
    };
    // End of MOTD, no MOTD, end of names.
    if is_numeric(line, b" 376 ") || is_numeric(line, b" 422 ") {
        Next::Say(format!("JOIN #{}\r\n", room_name(room)).into_bytes())
    } else if is_numeric(line, b" 366 ") {
        Next::Enter
    } else {
        assert!(
            !line.starts_with(b"ERROR"),
            "{}",
            String::from_utf8_lossy(line)
        );
        Next::Wait
    }
}

fn is_numeric(line: &[u8], numeric: &[u8]) -> bool {
    memmem::find(line, b" ").is_some_and(|at| line[at..].starts_with(numeric))
}

pub(super) fn send(room: u32) -> Vec<u8> {
    format!("PRIVMSG #{} :{}\r\n", room_name(room), text()).into_bytes()
}

pub(super) fn pong(ping: &[u8]) -> Vec<u8> {
    let mut answer = ping.to_vec();
    answer[1] = b'O';
    answer
}
