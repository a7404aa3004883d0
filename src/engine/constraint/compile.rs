use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, OnceLock, PoisonError, mpsc},
    thread,
    time::Duration,
};

use ferrule_model::{
    Loaded,
    text::{TokenTrie, Tokenizer},
};
use ferrule_types::{Constraint, Grammar, Start};
use llguidance::{
    Matcher, ParserFactory,
    api::{ParserLimits, TopLevelGrammar},
};
use serde_json::{Value, json};
use toktrie::TokEnv;

use super::{
    bounds,
    guide::{Guide, Rules},
    watch::Watch,
};
use crate::{Error, Result};

/// A usual schema takes a millisecond. Who waits is a caller; who is not waited for ends by its own limits.
const TIME: Duration = Duration::from_secs(10);
/// Compiled at the same time, those that nobody waits for any more included.
const AT_ONCE: usize = 4;
/// Compiled constraints that are kept.
const REMEMBERED: usize = 16;
/// The compiler recurses over rules and schemas. Measured: the longest chain of rules that the bounds let through
/// needs between 32 and 64 MiB. What is not used is not taken from the system.
const STACK: usize = 256 << 20;

/// Characters of a message: it can hold the whole grammar.
const LONGEST: usize = 1_000;

/// White space in JSON: none, one space, or a new line with its indentation. Without a bound a small model writes
/// blanks until its room is used up.
const WHITE: &str = r"(?:\x20|\x0D?\x0A\x20{0,40}|\x0D?\x0A\x09{1,20})";

/// Compiles constraints for one model.
pub struct Grammars {
    tokenizer: Tokenizer,
    rows: usize,
    ends: Vec<u32>,
    /// Made at the first constraint: it takes half a second for 150 000 tokens.
    factory: OnceLock<Result<Arc<ParserFactory>, String>>,
    turns: Arc<Turns>,
    /// The latest ones, the newest last: a program asks for the same few over and over.
    compiled: Mutex<Vec<Compiled>>,
}

impl Grammars {
    pub fn new(model: &Loaded) -> Self {
        Self::of(
            &model.tokenizer,
            model.card.vocab_size,
            model.card.eos.clone(),
        )
    }

    pub(super) fn of(tokenizer: &Tokenizer, rows: usize, ends: Vec<u32>) -> Self {
        Self {
            tokenizer: tokenizer.clone(),
            rows,
            ends,
            factory: OnceLock::new(),
            turns: Arc::default(),
            compiled: Mutex::default(),
        }
    }

    /// Compiles, or remembers what the same principal had compiled. Takes seconds at worst and so belongs on the
    /// caller's thread, not on the engine's.
    pub fn compile(&self, principal: &Arc<str>, constraint: &Constraint) -> Result<Guide> {
        let compiled = || self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let same =
            |known: &&Compiled| known.principal == *principal && known.constraint == *constraint;
        if let Some(known) = compiled().iter().find(same) {
            return Ok(known.guide.clone());
        }
        let guide = self.compile_anew(constraint)?;
        let mut compiled = compiled();
        if compiled.len() == REMEMBERED {
            compiled.remove(0);
        }
        compiled.push(Compiled {
            principal: Arc::clone(principal),
            constraint: constraint.clone(),
            guide: guide.clone(),
        });
        Ok(guide)
    }

    pub(super) fn compile_anew(&self, constraint: &Constraint) -> Result<Guide> {
        let schemas = bounds::check(constraint)?;
        let form = form(&constraint.grammar);
        let told = |problem: &str| Error::Constraint {
            form,
            problem: problem.to_owned(),
        };
        let factory = self.factory.get_or_init(|| self.factory()).clone();
        let work = Work {
            factory: factory.map_err(|e| told(&e))?,
            marks: self.marks(&constraint.start),
            ends: self.ends.clone(),
            constraint: constraint.clone(),
            schemas,
            form,
        };
        let slow = || Error::SlowConstraint { limit: TIME };
        let turn = Turns::take(&self.turns, TIME).ok_or_else(slow)?;
        let (tell, told) = mpsc::sync_channel(1);
        thread::Builder::new()
            .name("ferrule-grammar".into())
            .stack_size(STACK)
            .spawn(move || {
                let _turn = turn;
                // The caller may have stopped waiting.
                let _ = tell.send(work.run());
            })
            .map_err(|source| Error::Thread { source })?;
        told.recv_timeout(TIME).map_err(|_| slow())?
    }

    fn factory(&self) -> Result<Arc<ParserFactory>, String> {
        let made = catch_unwind(AssertUnwindSafe(|| {
            let trie = TokenTrie::new(&self.tokenizer, self.rows, &self.ends);
            let env: TokEnv = Arc::new(trie);
            ParserFactory::new_simple(&env)
        }));
        let mut factory = match made {
            Ok(factory) => factory.map_err(|e| plainly(&e.to_string()))?,
            Err(panic) => return Err(said(panic.as_ref())),
        };
        factory.quiet();
        *factory.limits_mut() = ParserLimits {
            // About 100 MB; each is made only when it is needed.
            max_lexer_states: 50_000,
            verbose_errors: false,
            // The rest are llguidance's own bounds: 20 ms for compiling a lexer, 15 ms for a mask.
            ..ParserLimits::default()
        };
        Ok(Arc::new(factory))
    }

    /// A mark that is a special token of the vocabulary is that token, any other is text.
    fn marks(&self, start: &Start) -> Option<(Vec<u32>, Vec<Vec<u8>>)> {
        let Start::After(marks) = start else {
            return None;
        };
        let (mut tokens, mut texts) = (Vec::new(), Vec::new());
        for mark in marks {
            let special = self.tokenizer.special_tokens().iter();
            let mut special = special.filter(|t| t.special || t.marker);
            match special.find(|t| t.content == *mark) {
                Some(token) => tokens.push(token.id),
                None => texts.push(mark.clone().into_bytes()),
            }
        }
        Some((tokens, texts))
    }
}

struct Compiled {
    principal: Arc<str>,
    constraint: Constraint,
    guide: Guide,
}

/// The few places for those who compile.
#[derive(Default)]
struct Turns {
    taken: Mutex<usize>,
    freed: Condvar,
}

/// One of them.
struct Turn(Arc<Turns>);

impl Turns {
    /// Waits for a place; `None` when none was free in time.
    fn take(this: &Arc<Self>, patience: Duration) -> Option<Turn> {
        let taken = this.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |taken: &mut usize| *taken >= AT_ONCE;
        let waited = this.freed.wait_timeout_while(taken, patience, full);
        let (mut taken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (*taken < AT_ONCE).then(|| {
            *taken += 1;
            Turn(Arc::clone(this))
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.freed.notify_one();
    }
}

struct Work {
    factory: Arc<ParserFactory>,
    constraint: Constraint,
    schemas: Vec<Value>,
    marks: Option<(Vec<u32>, Vec<Vec<u8>>)>,
    ends: Vec<u32>,
    form: &'static str,
}

impl Work {
    fn run(self) -> Result<Guide> {
        let form = self.form;
        // llguidance catches its own panics; this is for what lies around it.
        let made = catch_unwind(AssertUnwindSafe(|| self.guide()));
        made.unwrap_or_else(|panic| {
            Err(Error::Constraint {
                form,
                problem: said(panic.as_ref()),
            })
        })
    }

    fn guide(self) -> Result<Guide> {
        bounds::combined(&self.schemas)?;
        let form = self.form;
        let told = |e: &dyn std::fmt::Display| Error::Constraint {
            form,
            problem: plainly(&e.to_string()),
        };
        let grammar = written(self.constraint.grammar).map_err(|e| told(&e))?;
        let parser = self.factory.create_parser(grammar);
        let mut matcher = Matcher::new(Ok(parser.map_err(|e| told(&format!("{e:#}")))?));
        // A grammar that allows nothing at all shows here, and the first mask is warm.
        matcher
            .compute_mask()
            .map_err(|_| told(&"it allows no text that this vocabulary can spell"))?;
        let env = self.factory.tok_env();
        let watch = self.marks.map(|(tokens, texts)| {
            let trie = env.tok_trie();
            Watch::new(tokens, texts, trie, &mut |rest| {
                let ids = trie.greedy_tokenize(rest);
                matcher.validate_tokens(&ids).ok() != Some(ids.len())
            })
        });
        let rules = Rules {
            env: Arc::clone(env),
            watch,
            many: self.constraint.many,
            ends: self.ends,
        };
        Guide::new(rules, matcher)
    }
}

fn form(grammar: &Grammar) -> &'static str {
    match grammar {
        Grammar::Choice(_) => "list of choices",
        Grammar::Regex(_) => "regex",
        Grammar::JsonSchema(_) => "JSON schema",
        Grammar::Lark(_) => "Lark grammar",
        Grammar::Llguidance(_) => "grammar of llguidance",
    }
}

/// The constraint as llguidance reads it.
fn written(grammar: Grammar) -> serde_json::Result<TopLevelGrammar> {
    Ok(match grammar {
        Grammar::Choice(choices) => {
            let choices = choices
                .iter()
                .map(|c| quoted(c))
                .collect::<Result<Vec<_>, _>>()?;
            TopLevelGrammar::from_lark(format!("start: CHOICE\nCHOICE: {}", choices.join(" | ")))
        }
        Grammar::Regex(regex) => TopLevelGrammar::from_regex(&regex),
        Grammar::JsonSchema(schema) => TopLevelGrammar::from_json_schema(with_white(schema)),
        Grammar::Lark(text) => TopLevelGrammar::from_lark(text),
        Grammar::Llguidance(value) => serde_json::from_value(value)?,
    })
}

/// A string of Lark is one of JSON, less one character that JSON leaves as it is.
fn quoted(text: &str) -> serde_json::Result<String> {
    Ok(serde_json::to_string(text)?.replace('\u{7f}', "\\u007f"))
}

/// The schema with bounded white space, unless it says its own.
fn with_white(mut schema: Value) -> Value {
    if schema == Value::Bool(true) {
        schema = json!({});
    }
    if let Value::Object(map) = &mut schema {
        let options = map.entry("x-guidance").or_insert_with(|| json!({}));
        if let Value::Object(options) = options
            && !["whitespace_pattern", "whitespace_flexible"]
                .iter()
                .any(|key| options.contains_key(*key))
        {
            options.insert("whitespace_pattern".into(), WHITE.into());
        }
    }
    schema
}

/// llguidance's message without what it appends for its own makers, and not without end.
pub(super) fn plainly(message: &str) -> String {
    let ends = ["\n<", "<backtrace>", "<state>", "<non-verbose/>"];
    let end = ends.iter().filter_map(|mark| message.find(mark)).min();
    let told = message[..end.unwrap_or(message.len())].trim();
    match told.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &told[..at]),
        None => told.to_owned(),
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    plainly(text.unwrap_or("it broke the compiler"))
}
