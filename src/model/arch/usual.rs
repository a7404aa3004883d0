//! What most decoders share: the keys that nearly every configuration has, and the blocks they mean.

use crate::{
    Config, Result,
    layer::{
        Activation, AttentionSpec, BlockSpec, COMMON, Embed, Head, MlpSpec, NormSpec, Placement,
        Rope, Spec,
    },
};

/// The usual keys of a configuration, checked.
#[derive(Clone, Debug)]
pub struct Usual {
    pub vocab: usize,
    pub hidden: usize,
    pub layers: usize,
    pub heads: usize,
    pub kv_heads: usize,
    pub head_dim: usize,
    pub width: usize,
    pub context: usize,
    pub tied: bool,
}

impl Usual {
    pub fn read(config: &Config) -> Result<Self> {
        let hidden = config.size("hidden_size")?;
        let heads = config.size("num_attention_heads")?;
        let kv_heads = config.size_or("num_key_value_heads", heads)?;
        if !heads.is_multiple_of(kv_heads) {
            let expected = format!("a divisor of {heads}, the number of heads");
            return Err(config.wrong("num_key_value_heads", expected, kv_heads));
        }
        let head_dim = match config.maybe_size("head_dim")? {
            Some(dim) => dim,
            None if hidden.is_multiple_of(heads) => hidden / heads,
            None => {
                return Err(config.wrong(
                    "hidden_size",
                    format!("a multiple of {heads}, the number of heads"),
                    hidden,
                ));
            }
        };
        Ok(Self {
            vocab: config.size("vocab_size")?,
            hidden,
            layers: config.layers("num_hidden_layers")?,
            heads,
            kv_heads,
            head_dim,
            width: config.size("intermediate_size")?,
            context: config.size("max_position_embeddings")?,
            tied: config.flag("tie_word_embeddings", false)?,
        })
    }

    /// How many elements of a head are turned.
    pub fn rotary(&self, config: &Config, default_part: f64) -> Result<usize> {
        if let Some(dim) = config.maybe_size("rotary_dim")? {
            return Ok(dim.min(self.head_dim));
        }
        let table = config
            .get("rope_parameters")
            .and_then(|t| t.get("partial_rotary_factor"));
        let part = match table.and_then(serde_json::Value::as_f64) {
            Some(part) => part,
            None => config.float_or("partial_rotary_factor", default_part)?,
        };
        if !(part > 0.0 && part <= 1.0) {
            return Err(config.wrong("partial_rotary_factor", "above 0 and at most 1", part));
        }
        Ok((self.head_dim as f64 * part) as usize)
    }

    pub fn attention(&self) -> AttentionSpec {
        AttentionSpec::new(self.heads, self.kv_heads, self.head_dim)
    }

    pub fn gated(&self, activation: Activation) -> MlpSpec {
        MlpSpec::Gated {
            width: self.width,
            activation,
            fused: false,
            bias: false,
        }
    }

    /// A pre-norm block.
    pub fn block(attention: AttentionSpec, mlp: MlpSpec) -> BlockSpec {
        BlockSpec {
            attention,
            mlp,
            placement: Placement::Before,
            residual: 1.0,
        }
    }

    /// An RMS-normed decoder with one rope; what differs is changed afterwards.
    pub fn decoder(&self, config: &Config, rope: Rope, blocks: Vec<BlockSpec>) -> Result<Spec> {
        Ok(Spec {
            vocab: self.vocab,
            hidden: self.hidden,
            context: rope.context(self.context),
            embed: Embed::plain(self.hidden),
            norm: NormSpec::rms(config.float_or("rms_norm_eps", 1e-6)? as f32),
            ropes: vec![rope],
            blocks,
            final_norm: true,
            head: Head::new(self.tied),
            names: &COMMON,
            transposed: false,
        })
    }

    /// Llama's decoder: what its many descendants start from.
    pub fn llama(&self, config: &Config) -> Result<Spec> {
        let mut attention = self.attention();
        attention.bias = config.flag("attention_bias", false)?;
        attention.out_bias = attention.bias;
        let mlp = MlpSpec::Gated {
            width: self.width,
            activation: config.activation("hidden_act", Activation::Silu)?,
            fused: false,
            bias: config.flag("mlp_bias", false)?,
        };
        let mut rope = config.rope(self.head_dim, 10_000.0)?;
        // GGUF's converter reorders the heads of this family so that pairs are neighbours.
        rope.interleaved = config.is_gguf();
        let blocks = vec![Self::block(attention, mlp); self.layers];
        self.decoder(config, rope, blocks)
    }

    /// The layers' windows: by `layer_types`, or else all of them.
    pub fn windows(&self, config: &Config, window: Option<usize>) -> Result<Vec<Option<usize>>> {
        let sliding = config.sliding_layers(self.layers)?;
        let slides = |l: usize| sliding.as_ref().is_none_or(|s| s[l]);
        Ok((0..self.layers)
            .map(|l| window.filter(|_| slides(l)))
            .collect())
    }
}
