//! A toolbox whose tools do what they are called.

use std::{
    pin::Pin,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{self, Poll},
};

use ferrule_types::{Ask, Listed, PromptTemplate, Question, ResourceContents, TaskStatus, Tool};

use super::*;

pub(super) const TOOLS: &[&str] = &[
    "read",
    "zap",
    "delete_all",
    "bash",
    "shell__ls",
    "asks",
    "hangs",
    "panics",
    "fails",
    "breaks",
    "large",
    "hidden_text",
    "task",
];

#[derive(Default)]
pub(super) struct Fake {
    calls: Mutex<Vec<(String, Value)>>,
    pub(super) resumed: Mutex<Vec<Option<Resume>>>,
    pub(super) listed: AtomicUsize,
    /// What `read` says of itself.
    pub(super) description: Mutex<String>,
    /// Further tools, by key.
    pub(super) more: Mutex<Vec<Listed>>,
}

impl Fake {
    pub(super) fn calls(&self) -> Vec<(String, Value)> {
        self.calls.lock().unwrap().clone()
    }

    fn listing(&self) -> Listing {
        self.listed.fetch_add(1, Ordering::Relaxed);
        let mut tools: Vec<_> = TOOLS
            .iter()
            .map(|name| Listed::new("files", Tool::named(*name)).unwrap())
            .collect();
        tools[0].tool.description = Some(self.description.lock().unwrap().clone());
        tools.push(Listed::new("", Tool::named("local")).unwrap());
        tools.extend(self.more.lock().unwrap().iter().cloned());
        Listing {
            tools,
            ..Listing::default()
        }
    }

    fn answer(&self, call: &Call, resume: Option<&Resume>) -> Result<Reply, Error> {
        self.calls.lock().unwrap().push((
            call.key.name().into_owned(),
            Value::Object(call.arguments.clone()),
        ));
        self.resumed.lock().unwrap().push(resume.cloned());
        Ok(Reply::Done(match call.key.tool() {
            "panics" => panic!("the toolbox panics"),
            "fails" => Outcome::failed("it failed with --token=abc123def"),
            "breaks" => return Err(Error::not_found("server", "files")),
            "large" => Outcome::done("x".repeat(5_000_000)),
            "hidden_text" => Outcome::done("see\u{200b}n \u{202e}backwards"),
            "task" => return Ok(Reply::Task("7".to_owned())),
            "asks" if resume.is_none() => {
                let question = Question::Form {
                    message: "na\u{200b}me?".to_owned(),
                    schema: json!({}),
                };
                let ask = Ask {
                    id: "form".to_owned(),
                    server: "files".to_owned(),
                    question,
                };
                return Ok(Reply::Asks {
                    requests: vec![ask],
                    state: "the toolbox's own".to_owned(),
                });
            }
            name => Outcome::done(name),
        }))
    }
}

/// Waits for ever, and does not hear that it is cancelled.
struct Never;

impl Future for Never {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut task::Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Toolbox for Fake {
    fn list<'a>(&'a self, _: &'a Context) -> Soon<'a, Result<Listing, Error>> {
        Box::pin(async move { Ok(self.listing()) })
    }

    fn call<'a>(
        &'a self,
        _: &'a Context,
        call: Call,
        resume: Option<Resume>,
    ) -> Soon<'a, Result<Reply, Error>> {
        Box::pin(async move {
            if call.key.tool() == "hangs" {
                Never.await;
            }
            self.answer(&call, resume.as_ref())
        })
    }

    fn task<'a>(
        &'a self,
        _: &'a Context,
        _: &'a str,
        id: &'a str,
        _: TaskAct,
    ) -> Soon<'a, Result<Task, Error>> {
        Box::pin(async move {
            Ok(Task {
                id: id.to_owned(),
                status: TaskStatus::Completed,
                message: None,
                poll: None,
                keep: None,
                asks: Vec::new(),
                outcome: Some(Outcome::done("x".repeat(5_000_000))),
            })
        })
    }

    fn shelf(&self) -> Option<&dyn Shelf> {
        Some(self)
    }
}

impl Shelf for Fake {
    fn read<'a>(
        &'a self,
        _: &'a Context,
        _: &'a str,
        uri: &'a str,
        _: Option<Resume>,
    ) -> Soon<'a, Result<Reply<Reading>, Error>> {
        Box::pin(async move {
            let contents = vec![ResourceContents::text(uri, "a\u{200b}b")];
            Ok(Reply::Done(Reading {
                contents,
                ..Reading::default()
            }))
        })
    }

    fn prompts<'a>(
        &'a self,
        _: &'a Context,
    ) -> Soon<'a, Result<Vec<Shelved<PromptTemplate>>, Error>> {
        Box::pin(async move {
            let item: PromptTemplate = serde_json::from_value(
                json!({"name": "greet", "description": *self.description.lock().unwrap()}),
            )
            .unwrap();
            Ok(vec![Shelved {
                server: "files".to_owned(),
                item,
            }])
        })
    }

    fn prompt<'a>(
        &'a self,
        _: &'a Context,
        _: &'a ToolKey,
        _: BTreeMap<String, String>,
        _: Option<Resume>,
    ) -> Soon<'a, Result<Reply<Rendered>, Error>> {
        Box::pin(async move {
            let rendered = json!({"messages": [{"role": "user", "content": {"type": "text", "text": "hi\u{200b}"}}]});
            Ok(Reply::Done(serde_json::from_value(rendered).unwrap()))
        })
    }
}
