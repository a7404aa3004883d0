use std::path::PathBuf;

use ferrule::{
    Library, OpenOptions,
    types::{Context, Embed, Error, Model as _},
};
use futures_util::{FutureExt as _, TryFutureExt as _};
use pyo3::{prelude::*, types::PyTuple};

use crate::{
    answer::{self, answers, begin},
    choice::ToolChoice,
    constraint::Pattern,
    embedding_request::{Inputs, pooling},
    fault::raise,
    field::{Int, LogitBias, Messages, Place, PromptText, Text, Texts, Tools},
    keeping::{Loading, library},
    release::{self, Promise, Release},
    response::{Answer, Dumped, ResponseLogprob, dumped},
    stream::Stream,
    tokens,
    which::PlaceOrWhich,
    wish::{Asked, Wish, chat},
};

/// Finds a model, fetches it if it must, and loads it: a folder, a `.gguf` file, a hub id
/// (`org/name[@revision]`), a `Which`, or `builtin`, the demo model that comes with ferrule and answers where none is
/// named. `file` chooses among GGUF files.
#[pyfunction]
#[pyo3(signature = (
    model=None, *, file=None, name=None, arch=None, dtype=None, in_situ_quant=None, chat_template=None,
    tokenizer_from=None, cache=None, token_source=None, max_sequences=None, max_queue=None, kv_cache_mb=None,
    kv_cache_type=None, prefix_cache=true, speculation=true, keep_alive=None, timeout=None
))]
#[allow(clippy::too_many_arguments)]
pub fn load(
    py: Python<'_>,
    model: Option<PlaceOrWhich>,
    file: Option<Texts>,
    name: Option<String>,
    arch: Option<String>,
    dtype: Option<String>,
    in_situ_quant: Option<String>,
    chat_template: Option<Place>,
    tokenizer_from: Option<Place>,
    cache: Option<PathBuf>,
    token_source: Option<String>,
    max_sequences: Option<usize>,
    max_queue: Option<usize>,
    kv_cache_mb: Option<u64>,
    kv_cache_type: Option<String>,
    prefix_cache: bool,
    speculation: bool,
    keep_alive: Option<f64>,
    timeout: Option<f64>,
) -> PyResult<Model> {
    let given = match model {
        None => OpenOptions::default(),
        Some(PlaceOrWhich::Which(which)) => which.into_options(py)?,
        Some(PlaceOrWhich::Place(place)) => OpenOptions {
            model: place.0,
            ..OpenOptions::default()
        },
    };
    let given = OpenOptions {
        files: file.map_or(given.files, |file| file.0),
        arch: arch.or(given.arch),
        dtype: dtype.or(given.dtype),
        tokenizer_from: tokenizer_from.map(|place| place.0).or(given.tokenizer_from),
        cache: cache.or(given.cache),
        ..given
    };
    let loading = Loading {
        token_source,
        chat_template: chat_template.map(|place| place.0),
        in_situ_quant,
        max_seqs: max_sequences,
        max_queue,
        kv_cache_mb,
        kv_cache_type,
        prefix_cache,
        speculation,
    };
    let options = loading.options(given, name)?;
    let library = library(None, keep_alive)?;
    library.add(options).map_err(raise)?;
    let loaded = library.clone();
    let card = py.wait(timeout, |context| async move {
        let held = loaded.get(&context, None).await?;
        Ok(held.card().clone())
    })?;
    Ok(Model { library, card })
}

/// A model that is loaded and answers. Threads and coroutines may share it. `load` makes one.
#[pyclass(module = "ferrule", frozen)]
pub struct Model {
    library: Library,
    pub card: ferrule::types::ModelCard,
}

/// The methods of `Model`: those that answer all take the keywords that stand first.
macro_rules! model_class {
    (
        { $($word:ident: $type:ty = $default:tt,)* }
        $($rest:tt)*
    ) => {
        #[pymethods]
        impl Model {
            /// Answers a conversation, or a user's message; with `raw=True` the string is continued as it is. At most
            /// one of `grammar` (Lark), `schema` (JSON schema or Pydantic model), `choices` and `regex` says what the
            /// answer must match. `copy_arguments=False` lets a model that copies the strings of its calls from the
            /// conversation write what it likes.
            #[pyo3(signature = (prompt, *, $($word = $default),*))]
            #[allow(clippy::too_many_arguments)]
            fn generate(&self, py: Python<'_>, prompt: Asked, $($word: $type),*) -> PyResult<Answer> {
                self.answer_now(py, prompt, &Wish { $($word),* })
            }

            /// `generate`, to be awaited. Cancelling it cancels the answer.
            #[pyo3(signature = (prompt, *, $($word = $default),*))]
            #[allow(clippy::too_many_arguments)]
            fn agenerate<'py>(&self, py: Python<'py>, prompt: Asked, $($word: $type),*) -> PyResult<Promise<'py, Answer>> {
                self.answer_soon(py, prompt, &Wish { $($word),* })
            }

            /// The same piece by piece, for `for` and `async for`; `timeout` is for each piece.
            #[pyo3(signature = (prompt, *, $($word = $default),*))]
            #[allow(clippy::too_many_arguments)]
            fn stream(&self, py: Python<'_>, prompt: Asked, $($word: $type),*) -> PyResult<Stream> {
                self.stream_now(py, prompt, &Wish { $($word),* })
            }

            /// The same for `async for`: nothing is begun before the first piece is awaited.
            #[pyo3(signature = (prompt, *, $($word = $default),*))]
            #[allow(clippy::too_many_arguments)]
            fn astream(&self, prompt: Asked, $($word: $type),*) -> PyResult<Stream> {
                self.stream_soon(prompt, &Wish { $($word),* })
            }

            $($rest)*
        }
    };
}

model_class! {
    {
        max_tokens: Option<Int> = None,
        temperature: Option<f64> = None,
        top_p: Option<f64> = None,
        top_k: Option<Int> = None,
        min_p: Option<f64> = None,
        repetition_penalty: Option<f64> = None,
        presence_penalty: Option<f64> = None,
        frequency_penalty: Option<f64> = None,
        logit_bias: Option<LogitBias> = None,
        seed: Option<Int> = None,
        n: i64 = 1,
        stop: Option<Texts> = None,
        stop_token_ids: Option<Vec<u32>> = None,
        min_tokens: i64 = 0,
        ignore_eos: bool = false,
        logprobs: bool = false,
        top_logprobs: i64 = 0,
        truncate: bool = false,
        raw: bool = false,
        tools: Option<Tools> = None,
        tool_choice: Option<ToolChoice> = None,
        parallel_tool_calls: Option<bool> = None,
        copy_arguments: Option<bool> = None,
        syntax: Option<String> = None,
        reasoning: Option<String> = None,
        enable_thinking: Option<bool> = None,
        grammar: Option<String> = None,
        schema: Option<Pattern> = None,
        choices: Option<Texts> = None,
        regex: Option<String> = None,
        timeout: Option<f64> = None,
    }

    /// One vector for each text.
    #[pyo3(signature = (texts, pooling="last", normalize=true, *, truncate=false, timeout=None))]
    fn embed(
        &self,
        py: Python<'_>,
        texts: Inputs,
        pooling: &str,
        normalize: bool,
        truncate: bool,
        timeout: Option<f64>,
    ) -> PyResult<Vec<Vec<f32>>> {
        let (library, wish) = (self.library.clone(), vectors(&texts, pooling, normalize, truncate)?);
        py.wait(timeout, |context| tokens::embed(library, None, wish, context))
    }

    /// `embed`, to be awaited.
    #[pyo3(signature = (texts, pooling="last", normalize=true, *, truncate=false, timeout=None))]
    fn aembed<'py>(
        &self,
        py: Python<'py>,
        texts: Inputs,
        pooling: &str,
        normalize: bool,
        truncate: bool,
        timeout: Option<f64>,
    ) -> PyResult<Promise<'py, Vec<Vec<f32>>>> {
        let (library, wish) = (self.library.clone(), vectors(&texts, pooling, normalize, truncate)?);
        py.promise(timeout, |context| tokens::embed(library, None, wish, context))
    }

    /// The tokens of a text; special tokens spelled out in it count as such.
    #[pyo3(signature = (text, add_special=false))]
    fn tokenize(&self, py: Python<'_>, text: Text, add_special: bool) -> PyResult<Vec<u32>> {
        let library = self.library.clone();
        py.wait(None, |context| tokens::of(library, None, text.0, add_special, context))
    }

    /// The text of tokens.
    #[pyo3(signature = (tokens, skip_special=false))]
    fn detokenize(&self, py: Python<'_>, tokens: Vec<u32>, skip_special: bool) -> PyResult<String> {
        let library = self.library.clone();
        py.wait(None, |context| tokens::text(library, None, tokens, skip_special, context))
    }

    /// How many tokens a conversation takes, the template's own words included.
    fn count(&self, py: Python<'_>, messages: Messages) -> PyResult<usize> {
        let (library, chat) = (self.library.clone(), chat(&messages.0)?);
        py.wait(None, |context| tokens::count(library, chat, context))
    }

    /// How likely each token of a text is after those before it, with the `top` likeliest of its place. The first
    /// token has nothing before it and is left out.
    #[pyo3(signature = (text, top=0, *, timeout=None))]
    fn logprobs(
        &self,
        py: Python<'_>,
        text: PromptText,
        top: u32,
        timeout: Option<f64>,
    ) -> PyResult<Vec<ResponseLogprob>> {
        let library = self.library.clone();
        let scores = py.wait(timeout, |context| tokens::score(library, text.prompt(), top, context))?;
        Ok(scores.tokens.iter().map(ResponseLogprob::new).collect())
    }

    /// What the model is doing, and has done since it was loaded.
    fn stats(&self, py: Python<'_>) -> PyResult<Dumped> {
        let library = self.library.clone();
        let stats = py.wait(None, |context| async move {
            let held = library.get(&context, None).await?;
            Ok(held.stats())
        })?;
        dumped(&stats)
    }

    /// What is known of the model without running it.
    #[getter]
    fn card(&self) -> PyResult<Dumped> {
        dumped(&self.card)
    }

    #[getter]
    fn name(&self) -> &str {
        &self.card.name
    }

    #[getter]
    fn context_length(&self) -> usize {
        self.card.context_length
    }

    /// Takes the model out of memory. Streams end with an error that says so, and so does every call from now on.
    fn close(&self, py: Python<'_>) {
        py.hand_over(|| self.library.close());
    }

    fn __enter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (*_exception: "object"))]
    fn __exit__(&self, py: Python<'_>, _exception: Bound<'_, PyTuple>) {
        self.close(py);
    }

    fn __repr__(&self) -> String {
        let card = &self.card;
        let closed = if self.library.is_closed() { ", closed" } else { "" };
        format!("<ferrule.Model {} ({}, {} parameters){closed}>", card.name, card.arch, card.parameters)
    }
}

impl Model {
    fn answer_now(&self, py: Python<'_>, asked: Asked, wish: &Wish) -> PyResult<Answer> {
        let (library, asked) = (self.library.clone(), wish.to_asked(asked)?);
        py.wait(wish.timeout, |context| whole(library, asked, context))
    }

    fn answer_soon<'py>(
        &self,
        py: Python<'py>,
        asked: Asked,
        wish: &Wish,
    ) -> PyResult<Promise<'py, Answer>> {
        let (library, asked) = (self.library.clone(), wish.to_asked(asked)?);
        py.promise(wish.timeout, |context| whole(library, asked, context))
    }

    fn stream_now(&self, py: Python<'_>, asked: Asked, wish: &Wish) -> PyResult<Stream> {
        let (library, asked) = (self.library.clone(), wish.to_asked(asked)?);
        let (context, choices) = (release::context(), asked.request.sampling.n);
        let theirs = context.clone();
        let reading = py.wait(wish.timeout, |waiting| async move {
            let (_, reading) = begin(library, None, &waiting, theirs, asked).await?;
            Ok(reading)
        })?;
        Ok(Stream::new(
            context,
            Box::pin(reading),
            choices,
            wish.timeout,
        ))
    }

    fn stream_soon(&self, asked: Asked, wish: &Wish) -> PyResult<Stream> {
        let (library, asked) = (self.library.clone(), wish.to_asked(asked)?);
        let (context, choices) = (release::context(), asked.request.sampling.n);
        let theirs = context.clone();
        let begun = async move {
            let begun = begin(library, None, &theirs.clone(), theirs, asked).await;
            begun.map(|(_, reading)| reading).map_err(Error::from)
        };
        let parts = Box::pin(begun.boxed().try_flatten_stream());
        Ok(Stream::new(context, parts, choices, wish.timeout))
    }
}

async fn whole(
    library: Library,
    asked: answer::Asked,
    context: Context,
) -> Result<Answer, ferrule::Error> {
    let (held, answers) = answers(library, None, context, asked).await?;
    Ok(Answer::new(&held, answers))
}

fn vectors(texts: &Inputs, by: &str, normalise: bool, truncate: bool) -> PyResult<Embed> {
    Ok(Embed {
        inputs: texts.prompts(),
        pooling: pooling(by)?,
        normalise,
        truncate_sequence: truncate,
    })
}
