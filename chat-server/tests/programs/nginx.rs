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
            || self.workers().iter().any(|worker| !old.contains(worker)),
            || format!("nginx has no new workers beside {old:?}; {}", self.words()),
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
