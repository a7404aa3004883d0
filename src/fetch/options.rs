//! How patient a pull is and how many connections it opens.

use std::time::Duration;

/// The numbers behind a pull. The defaults suit a hub on the internet.
#[derive(Clone, Debug)]
pub struct Options {
    /// Files fetched at the same time.
    pub connections: usize,
    /// Attempts in a row that may fail without bringing anything before a request is given up.
    pub tries: u32,
    /// Wait before the second attempt; it doubles for each further one, less a random part of up to a half.
    pub first_pause: Duration,
    /// The longest wait between two attempts that is our own choice.
    pub longest_pause: Duration,
    /// The longest `Retry-After` of a server that is waited for; a longer one is an error that names it.
    pub patience: Duration,
    /// How long a connection may stay silent.
    pub stall: Duration,
    /// How long a connection may take to be made.
    pub connect: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: 8,
            tries: 5,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(10),
            patience: Duration::from_mins(2),
            stall: Duration::from_secs(30),
            connect: Duration::from_secs(10),
        }
    }
}
