//! nginx with a configuration of its own, in a directory of its own, as whoever runs the test.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::Signal;
use tempfile::TempDir;

use super::port::Port;
use super::process::{Process, find, spawn};
use super::until;

/// The program.
const PROGRAM: &str = "nginx";

/// Where it would keep bodies that it does not stream; the places it was built with belong to root.
const TEMPORARY: [&str; 5] = [
    "client_body_temp_path",
    "proxy_temp_path",
    "fastcgi_temp_path",
    "uwsgi_temp_path",
    "scgi_temp_path",
];

/// The configuration that people get, and the list of servers beside it.
const DEPLOYED: &str = include_str!("../../../deploy/nginx.conf");
const NODES: &str = include_str!("../../../deploy/nodes.conf");

/// The waits of that configuration, of which a test may want shorter ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waits {
    /// How long a connection may be silent.
    pub(crate) silence_ms: u64,
    /// How long old workers keep their connections after a reload.
    pub(crate) old_workers_ms: u64,
}

impl Waits {
    /// Those that people get.
    pub(crate) const DEPLOYED: Self = Self {
        silence_ms: 75_000,
        old_workers_ms: 30_000,
    };
}

/// The configuration that people get, with nothing changed but where it listens and logs, where the servers are, and the waits.
pub(crate) fn deployed(listen: SocketAddr, nodes: &[SocketAddr], waits: Waits) -> String {
    let servers = NODES.lines().filter(|line| line.starts_with("server "));
    let servers = servers.zip(nodes).map(|(server, node)| {
        let (_, rest) = server.split_once(" max_fails").unwrap();
        format!("server {node} max_fails{rest}\n")
    });
    let servers: Vec<String> = servers.collect();
    assert_eq!(servers.len(), nodes.len(), "nodes.conf has fewer servers");
    let mut config = DEPLOYED.to_owned();
    for (deployed, here, times) in [
        ("listen 80;", format!("listen {listen};"), 1),
        ("include nodes.conf;", servers.concat(), 1),
        ("/var/log/nginx/error.log", "stderr".to_owned(), 1),
        (" 75s;", format!(" {}ms;", waits.silence_ms), 2),
        (" 30s;", format!(" {}ms;", waits.old_workers_ms), 1),
    ] {
        assert_eq!(config.matches(deployed).count(), times, "{deployed}");
        config = config.replace(deployed, &here);
    }
    config
}

/// An nginx; it and its workers end with this value.
#[derive(Debug)]
pub(crate) struct Nginx {
    port: Port,
    directory: TempDir,
    process: Process,
}

impl Nginx {
    /// Starts it with the configuration that `config` makes for its port. In the block `http` it is told besides where
    /// to keep temporary files; the configuration says nothing of `daemon` and `pid`.
    pub(crate) fn start(config: impl FnOnce(SocketAddr) -> String) -> Self {
        let port = Port::free();
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), &config(port.address()));
        let words = directory.path().join("words");
        let mut arguments = arguments(directory.path());
        arguments.extend(["-g".to_owned(), globals(directory.path())]);
        let mut process = Process::start(PROGRAM, arguments, &words).with_children();
        // Written when all is bound.
        let pid = directory.path().join("nginx.pid");
        let id = process.id().to_string();
        process.until("nginx starts", || {
            fs::read_to_string(&pid).is_ok_and(|text| text.trim() == id)
                && TcpStream::connect(port.address()).is_ok()
        });
        Self {
            port,
            directory,
            process,
        }
    }

    /// What `nginx -t` says of a configuration; the error is its words.
    pub(crate) fn check(config: &str) -> Result<(), String> {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), config);
        let mut command = find(PROGRAM);
        command.args(arguments(directory.path())).arg("-t");
        command.args(["-g", &globals(directory.path())]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = spawn(command, PROGRAM);
        let mut words = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut words)
            .unwrap();
        let status = child.wait().unwrap();
        if status.success() { Ok(()) } else { Err(words) }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Takes another configuration, or the same one anew, and waits until new workers have taken over; old ones go on with their
    /// connections as the configuration says.
    pub(crate) fn reload(&mut self, config: impl FnOnce(SocketAddr) -> String) {
        write(self.directory.path(), &config(self.port.address()));
        let old = self.workers();
        assert!(!old.is_empty(), "nginx has no workers");
        self.process.signal(Signal::HUP);
        until(
            || {
                let workers = self.workers();
                workers.iter().any(|worker| !old.contains(worker))
                    && workers
                        .iter()
                        .all(|worker| !old.contains(worker) || is_going(*worker))
            },
            || {
                format!(
                    "nginx has no new workers instead of {old:?}; {}",
                    self.words()
                )
            },
        );
    }

    /// The numbers of its children, old workers among them. Known on Linux alone.
    pub(crate) fn workers(&self) -> Vec<u32> {
        let id = self.process.id();
        let children =
            fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        children
            .split_whitespace()
            .filter_map(|child| child.parse().ok())
            .collect()
    }

    /// What it wrote.
    pub(crate) fn words(&self) -> String {
        fs::read_to_string(self.directory.path().join("words")).unwrap_or_default()
    }
}

/// Whether a worker accepts nothing any more; it says so in its title.
fn is_going(worker: u32) -> bool {
    let title = fs::read_to_string(format!("/proc/{worker}/cmdline"));
    title.is_ok_and(|title| title.contains("shutting down"))
}

fn write(directory: &Path, config: &str) {
    let mut paths = String::from("http {\n");
    for name in TEMPORARY {
        writeln!(paths, "    {name} {};", directory.join(name).display()).unwrap();
    }
    assert!(
        config.contains("http {\n"),
        "the configuration has no block http"
    );
    fs::write(file(directory), config.replacen("http {\n", &paths, 1)).unwrap();
}

fn file(directory: &Path) -> PathBuf {
    directory.join("nginx.conf")
}

fn arguments(directory: &Path) -> Vec<String> {
    let path = |path: &Path| path.display().to_string();
    vec![
        "-p".to_owned(),
        path(directory),
        "-c".to_owned(),
        path(&file(directory)),
        "-e".to_owned(),
        "stderr".to_owned(),
    ]
}

fn globals(directory: &Path) -> String {
    format!("daemon off; pid {};", directory.join("nginx.pid").display())
}
