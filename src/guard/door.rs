//! The one door between a wish for a tool and the tool: [`Guarded`] is a toolbox around a toolbox.
//!
//! *In*: everything that a [`Toolbox`] and a [`Shelf`] are asked. *Out*: the same answers, less what may not be shown, or a
//! denial, or a question for whoever called. A call goes: listed to this caller? · policy · flow · approval · rate ·
//! the toolbox · size · hygiene · record. This is the only file of the guard that awaits and that reads a clock; what it
//! decides is decided in `door/`, by rules.
//!
//! **Protected**: nothing is called that this caller was not shown under that key; every call is recorded once, however
//! it ends. **Not protected**: what a toolbox does when it is called, which is the jail's business; reading a
//! resource or a prompt is recorded, cleaned and remembered by the flow rule, but asks nobody and has no rate. A call
//! that is cancelled is let go; its deadline is the toolbox's to keep.
//!
//! It does not know: what a server is, how a question is shown, or where records go.

mod admit;
mod clean;
mod guard;
mod record;
mod shown;
mod tasks;

use std::{
    collections::BTreeMap,
    future::Future,
    pin::pin,
    sync::Arc,
    time::{Instant, SystemTime},
};

use ferrule_types::{
    Call, Change, Completion, CompletionRequest, Context, Error, Fault, Flow, Kind, Listing,
    LogLevel, Outcome, PromptTemplate, Reading, Rendered, Reply, Resource, ResourceTemplate,
    Resume, Ruling, Shelf, Shelved, Soon, Task, TaskAct, ToolKey, Toolbox, Verdict,
};
use futures_util::{
    StreamExt as _,
    future::{Either, select},
};

use admit::{Decision, Step};
use clean::{scrub, scrub_definition};
use record::Record;
use shown::{Callers, Known};
use tasks::Tasks;

use crate::{
    approval::{Lasting, Suspended},
    pins::{Item, Lock, Offered, Section},
};

pub use guard::{Clock, Guard, Rules};

/// A denial where an answer has no word for one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("denied: {0}")]
pub struct Refused(pub Ruling);

impl Fault for Refused {
    fn kind(&self) -> Kind {
        Kind::Denied
    }
}

impl Guard {
    /// With the rules, the pins and the lasting answers that were kept.
    pub fn new(rules: Rules, lock: Lock, lasting: impl IntoIterator<Item = Lasting>) -> Self {
        let start = Instant::now();
        Guard::with_clock(rules, lock, lasting, Arc::new(move || start.elapsed()))
    }
}

/// A toolbox behind the guard.
pub struct Guarded<T> {
    inner: T,
    guard: Arc<Guard>,
    callers: Callers,
    tasks: Tasks,
}

impl<T: Toolbox> Guarded<T> {
    pub fn new(inner: T, guard: Arc<Guard>) -> Self {
        Guarded {
            inner,
            guard,
            callers: Callers::default(),
            tasks: Tasks::default(),
        }
    }

    pub fn guard(&self) -> &Arc<Guard> {
        &self.guard
    }

    async fn listed(&self, context: &Context) -> Result<(Listing, Arc<shown::Shown>), Error> {
        let listing = unless_cancelled(context, self.inner.list(context)).await?;
        let (listing, shown) = self.guard.show(listing);
        Ok((listing, self.callers.keep(context, shown)))
    }

    /// The tool as this caller was shown it. A name that is not known may be newer than the listing, which is asked
    /// for once more.
    async fn known(&self, context: &Context, key: &ToolKey) -> Result<Option<Arc<Known>>, Error> {
        let shown = self.callers.of(context, &self.guard);
        match shown.and_then(|shown| shown.get(key)) {
            Some(known) => Ok(Some(known)),
            None => Ok(self.listed(context).await?.1.get(key)),
        }
    }

    async fn pass(
        &self,
        context: &Context,
        call: Call,
        resume: Option<Resume>,
    ) -> Result<Reply, Error> {
        let mut record = Record::begin(&self.guard, context, &call.key, SystemTime::now());
        let reply = self.judged(context, call, resume, &mut record).await;
        record.end(&reply);
        reply
    }

    async fn judged(
        &self,
        context: &Context,
        call: Call,
        resume: Option<Resume>,
        record: &mut Record,
    ) -> Result<Reply, Error> {
        context.check()?;
        let Some(known) = self.known(context, &call.key).await? else {
            let ruling = undeclared(&call.key);
            record.refused(&Verdict::Deny(ruling.clone()));
            return Ok(Reply::Done(Outcome::Denied(ruling)));
        };
        let rules = self.guard.rules();
        let decision = self.guard.admit(&rules, context, &call, &known, resume);
        record.decided(&call, &decision);
        match decision {
            Decision {
                step: Step::Go(inner),
                ..
            } => self.made(context, call, &known, inner).await,
            Decision {
                step: Step::Ask { request, state },
                ..
            } => Ok(Reply::Asks {
                requests: vec![*request],
                state,
            }),
            Decision {
                step: Step::Refuse,
                verdict,
                ..
            } => Ok(Reply::Done(Outcome::Denied(verdict.ruling().clone()))),
        }
    }

    /// Makes a call that may be made, and looks at what comes back.
    async fn made(
        &self,
        context: &Context,
        call: Call,
        known: &Known,
        resume: Option<Resume>,
    ) -> Result<Reply, Error> {
        let waiting = call.clone();
        let reply = unless_cancelled(context, self.inner.call(context, call, resume)).await?;
        let rules = self.guard.rules();
        Ok(match reply {
            Reply::Done(mut outcome) => {
                rules.clean(&waiting.key.name(), &mut outcome);
                Reply::Done(outcome)
            }
            Reply::Asks {
                mut requests,
                state,
            } => {
                rules.clean_asks(&mut requests);
                let digest = Guard::digest(&waiting, known);
                let suspended = Suspended {
                    digest,
                    admitted: true,
                    inner: Some(state),
                };
                let state = self
                    .guard
                    .pending
                    .suspend(context, suspended, self.guard.now());
                Reply::Asks { requests, state }
            }
            Reply::Task(id) => {
                self.tasks.begin(context, &waiting.key, &id);
                Reply::Task(id)
            }
        })
    }

    async fn followed(
        &self,
        context: &Context,
        server: &str,
        id: &str,
        act: TaskAct,
    ) -> Result<Task, Error> {
        let Some(key) = self.tasks.key(context, server, id) else {
            return Err(Error::not_found("task", id));
        };
        let mut task = unless_cancelled(context, self.inner.task(context, server, id, act)).await?;
        let rules = self.guard.rules();
        rules.clean_asks(&mut task.asks);
        if let Some(outcome) = &mut task.outcome {
            rules.clean(&key.name(), outcome);
        }
        if task.status.has_ended() && self.tasks.end(server, id) {
            let record = Record::begin(&self.guard, context, &key, SystemTime::now());
            match &task.outcome {
                Some(outcome) => record.end(&Ok(outcome.clone())),
                None => record.end::<Outcome>(&Err(Error::Cancelled)),
            }
        }
        Ok(task)
    }

    fn back(&self) -> Result<&dyn Shelf, Error> {
        self.inner
            .shelf()
            .ok_or_else(|| Error::unsupported("resources and prompts", "this toolbox"))
    }

    /// Begins the record of something that is read and not called.
    fn reading(&self, context: &Context, server: &str, what: &str) -> Result<Record, Error> {
        context.check()?;
        let key = ToolKey::new(server, what).or_else(|_| ToolKey::local(what))?;
        Ok(Record::begin(&self.guard, context, &key, SystemTime::now()))
    }

    /// Hides prompts or templates that are not those that were pinned.
    fn unchanged<I: Clone>(
        &self,
        all: Vec<Shelved<I>>,
        offered: impl Fn(&[&I]) -> Offered,
        item: impl Fn(&I) -> Item,
    ) -> Vec<Shelved<I>> {
        let mode = self.guard.rules().pins;
        let mut servers: BTreeMap<&str, Vec<&I>> = BTreeMap::new();
        for shelved in all.iter().filter(|shelved| !shelved.server.is_empty()) {
            servers
                .entry(&shelved.server)
                .or_default()
                .push(&shelved.item);
        }
        let changes: BTreeMap<_, _> = servers
            .into_iter()
            .map(|(server, items)| {
                (
                    server.to_owned(),
                    self.guard.compare(server, &offered(&items)),
                )
            })
            .collect();
        let hidden = |shelved: &Shelved<I>| {
            changes
                .get(&shelved.server)
                .is_some_and(|changes| changes.quarantines(mode, &item(&shelved.item)))
        };
        all.into_iter().filter(|shelved| !hidden(shelved)).collect()
    }
}

impl<T: Toolbox> Toolbox for Guarded<T> {
    fn list<'a>(&'a self, context: &'a Context) -> Soon<'a, Result<Listing, Error>> {
        Box::pin(async move { Ok(self.listed(context).await?.0) })
    }

    fn call<'a>(
        &'a self,
        context: &'a Context,
        call: Call,
        resume: Option<Resume>,
    ) -> Soon<'a, Result<Reply, Error>> {
        Box::pin(self.pass(context, call, resume))
    }

    fn task<'a>(
        &'a self,
        context: &'a Context,
        server: &'a str,
        id: &'a str,
        act: TaskAct,
    ) -> Soon<'a, Result<Task, Error>> {
        Box::pin(self.followed(context, server, id, act))
    }

    fn changes(&self) -> Flow<Change> {
        let guard = self.guard.clone();
        Box::pin(
            self.inner
                .changes()
                .map(move |change| guard.rules().clean_change(change)),
        )
    }

    fn shelf(&self) -> Option<&dyn Shelf> {
        self.inner.shelf().map(|_| self as &dyn Shelf)
    }
}

impl<T: Toolbox> Shelf for Guarded<T> {
    fn resources<'a>(
        &'a self,
        context: &'a Context,
    ) -> Soon<'a, Result<Vec<Shelved<Resource>>, Error>> {
        Box::pin(async move {
            let hygiene = self.guard.rules().descriptions.clone();
            let all = unless_cancelled(context, self.back()?.resources(context)).await?;
            Ok(all
                .iter()
                .map(|each| cleaned(each, |item| scrub_definition(&hygiene, item)))
                .collect())
        })
    }

    fn templates<'a>(
        &'a self,
        context: &'a Context,
    ) -> Soon<'a, Result<Vec<Shelved<ResourceTemplate>>, Error>> {
        Box::pin(async move {
            let hygiene = self.guard.rules().descriptions.clone();
            let all = unless_cancelled(context, self.back()?.templates(context)).await?;
            let all = self.unchanged(
                all,
                |items| Offered::default().templates(items.iter().copied()),
                |item| Item::new(Section::Template, &item.uri_template),
            );
            Ok(all
                .iter()
                .map(|each| cleaned(each, |item| scrub_definition(&hygiene, item)))
                .collect())
        })
    }

    fn read<'a>(
        &'a self,
        context: &'a Context,
        server: &'a str,
        uri: &'a str,
        resume: Option<Resume>,
    ) -> Soon<'a, Result<Reply<Reading>, Error>> {
        Box::pin(async move {
            let mut record = self.reading(context, server, "resources/read")?;
            let rules = self.guard.rules();
            let verdict = rules.policy.judge_resource(uri);
            record.refused(&verdict);
            if let Verdict::Deny(ruling) = verdict {
                record.end_with(Some(&ruling.reason));
                return Err(Error::behind(Refused(ruling)));
            }
            self.guard.flow.note_text(context, uri);
            let reply =
                unless_cancelled(context, self.back()?.read(context, server, uri, resume)).await;
            record.end_with(reply.as_ref().err().map(ToString::to_string).as_deref());
            Ok(rules.clean_reply(reply?))
        })
    }

    fn subscribe<'a>(
        &'a self,
        context: &'a Context,
        server: &'a str,
        uri: &'a str,
    ) -> Soon<'a, Result<(), Error>> {
        Box::pin(async move {
            if let Verdict::Deny(ruling) = self.guard.rules().policy.judge_resource(uri) {
                return Err(Error::behind(Refused(ruling)));
            }
            self.back()?.subscribe(context, server, uri).await
        })
    }

    fn unsubscribe<'a>(
        &'a self,
        context: &'a Context,
        server: &'a str,
        uri: &'a str,
    ) -> Soon<'a, Result<(), Error>> {
        Box::pin(async move { self.back()?.unsubscribe(context, server, uri).await })
    }

    fn prompts<'a>(
        &'a self,
        context: &'a Context,
    ) -> Soon<'a, Result<Vec<Shelved<PromptTemplate>>, Error>> {
        Box::pin(async move {
            let hygiene = self.guard.rules().descriptions.clone();
            let all = unless_cancelled(context, self.back()?.prompts(context)).await?;
            let all = self.unchanged(
                all,
                |items| Offered::default().prompts(items.iter().copied()),
                |item| Item::new(Section::Prompt, &item.name),
            );
            Ok(all
                .iter()
                .map(|each| cleaned(each, |item| scrub_definition(&hygiene, item)))
                .collect())
        })
    }

    fn prompt<'a>(
        &'a self,
        context: &'a Context,
        key: &'a ToolKey,
        arguments: BTreeMap<String, String>,
        resume: Option<Resume>,
    ) -> Soon<'a, Result<Reply<Rendered>, Error>> {
        Box::pin(async move {
            let record = self.reading(context, key.server(), "prompts/get")?;
            let shown = self.prompts(context).await?;
            let is_shown = |each: &Shelved<PromptTemplate>| {
                each.server == key.server() && each.item.name == key.tool()
            };
            if !shown.iter().any(is_shown) {
                return Err(Error::not_found("prompt", key.name()));
            }
            self.guard.flow.note_text(context, &key.name());
            let rendered = self.back()?.prompt(context, key, arguments, resume);
            let reply = unless_cancelled(context, rendered).await;
            record.end_with(reply.as_ref().err().map(ToString::to_string).as_deref());
            let rules = self.guard.rules();
            Ok(rules.clean_reply(reply?))
        })
    }

    fn complete<'a>(
        &'a self,
        context: &'a Context,
        request: CompletionRequest,
    ) -> Soon<'a, Result<Completion, Error>> {
        Box::pin(async move {
            let hygiene = self.guard.rules().descriptions.clone();
            let completion = self.back()?.complete(context, request).await?;
            Ok(scrub(&hygiene, &completion))
        })
    }

    fn log_level<'a>(
        &'a self,
        context: &'a Context,
        level: LogLevel,
    ) -> Soon<'a, Result<(), Error>> {
        Box::pin(async move { self.back()?.log_level(context, level).await })
    }
}

/// Waits, and no longer than the caller does: a toolbox may not hear that it is cancelled.
async fn unless_cancelled<V>(
    context: &Context,
    work: impl Future<Output = Result<V, Error>>,
) -> Result<V, Error> {
    match select(pin!(work), pin!(context.cancel.cancelled())).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(Error::Cancelled),
    }
}

fn undeclared(key: &ToolKey) -> Ruling {
    let text = format!(
        "Tool '{}' not found in any connected server: call one that the listing shows",
        key.name()
    );
    Ruling::new("tools.undeclared", text)
}

fn cleaned<I>(shelved: &Shelved<I>, clean: impl Fn(&I) -> I) -> Shelved<I> {
    Shelved {
        server: shelved.server.clone(),
        item: clean(&shelved.item),
    }
}

#[cfg(test)]
#[path = "tests/door_attack.rs"]
mod attack;
#[cfg(test)]
#[path = "tests/door/mod.rs"]
mod tests;
