//! From a [`Spec`] and a weight file to a [`Decoder`].

use super::{
    Activation, Attention, Decoder, DecoderBlock, DecoderMlp, Experts, Form, GGUF, Linear, MlpSpec,
    Names, Norms, Origin, Placement, Project, QkNorm, Spec, Weights, at, spec,
};
use crate::{Result, source::SharedSource, weight::Weight};

/// Makes the decoder; whatever does not fit the description is an error here and not later.
pub fn build(spec: Spec, source: &SharedSource, origin: Origin, form: Form) -> Result<Decoder> {
    let is_gguf = matches!(origin, Origin::Gguf);
    let names = if is_gguf { GGUF } else { *spec.names };
    let weights = Weights {
        source,
        origin,
        form,
        norms: spec.norm,
        transposed: spec.transposed && !is_gguf,
    };
    let embed = weights.matrix(names.embed, spec.vocab, spec.embed.width)?;
    let positions = match &spec.embed.positions {
        Some(p) => Some(weights.matrix(names.positions, p.rows, spec.hidden)?),
        None => None,
    };
    let projected = spec.embed.width != spec.hidden;
    let project = |name: &str, rows, width| -> Result<Option<Linear>> {
        projected
            .then(|| weights.linear(name, rows, width, false))
            .transpose()
    };
    let project_in = project(names.project_in, spec.hidden, spec.embed.width)?;
    let project_out = project(names.project_out, spec.embed.width, spec.hidden)?;
    let norm = if spec.final_norm {
        Some(weights.norm(names.norm, spec.hidden)?)
    } else {
        None
    };
    let builder = Builder {
        spec: &spec,
        weights,
        names,
    };
    let head = builder.head(&embed)?;
    let blocks = (0..spec.blocks.len())
        .map(|layer| builder.block(layer))
        .collect::<Result<_>>()?;
    Ok(Decoder {
        spec,
        embed,
        positions,
        project_in,
        project_out,
        blocks,
        norm,
        head,
    })
}

struct Builder<'a> {
    spec: &'a Spec,
    weights: Weights<'a>,
    names: Names,
}

impl Builder<'_> {
    fn head(&self, embed: &Weight) -> Result<Linear> {
        let Spec {
            vocab,
            head,
            embed: e,
            ..
        } = self.spec;
        let name = self.names.head;
        if head.tied {
            return Ok(Linear {
                weight: embed.clone(),
                bias: self.weights.bias(name, *vocab, head.bias)?,
            });
        }
        Ok(Linear {
            weight: self.weights.matrix(name, *vocab, e.width)?,
            bias: self.weights.bias(name, *vocab, head.bias)?,
        })
    }

    fn block(&self, layer: usize) -> Result<DecoderBlock> {
        let block = &self.spec.blocks[layer];
        let norm = |wanted: bool, name: &str| {
            wanted
                .then(|| self.weights.norm(&at(name, layer), self.spec.hidden))
                .transpose()
        };
        let before = block.placement != Placement::After;
        let after = matches!(block.placement, Placement::After | Placement::Around);
        Ok(DecoderBlock {
            attention: self.attention(layer, &block.attention)?,
            mlp: self.mlp(layer, &block.mlp)?,
            norms: Norms {
                pre_attn: norm(before, self.names.pre_attn)?,
                post_attn: norm(after, self.names.post_attn)?,
                pre_mlp: norm(before, self.names.pre_mlp)?,
                post_mlp: norm(after, self.names.post_mlp)?,
            },
            placement: block.placement,
            residual: block.residual,
        })
    }

    fn attention(&self, layer: usize, spec: &spec::Attention) -> Result<Attention> {
        let hidden = self.spec.hidden;
        let q = spec.heads * spec.head_dim;
        let kv = spec.kv_heads * spec.head_dim;
        let part = |name: &str, rows| {
            self.weights
                .linear(&at(name, layer), rows, hidden, spec.bias)
        };
        let project = if spec.fused {
            Project::Fused(part(self.names.qkv, q + 2 * kv)?)
        } else {
            Project::Apart {
                q: part(self.names.q, q)?,
                k: part(self.names.k, kv)?,
                v: part(self.names.v, kv)?,
            }
        };
        let norm = |name: &str, whole| {
            let length = match spec.qk_norm {
                QkNorm::No => return Ok(None),
                QkNorm::PerHead => spec.head_dim,
                QkNorm::Whole => whole,
            };
            self.weights.norm(&at(name, layer), length).map(Some)
        };
        Ok(Attention {
            project,
            q_norm: norm(self.names.q_norm, q)?,
            k_norm: norm(self.names.k_norm, kv)?,
            out: self
                .weights
                .linear(&at(self.names.o, layer), hidden, q, spec.out_bias)?,
            spec: *spec,
        })
    }

    fn mlp(&self, layer: usize, spec: &MlpSpec) -> Result<DecoderMlp> {
        let hidden = self.spec.hidden;
        let n = &self.names;
        let linear = |name: &str, rows, width, bias| {
            self.weights.linear(&at(name, layer), rows, width, bias)
        };
        Ok(match *spec {
            MlpSpec::Gated {
                width,
                activation,
                fused: false,
                bias,
            } => DecoderMlp::Gated {
                gate: linear(n.gate, width, hidden, bias)?,
                up: linear(n.up, width, hidden, bias)?,
                down: linear(n.down, hidden, width, bias)?,
                activation,
            },
            MlpSpec::Gated {
                width,
                activation,
                fused: true,
                bias,
            } => DecoderMlp::Fused {
                gate_up: linear(n.gate_up, 2 * width, hidden, bias)?,
                down: linear(n.down, hidden, width, bias)?,
                width,
                activation,
            },
            MlpSpec::Plain {
                width,
                activation,
                bias,
            } => DecoderMlp::Plain {
                up: linear(n.up, width, hidden, bias)?,
                down: linear(n.down, hidden, width, bias)?,
                activation,
            },
            MlpSpec::Experts {
                count,
                active,
                width,
                activation,
                renormalise,
            } => DecoderMlp::Experts(Experts {
                router: linear(n.router, count, hidden, false)?,
                experts: self.experts(layer, count, width, activation)?,
                active,
                renormalise,
            }),
        })
    }

    fn experts(
        &self,
        layer: usize,
        count: usize,
        width: usize,
        activation: Activation,
    ) -> Result<Vec<DecoderMlp>> {
        let hidden = self.spec.hidden;
        let n = &self.names;
        let gates = self.weights.per_expert(
            n.stacked_gate,
            n.expert_gate,
            layer,
            (count, width, hidden),
        )?;
        let ups =
            self.weights
                .per_expert(n.stacked_up, n.expert_up, layer, (count, width, hidden))?;
        let downs = self.weights.per_expert(
            n.stacked_down,
            n.expert_down,
            layer,
            (count, hidden, width),
        )?;
        let all = gates.into_iter().zip(ups).zip(downs);
        Ok(all
            .map(|((gate, up), down)| DecoderMlp::Gated {
                gate,
                up,
                down,
                activation,
            })
            .collect())
    }
}
