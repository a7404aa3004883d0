//! What a model says of texts and tokens without answering.
//!
//! A library and a text go in, tokens, counts, vectors or likelihoods come out. It does not know
//! Python.

use ferrule::{
    Held, Library,
    types::{Chat, Context, Embed, Error, Model as _, Prompt, Scores},
};

use crate::{field::PromptText, release::blocking};

type Answer<T> = Result<T, ferrule::Error>;

pub async fn of(
    library: Library,
    model: Option<String>,
    text: String,
    add_special: bool,
    context: Context,
) -> Answer<Vec<u32>> {
    let held = library.get(&context, model.as_deref()).await?;
    blocking(move || held.tokenize(&text, add_special)).await
}

pub async fn text(
    library: Library,
    model: Option<String>,
    tokens: Vec<u32>,
    skip_special: bool,
    context: Context,
) -> Answer<String> {
    let held = library.get(&context, model.as_deref()).await?;
    blocking(move || held.detokenize(&tokens, skip_special)).await
}

/// A prompt as text; nothing where there is none.
pub async fn written(held: &Held, prompt: Option<PromptText>) -> Answer<String> {
    match prompt {
        None => Ok(String::new()),
        Some(PromptText::Text(text)) => Ok(text),
        Some(PromptText::Tokens(tokens)) => {
            let held = held.clone();
            blocking(move || held.detokenize(&tokens, false)).await
        }
    }
}

pub async fn count(library: Library, chat: Chat, context: Context) -> Answer<usize> {
    let held = library.get(&context, None).await?;
    blocking(move || held.count(&chat)).await
}

pub async fn context_length(
    library: Library,
    model: Option<String>,
    context: Context,
) -> Answer<usize> {
    let held = library.get(&context, model.as_deref()).await?;
    Ok(held.card().context_length)
}

pub async fn embed(
    library: Library,
    model: Option<String>,
    wish: Embed,
    context: Context,
) -> Answer<Vec<Vec<f32>>> {
    let held = library.get(&context, model.as_deref()).await?;
    // Bound first: the future borrows what it works on.
    let vectors: Result<_, Error> = held.embed(&context, wish).await;
    Ok(vectors?.vectors)
}

pub async fn score(library: Library, text: Prompt, top: u32, context: Context) -> Answer<Scores> {
    let held = library.get(&context, None).await?;
    let scores: Result<_, Error> = held.score(&context, text, top).await;
    Ok(scores?)
}
