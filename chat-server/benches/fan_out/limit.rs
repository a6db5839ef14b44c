//! The least that a server can do: one thread reads frames, joins those that came together and writes them to every socket.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;

use rustix::event::{Timespec, epoll};

use crate::client::{Frames, drain};

/// Serves until it is killed.
pub(crate) fn serve() -> ! {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("limit on tcp://{}", listener.local_addr().unwrap());
    listener.set_nonblocking(true).unwrap();
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
    epoll::add(
        &poll,
        &listener,
        epoll::EventData::new_u64(u64::MAX),
        epoll::EventFlags::IN,
    )
    .unwrap();
    let mut members: Vec<(TcpStream, Frames)> = Vec::new();
    let mut ready = Vec::with_capacity(1024);
    let mut joined = Vec::new();
    loop {
        epoll::wait(
            &poll,
            rustix::buffer::spare_capacity(&mut ready),
            None::<&Timespec>,
        )
        .unwrap();
        for event in ready.drain(..) {
            let data: epoll::Event = event;
            if data.data.u64() == u64::MAX {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nodelay(true).unwrap();
                    stream.set_nonblocking(true).unwrap();
                    let index = epoll::EventData::new_u64(members.len() as u64);
                    epoll::add(&poll, stream.as_fd(), index, epoll::EventFlags::IN).unwrap();
                    members.push((stream, Frames::default()));
                }
                continue;
            }
            let (stream, frames) = &mut members[usize::try_from(data.data.u64()).unwrap()];
            drain(stream, frames, |frame| joined.extend_from_slice(frame));
        }
        if joined.is_empty() {
            continue;
        }
        for (stream, _) in &mut members {
            write_whole(stream, &joined);
        }
        joined.clear();
    }
}

/// Writes all of it; a full socket is waited for, as the generator always reads on.
fn write_whole(stream: &mut TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(n) => bytes = &bytes[n..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                let mut wait = [rustix::event::PollFd::new(
                    stream,
                    rustix::event::PollFlags::OUT,
                )];
                rustix::event::poll(&mut wait, None).unwrap();
            }
            Err(_) => return,
        }
    }
}

/// Reads what is there into `buffer`; how many bytes, 0 for nothing or the end.
pub(crate) fn read_some(stream: &mut TcpStream, buffer: &mut [u8]) -> usize {
    stream.read(buffer).unwrap_or(0)
}
