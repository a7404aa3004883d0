use std::{sync::Arc, time::Instant};

use ferrule::{
    Engine,
    types::{Context, Error, Model},
};
use pyo3::{inspect::PyStaticExpr, prelude::*, type_hint_union};

use crate::{
    answer::answers,
    chat_request::ChatCompletionRequest,
    completion_request::CompletionRequest,
    fault::raise,
    field::Place,
    hint,
    inert::{ignore, refuse},
    release::{self, Release},
    request::ClassOrDict,
    response::{ChatCompletionResponse, CompletionResponse, Stamp},
    streamer::ChatCompletionStreamer as Streamer,
    which::Which,
};

/// A model that is loaded and answers. Threads may share it.
#[pyclass(module = "ferrule", frozen)]
pub struct Runner {
    engine: Arc<Engine>,
    seed: Option<u64>,
}

#[pymethods]
impl Runner {
    /// Finds the model, fetches it if it must, and loads it. `seed` is for requests that bring
    /// none; `timeout` is in seconds.
    // The order is the mirrored class's own, and programs rely on it.
    #[new]
    #[pyo3(signature = (
        which, max_seqs=32, no_kv_cache=false, prefix_cache_n=16, token_source="cache".to_owned(),
        mtp_model=None, mtp_n_predict=None, chat_template=None, jinja_explicit=None,
        num_device_layers=None, in_situ_quant=None, anymoe_config=None, memory_goal=None,
        pa_blk_size=None, pa_cache_type=None, no_paged_attn=false, paged_attn=false, seed=None,
        enable_search=false, search_embedding_model=None, search_callback=None,
        tool_callbacks=None, mcp_client_config=None, code_execution_config=None, shell_config=None,
        *, timeout=None
    ))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        which: &Bound<'_, Which>,
        max_seqs: usize,
        no_kv_cache: bool,
        prefix_cache_n: usize,
        token_source: String,
        mtp_model: Option<Py<PyAny>>,
        mtp_n_predict: Option<usize>,
        chat_template: Option<Place>,
        jinja_explicit: Option<Place>,
        num_device_layers: Option<Vec<String>>,
        in_situ_quant: Option<String>,
        anymoe_config: Option<Py<PyAny>>,
        memory_goal: Option<Py<PyAny>>,
        pa_blk_size: Option<usize>,
        pa_cache_type: Option<Py<PyAny>>,
        no_paged_attn: bool,
        paged_attn: bool,
        seed: Option<u64>,
        enable_search: bool,
        search_embedding_model: Option<Py<PyAny>>,
        search_callback: Option<Py<PyAny>>,
        tool_callbacks: Option<Py<PyAny>>,
        mcp_client_config: Option<Py<PyAny>>,
        code_execution_config: Option<Py<PyAny>>,
        shell_config: Option<Py<PyAny>>,
        timeout: Option<f64>,
    ) -> PyResult<Self> {
        refuse(
            "Runner",
            &[
                ("anymoe_config", anymoe_config.is_some()),
                ("enable_search", enable_search),
                ("search_embedding_model", search_embedding_model.is_some()),
                ("search_callback", search_callback.is_some()),
                ("tool_callbacks", tool_callbacks.is_some()),
                ("mcp_client_config", mcp_client_config.is_some()),
                ("code_execution_config", code_execution_config.is_some()),
                ("shell_config", shell_config.is_some()),
            ],
        )?;
        let tuning = [
            ("max_seqs", max_seqs != 32),
            ("no_kv_cache", no_kv_cache),
            ("prefix_cache_n", prefix_cache_n != 16),
            ("mtp_model", mtp_model.is_some()),
            ("mtp_n_predict", mtp_n_predict.is_some()),
            ("num_device_layers", num_device_layers.is_some()),
            ("memory_goal", memory_goal.is_some()),
            ("pa_blk_size", pa_blk_size.is_some()),
            ("pa_cache_type", pa_cache_type.is_some()),
            ("no_paged_attn", no_paged_attn),
            ("paged_attn", paged_attn),
        ];
        ignore(py, "Runner", &tuning)?;
        let mut options = which.get().to_options(py)?;
        options.token_source = Some(token_source);
        options.chat_template = jinja_explicit.or(chat_template).map(|place| place.0);
        options.in_situ_quant = in_situ_quant;
        let engine = py.release(timeout, move |context| {
            let started = Instant::now();
            let engine = ferrule::open_within(context, &options, &())?;
            let seconds = started.elapsed().as_secs_f64();
            tracing::info!(model = options.model, seconds, "loaded");
            Ok::<_, ferrule::Error>(engine)
        })?;
        Ok(Runner { engine, seed })
    }

    /// Answers a conversation. With `stream=True` in the request the answer is a
    /// `ChatCompletionStreamer`, and `timeout` is for each chunk.
    #[pyo3(signature = (request, model_id=None, *, timeout=None))]
    fn send_chat_completion_request(
        &self,
        py: Python<'_>,
        request: ClassOrDict<ChatCompletionRequest>,
        model_id: Option<&str>,
        timeout: Option<f64>,
    ) -> PyResult<WholeOrStream> {
        let engine = self.model(model_id)?;
        let wanted = request.0.get();
        let (streams, choices) = (wanted.stream, wanted.n_choices);
        let request = wanted.to_request(self.seed)?;
        let stamp = Stamp::new("chatcmpl", &engine.card().name);
        if streams {
            let context = release::context();
            let theirs = context.clone();
            let start = move |_: &Context| engine.generate(&theirs, request);
            let generation = py.release(timeout, start)?;
            let streamer = Streamer::new(stamp, context, generation, choices, timeout);
            return Ok(WholeOrStream::Stream(streamer));
        }
        let whole = py.release(timeout, move |context| answers(&*engine, context, request))?;
        Ok(WholeOrStream::Whole(ChatCompletionResponse::new(
            stamp, whole,
        )))
    }

    /// Continues a text.
    #[pyo3(signature = (request, model_id=None, *, timeout=None))]
    fn send_completion_request(
        &self,
        py: Python<'_>,
        request: ClassOrDict<CompletionRequest>,
        model_id: Option<&str>,
        timeout: Option<f64>,
    ) -> PyResult<CompletionResponse> {
        let engine = self.model(model_id)?;
        let wanted = request.0.get();
        let echo = wanted.echo(&*engine)?;
        let request = wanted.to_request(self.seed)?;
        let stamp = Stamp::new("cmpl", &engine.card().name);
        let whole = py.release(timeout, move |context| answers(&*engine, context, request))?;
        Ok(CompletionResponse::new(stamp, whole, &echo))
    }

    /// The tokens of a text; special tokens spelled out in it count as such. `enable_thinking` is
    /// for conversations and means nothing here.
    #[pyo3(signature = (text, add_special_tokens=true, enable_thinking=None, model_id=None))]
    fn tokenize_text(
        &self,
        py: Python<'_>,
        text: String,
        add_special_tokens: bool,
        enable_thinking: Option<bool>,
        model_id: Option<&str>,
    ) -> PyResult<Vec<u32>> {
        let _ = enable_thinking;
        let engine = self.model(model_id)?;
        py.release(None, move |_| engine.tokenize(&text, add_special_tokens))
    }

    /// The text of tokens.
    #[pyo3(signature = (tokens, skip_special_tokens=true, model_id=None))]
    fn detokenize_text(
        &self,
        py: Python<'_>,
        tokens: Vec<u32>,
        skip_special_tokens: bool,
        model_id: Option<&str>,
    ) -> PyResult<String> {
        let engine = self.model(model_id)?;
        py.release(None, move |_| {
            engine.detokenize(&tokens, skip_special_tokens)
        })
    }

    /// How many tokens a prompt and its answer may have together.
    #[pyo3(signature = (model_id=None))]
    fn max_sequence_length(&self, model_id: Option<&str>) -> PyResult<usize> {
        Ok(self.model(model_id)?.card().context_length)
    }

    /// The names of the models that answer.
    fn list_models(&self) -> Vec<String> {
        vec![self.engine.card().name.clone()]
    }

    fn __repr__(&self) -> String {
        let card = self.engine.card();
        format!(
            "<ferrule.Runner {} ({}, {} parameters)>",
            card.name, card.arch, card.parameters
        )
    }
}

impl Runner {
    /// The model of this name, or the only one.
    fn model(&self, name: Option<&str>) -> PyResult<Arc<Engine>> {
        let card = self.engine.card();
        match name {
            Some(name) if name != card.name => Err(raise(Error::not_found("model", name))),
            _ => Ok(Arc::clone(&self.engine)),
        }
    }
}

/// A response, or the streamer that was asked for instead.
enum WholeOrStream {
    Whole(ChatCompletionResponse),
    Stream(Streamer),
}

impl<'py> IntoPyObject<'py> for WholeOrStream {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    // Not the streamer's name: whoever did not ask for one need not rule it out to please a type
    // checker, and whoever did may write its name down.
    const OUTPUT_TYPE: PyStaticExpr = type_hint_union!(
        <ChatCompletionResponse as pyo3::PyTypeInfo>::TYPE_HINT,
        hint::ANY
    );

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(match self {
            WholeOrStream::Whole(response) => Bound::new(py, response)?.into_any(),
            WholeOrStream::Stream(streamer) => Bound::new(py, streamer)?.into_any(),
        })
    }
}
