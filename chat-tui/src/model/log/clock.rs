//! Times and days as they stand in the log, by the person's clock.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::model::Model;
use crate::model::words::Language;

/// How the hours of a day are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hours {
    /// Up to 23: `14:03`.
    #[default]
    Day,
    /// Up to 12, twice: `2:03 PM`, `오후 2:03`.
    Half,
}

/// The person's clock: where it is, and how it is read.
#[derive(Clone, Copy, Debug)]
pub struct Clock<'a> {
    /// Where it is.
    pub zone: &'a TimeZone,
    /// How it counts.
    pub hours: Hours,
    /// Who reads it.
    pub language: Language,
}

impl Model {
    /// The person's clock.
    pub const fn clock(&self) -> Clock<'_> {
        Clock {
            zone: &self.zone,
            hours: self.hours,
            language: self.language,
        }
    }
}

impl Clock<'_> {
    /// The most columns that a time of the day takes.
    pub const fn columns(self) -> u16 {
        match (self.hours, self.language) {
            (Hours::Day, _) => 5,
            (Hours::Half, Language::English) => 8,
            (Hours::Half, Language::Korean) => 10,
        }
    }

    /// The day of a time in milliseconds since 1970.
    pub fn date(self, unix_ms: u64) -> Date {
        Minute::of(unix_ms, self.zone).date
    }

    /// A day as a line of its own: `2026년 9월 20일 일요일`.
    pub fn day(self, date: Date) -> String {
        day(date, self.language)
    }

    /// The time of the day of a time in milliseconds since 1970: `14:03`.
    pub fn minute(self, unix_ms: u64) -> String {
        Minute::of(unix_ms, self.zone).clock(self)
    }

    fn time(self, hour: i8, rest: &str) -> String {
        let half = match hour % 12 {
            0 => 12,
            half => half,
        };
        let is_before_noon = hour < 12;
        match (self.hours, self.language) {
            (Hours::Day, _) => format!("{hour:02}:{rest}"),
            (Hours::Half, Language::English) if is_before_noon => format!("{half}:{rest} AM"),
            (Hours::Half, Language::English) => format!("{half}:{rest} PM"),
            (Hours::Half, Language::Korean) if is_before_noon => format!("오전 {half}:{rest}"),
            (Hours::Half, Language::Korean) => format!("오후 {half}:{rest}"),
        }
    }
}

/// A minute on the person's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Minute {
    pub(super) date: Date,
    hour: i8,
    past_hour: i8,
}

/// A time to the second, as one reads it of a message: `2026년 11월 21일 토요일 14:03:27`. Of milliseconds since 1970.
pub fn exact(unix_ms: u64, clock: Clock<'_>) -> String {
    let minute = Minute::of(unix_ms, clock.zone);
    // Every offset that is in use is one of whole minutes.
    let second = unix_ms / 1000 % 60;
    let rest = format!("{:02}:{second:02}", minute.past_hour);
    format!(
        "{} {}",
        clock.day(minute.date),
        clock.time(minute.hour, &rest)
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

    /// As the person's clock shows it: `14:03`.
    pub(super) fn clock(self, clock: Clock<'_>) -> String {
        clock.time(self.hour, &format!("{:02}", self.past_hour))
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

/// A time in a list, in as few columns as tell it, six more than [`Clock::columns`] at most: `14:03` today, `11-20 14:03` this year, else
/// the day alone.
pub fn moment(unix_ms: u64, now_ms: u64, clock: Clock<'_>) -> String {
    let (then, now) = (
        Minute::of(unix_ms, clock.zone),
        Minute::of(now_ms, clock.zone),
    );
    if then.date == now.date {
        then.clock(clock)
    } else if then.date.year() == now.date.year() {
        let (month, day) = (then.date.month(), then.date.day());
        format!("{month:02}-{day:02} {}", then.clock(clock))
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

    static UTC: TimeZone = TimeZone::UTC;

    #[test]
    fn t29_days_and_times_are_those_of_the_person() {
        let seoul = TimeZone::fixed(jiff::tz::offset(9));
        let clock = |zone, language| Clock {
            zone,
            hours: Hours::Day,
            language,
        };
        let korean = clock(&seoul, Language::Korean);
        let english = clock(&UTC, Language::English);
        // 2026-11-20 15:30 UTC
        let minute = Minute::of(1_795_188_600_000, &seoul);
        assert_eq!(minute.clock(korean), "00:30");
        assert_eq!(
            day(minute.date, Language::Korean),
            "2026년 11월 21일 토요일"
        );
        let utc = Minute::of(1_795_188_600_000, &TimeZone::UTC);
        assert_eq!(utc.clock(english), "15:30");
        assert_eq!(short_day(1_795_188_600_000, &seoul), "2026-11-21");
        assert_eq!(
            exact(1_795_188_659_999, korean),
            "2026년 11월 21일 토요일 00:30:59"
        );
        assert_eq!(
            exact(1_795_188_600_000, english),
            "Friday, 20 November 2026 15:30:00"
        );
        assert_eq!(day(utc.date, Language::English), "Friday, 20 November 2026");
        assert_eq!(Minute::of(u64::MAX, &seoul).clock(korean).len(), 5);
        let now = 1_795_188_600_000;
        assert_eq!(moment(now, now, korean), "00:30");
        assert_eq!(moment(now - 86_400_000, now, korean), "11-20 00:30");
        assert_eq!(moment(0, now, korean), "1970-01-01");
    }

    #[test]
    fn t16_hours_are_counted_as_the_person_wants_them() {
        const HOUR_MS: u64 = 3_600_000;
        let clock = |hours, language| Clock {
            zone: &UTC,
            hours,
            language,
        };
        let day = clock(Hours::Day, Language::Korean);
        let korean = clock(Hours::Half, Language::Korean);
        let english = clock(Hours::Half, Language::English);
        for (hour, expected) in [
            (0, ["00:03", "오전 12:03", "12:03 AM"]),
            (9, ["09:03", "오전 9:03", "9:03 AM"]),
            (11, ["11:03", "오전 11:03", "11:03 AM"]),
            (12, ["12:03", "오후 12:03", "12:03 PM"]),
            (14, ["14:03", "오후 2:03", "2:03 PM"]),
            (23, ["23:03", "오후 11:03", "11:03 PM"]),
        ] {
            let time = hour * HOUR_MS + 3 * 60_000;
            assert_eq!(
                [day, korean, english].map(|clock| clock.minute(time)),
                expected
            );
            for clock in [day, korean, english] {
                let widths = crate::text::cells::Widths::default();
                assert!(widths.width(&clock.minute(time)) <= usize::from(clock.columns()));
            }
        }
        // 2026-09-20 05:03:27 UTC
        let sunday = 1_789_880_607_000;
        assert_eq!(exact(sunday, day), "2026년 9월 20일 일요일 05:03:27");
        assert_eq!(exact(sunday, korean), "2026년 9월 20일 일요일 오전 5:03:27");
        assert_eq!(
            exact(sunday, english),
            "Sunday, 20 September 2026 5:03:27 AM"
        );
        let later = sunday + 24 * HOUR_MS;
        assert_eq!(moment(sunday, later, korean), "09-20 오전 5:03");
    }
}
