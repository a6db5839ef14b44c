//! Times and days as they stand in the log, by the person's clock.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::model::words::Language;

/// A minute on the person's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Minute {
    pub(super) date: Date,
    hour: i8,
    past_hour: i8,
}

/// A time to the second, as one reads it of a message: `2026년 11월 21일 토요일 14:03:27`. Of milliseconds since 1970.
pub fn exact(unix_ms: u64, zone: &TimeZone, language: Language) -> String {
    let minute = Minute::of(unix_ms, zone);
    // Every offset that is in use is one of whole minutes.
    let second = unix_ms / 1000 % 60;
    format!(
        "{} {}:{second:02}",
        day(minute.date, language),
        minute.clock()
    )
}

impl Minute {
    /// The minute of a time in milliseconds since 1970; times beyond the calendar count as its end.
    pub(super) fn of(unix_ms: u64, zone: &TimeZone) -> Self {
        let milliseconds = i64::try_from(unix_ms).unwrap_or(i64::MAX);
        let time = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX);
        let local = zone.to_datetime(time);
        Self {
            date: local.date(),
            hour: local.hour(),
            past_hour: local.minute(),
        }
    }

    /// Five columns: `14:03`.
    pub(super) fn clock(self) -> String {
        format!("{:02}:{:02}", self.hour, self.past_hour)
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day within a sentence, in any language: `2026-05-01`. Of a time in milliseconds since 1970.
pub fn short_day(unix_ms: u64, zone: &TimeZone) -> String {
    Minute::of(unix_ms, zone).date.to_string()
}

/// A time in a list, in as few columns as tell it, eleven at most: `14:03` today, `11-20 14:03` this year, else the day alone.
pub fn moment(unix_ms: u64, now_ms: u64, zone: &TimeZone) -> String {
    let (then, now) = (Minute::of(unix_ms, zone), Minute::of(now_ms, zone));
    if then.date == now.date {
        then.clock()
    } else if then.date.year() == now.date.year() {
        let (month, day) = (then.date.month(), then.date.day());
        format!("{month:02}-{day:02} {}", then.clock())
    } else {
        then.date.to_string()
    }
}

/// A day as a line of its own.
pub(super) fn day(date: Date, language: Language) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    match language {
        Language::Korean => {
            let weekday = match date.weekday() {
                Weekday::Monday => "월",
                Weekday::Tuesday => "화",
                Weekday::Wednesday => "수",
                Weekday::Thursday => "목",
                Weekday::Friday => "금",
                Weekday::Saturday => "토",
                Weekday::Sunday => "일",
            };
            format!("{year}년 {month}월 {day}일 {weekday}요일")
        }
        Language::English => {
            let weekday = match date.weekday() {
                Weekday::Monday => "Monday",
                Weekday::Tuesday => "Tuesday",
                Weekday::Wednesday => "Wednesday",
                Weekday::Thursday => "Thursday",
                Weekday::Friday => "Friday",
                Weekday::Saturday => "Saturday",
                Weekday::Sunday => "Sunday",
            };
            let index = usize::try_from(month.saturating_sub(1)).unwrap_or_default();
            let month = MONTHS.get(index).copied().unwrap_or_default();
            format!("{weekday}, {day} {month} {year}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t29_days_and_times_are_those_of_the_person() {
        let seoul = TimeZone::fixed(jiff::tz::offset(9));
        // 2026-11-20 15:30 UTC
        let minute = Minute::of(1_795_188_600_000, &seoul);
        assert_eq!(minute.clock(), "00:30");
        assert_eq!(
            day(minute.date, Language::Korean),
            "2026년 11월 21일 토요일"
        );
        let utc = Minute::of(1_795_188_600_000, &TimeZone::UTC);
        assert_eq!(utc.clock(), "15:30");
        assert_eq!(short_day(1_795_188_600_000, &seoul), "2026-11-21");
        assert_eq!(
            exact(1_795_188_659_999, &seoul, Language::Korean),
            "2026년 11월 21일 토요일 00:30:59"
        );
        assert_eq!(
            exact(1_795_188_600_000, &TimeZone::UTC, Language::English),
            "Friday, 20 November 2026 15:30:00"
        );
        assert_eq!(day(utc.date, Language::English), "Friday, 20 November 2026");
        assert_eq!(Minute::of(u64::MAX, &seoul).clock().len(), 5);
        let now = 1_795_188_600_000;
        assert_eq!(moment(now, now, &seoul), "00:30");
        assert_eq!(moment(now - 86_400_000, now, &seoul), "11-20 00:30");
        assert_eq!(moment(0, now, &seoul), "1970-01-01");
    }
}
