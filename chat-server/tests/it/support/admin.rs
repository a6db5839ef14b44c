//! Asks at an admin address, and reads the text format of Prometheus with everything that its description demands.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::PATIENCE;

/// The value of each sample by its name and labels, as they stand in the text.
pub(crate) struct Samples(BTreeMap<String, String>);

impl Samples {
    /// A value that is a whole number.
    #[track_caller]
    pub(crate) fn of(&self, series: &str) -> u64 {
        let value = self.0.get(series).unwrap_or_else(|| panic!("no {series}"));
        value.parse().unwrap()
    }

    /// Any value.
    #[track_caller]
    pub(crate) fn number(&self, series: &str) -> f64 {
        self.0[series].parse().unwrap()
    }
}

/// The status and the body of the answer.
pub(crate) async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let asked = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: admin\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = timeout(PATIENCE, asked).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    if path == "/metrics" {
        let kind = "content-type: text/plain; version=0.0.4; charset=utf-8\r\n";
        assert!(head.contains(kind), "{head}");
    }
    (status, body.to_owned())
}

/// Checks a text and gives its samples.
pub(crate) fn parse(text: &str) -> Samples {
    assert!(text.ends_with('\n'));
    let mut samples = BTreeMap::new();
    let mut families = BTreeSet::new();
    let (mut helped, mut family, mut kind) = ("", "", "");
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            helped = help.split_once(' ').unwrap().0;
        } else if let Some(typed) = line.strip_prefix("# TYPE ") {
            (family, kind) = typed.split_once(' ').unwrap();
            assert_eq!(helped, family, "{line}");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(is_name(family), "{line}");
            assert_eq!(family.ends_with("_total"), kind == "counter", "{line}");
            assert!(families.insert(family), "twice: {line}");
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let number: f64 = value.parse().unwrap();
            assert!(number >= 0.0 && number.is_finite(), "{line}");
            let name = series.split('{').next().unwrap();
            let rest = name.strip_prefix(family).unwrap();
            let expected = if kind == "histogram" {
                ["_bucket", "_sum", "_count"].contains(&rest)
            } else {
                rest.is_empty()
            };
            assert!(expected, "{line} in {family}");
            check_labels(series.strip_prefix(name).unwrap());
            let before = samples.insert(series.to_owned(), value.to_owned());
            assert_eq!(before, None, "twice: {line}");
        }
    }
    check_histograms(&samples);
    Samples(samples)
}

fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}

/// At most one, as all of ours have.
fn check_labels(labels: &str) {
    if labels.is_empty() {
        return;
    }
    let inside = labels.strip_prefix('{').and_then(|l| l.strip_suffix('}'));
    let (name, value) = inside.unwrap().split_once('=').unwrap();
    assert!(is_name(name), "{labels}");
    let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    assert!(!value.unwrap().contains(['"', '\\', '\n', '{']), "{labels}");
}

/// Buckets rise up to that of all, which is the count.
fn check_histograms(samples: &BTreeMap<String, String>) {
    for (series, all) in samples {
        let Some(name) = series.strip_suffix("_bucket{le=\"+Inf\"}") else {
            continue;
        };
        assert_eq!(samples[&format!("{name}_count")], *all);
        let start = format!("{name}_bucket{{le=\"");
        let mut buckets: Vec<(f64, u64)> = samples
            .iter()
            .filter_map(|(series, count)| {
                let bound = series.strip_prefix(&start)?.strip_suffix("\"}")?;
                Some((
                    bound.replace("+Inf", "inf").parse().unwrap(),
                    count.parse().unwrap(),
                ))
            })
            .collect();
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(buckets.len() > 2, "{name}");
        assert!(
            buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1),
            "{name}"
        );
    }
}
