//! The text format in which Prometheus reads metrics, version 0.0.4, as far as it is needed here. Knows no metric.
//!
//! By hand, since what is told is a snapshot: a library of counters would bring a registry, shared cells for what the hub counts in plain
//! fields, and a dozen crates, to save these lines. Names, labels and their values are fixed words of this program, so nothing is escaped.

use std::fmt::Display;

use crate::engine::Histogram;

/// The content type.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A text that grows by one metric after the other.
#[derive(Debug, Default)]
pub(super) struct Exposition(String);

impl Exposition {
    /// A number that goes up and down.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, help, "gauge");
        self.sample(name, "", value);
    }

    /// A number of each of some kinds that goes up and down.
    pub(super) fn gauges<V: Display>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (impl Display, V)>,
    ) {
        self.head(name, help, "gauge");
        self.samples(name, label, values);
    }

    /// A number that only goes up, from 0 at the start.
    pub(super) fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, help, "counter");
        self.sample(name, "", value);
    }

    /// A number of each of some kinds that only goes up.
    pub(super) fn counters(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (impl Display, u64)>,
    ) {
        self.head(name, help, "counter");
        self.samples(name, label, values);
    }

    /// How values are spread; `unit` says what a bound and a sum are in the metric's unit.
    pub(super) fn histogram<V: Display>(
        &mut self,
        name: &str,
        help: &str,
        histogram: &Histogram,
        unit: impl Fn(u64) -> V,
    ) {
        self.head(name, help, "histogram");
        let bucket = format!("{name}_bucket");
        for (bound, count) in histogram.up_to() {
            self.sample(&bucket, &format!("{{le=\"{}\"}}", unit(bound)), count);
        }
        self.sample(&bucket, "{le=\"+Inf\"}", histogram.count());
        self.sample(&format!("{name}_sum"), "", unit(histogram.sum()));
        self.sample(&format!("{name}_count"), "", histogram.count());
    }

    /// All of it.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let lines = [
            "# HELP ",
            name,
            " ",
            help,
            "\n# TYPE ",
            name,
            " ",
            kind,
            "\n",
        ];
        self.0.extend(lines);
    }

    fn samples<V: Display>(
        &mut self,
        name: &str,
        label: &str,
        values: impl IntoIterator<Item = (impl Display, V)>,
    ) {
        for (kind, value) in values {
            self.sample(name, &format!("{{{label}=\"{kind}\"}}"), value);
        }
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        self.0.extend([name, labels, " ", &value.to_string(), "\n"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_written_as_the_format_has_it() {
        let mut text = Exposition::default();
        text.gauge("a", "One thing.", 1.5);
        text.counters("b_total", "Two kinds.", "kind", [("x", 0), ("y", 7)]);
        let mut histogram = Histogram::new(&[10, 20]);
        histogram.note(10);
        histogram.note(25);
        text.histogram("c", "A spread.", &histogram, |value| value / 10);
        let expected = "\
# HELP a One thing.
# TYPE a gauge
a 1.5
# HELP b_total Two kinds.
# TYPE b_total counter
b_total{kind=\"x\"} 0
b_total{kind=\"y\"} 7
# HELP c A spread.
# TYPE c histogram
c_bucket{le=\"1\"} 1
c_bucket{le=\"2\"} 1
c_bucket{le=\"+Inf\"} 2
c_sum 3
c_count 2
";
        assert_eq!(text.into_text(), expected);
    }
}
