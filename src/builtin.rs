//! The model that comes with the program: small, trained to call tools, and there without a network.
//!
//! Nothing goes in; where its weights lie comes out, and the words that introduce it. It does not know how a model is
//! loaded, nor who asked for one.

use std::sync::Once;

use ferrule_model::Place;

/// What names it wherever a model is named. A folder of that name is `./builtin`.
pub const NAME: &str = "builtin";

/// What its card calls it.
pub const CARD: &str = "ferrule-nano";

/// What is said of it, so that nobody takes it for another.
pub const INTRODUCTION: &str = "the built-in demo model, ferrule-nano, answers; to choose another, name a folder, \
     a .gguf file, or a hub id such as `org/name`";

/// Tensors are read where they lie, and begin at multiples of 32 bytes of their file.
#[repr(C, align(64))]
struct Aligned<B: ?Sized>(B);

static FILE: &Aligned<[u8]> = &Aligned(*include_bytes!("../nano/nano.gguf"));

pub(crate) fn place() -> Place<'static> {
    Place::Program {
        name: CARD,
        bytes: &FILE.0,
    }
}

/// Tells the log, once for the process.
pub(crate) fn introduce() {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| tracing::info!("{INTRODUCTION}"));
}

/// What it adds to the program, in bytes.
pub fn size() -> u64 {
    FILE.0.len() as u64
}
