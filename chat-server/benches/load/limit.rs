//! The least that a server can do: one thread reads frames, joins those that came together and writes them to every socket.
//!
//! It knows no chat. The only thing beside frames are rooms: a connection's first four bytes are the number of its room,
//! answered by an empty frame.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use rustix::event::{PollFd, PollFlags, Timespec, epoll, poll};

use crate::wire::frame_length;

/// Read at once from one socket.
const READ_BYTES: usize = 256 * 1024;

/// The listener's number among the sockets.
const LISTENER: u64 = u64::MAX;

struct Member {
    stream: TcpStream,
    room: Option<usize>,
    /// A frame whose end has not come yet.
    begun: Vec<u8>,
}

#[derive(Default)]
struct Room {
    members: Vec<usize>,
    /// What came since the last write.
    joined: Vec<u8>,
}

/// Serves until it is killed.
pub(crate) fn serve() -> ! {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("limit on tcp://{}", listener.local_addr().unwrap());
    listener.set_nonblocking(true).unwrap();
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
    let data = epoll::EventData::new_u64(LISTENER);
    epoll::add(&poll, &listener, data, epoll::EventFlags::IN).unwrap();
    let mut limit = Limit::default();
    let mut ready: Vec<epoll::Event> = Vec::with_capacity(1024);
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let room = rustix::buffer::spare_capacity(&mut ready);
        epoll::wait(&poll, room, None::<&Timespec>).unwrap();
        for event in ready.drain(..) {
            match event.data.u64() {
                LISTENER => {
                    while let Ok((stream, _)) = listener.accept() {
                        limit.accept(&poll, stream);
                    }
                }
                member => limit.read(&poll, member as usize, &mut buffer),
            }
        }
        limit.write();
    }
}

#[derive(Default)]
struct Limit {
    members: Vec<Member>,
    rooms: Vec<Room>,
    /// Rooms in which something came.
    touched: Vec<usize>,
}

impl Limit {
    fn accept(&mut self, poll: &std::os::fd::OwnedFd, stream: TcpStream) {
        stream.set_nodelay(true).unwrap();
        stream.set_nonblocking(true).unwrap();
        let data = epoll::EventData::new_u64(self.members.len() as u64);
        epoll::add(poll, &stream, data, epoll::EventFlags::IN).unwrap();
        self.members.push(Member {
            stream,
            room: None,
            begun: Vec::new(),
        });
    }

    fn read(&mut self, poll: &std::os::fd::OwnedFd, index: usize, buffer: &mut [u8]) {
        let member = &mut self.members[index];
        let begun = member.begun.len();
        buffer[..begun].copy_from_slice(&member.begun);
        let end = match member.stream.read(&mut buffer[begun..]) {
            Ok(0) => return leave(poll, member),
            Ok(read) => begun + read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(_) => return leave(poll, member),
        };
        member.begun.clear();
        let mut bytes = &buffer[..end];
        let Some(room) = member.room else {
            let (number, rest) = bytes.split_at(4);
            assert!(rest.is_empty(), "nobody sends before the answer");
            let room = u32::from_be_bytes(number.try_into().unwrap()) as usize;
            member.room = Some(room);
            member.stream.write_all(&[0x81, 0]).unwrap();
            self.rooms
                .resize_with(self.rooms.len().max(room + 1), Room::default);
            self.rooms[room].members.push(index);
            return;
        };
        let mut whole = 0;
        while let Some(length) = frame_length(&bytes[whole..]) {
            whole += length;
        }
        let joined = &mut self.rooms[room].joined;
        if joined.is_empty() && whole > 0 {
            self.touched.push(room);
        }
        joined.extend_from_slice(&bytes[..whole]);
        bytes = &bytes[whole..];
        member.begun.extend_from_slice(bytes);
    }

    fn write(&mut self) {
        for room in self.touched.drain(..) {
            let room = &mut self.rooms[room];
            for member in &room.members {
                write_whole(&mut self.members[*member].stream, &room.joined);
            }
            room.joined.clear();
        }
    }
}

fn leave(poll: &std::os::fd::OwnedFd, member: &Member) {
    epoll::delete(poll, &member.stream).unwrap();
}

/// Writes all of it; a full socket is waited for, as the generator always reads on.
fn write_whole(stream: &mut TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                let mut wait = [PollFd::new(stream, PollFlags::OUT)];
                poll(&mut wait, None).unwrap();
            }
            Err(_) => return,
        }
    }
}
