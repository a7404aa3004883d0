use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    Chat, Context, Embed, Embeddings, Error, Generation, Json, ModelCard, Prompt, Request, Scores,
    Soon, Stats,
};

/// A model that is ready to answer.
pub trait Model: Send + Sync {
    fn card(&self) -> &ModelCard;

    /// How many tokens a conversation takes, its tools and the template's own words included.
    fn count(&self, chat: &Chat) -> Result<usize, Error>;

    /// Starts an answer. What is wrong with the request itself is told at once; dropping the
    /// generation gives it up, as does the context.
    fn generate(&self, context: &Context, request: Request) -> Result<Generation, Error>;

    /// The tokens of a text, read as [`Prompt::Text`] is: special tokens spelled out in it are
    /// marks. (Those in the messages of a conversation never are.) With `add_special` the start and
    /// end tokens that the model expects are put around it.
    fn tokenize(&self, text: &str, add_special: bool) -> Result<Vec<u32>, Error>;

    fn detokenize(&self, tokens: &[u32], skip_special: bool) -> Result<String, Error>;

    /// One vector for each input.
    fn embed<'a>(
        &'a self,
        context: &'a Context,
        wish: Embed,
    ) -> Soon<'a, Result<Embeddings, Error>> {
        let _ = (context, wish);
        Box::pin(async move {
            Err(Error::unsupported(
                "embeddings",
                format!("model `{}`", self.card().name),
            ))
        })
    }

    /// How likely each token of a text is after those before it, with the `top` likeliest of its
    /// place beside it.
    fn score<'a>(
        &'a self,
        context: &'a Context,
        text: Prompt,
        top: u32,
    ) -> Soon<'a, Result<Scores, Error>> {
        let _ = (context, text, top);
        Box::pin(async move {
            Err(Error::unsupported(
                "log probabilities of a text",
                format!("model `{}`", self.card().name),
            ))
        })
    }

    fn stats(&self) -> Stats;
}

/// The models of a process.
pub trait Models: Send + Sync {
    fn list<'a>(&'a self, context: &'a Context) -> Soon<'a, Result<Vec<ModelStatus>, Error>>;

    /// A model by name, loaded if need be; the default one without a name.
    fn get<'a>(
        &'a self,
        context: &'a Context,
        name: Option<&'a str>,
    ) -> Soon<'a, Result<Arc<dyn Model>, Error>>;

    /// Loads a model; the context is told how far it is.
    fn load<'a>(
        &'a self,
        context: &'a Context,
        spec: LoadSpec,
    ) -> Soon<'a, Result<Arc<dyn Model>, Error>>;

    /// Frees a model's memory once its last answer is done. It stays listed.
    fn unload<'a>(&'a self, context: &'a Context, name: &'a str) -> Soon<'a, Result<(), Error>>;
}

/// Which model to load, and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LoadSpec {
    /// A hub's id, a folder or a file.
    pub model: String,
    /// The name to serve it under; absent is `model` itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The loader's options, which the loader checks.
    #[serde(default, skip_serializing_if = "Json::is_empty")]
    pub options: Json,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelStatus {
    pub name: String,
    pub residence: Residence,
    /// Whether a request without a name gets this one.
    #[serde(default)]
    pub default: bool,
    /// Known once it was loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<ModelCard>,
}

/// Whether a model is in memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Residence {
    Loaded,
    Loading,
    Unloaded,
    Failed { reason: String },
}
