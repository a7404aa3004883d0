//! How models write tool calls: one file and one row for each way.
//!
//! A row is data: how its calls are read ([`Reading`], run by `machine`), how they are written
//! ([`Layout`](crate::layout::Layout)), and what tells that a model writes so
//! ([`Evidence`](crate::select::Evidence)). It does not know: how a row is run.

mod auto;
mod command_a;
mod command_r;
mod deepseek;
mod deepseek_v31;
mod deepseek_v4;
mod ernie;
mod forms;
mod functionary;
mod gemma3;
mod gemma4;
mod glm47;
mod granite;
mod harmony;
mod hermes;
mod hunyuan;
mod jamba;
mod kimi;
mod lfm2;
mod llama;
mod minimax;
mod mistral;
mod nano;
mod nemotron;
mod nemotron_v2;
mod olmo3;
mod phi4_mini;
mod poolside_v1;
mod pythonic;
mod qwen;
mod qwen3_xml;
mod seed_oss;
mod smollm3;
mod step3p5;
mod xlam;

use ferrule_types::Error;

pub(crate) use crate::machine::{Ids, Reading};
use crate::{layout::Layout, select::Evidence};

/// A way of writing tool calls.
#[derive(Debug)]
pub struct Syntax {
    /// Its name, and other names for it.
    pub names: &'static [&'static str],
    /// The models that write so.
    pub family: &'static str,
    pub(crate) reading: Reading,
    pub(crate) layout: Layout,
    pub(crate) evidence: Evidence,
}

/// Every way, in the order of the documentation.
pub static ALL: &[&Syntax] = &[
    &hermes::SYNTAX,
    &qwen::SYNTAX,
    &qwen3_xml::SYNTAX,
    &step3p5::SYNTAX,
    &nemotron::SYNTAX,
    &nemotron_v2::SYNTAX,
    &mistral::SYNTAX,
    &llama::SYNTAX,
    &pythonic::SYNTAX,
    &deepseek::SYNTAX,
    &deepseek_v31::SYNTAX,
    &deepseek_v4::SYNTAX,
    &kimi::SYNTAX,
    &granite::SYNTAX,
    &xlam::SYNTAX,
    &functionary::SYNTAX,
    &glm47::SYNTAX,
    &poolside_v1::SYNTAX,
    &minimax::SYNTAX,
    &harmony::SYNTAX,
    &gemma4::SYNTAX,
    &gemma3::SYNTAX,
    &lfm2::SYNTAX,
    &hunyuan::SYNTAX,
    &command_r::SYNTAX,
    &command_a::SYNTAX,
    &phi4_mini::SYNTAX,
    &olmo3::SYNTAX,
    &smollm3::SYNTAX,
    &ernie::SYNTAX,
    &seed_oss::SYNTAX,
    &jamba::SYNTAX,
    &nano::SYNTAX,
    &auto::SYNTAX,
];

impl Syntax {
    /// The row of this name or alias.
    pub fn named(name: &str) -> Result<&'static Syntax, Error> {
        let found = ALL.iter().find(|each| each.names.contains(&name));
        found.copied().ok_or_else(|| {
            Error::unknown(
                "tool syntax",
                name,
                ALL.iter().flat_map(|row| row.names).copied(),
            )
        })
    }

    /// Every way, in the order of the documentation.
    pub fn all() -> &'static [&'static Syntax] {
        ALL
    }

    /// Whether strings in its calls are copied from the conversation: see [`Writer::with_conversation`](crate::Writer).
    pub fn copies(&self) -> bool {
        self.layout.copies
    }

    pub fn name(&self) -> &'static str {
        self.names[0]
    }
}
