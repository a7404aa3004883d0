//! Loads a model and prints an answer as it is written.
//!
//!     cargo run --example 01_generate -- MODEL "What is the weather in Paris?"
//!
//! Without MODEL it takes the tiny random model of the tests, which answers nonsense.

use std::io::Write as _;

use ferrule::{
    OpenOptions, open, runtime,
    types::{AskedBy, Context, Generated, Message, Model as _, Prompt, Request},
};

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let model = args
        .next()
        .unwrap_or_else(|| "tests/fixtures/text/tiny-llama".into());
    let question = args
        .next()
        .unwrap_or_else(|| "What is the weather in Paris?".into());

    let engine = open(
        &OpenOptions {
            model,
            ..OpenOptions::default()
        },
        &(),
    )?;
    let mut request = Request::new(Prompt::Chat(vec![Message::user(question)].into()));
    request.sampling.max_tokens = Some(40);

    let mut answer = engine.generate(&Context::new(AskedBy::Operator), request)?;
    let mut out = std::io::stdout();
    while let Some(next) =
        runtime::block_on(std::future::poll_fn(|cx| answer.as_mut().poll_next(cx)))?
    {
        match next? {
            Generated::Piece(piece) if !piece.special => write!(out, "{}", piece.text)?,
            Generated::End { usage, .. } => {
                writeln!(out, "\n[{} tokens]", usage.completion_tokens)?;
            }
            _ => {}
        }
    }
    Ok(())
}
