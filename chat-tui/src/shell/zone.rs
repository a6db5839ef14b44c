//! The person's time zone, read without a search through all zones that there are.

use std::fs::File;
use std::io::Read as _;

use jiff::tz::TimeZone;

/// The machine's own zone.
const LOCAL_ZONE: &str = "/etc/localtime";

/// Bytes of a zone's file that are read; real ones have a few thousand.
const ZONE_BYTES_MAX: u64 = 64 * 1024;

/// The zone that `TZ` names, else the machine's, else UTC.
///
/// To tell the machine's zone by name the library walks over every zone's file, which takes longer than the rest of what is read
/// before the first frame. Nobody asks for the name here.
pub fn local_zone() -> TimeZone {
    if std::env::var_os("TZ").is_some() {
        return TimeZone::system();
    }
    let mut bytes = Vec::new();
    let file = File::open(LOCAL_ZONE);
    let read = file.and_then(|file| file.take(ZONE_BYTES_MAX).read_to_end(&mut bytes));
    read.ok()
        .and_then(|_| TimeZone::tzif("Local", &bytes).ok())
        .unwrap_or_else(TimeZone::system)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn it_tells_the_times_that_the_library_tells() {
        for unix_ms in [0, 1_795_237_920_000, 4_000_000_000_000] {
            let time = Timestamp::from_millisecond(unix_ms).unwrap();
            let (ours, theirs) = (local_zone(), TimeZone::system());
            assert_eq!(
                ours.to_datetime(time),
                theirs.to_datetime(time),
                "{unix_ms}"
            );
        }
    }
}
