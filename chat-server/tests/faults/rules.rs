//! The pure parts of the fault driver: each rule of its oracle by logs made by hand, holding and broken, and its schedules.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "kinds and acts are sorted here, not understood"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "a driver that cannot go on says where and ends"
)]
#![expect(dead_code, reason = "the driver uses more of them")]

mod log;
mod oracle;
#[path = "anchor/packet.rs"]
mod packet;
mod plan;
mod proxy;
mod random;
#[path = "shim/shim.rs"]
mod shim;
mod subject;
mod upstream;

#[cfg(test)]
#[path = "oracle/tests.rs"]
mod oracle_tests;
#[cfg(test)]
#[path = "anchor/packet_tests.rs"]
mod packet_tests;
#[cfg(test)]
#[path = "plan/tests.rs"]
mod plan_tests;
