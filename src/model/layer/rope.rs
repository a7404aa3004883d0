//! Rotary positions: a rope turns pairs of a head's elements by angles that grow with the position.

use candle_core::{Device, Tensor};

use crate::{Batch, Result, weight::floats};

/// One way of turning, shared by all layers that use it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rope {
    /// How many of a head's elements are turned.
    pub dim: usize,
    /// Pairs are neighbours rather than halves apart.
    pub interleaved: bool,
    pub scaling: Scaling,
    pub theta: f64,
    /// What cosines and sines are multiplied by.
    pub magnitude: f32,
}

/// How the frequencies depart from `theta^(-2i/dim)`.
#[derive(Clone, Debug, PartialEq)]
pub enum Scaling {
    None,
    Linear {
        factor: f64,
    },
    /// Base and length grow together once a sequence is longer than `context`.
    Dynamic {
        factor: f64,
        context: usize,
    },
    Llama3 {
        factor: f64,
        low: f64,
        high: f64,
        context: f64,
    },
    Yarn {
        factor: f64,
        fast: f64,
        slow: f64,
        context: f64,
        truncate: bool,
    },
    /// One divisor per frequency; the long ones for sequences that reach beyond `context`.
    ///
    /// The choice follows a span's `reach`, the longest that its sequence may become, so that all keys
    /// of a sequence are turned alike. (The reference chooses anew at every step and then mixes keys
    /// of both kinds once a sequence crosses the limit.)
    PerFrequency {
        short: Vec<f32>,
        long: Vec<f32>,
        context: usize,
    },
}

/// Cosines and sines of a batch's positions, `[tokens, dim / 2]`.
#[derive(Debug)]
pub struct Turns {
    cos: Vec<f32>,
    sin: Vec<f32>,
}

impl Rope {
    pub fn plain(dim: usize, theta: f64) -> Self {
        Self {
            dim,
            interleaved: false,
            scaling: Scaling::None,
            theta,
            magnitude: 1.0,
        }
    }

    fn base(&self, theta: f64) -> Vec<f64> {
        (0..self.dim / 2)
            .map(|i| theta.powf(-2.0 * i as f64 / self.dim as f64))
            .collect()
    }

    /// How long a sequence may become, where the configuration says `stated`: these two kinds of scaling
    /// are for going beyond that.
    pub fn context(&self, stated: usize) -> usize {
        let stretched = match &self.scaling {
            Scaling::Yarn {
                factor, context, ..
            } => context * factor,
            Scaling::Dynamic { factor, context } => *context as f64 * factor,
            _ => 0.0,
        };
        stated.max(stretched.min((1 << 24) as f64) as usize)
    }

    /// Where the long divisors take over from the short ones.
    pub fn turning_point(&self) -> Option<usize> {
        match &self.scaling {
            Scaling::PerFrequency {
                short,
                long,
                context,
            } if short != long => Some(*context),
            _ => None,
        }
    }

    /// Which of its ways of turning a sequence gets that may become `reach` long.
    pub fn kind(&self, reach: usize) -> usize {
        match &self.scaling {
            Scaling::Dynamic { context, .. } if reach > *context => reach,
            Scaling::PerFrequency { context, .. } => usize::from(reach > *context),
            _ => 0,
        }
    }

    /// The angle per position of each pair, for a sequence that may become `reach` long.
    pub fn frequencies(&self, reach: usize) -> Vec<f32> {
        let plain = self.base(self.theta);
        let scaled: Vec<f64> = match &self.scaling {
            Scaling::Linear { factor } => plain.iter().map(|f| f / factor).collect(),
            Scaling::Dynamic { factor, context } if reach > *context => {
                let grown = factor * reach as f64 / *context as f64 - (factor - 1.0);
                let dim = self.dim as f64;
                self.base(self.theta * grown.powf(dim / (dim - 2.0)))
            }
            Scaling::None | Scaling::Dynamic { .. } => plain,
            Scaling::Llama3 {
                factor,
                low,
                high,
                context,
            } => plain
                .iter()
                .map(|f| llama3(*f, *factor, *low, *high, *context))
                .collect(),
            Scaling::Yarn {
                factor,
                fast,
                slow,
                context,
                truncate,
            } => self.yarn(&plain, *factor, (*fast, *slow), *context, *truncate),
            Scaling::PerFrequency {
                short,
                long,
                context,
            } => {
                let by = if reach > *context { long } else { short };
                plain
                    .iter()
                    .zip(by)
                    .map(|(f, d)| f / f64::from(*d))
                    .collect()
            }
        };
        scaled.into_iter().map(|f| f as f32).collect()
    }

    /// Low frequencies are stretched, high ones kept, those between are mixed.
    fn yarn(
        &self,
        plain: &[f64],
        factor: f64,
        beta: (f64, f64),
        context: f64,
        truncate: bool,
    ) -> Vec<f64> {
        let dim = self.dim as f64;
        let place = |turns: f64| {
            dim * (context / (turns * std::f64::consts::TAU)).ln() / (2.0 * self.theta.ln())
        };
        let (mut low, mut high) = (place(beta.0), place(beta.1));
        if truncate {
            (low, high) = (low.floor(), high.ceil());
        }
        (low, high) = (low.max(0.0), high.min(dim - 1.0));
        if (low - high).abs() < f64::EPSILON {
            high += 0.001;
        }
        plain
            .iter()
            .enumerate()
            .map(|(i, f)| {
                let stretched = ((i as f64 - low) / (high - low)).clamp(0.0, 1.0);
                f / factor * stretched + f * (1.0 - stretched)
            })
            .collect()
    }

    pub fn turns(&self, batch: &Batch) -> Turns {
        let mut turns = Turns {
            cos: Vec::with_capacity(batch.tokens().len() * self.dim / 2),
            sin: Vec::with_capacity(batch.tokens().len() * self.dim / 2),
        };
        for span in batch.spans() {
            let frequencies = self.frequencies(span.reach);
            for position in span.past..span.past + span.len {
                for f in &frequencies {
                    let (sin, cos) = (position as f32 * f).sin_cos();
                    turns.cos.push(cos * self.magnitude);
                    turns.sin.push(sin * self.magnitude);
                }
            }
        }
        turns
    }

    /// Turns every head of `x`, `[tokens, heads * head_dim]`.
    pub fn apply(&self, x: &Tensor, turns: &Turns, head_dim: usize) -> Result<Tensor> {
        let half = self.dim / 2;
        let (tokens, width) = x.dims2()?;
        let mut out = floats(x, <[f32]>::to_vec)?;
        let rows = out.chunks_exact_mut(width);
        let angles = turns
            .cos
            .chunks_exact(half)
            .zip(turns.sin.chunks_exact(half));
        for (row, (cos, sin)) in rows.zip(angles) {
            for head in row.chunks_exact_mut(head_dim) {
                for i in 0..half {
                    let (a, b) = if self.interleaved {
                        (2 * i, 2 * i + 1)
                    } else {
                        (i, i + half)
                    };
                    let (x, y) = (head[a], head[b]);
                    head[a] = x * cos[i] - y * sin[i];
                    head[b] = y * cos[i] + x * sin[i];
                }
            }
        }
        Ok(Tensor::from_vec(out, (tokens, width), &Device::Cpu)?)
    }
}

fn llama3(f: f64, factor: f64, low: f64, high: f64, context: f64) -> f64 {
    let wavelength = std::f64::consts::TAU / f;
    if wavelength < context / high {
        f
    } else if wavelength > context / low {
        f / factor
    } else {
        let smooth = (context / wavelength - low) / (high - low);
        (1.0 - smooth) * f / factor + smooth * f
    }
}
