//! Claim: the guard costs less than 20 µs a call. Beside it: the same toolbox, called plainly.
//!
//!     make bench
//!     cargo bench --bench guard

#![allow(clippy::print_stdout)]

use std::{
    error::Error as Failure,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use ferrule_guard::{Guard, Guarded, Rules, approval::Mode, pins::Lock, rate::Limits};
use ferrule_types::{
    AskedBy, Call, Context, Error, Json, Listed, Listing, Outcome, Reply, Resume, Soon, Tool,
    ToolKey, Toolbox,
};
use serde_json::{Value, json};

// Many short runs: on a busy machine a long one is never left alone.
const CALLS: u32 = 100;
const RUNS: usize = 500;

/// Answers at once, so that what is measured is the door.
struct Echo(&'static str);

impl Toolbox for Echo {
    fn list<'a>(&'a self, _: &'a Context) -> Soon<'a, Result<Listing, Error>> {
        Box::pin(async {
            let schema = json!({"type": "object", "properties": {
                "path": {"type": "string", "description": "The file to read"},
                "head": {"type": "integer"},
                "content": {"type": "string"},
            }});
            let names = ["read_file", "write_file", "list_directory", "search_files"];
            let tools =
                names.map(|name| Listed::new("files", Tool::new(name, "a tool", schema.clone())));
            Ok(Listing {
                tools: tools.into_iter().collect::<Result<_, _>>()?,
                ..Listing::default()
            })
        })
    }

    fn call<'a>(
        &'a self,
        _: &'a Context,
        _: Call,
        _: Option<Resume>,
    ) -> Soon<'a, Result<Reply, Error>> {
        Box::pin(async { Ok(Reply::Done(Outcome::done(self.0))) })
    }
}

/// One kind of call.
struct Case {
    name: &'static str,
    tool: &'static str,
    arguments: Value,
    answer: &'static str,
    mode: Mode,
}

fn cases() -> Vec<Case> {
    let prose = "words that a person could have written, one after the other. ";
    let long: &'static str = Box::leak(prose.repeat(64).into_boxed_str());
    let case = |name, tool, arguments, answer, mode| Case {
        name,
        tool,
        arguments,
        answer,
        mode,
    };
    let read = || json!({"path": "src/guard/door.rs", "head": 100});
    vec![
        case(
            "read a file, short answer",
            "read_file",
            read(),
            "done",
            Mode::Auto,
        ),
        case(
            "no arguments, no answer",
            "list_directory",
            json!({}),
            "",
            Mode::Auto,
        ),
        case(
            "read a file, 4 KB answer",
            "read_file",
            read(),
            long,
            Mode::Auto,
        ),
        case(
            "write a file of 4 KB",
            "write_file",
            json!({"path": "a.md", "content": long}),
            "done",
            Mode::Auto,
        ),
        case(
            "denied: /etc/passwd",
            "read_file",
            json!({"path": "/etc/passwd"}),
            "",
            Mode::Auto,
        ),
        case(
            "approved before",
            "write_file",
            json!({"path": "a", "content": "b"}),
            "done",
            Mode::Ask,
        ),
    ]
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Failure>> {
    println!("guard, µs a call on one core, best of {RUNS} runs of {CALLS} calls\n");
    println!("  {:<28}{:>9}{:>9}{:>9}", "", "plain", "guarded", "costs");
    for case in cases() {
        let plain = best(&Echo(case.answer), &case).await?;
        let guarded = best(&guarded(&case).await?, &case).await?;
        println!(
            "  {:<28}{:9.2}{:9.2}{:9.2}",
            case.name,
            plain,
            guarded,
            guarded - plain
        );
    }
    Ok(())
}

/// The toolbox behind the guard as it stands by default, without the rate limit, which a benchmark would reach.
async fn guarded(case: &Case) -> Result<Guarded<Echo>, Error> {
    let mut rules = Rules {
        limits: Limits {
            per_tool: u32::MAX,
            all: u32::MAX,
            ..Limits::default()
        },
        ..Rules::default()
    };
    rules.modes.default = case.mode;
    let guard = Guard::new(rules, Lock::default(), []);
    let door = Guarded::new(Echo(case.answer), Arc::new(guard));
    let context = Context::new(AskedBy::Model);
    let listing = door.list(&context).await?;
    if let Some(listed) = listing
        .tools
        .iter()
        .find(|listed| listed.tool.name == case.tool)
    {
        let pin = ferrule_guard::pins::digest(&listed.tool);
        let how = ferrule_guard::approval::Remember::Forever;
        door.guard().remember(how, &context, &listed.key, "", &pin);
    }
    Ok(door)
}

async fn best(toolbox: &impl Toolbox, case: &Case) -> Result<f64, Error> {
    let mut best = Duration::MAX;
    let key = ToolKey::new("files", case.tool)?;
    let arguments: Json = case.arguments.as_object().cloned().unwrap_or_default();
    let context = Context::new(AskedBy::Model);
    for _ in 0..RUNS {
        let begin = Instant::now();
        for _ in 0..CALLS {
            let call = Call::new("1", key.clone(), arguments.clone());
            black_box(toolbox.call(&context, call, None).await?);
        }
        best = best.min(begin.elapsed());
    }
    Ok(best.as_secs_f64() * 1e6 / f64::from(CALLS))
}
