//! Ferrule Nano, the model that comes with Ferrule.

use super::{Ids, Reading, Syntax, forms::END};
use crate::{
    layout::{Args, Layout, Name},
    machine::{Naming, Op, Place, Trigger, at, programs},
    select::Evidence,
};

pub static SYNTAX: Syntax = Syntax {
    names: &["nano"],
    family: "Ferrule Nano",
    reading: READING,
    layout: LAYOUT,
    evidence: EVIDENCE,
};

/// How it is read.
const READING: Reading = Reading {
    triggers: &[CALL],
    noise: &[],
    frames: &[],
    ids: Ids::Usual,
};

const CALL: Trigger = Trigger {
    mark: "<|call|>",
    place: Place::Anywhere,
    bare: false,
    program: &IN_CALL,
    ends: &[],
};

programs! {
    IN_CALL = [
        Op::Name(&["{"], Naming::Plain),
        Op::Arguments,
        Op::Switch(&[at!("", END)]),
    ];
}

/// How it is written.
const LAYOUT: Layout = Layout {
    before_name: "<|call|>",
    name: Name::Raw,
    before_args: "",
    args: Args::Compact,
    after_args: "",
    between: "",
    mark: Some("<|call|>"),
    // It is too small to make a text up, and was taught to copy.
    copies: true,
    ..Layout::JSON
};

/// What tells that a model writes so.
const EVIDENCE: Evidence = Evidence {
    template: &[&["<|call|>", "<|tools|>"]],
    // GPT-OSS ends its calls with the mark that begins them here.
    never: &["<|channel|>"],
    tokens: &[&["<|call|>", "<|tools|>"]],
    names: &[&["ferrule", "nano"]],
    rank: 2,
    ..Evidence::NONE
};
