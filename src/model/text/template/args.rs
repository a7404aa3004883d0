//! Arguments the Python way: each by position or by name.

use minijinja::value::{Kwargs, Rest, from_args};
use minijinja::{Error, Value};

pub(super) struct Args {
    by_position: Rest<Value>,
    by_name: Kwargs,
}

impl Args {
    pub(super) fn new(by_position: Rest<Value>, by_name: Kwargs) -> Self {
        Self {
            by_position,
            by_name,
        }
    }

    pub(super) fn of(args: &[Value]) -> Result<Self, Error> {
        let (by_position, by_name) = from_args(args)?;
        Ok(Self::new(by_position, by_name))
    }

    /// The argument, unless it is missing or `None`.
    pub(super) fn get(&self, index: usize, name: &str) -> Result<Option<Value>, Error> {
        let named: Option<Value> = self.by_name.get(name)?;
        Ok(named
            .or_else(|| self.by_position.get(index).cloned())
            .filter(|v| !v.is_none() && !v.is_undefined()))
    }

    pub(super) fn usize(&self, index: usize, name: &str, default: usize) -> Result<usize, Error> {
        self.get(index, name)?.map_or(Ok(default), usize::try_from)
    }

    pub(super) fn flag(&self, index: usize, name: &str) -> Result<bool, Error> {
        Ok(self.get(index, name)?.is_some_and(|v| v.is_true()))
    }

    /// Fails on a name that nobody asked for.
    pub(super) fn finish(self) -> Result<(), Error> {
        self.by_name.assert_all_used()
    }
}
