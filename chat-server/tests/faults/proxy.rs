//! A TCP proxy of our own in front of each client, which does to its connections what networks do.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::upstream::Upstream;

/// Connections of one proxy at once; one more waits in the system's queue.
const CONNECTIONS_MAX: usize = 64;

/// Bytes carried at once.
const PIECE_BYTES: usize = 4096;

/// The wait between two bytes of a stalled reader.
const DROP_EVERY: Duration = Duration::from_secs(1);

/// What happens to what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// It passes.
    Clear,
    /// It is swallowed without a sign, in one direction or both; what was swallowed is lost, so the connection ends when the
    /// weather clears.
    HalfOpen {
        /// From the client to the server.
        up: bool,
        /// From the server to the client.
        down: bool,
    },
    /// It passes after so many milliseconds.
    Delayed(u64),
    /// The client gets a byte a second.
    Stalled,
}

/// How a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// By a reset, which also takes what is on its way.
    Reset,
    /// By an orderly end of both directions.
    Fin,
}

#[derive(Clone, Copy, Debug)]
struct State {
    weather: Weather,
    /// Counts the cuts, so that each is noticed once.
    cuts: u64,
    how: Cut,
}

/// A proxy that runs until it is dropped.
pub(crate) struct Proxy {
    /// Where clients dial.
    pub(crate) address: SocketAddr,
    state: watch::Sender<State>,
    _running: JoinSet<()>,
}

impl Proxy {
    /// Starts a proxy in front of `upstream`.
    pub(crate) async fn start(upstream: Upstream) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (state, watched) = watch::channel(State {
            weather: Weather::Clear,
            cuts: 0,
            how: Cut::Fin,
        });
        let mut running = JoinSet::new();
        running.spawn_local(listen(listener, upstream, watched));
        Ok(Self {
            address,
            state,
            _running: running,
        })
    }

    /// Changes the weather.
    pub(crate) fn set(&self, weather: Weather) {
        self.state.send_modify(|state| state.weather = weather);
    }

    /// Cuts all connections.
    pub(crate) fn cut(&self, how: Cut) {
        self.state.send_modify(|state| {
            state.cuts += 1;
            state.how = how;
        });
    }
}

async fn listen(listener: TcpListener, upstream: Upstream, state: watch::Receiver<State>) {
    let mut carried: JoinSet<()> = JoinSet::new();
    loop {
        while carried.len() >= CONNECTIONS_MAX {
            carried.join_next().await;
        }
        let Ok((client, _)) = listener.accept().await else {
            return;
        };
        while carried.try_join_next().is_some() {}
        let upstream = upstream.get();
        let state = state.clone();
        carried.spawn_local(async move {
            // A client whose server is gone sees its connection end.
            if let Some(server) = upstream
                && let Ok(server) = TcpStream::connect(server).await
            {
                drop(Box::pin(carry(client, server, state)).await);
            }
        });
    }
}

async fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    mut state: watch::Receiver<State>,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (first, hurt) = (state.borrow().cuts, Cell::new(false));
    let (up_state, down_state) = (state.clone(), state.clone());
    let how = {
        let (client_reads, client_writes) = client.split();
        let (server_reads, server_writes) = server.split();
        let up = pump(client_reads, server_writes, up_state, Way::Up, &hurt);
        let down = pump(server_reads, client_writes, down_state, Way::Down, &hurt);
        let cut = async {
            let ended = |state: &State| {
                let clear = !matches!(state.weather, Weather::HalfOpen { .. });
                state.cuts > first || (hurt.get() && clear)
            };
            match state.wait_for(ended).await {
                Ok(state) if state.cuts > first => state.how,
                Ok(_) | Err(_) => Cut::Reset,
            }
        };
        tokio::select! {
            ended = async { tokio::try_join!(up, down) } => match ended {
                Ok(_) => Cut::Fin,
                Err(_) => Cut::Reset,
            },
            how = cut => how,
        }
    };
    if how == Cut::Reset {
        client.set_zero_linger()?;
        server.set_zero_linger()?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut state: watch::Receiver<State>,
    way: Way,
    hurt: &Cell<bool>,
) -> io::Result<()> {
    let mut piece = [0; PIECE_BYTES];
    loop {
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        let mut rest = &piece[..length];
        while !rest.is_empty() {
            let weather = state.borrow_and_update().weather;
            match weather {
                Weather::HalfOpen { up, down }
                    if (way == Way::Up && up) || (way == Way::Down && down) =>
                {
                    hurt.set(true);
                    rest = &[];
                }
                Weather::Stalled if way == Way::Down => {
                    to.write_all(&rest[..1]).await?;
                    rest = &rest[1..];
                    tokio::select! {
                        () = sleep(DROP_EVERY) => {}
                        changed = state.changed() => if changed.is_err() { return Ok(()) },
                    }
                }
                Weather::Delayed(ms) => {
                    sleep(Duration::from_millis(ms)).await;
                    to.write_all(rest).await?;
                    rest = &[];
                }
                Weather::Clear | Weather::HalfOpen { .. } | Weather::Stalled => {
                    to.write_all(rest).await?;
                    rest = &[];
                }
            }
        }
    }
}
