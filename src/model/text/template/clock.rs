//! `strftime_now`: the local time in C's notation, as Python's `datetime.now().strftime` prints it.

use minijinja::{Error, ErrorKind};
use time::OffsetDateTime;
use time::format_description::parse_strftime_owned;

pub(super) fn strftime_now(format: &str) -> Result<String, Error> {
    strftime(format, now())
}

fn now() -> OffsetDateTime {
    #[cfg(test)]
    if let Some(now) = tests::NOW.get() {
        return now;
    }
    // Without a readable time zone the date is still right for most of the day.
    OffsetDateTime::now_local().unwrap_or_else(|_| OffsetDateTime::now_utc())
}

fn strftime(format: &str, at: OffsetDateTime) -> Result<String, Error> {
    let bad = |problem: String| {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("strftime_now: expected a format such as %d %b %Y, got `{format}` ({problem})"),
        )
    };
    let items = parse_strftime_owned(format).map_err(|e| bad(e.to_string()))?;
    at.format(&items).map_err(|e| bad(e.to_string()))
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::Cell;

    use time::macros::datetime;

    use super::*;

    thread_local! {
        /// The time that templates see on this thread.
        pub(crate) static NOW: Cell<Option<OffsetDateTime>> = const { Cell::new(None) };
    }

    #[test]
    fn dates_print_as_strftime_prints_them() {
        let at = datetime!(2024-07-06 05:04:03 +2);
        let print = |format| strftime(format, at).unwrap();
        assert_eq!(print("%d %b %Y"), "06 Jul 2024");
        assert_eq!(print("%A, %B %-d, %Y"), "Saturday, July 6, 2024");
        assert_eq!(
            print("%Y-%m-%dT%H:%M:%S %j %I %p %%"),
            "2024-07-06T05:04:03 188 05 AM %"
        );
    }

    #[test]
    fn an_unknown_format_is_an_error_that_shows_it() {
        let problem = strftime("%Q", datetime!(2024-07-06 05:04:03 +2)).unwrap_err();
        assert!(problem.to_string().contains("`%Q`"), "{problem}");
    }
}
