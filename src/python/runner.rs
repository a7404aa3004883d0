use ferrule::{
    Library,
    types::{ModelStatus, Residence},
};
use pyo3::{prelude::*, types::PyTuple};

use crate::{
    chat_request::ChatCompletionRequest,
    completion_request::CompletionRequest,
    embedding_request::EmbeddingRequest,
    fault::raise,
    field::{Place, Text},
    inert::{absent, ignore, refuse},
    keeping::{Loading, library},
    release::{Promise, Release},
    request::ClassOrDict,
    response::CompletionResponse,
    tokens,
    turn::{Chat, Continuation, WholeOrStream, load},
    which::Which,
};

/// One model or several that are loaded and answer. Threads and coroutines may share it.
#[pyclass(module = "ferrule", frozen)]
pub struct Runner {
    library: Library,
    seed: Option<u64>,
    /// How further models are loaded.
    loading: Loading,
}

#[pymethods]
#[allow(
    clippy::unused_self,
    reason = "a method that is not there is one all the same"
)]
impl Runner {
    /// Finds the model, fetches it if it must, and loads it; without `which` the built-in demo model. `seed` is for requests that bring
    /// none; `timeout` is in seconds, as is `keep_alive`, how long an idle model stays. All models together
    /// keep within `memory_mb`.
    // The order is the mirrored class's own, and programs rely on it; ours and those that it once had come last.
    #[new]
    #[pyo3(signature = (
        which=None, max_seqs=32, no_kv_cache=false, prefix_cache_n=16, token_source="cache".to_owned(),
        mtp_model=None, mtp_n_predict=None, chat_template=None, jinja_explicit=None,
        num_device_layers=None, in_situ_quant=None, anymoe_config=None, memory_goal=None,
        pa_blk_size=None, pa_cache_type=None, no_paged_attn=false, paged_attn=false, seed=None,
        enable_search=false, search_embedding_model=None, search_callback=None,
        tool_callbacks=None, mcp_client_config=None, code_execution_config=None, shell_config=None,
        *, timeout=None, name=None, kv_cache_mb=None, kv_cache_type=None, speculation=true, max_queue=None,
        keep_alive=None, memory_mb=None, pa_gpu_mem=None, pa_gpu_mem_usage=None, pa_ctxt_len=None
    ))]
    #[allow(clippy::too_many_arguments, clippy::too_many_lines)]
    fn new(
        py: Python<'_>,
        which: Option<Which>,
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
        mcp_client_config: Option<Bound<'_, PyAny>>,
        code_execution_config: Option<Py<PyAny>>,
        shell_config: Option<Py<PyAny>>,
        timeout: Option<f64>,
        name: Option<String>,
        kv_cache_mb: Option<u64>,
        kv_cache_type: Option<String>,
        speculation: bool,
        max_queue: Option<usize>,
        keep_alive: Option<f64>,
        memory_mb: Option<u64>,
        pa_gpu_mem: Option<Py<PyAny>>,
        pa_gpu_mem_usage: Option<Py<PyAny>>,
        pa_ctxt_len: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        refuse(
            "Runner",
            &[
                ("anymoe_config", anymoe_config.is_some()),
                ("enable_search", enable_search),
                ("search_embedding_model", search_embedding_model.is_some()),
                ("search_callback", search_callback.is_some()),
                ("tool_callbacks", tool_callbacks.is_some()),
                ("mcp_client_config", names_servers(mcp_client_config)?),
                ("code_execution_config", code_execution_config.is_some()),
                ("shell_config", shell_config.is_some()),
            ],
        )?;
        let tuning = [
            ("mtp_model", mtp_model.is_some()),
            ("mtp_n_predict", mtp_n_predict.is_some()),
            ("num_device_layers", num_device_layers.is_some()),
            ("memory_goal", memory_goal.is_some()),
            ("pa_blk_size", pa_blk_size.is_some()),
            ("pa_cache_type", pa_cache_type.is_some()),
            ("no_paged_attn", no_paged_attn),
            ("paged_attn", paged_attn),
            ("pa_gpu_mem", pa_gpu_mem.is_some()),
            ("pa_gpu_mem_usage", pa_gpu_mem_usage.is_some()),
            ("pa_ctxt_len", pa_ctxt_len.is_some()),
        ];
        ignore(py, "Runner", &tuning)?;
        let loading = Loading {
            token_source: Some(token_source),
            chat_template: jinja_explicit.or(chat_template).map(|place| place.0),
            in_situ_quant,
            max_seqs: Some(max_seqs),
            max_queue,
            kv_cache_mb,
            kv_cache_type,
            prefix_cache: !no_kv_cache && prefix_cache_n > 0,
            speculation,
        };
        let options = loading.options(Which::or_builtin(which, py)?, name)?;
        let library = library(memory_mb, keep_alive)?;
        library.add(options).map_err(raise)?;
        let loaded = library.clone();
        py.wait(timeout, |context| load(loaded, None, context))?;
        Ok(Runner {
            library,
            seed,
            loading,
        })
    }

    /// Answers a conversation. With `stream=True` in the request the answer is a
    /// `ChatCompletionStreamer`, and `timeout` is for each chunk.
    #[pyo3(signature = (request, model_id=None, *, timeout=None))]
    fn send_chat_completion_request(
        &self,
        py: Python<'_>,
        request: ClassOrDict<ChatCompletionRequest>,
        model_id: Option<String>,
        timeout: Option<f64>,
    ) -> PyResult<WholeOrStream> {
        let chat = self.chat(&request, model_id, timeout)?;
        py.wait(timeout, |context| chat.answer(context))
    }

    /// The same from the model of this name.
    #[pyo3(signature = (request, model_id, *, timeout=None))]
    fn send_chat_completion_request_to_model(
        &self,
        py: Python<'_>,
        request: ClassOrDict<ChatCompletionRequest>,
        model_id: String,
        timeout: Option<f64>,
    ) -> PyResult<WholeOrStream> {
        self.send_chat_completion_request(py, request, Some(model_id), timeout)
    }

    /// `send_chat_completion_request`, to be awaited. Cancelling it cancels the answer.
    #[pyo3(signature = (request, model_id=None, *, timeout=None))]
    fn asend_chat_completion_request<'py>(
        &self,
        py: Python<'py>,
        request: ClassOrDict<ChatCompletionRequest>,
        model_id: Option<String>,
        timeout: Option<f64>,
    ) -> PyResult<Promise<'py, WholeOrStream>> {
        let chat = self.chat(&request, model_id, timeout)?;
        py.promise(timeout, |context| chat.answer(context))
    }

    /// Continues a text.
    #[pyo3(signature = (request, model_id=None, *, timeout=None))]
    fn send_completion_request(
        &self,
        py: Python<'_>,
        request: ClassOrDict<CompletionRequest>,
        model_id: Option<String>,
        timeout: Option<f64>,
    ) -> PyResult<CompletionResponse> {
        let completion = self.completion(&request, model_id)?;
        py.wait(timeout, |context| completion.answer(context))
    }

    /// The same by the model of this name.
    #[pyo3(signature = (request, model_id, *, timeout=None))]
    fn send_completion_request_to_model(
        &self,
        py: Python<'_>,
        request: ClassOrDict<CompletionRequest>,
        model_id: String,
        timeout: Option<f64>,
    ) -> PyResult<CompletionResponse> {
        self.send_completion_request(py, request, Some(model_id), timeout)
    }

    /// `send_completion_request`, to be awaited.
    #[pyo3(signature = (request, model_id=None, *, timeout=None))]
    fn asend_completion_request<'py>(
        &self,
        py: Python<'py>,
        request: ClassOrDict<CompletionRequest>,
        model_id: Option<String>,
        timeout: Option<f64>,
    ) -> PyResult<Promise<'py, CompletionResponse>> {
        let completion = self.completion(&request, model_id)?;
        py.promise(timeout, |context| completion.answer(context))
    }

    /// One vector for each input.
    #[pyo3(signature = (request, model_id=None, *, timeout=None))]
    fn send_embedding_request(
        &self,
        py: Python<'_>,
        request: ClassOrDict<EmbeddingRequest>,
        model_id: Option<String>,
        timeout: Option<f64>,
    ) -> PyResult<Vec<Vec<f32>>> {
        let (library, wish) = (self.library.clone(), request.0.get().to_embed()?);
        py.wait(timeout, |context| {
            tokens::embed(library, model_id, wish, context)
        })
    }

    /// `send_embedding_request`, to be awaited.
    #[pyo3(signature = (request, model_id=None, *, timeout=None))]
    fn asend_embedding_request<'py>(
        &self,
        py: Python<'py>,
        request: ClassOrDict<EmbeddingRequest>,
        model_id: Option<String>,
        timeout: Option<f64>,
    ) -> PyResult<Promise<'py, Vec<Vec<f32>>>> {
        let (library, wish) = (self.library.clone(), request.0.get().to_embed()?);
        py.promise(timeout, |context| {
            tokens::embed(library, model_id, wish, context)
        })
    }

    /// The tokens of a text; special tokens spelled out in it count as such. `enable_thinking` is
    /// for conversations and means nothing here.
    #[pyo3(signature = (text, add_special_tokens=true, enable_thinking=None, model_id=None))]
    fn tokenize_text(
        &self,
        py: Python<'_>,
        text: Text,
        add_special_tokens: bool,
        enable_thinking: Option<bool>,
        model_id: Option<String>,
    ) -> PyResult<Vec<u32>> {
        let _ = enable_thinking;
        let library = self.library.clone();
        py.wait(None, |context| {
            tokens::of(library, model_id, text.0, add_special_tokens, context)
        })
    }

    /// The text of tokens.
    #[pyo3(signature = (tokens, skip_special_tokens=true, model_id=None))]
    fn detokenize_text(
        &self,
        py: Python<'_>,
        tokens: Vec<u32>,
        skip_special_tokens: bool,
        model_id: Option<String>,
    ) -> PyResult<String> {
        let library = self.library.clone();
        py.wait(None, |context| {
            tokens::text(library, model_id, tokens, skip_special_tokens, context)
        })
    }

    /// How many tokens a prompt and its answer may have together.
    #[pyo3(signature = (model_id=None))]
    fn max_sequence_length(&self, py: Python<'_>, model_id: Option<String>) -> PyResult<usize> {
        let library = self.library.clone();
        py.wait(None, |context| {
            tokens::context_length(library, model_id, context)
        })
    }

    /// Adds a model, and loads it unless `load=False`; then it is loaded when it is first asked for. It is loaded as
    /// the first one was; `name` is what it goes by, and `keep_alive` how many seconds it stays when it is idle.
    /// A model that went by this name makes way for it.
    #[pyo3(signature = (which, name=None, *, load=true, keep_alive=None, timeout=None))]
    fn add_model(
        &self,
        py: Python<'_>,
        which: Which,
        name: Option<String>,
        load: bool,
        keep_alive: Option<f64>,
        timeout: Option<f64>,
    ) -> PyResult<String> {
        let loading = Loading {
            chat_template: None,
            ..self.loading.clone()
        };
        let options = loading.options(which.into_options(py)?, name)?;
        let name = options.name().to_owned();
        match keep_alive {
            Some(_) => self
                .library
                .add_for(options, crate::keeping::time("keep_alive", keep_alive)?),
            None => self.library.add(options),
        }
        .map_err(raise)?;
        if load {
            self.unload_model(py, &name)?;
            self.reload_model(py, name.clone(), timeout)?;
        }
        Ok(name)
    }

    /// The names of all models.
    fn list_models(&self) -> PyResult<Vec<String>> {
        self.named(|_| true)
    }

    /// The names and states of all models.
    fn list_models_with_status(&self) -> PyResult<Vec<(String, String)>> {
        let statuses = self.library.statuses().map_err(raise)?;
        let statuses = statuses.into_iter();
        Ok(statuses
            .map(|status| (status.name, state(&status.residence).to_owned()))
            .collect())
    }

    /// The names of the models that are not in memory.
    fn list_unloaded_models(&self) -> PyResult<Vec<String>> {
        self.named(|residence| !matches!(residence, Residence::Loaded | Residence::Loading))
    }

    /// `loaded`, `loading`, `unloaded`, or `failed: ` and why.
    fn get_model_status(&self, model_id: &str) -> PyResult<Option<String>> {
        let statuses = self.library.statuses().map_err(raise)?;
        let status = statuses.into_iter().find(|status| status.name == model_id);
        Ok(status.map(|status| match status.residence {
            Residence::Failed { reason } => format!("failed: {reason}"),
            other => state(&other).to_owned(),
        }))
    }

    fn is_model_loaded(&self, model_id: &str) -> PyResult<bool> {
        let loaded = self.named(|residence| *residence == Residence::Loaded)?;
        Ok(loaded.iter().any(|name| name == model_id))
    }

    /// The model of requests that name none.
    fn get_default_model_id(&self) -> PyResult<Option<String>> {
        self.library.default_name().map_err(raise)
    }

    fn set_default_model_id(&self, model_id: &str) -> PyResult<()> {
        self.library.set_default(model_id).map_err(raise)
    }

    /// Takes a model out of memory. It stays listed, and is loaded again when it is asked for; answers that are
    /// being written go on.
    fn unload_model(&self, py: Python<'_>, model_id: &str) -> PyResult<()> {
        py.hand_over(|| self.library.unload(model_id))
            .map_err(raise)
    }

    /// Loads a model that was unloaded.
    #[pyo3(signature = (model_id, *, timeout=None))]
    fn reload_model(&self, py: Python<'_>, model_id: String, timeout: Option<f64>) -> PyResult<()> {
        let library = self.library.clone();
        py.wait(timeout, |context| load(library, Some(model_id), context))
    }

    /// Takes a model out of memory and off the list.
    fn remove_model(&self, py: Python<'_>, model_id: &str) -> PyResult<()> {
        py.hand_over(|| self.library.remove(model_id))
            .map_err(raise)
    }

    /// Takes all models out of memory. Streams end with an error that says so, and so does every call from now on.
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
        match self.library.statuses() {
            Ok(statuses) => {
                let shown: Vec<String> = statuses.iter().map(shown).collect();
                format!("<ferrule.Runner {}>", shown.join(", "))
            }
            Err(_) => "<ferrule.Runner, closed>".to_owned(),
        }
    }

    // What the mirrored class can do beside, and what does instead here.

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn generate_image(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent("`generate_image`", "it runs text models only")
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn generate_audio(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent("`generate_audio`", "it runs text models only")
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn send_re_isq(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent("`send_re_isq`", "make a Runner with another in_situ_quant")
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn begin_calibration(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent(
            "`begin_calibration`",
            "load a GGUF file that was calibrated when it was made",
        )
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn calibration_status(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent(
            "`calibration_status`",
            "load a GGUF file that was calibrated when it was made",
        )
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn apply_calibration(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent(
            "`apply_calibration`",
            "load a GGUF file that was calibrated when it was made",
        )
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn load_lora_adapter(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent(
            "`load_lora_adapter`",
            "merge the adapter into its model, and load that",
        )
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn unload_lora_adapter(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent(
            "`unload_lora_adapter`",
            "merge the adapter into its model, and load that",
        )
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn list_lora_adapters(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent(
            "`list_lora_adapters`",
            "merge the adapter into its model, and load that",
        )
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn lora_adapter_status(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent(
            "`lora_adapter_status`",
            "merge the adapter into its model, and load that",
        )
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn export_session(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent(
            "`export_session`",
            "keep the messages yourself, and send them with each request",
        )
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn import_session(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent(
            "`import_session`",
            "keep the messages yourself, and send them with each request",
        )
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn delete_session(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent(
            "`delete_session`",
            "keep the messages yourself, and send them with each request",
        )
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn list_session_ids(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent(
            "`list_session_ids`",
            "keep the messages yourself, and send them with each request",
        )
    }

    #[pyo3(signature = (*_args: "object", **_more: "object"))]
    fn find_file(&self, _args: Args<'_>, _more: Option<Py<PyAny>>) -> Absent {
        absent("`find_file`", "no tool of this version makes a file")
    }
}

/// Whatever is given to a method that is not there.
type Args<'py> = Bound<'py, PyTuple>;
type Absent = PyResult<Py<PyAny>>;

impl Runner {
    fn chat(
        &self,
        request: &ClassOrDict<ChatCompletionRequest>,
        model: Option<String>,
        timeout: Option<f64>,
    ) -> PyResult<Chat> {
        let wanted = request.0.get();
        Ok(Chat {
            library: self.library.clone(),
            model,
            asked: wanted.to_asked(self.seed)?,
            streams: wanted.stream,
            timeout,
        })
    }

    fn completion(
        &self,
        request: &ClassOrDict<CompletionRequest>,
        model: Option<String>,
    ) -> PyResult<Continuation> {
        let wanted = request.0.get();
        Ok(Continuation {
            library: self.library.clone(),
            model,
            echo: wanted.echo(),
            asked: wanted.to_request(self.seed)?.into(),
        })
    }

    fn named(&self, wanted: impl Fn(&Residence) -> bool) -> PyResult<Vec<String>> {
        let statuses = self.library.statuses().map_err(raise)?;
        let wanted = statuses
            .into_iter()
            .filter(|status| wanted(&status.residence));
        Ok(wanted.map(|status| status.name).collect())
    }
}

/// Whether a configuration of MCP asks for anything.
fn names_servers(config: Option<Bound<'_, PyAny>>) -> PyResult<bool> {
    let servers = config.as_ref().map(|config| config.getattr_opt("servers"));
    match servers.transpose()? {
        None => Ok(false),
        Some(None) => Ok(true),
        Some(Some(servers)) => servers.is_truthy(),
    }
}

const fn state(residence: &Residence) -> &'static str {
    match residence {
        Residence::Loaded => "loaded",
        Residence::Loading => "loading",
        Residence::Unloaded => "unloaded",
        Residence::Failed { .. } => "failed",
    }
}

fn shown(status: &ModelStatus) -> String {
    match &status.card {
        Some(card) => format!(
            "{} ({}, {} parameters, {})",
            status.name,
            card.arch,
            card.parameters,
            state(&status.residence)
        ),
        None => format!("{} ({})", status.name, state(&status.residence)),
    }
}
