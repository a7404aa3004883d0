use std::time::Instant;

use ferrule::types::{self, Context, Generated, Generation};
use pyo3::{
    prelude::*,
    types::{PyNone, PyTuple},
};

use crate::{
    reader::{Reader, Show, reading},
    release::{Promise, Release},
    response::{ChatCompletionChunkResponse, Stamp, Usage},
};

/// The chunks of an answer while it is written, for `for` and for `async for`. Closing it, leaving its
/// `with` block, cancelling who waits for it or dropping it gives the answer up.
#[pyclass(module = "ferrule", frozen)]
pub struct ChatCompletionStreamer(Reader<Chunks>);

struct Chunks {
    stamp: Stamp,
    started: Instant,
}

impl Show for Chunks {
    type Shown = ChatCompletionChunkResponse;

    fn show(&self, part: Generated, all: Option<&types::Usage>) -> Option<Self::Shown> {
        match part {
            Generated::Start { .. } => None,
            Generated::Piece(piece) => {
                Some(ChatCompletionChunkResponse::piece(&self.stamp, &piece))
            }
            Generated::End { choice, finish, .. } => {
                let all = all.map(|usage| Usage::new(usage, self.started.elapsed()));
                Some(ChatCompletionChunkResponse::end(
                    &self.stamp,
                    choice,
                    &finish,
                    all,
                ))
            }
        }
    }
}

impl ChatCompletionStreamer {
    pub fn new(
        stamp: Stamp,
        context: Context,
        generation: Generation,
        choices: u32,
        timeout: Option<f64>,
    ) -> Self {
        let chunks = Chunks {
            stamp,
            started: Instant::now(),
        };
        ChatCompletionStreamer(Reader::new(chunks, context, generation, choices, timeout))
    }
}

reading!(ChatCompletionStreamer, ChatCompletionChunkResponse);
