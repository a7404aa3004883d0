//! What is held at most. Every bound of the crate stands here.

/// Text that may turn out to be a call, arguments that come before their name, or the text of a
/// call that is broken.
pub const HELD: usize = 64 * 1024;
/// A tool's name, with what a syntax writes around it.
pub const NAME: usize = 512;
/// One value whose type is known only when it is whole.
pub const VALUE: usize = 1024 * 1024;
/// Brackets within brackets; `serde_json` reads no deeper.
pub const DEPTH: usize = 120;
/// White space behind which a mark is still looked for.
pub const SPACE: usize = 64;
/// Text that may be a thought, while nobody has said whether one is open.
pub const THOUGHT: usize = 256 * 1024;
/// A number, as it is written.
pub const NUMBER: usize = 1024;
/// Notes of values that got a type, for one value.
pub const NOTES: usize = 256;
/// The way to such a value.
pub const POINTER: usize = 4 * 1024;
/// Ids that models wrote, of one answer; calls behind them get ids of ours.
pub const IDS: usize = 1024;
/// Characters of a conversation that arguments may be stretches of; the latest count.
pub const CONVERSATION: usize = 16 * 1024;
