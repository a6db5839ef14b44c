//! What a run begins with: the key, the streams, the session and the first acts.

use std::io;
use std::time::{Duration, Instant};

use super::Driver;
use super::signals::Signals;
use crate::config::AGENT;
use crate::model::log::Hours;
use crate::session::{BackOff, Now, Session, Settings};
use crate::shell::line_mode::Options;
use crate::shell::line_mode::args::{LineArgs, Surroundings};
use crate::shell::line_mode::format::Format;
use crate::shell::line_mode::input::{Lines, Reading};
use crate::shell::line_mode::plan::{self, Plan};
use crate::shell::line_mode::recent::Recent;
use crate::shell::line_mode::streams::{self, Sink};
use crate::shell::storage::{Device, IdentitySource, Purpose, Storage, StorageError};
use crate::shell::zone::local_zone;

/// Why line mode cannot start.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum StartError {
    /// The standard streams, threads or signals cannot be had.
    #[error("line mode cannot start: {0}")]
    System(#[from] io::Error),
    /// The key, the device or the remembered server cannot be had.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl StartError {
    /// The exit code that says it.
    pub(in super::super) const fn exit_code(&self) -> u8 {
        match self {
            Self::System(_) => plan::EXIT_UNREACHABLE,
            Self::Storage(_) => plan::EXIT_REFUSED,
        }
    }
}

/// The longest wait between two tries to connect. Shorter than a screen's, so that `--timeout` does not run out while a server that
/// is back is not tried.
const RETRY_WAIT_MAX: Duration = Duration::from_secs(5);

/// The first of all times; every later one counts from it.
const BEGIN: Now = Now {
    elapsed: Duration::ZERO,
    unix_ms: 0,
};

impl Driver {
    #[expect(
        clippy::disallowed_methods,
        reason = "every later time counts from this one"
    )]
    pub(in super::super) fn start(options: Options) -> Result<Self, StartError> {
        let started = Instant::now();
        let signals = Signals::new()?;
        let (session, device) = session(&options)?;
        let surroundings = options.surroundings;
        let progress = surroundings.error_is_terminal && !surroundings.input_is_terminal;
        let settings = plan::Settings {
            room: options.room.clone(),
            history: options.args.history.unwrap_or_default(),
            follow: options.args.follow,
            patience: options.args.patience(),
            progress,
            exposed_to: options
                .server
                .is_exposed()
                .then(|| options.server.endpoint().clone()),
        };
        let mut acts = Vec::new();
        let plan = Plan::new(settings, BEGIN, &mut acts);
        Ok(Self {
            session,
            plan,
            connection: None,
            reading: reading(&options.args, surroundings),
            lines: Lines::default(),
            chunks: streams::input(progress)?,
            input_end: None,
            format: format(&options.args, surroundings, options.settings.hours),
            recent: Recent::default(),
            output: Sink::output()?,
            output_watch: streams::watch_output()?,
            error: Sink::error()?,
            signals,
            acts: acts.into(),
            outbox_changed: false,
            started,
            exit: None,
            server: options.server,
            trust: options.trust,
            room: options.room.into(),
            storage: options.storage,
            nick: options
                .nick
                .filter(|_| options.source == IdentitySource::PerNick),
            _device: device,
        })
    }
}

/// The session of the person's key, or of a guest's. Its outbox is in memory only: who kills a script does not hear of it later.
fn session(options: &Options) -> Result<(Session, Device), StorageError> {
    let (storage, endpoint) = (&options.storage, options.server.endpoint());
    let lasting = match &options.nick {
        Some(nick) => storage.identity_of(&options.source, endpoint, nick)?,
        None => None,
    };
    let guest = lasting.is_none();
    let (identity, device) = match lasting {
        None => (Storage::throw_away_identity()?, Device::unkept()),
        Some(identity) => {
            let device = storage.lock_device(endpoint, identity.person(), Purpose::Script)?;
            (identity, device)
        }
    };
    let settings = Settings {
        identity: Some(identity),
        guest,
        device: device.number(),
        nick: options.nick.clone(),
        known_server_key: storage.known_server(endpoint)?,
        agent: AGENT.to_owned(),
        back_off: BackOff {
            max: RETRY_WAIT_MAX,
            ..BackOff::default()
        },
    };
    // Without random numbers several programs wait equally long, which does no harm to what is said.
    let seed = getrandom::u64().unwrap_or_default();
    Ok((Session::new(settings, Vec::new(), seed, BEGIN), device))
}

fn reading(args: &LineArgs, surroundings: Surroundings) -> Reading {
    if args.json_input {
        Reading::Json
    } else if surroundings.input_is_terminal {
        Reading::Commands
    } else {
        Reading::Text
    }
}

fn format(args: &LineArgs, surroundings: Surroundings, hours: Hours) -> Format {
    if args.json {
        Format::Json
    } else if surroundings.output_is_terminal {
        Format::Terminal(local_zone(), hours)
    } else {
        Format::Tabs
    }
}
