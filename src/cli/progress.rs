//! A pull's progress: bars on a terminal, plain lines elsewhere.

use std::{
    collections::HashMap,
    io::{self, IsTerminal as _, Write as _},
    sync::{Mutex, PoisonError},
};

use ferrule::fetch::Progress;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::output;

/// Nothing where `quiet`; else what suits standard error.
pub fn unless(quiet: bool) -> Box<dyn Progress> {
    if quiet { Box::new(()) } else { shown() }
}

/// What suits standard error.
pub fn shown() -> Box<dyn Progress> {
    if io::stderr().is_terminal() {
        Box::new(Bars::default())
    } else {
        Box::new(Lines::default())
    }
}

#[derive(Default)]
struct Bars {
    all: MultiProgress,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    fn with(&self, file: &str, f: impl FnOnce(&ProgressBar)) {
        let bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = bars.get(file) {
            f(bar);
        }
    }
}

impl Progress for Bars {
    fn started(&self, file: &str, total: Option<u64>) {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bars.entry(file.to_owned()).or_insert_with(|| {
            let style = "{msg:32!} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
            let style = ProgressStyle::with_template(style)
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            self.all.add(
                ProgressBar::new(0)
                    .with_style(style)
                    .with_message(file.to_owned()),
            )
        });
        bar.set_position(0);
        bar.set_length(total.unwrap_or(0));
    }

    fn advanced(&self, file: &str, bytes: u64) {
        self.with(file, |bar| bar.inc(bytes));
    }

    fn finished(&self, file: &str) {
        self.with(file, ProgressBar::finish);
    }

    fn note(&self, text: &str) {
        // On failure the terminal is gone, and with it who would read this.
        let _ = self.all.println(text);
    }
}

#[derive(Default)]
struct Lines {
    totals: Mutex<HashMap<String, u64>>,
}

impl Progress for Lines {
    fn started(&self, file: &str, total: Option<u64>) {
        let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        totals.insert(file.to_owned(), total.unwrap_or(0));
    }

    fn finished(&self, file: &str) {
        let totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        let size = output::size(totals.get(file).copied().unwrap_or(0));
        let _ = writeln!(io::stderr(), "fetched {file} ({size})");
    }

    fn note(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{text}");
    }
}
