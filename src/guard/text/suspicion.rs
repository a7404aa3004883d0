//! Sentences that tell a model what to do. A description says what a tool does; one that says what is to be hidden, read
//! or sent is flagged. To grow: one row, and lines in `tests/fixtures/guard/text/good.txt` and `bad.txt`.
//!
//! The rows see the text folded: lower case, look-alikes as Latin letters, white space as single blanks.

use std::sync::LazyLock;

use regex::{RegexSet, RegexSetBuilder};

use super::{Finding, Oddity, confusable};

struct Row {
    says: &'static str,
    pattern: &'static str,
    what: Oddity,
    /// Whether it is looked for in results too.
    in_results: bool,
}

const fn row(says: &'static str, pattern: &'static str) -> Row {
    Row {
        says,
        pattern,
        what: Oddity::Instruction,
        in_results: true,
    }
}

const fn markup(says: &'static str, pattern: &'static str) -> Row {
    Row {
        says,
        pattern,
        what: Oddity::HiddenMarkup,
        in_results: false,
    }
}

static ROWS: &[Row] = &[
    row(
        "it takes back other instructions",
        r"\b(ignore|disregard|forget|overrides?|bypass)\b.{0,40}\b(previous|prior|above|earlier|preceding|other|system|your|existing|all)\b.{0,30}\b(instructions?|prompts?|rules|guidelines|directions?|polic(y|ies)|safety)\b",
    ),
    row(
        "it hides something from the user",
        r"\b(do not|don't|never|must not|without)\s+(tell|telling|mention|mentioning|inform|informing|reveal|show|notify|alert|disclose|let)\b.{0,24}\b(users?|humans?|operator|owner)\b",
    ),
    row(
        "it hides something from the user",
        r"\b(hide|conceal|keep|kept|hidden)\b.{0,30}\bfrom the (user|human|operator)\b|\bdo(n't| not) (mention|disclose|reveal) (this|that|it|these|the (existence|contents?))\b",
    ),
    row(
        "it wants something done in secret",
        r"\b(secretly|silently|covertly|discreetly|quietly)\b.{0,30}\b(send|include|read|copy|forward|append|add|upload|call|email|post|execute|run)\b",
    ),
    row(
        "it poses as a message of the system",
        r"<\s*/?\s*(important|system|secret|instructions?|admin|hidden|assistant|override)\s*>|\[/?(system|inst)\]|<\|(im_start|im_end|system|user|assistant|endoftext|eot_id)\|?>|<</?sys>>|#{2,} ?(system|new|hidden) ?(instructions?|prompt|message)|</?(tool_call|tool_response|function_calls?)>",
    ),
    row(
        "it wants secrets read",
        r"\b(read|open|cat|access|load|fetch|get|include|send|print|extract|copy|find)\b.{0,60}(\.ssh/(id_|\*|\s|$|[,.;)'\x22`])|\.ssh\b[^/]|\bid_(rsa|ed25519|ecdsa)\b|\.aws/credentials|/etc/shadow|\.cursor/mcp\.json|claude_desktop_config|\.netrc|wallet\.dat|private keys?\b.{0,30}\b(and|then|into|to)\b|\.env\b.{0,40}\b(and|then) (send|pass|include|post|upload))",
    ),
    row(
        "it wants something read or sent around a call",
        r"\b(before|prior to|whenever|after|when|each time|every time)\b.{0,30}\b(us(e|ing)|call(ing)?|invok(e|ing)|run(ning)?|calls?)\b.{0,20}\b(this|any|another|other|the)\b.{0,20}\b(tools?|function)\b.{0,60}\b(read|open|cat|send|upload|include|pass|forward|collect)\b.{0,60}(~/|/etc/|\.env\b|\b(file|keys?|credentials?|passwords?|conversation|history|environment|config)\b)",
    ),
    row(
        "it wants secrets or the conversation sent",
        r"\b(send|post|upload|forward|transmit|exfiltrate|leak|email|copy|report)\b.{0,40}\b(conversation|chat history|message history|system prompt|previous messages|api keys?|private keys?|ssh keys?|credentials|passwords|environment variables|access tokens?)\b.{0,60}(\bto\b.{0,30}(https?://|\S@\S|\b(server|endpoint|webhook|address|url|us)\b)|\b(as|in) (the|a|an)\b)",
    ),
    row(
        "it wants contents passed along in an argument",
        r"\b(pass|include|put|provide|insert|place|add)\b.{0,20}\b(its|their|all|entire|full|whole|complete)\b.{0,20}\b(contents?|conversation|history|credentials|secrets|environment|system prompt)\b.{0,40}\b(as|in|into)\b.{0,20}\b(sidenote|parameter|argument|field|metadata|note)\b",
    ),
    row(
        "it gives the model a new task",
        r"\byou are now (a|an|in|acting|dan|the)\b|\bfrom now on,? (you|always|never)\b|\bnew (system )?(instructions?|directives?) ?:|\byour (real|true|actual|new|only) (task|goal|purpose|instructions?|role|job|objective)\b|\bpretend (to be|that you|you are)\b",
    ),
    row(
        "it speaks to the model",
        r"\b(important|critical|urgent|mandatory|attention|special|secret|hidden|note)\b.{0,20}\b(instructions?|notice|message|note|directive|rule)?\b ?(to|for) (the |any |all )?(ai|llm|assistant|language model|model|agent)s?\b|\b(ai|llm|assistant|agent)s?( reading this)?[:,] (you )?(must|please|always|ignore|do not|now)\b",
    ),
    row(
        "it wants a person left out",
        r"\b(do not|don't|never|no need to)\s+(ask|wait|request|seek|require)\b.{0,24}\b(confirmation|permission|approval|consent|the user)\b",
    ),
    row(
        "it asks for the hidden instructions",
        r"\b(reveal|print|repeat|output|show|leak|include|return)\b.{0,20}\b(your|the) (system prompt|initial instructions|hidden instructions|system message)",
    ),
    row(
        "it turns the model against other tools",
        r"\b(never|do not|don't|must not|stop)\s+(use|using|call|calling|trust)\b.{0,30}\b(other|any other|another|the original|built-?in|the real)\b.{0,30}\b(tools?|servers?|functions?)\b|\b(the )?(other|original|real) \w{0,20} ?(tool|server|function) (is|has been|was) (deprecated|broken|replaced|disabled|compromised)\b",
    ),
    row(
        "it redirects what other tools send",
        r"\b(always|must|also|every|any)\b.{0,40}\b(bcc|cc|redirect|forward|copy|recipient|send)\b.{0,40}\S@\S+\.\S|\bbcc\b.{0,20}\S@\S+\.\S|\b(change|replace|set|modify|rewrite)\b.{0,20}\b(recipients?|destination|account number|address)\b.{0,30}\bto\b.{0,10}(\S@\S+\.\S|0x[0-9a-f]{8}|[a-z]{2}[0-9]{14})",
    ),
    row(
        "it wants foreign code run",
        r"\b(curl|wget|iwr)\b[^|]{0,120}\|\s*(sudo )?(ba|z|da)?sh\b|\b(decode|decrypt)\b.{0,40}\b(and|then) (execute|run|follow|obey|eval)\b",
    ),
    markup(
        "markup that hides what it holds",
        r"display:\s*none|visibility:\s*hidden|font-size:\s*0|opacity:\s*0[;\x22']|\[(//|comment|hidden|_|\.)\]:\s*(#|<>)|<\w{1,16}(\s[^<>]{0,80})?\shidden(\s|>|=|/)|<template\b",
    ),
    markup(
        "a picture whose address takes data along",
        r"!\[[^\]]{0,80}\]\(https?://[^)]{0,200}(\{|\$|=<|%s|data=|q=\[)|<img[^>]{1,200}(\{|\$\{|data=)",
    ),
];

/// The rows, compiled once: a pattern that does not compile is found by the first test.
static PATTERNS: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSetBuilder::new(ROWS.iter().map(|row| row.pattern))
        .size_limit(1 << 26)
        .dfa_size_limit(1 << 24)
        .build()
        .expect("the table above is constant, and tests compile it")
});

/// Tells which rows a text fits.
pub(super) fn look(text: &str, describes: bool, found: &mut Vec<Finding>) {
    // The shortest text that any row fits.
    if text.len() < 8 {
        return;
    }
    let folded = one_line(&confusable::folded(text));
    let mut said: Vec<&str> = Vec::new();
    for at in PATTERNS.matches(&folded) {
        let row = &ROWS[at];
        if (describes || row.in_results) && !said.contains(&row.says) {
            said.push(row.says);
            found.push(Finding::new(row.what, 1, row.says));
        }
    }
}

/// White space as single blanks, and the typographer's apostrophes as ours.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2019}' | '\u{2018}' => line.push('\''),
            c if !c.is_whitespace() => line.push(c),
            _ if line.is_empty() || line.ends_with(' ') => {}
            _ => line.push(' '),
        }
    }
    line
}
