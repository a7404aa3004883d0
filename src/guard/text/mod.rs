//! What a text shows and what it hides: descriptions and results made plain, and what was odd in them told.
//!
//! *In*: a description, a definition, a result, the names of a listing. *Out*: the text without what a person cannot
//! see ([`Cleaned`]), and a [`Finding`] for each kind of oddity. `chars` knows characters, `escape` what terminals obey,
//! `suspicion` is the table of sentences that speak to a model instead of describing a tool, `names` compares names.
//! All of it takes linear time and fails on no input, and cleaning twice changes nothing.
//!
//! **Protected**: characters without a shape (zero-width, bidi, the tags block, fillers) and escape sequences do not
//! reach the model; what Arabic, Hebrew, Indic scripts and emoji need stays. A name or a value that calls depend on is
//! not changed: it is told, and [`Finding::alarms`]. **Not protected**: instructions in plain words that no row of
//! `suspicion` knows. A flag is a hint for a person; what holds are pins, policy and approval.
//!
//! It does not know: which server is trusted, and what is done with a tool that alarms.

mod chars;
mod clean;
mod comment;
mod confusable;
mod definition;
mod escape;
mod finding;
mod names;
mod output;
mod suspicion;

#[cfg(test)]
mod tests;
#[cfg(test)]
#[path = "../tests/text_time.rs"]
mod time;

pub use clean::{Cleaned, Comments, Hygiene};
pub use finding::{Finding, Oddity};
pub use names::{Clash, Clashing, clashes};

pub(crate) use chars::{json_escaped, reveal};
