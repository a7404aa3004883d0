use std::fmt;

use ferrule_types::{Ruling, Verdict};
use serde::{Deserialize, Serialize};

use super::{Item, diff::Difference};

/// What is done with a definition that is not the pinned one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Pins are not looked at.
    Off,
    /// It is told, and may be used.
    Warn,
    /// It is told, hidden from the model, and may not be called.
    #[default]
    Enforce,
}

/// How a server's offer differs from its pins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    pub server: String,
    /// Of sections that the lock does not know: to be trusted as they are.
    pub first: Vec<Item>,
    pub new: Vec<Item>,
    pub changed: Vec<Changed>,
    pub gone: Vec<Gone>,
}

/// A definition that is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub item: Item,
    pub was_sha256: String,
    pub is_sha256: String,
    pub fields: Vec<Difference>,
}

/// A definition that is pinned and no longer offered. Nothing is quarantined by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    pub item: Item,
}

impl Changes {
    /// Nothing differs from what is pinned; what is seen for the first time is no difference.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.gone.is_empty()
    }

    /// Whether a definition may be shown and called.
    pub fn verdict(&self, mode: Mode, item: &Item) -> Verdict {
        let (rule, what) = if mode == Mode::Off {
            return Verdict::Allow(Ruling::new(
                "pins.off",
                "definitions are not compared with their pins",
            ));
        } else if let Some(changed) = self.changed.iter().find(|changed| changed.item == *item) {
            (
                "pins.changed",
                format!(
                    "is not the one that was trusted: {} changed",
                    changed.named()
                ),
            )
        } else if self.new.contains(item) {
            ("pins.new", "is new since the server was trusted".to_owned())
        } else if self.first.contains(item) {
            return Verdict::Allow(Ruling::new(
                "pins.first_use",
                format!("the {item} is trusted on first use"),
            ));
        } else {
            return Verdict::Allow(Ruling::new(
                "pins.same",
                format!("the {item} is as it was pinned"),
            ));
        };
        let server = &self.server;
        let reason = format!(
            "the {item} of server '{server}' {what}; look at it and run `ferrule tools pin {server}`"
        );
        let ruling = Ruling::new(rule, reason).at(format!("{server}: {item}"));
        match mode {
            Mode::Enforce => Verdict::Deny(ruling),
            Mode::Warn | Mode::Off => Verdict::Allow(ruling),
        }
    }

    /// Whether a definition is to be hidden.
    pub fn quarantines(&self, mode: Mode, item: &Item) -> bool {
        !self.verdict(mode, item).allows()
    }
}

impl Changed {
    /// The names of the fields, the first few.
    fn named(&self) -> String {
        let names: Vec<&str> = self
            .fields
            .iter()
            .take(3)
            .map(|difference| difference.field.as_str())
            .collect();
        let more = if self.fields.len() > names.len() {
            ", …"
        } else {
            ""
        };
        format!("{}{more}", names.join(", "))
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for item in &self.first {
            writeln!(f, "{}: {item}: seen for the first time", self.server)?;
        }
        for item in &self.new {
            writeln!(f, "{}: {item}: new", self.server)?;
        }
        for changed in &self.changed {
            writeln!(f, "{}: {}: changed", self.server, changed.item)?;
            for field in &changed.fields {
                write!(f, "{field}")?;
            }
        }
        for gone in &self.gone {
            writeln!(f, "{}: {}: gone", self.server, gone.item)?;
        }
        Ok(())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {}", self.field)?;
        if let Some(was) = &self.was {
            writeln!(f, "    - {was}")?;
        }
        if let Some(is) = &self.is {
            writeln!(f, "    + {is}")?;
        }
        Ok(())
    }
}
