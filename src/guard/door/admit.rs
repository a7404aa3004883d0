//! The decision about one call, from its facts; nothing waits in here.

use ferrule_types::{Ask, Call, Context, Resume, Ruling, Verdict};

use super::{
    guard::{Guard, Rules},
    shown::Known,
};
use crate::{
    approval::{self, Need, Remember, Said, Suspended},
    flow::Source,
    rate::Caller,
    tools::{CallFacts, Judged},
};

/// What is to be done with a call.
#[derive(Debug)]
pub(super) enum Step {
    Refuse,
    Ask {
        request: Box<Ask>,
        state: String,
    },
    /// Hand it to the toolbox.
    Go(Option<Resume>),
}

/// The decision, and what is recorded of it.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) step: Step,
    pub(super) verdict: Verdict,
    pub(super) answered_by: Option<&'static str>,
    /// The arguments are too much even for a record.
    pub(super) unbounded: bool,
}

/// One call with everything that is known of it.
struct Case<'a> {
    guard: &'a Guard,
    rules: &'a Rules,
    context: &'a Context,
    call: &'a Call,
    known: &'a Known,
}

impl Guard {
    pub(super) fn admit(
        &self,
        rules: &Rules,
        context: &Context,
        call: &Call,
        known: &Known,
        resume: Option<Resume>,
    ) -> Decision {
        Case {
            guard: self,
            rules,
            context,
            call,
            known,
        }
        .decide(resume)
    }

    /// What a call's answer is bound to.
    pub(super) fn digest(call: &Call, known: &Known) -> String {
        approval::of_call(&call.key, known.pin(), &call.arguments)
    }
}

impl Case<'_> {
    fn decide(&self, resume: Option<Resume>) -> Decision {
        let facts = CallFacts {
            call: self.call,
            tool: &self.known.tool,
            asked_by: self.context.asked_by(),
        };
        let judged = self.rules.policy.look(&facts);
        if let Verdict::Deny(_) = judged.verdict {
            return Decision {
                unbounded: judged.unbounded,
                ..decision(Step::Refuse, judged.verdict, None)
            };
        }
        let digest = resume
            .as_ref()
            .map(|_| Guard::digest(self.call, self.known));
        let waited = resume.and_then(|resume| self.waited(resume, digest.as_deref()?));
        if let Some((
            Suspended {
                admitted: true,
                inner,
                ..
            },
            resume,
        )) = waited
        {
            // The guard has let it pass already; the answers are the toolbox's.
            let inner = inner.map(|state| Resume { state, ..resume });
            return decision(Step::Go(inner), judged.verdict, None);
        }
        let answers = waited.map(|(_, resume)| resume);
        match self.need(&judged) {
            Need::Nobody => self.go(&judged, judged.verdict.clone(), None),
            need => self.ask(&judged, need, answers),
        }
    }

    /// The call that waited for these answers, if there is one and it is this.
    fn waited(&self, resume: Resume, digest: &str) -> Option<(Suspended, Resume)> {
        let now = self.guard.now();
        let found = self
            .guard
            .pending
            .take(self.context, &resume.state, digest, now)?;
        Some((found, resume))
    }

    fn need(&self, judged: &Judged) -> Need {
        let key = &self.call.key;
        let rules = self.rules;
        let flow = if rules.flow_speaks() {
            self.guard
                .flow
                .judge(&rules.flow, self.context, &self.source(judged))
        } else {
            None
        };
        let configured = rules.policy.is_configured(key.server());
        let asked_by = self.context.asked_by();
        rules.modes.need(
            key,
            &judged.verdict,
            flow,
            judged.risk,
            asked_by,
            configured,
        )
    }

    fn ask(&self, judged: &Judged, need: Need, answers: Option<Resume>) -> Decision {
        let (ruling, memory_counts) = match need {
            Need::Anybody(ruling) => (ruling, true),
            Need::Somebody(ruling) => (ruling, false),
            Need::Nobody => return self.go(judged, judged.verdict.clone(), None),
        };
        let verdict = Verdict::Ask(ruling.clone());
        let digest = Guard::digest(self.call, self.known);
        let (key, pin) = (&self.call.key, self.known.pin());
        if memory_counts && self.guard.memory.has(self.context, key, &digest, pin) {
            return self.go(judged, verdict, Some("remembered"));
        }
        let Some(answers) = answers else {
            return self.put(&ruling, verdict, &digest);
        };
        match approval::read(&answers.state, &answers) {
            Said::Yes { remember } => {
                if remember {
                    self.guard
                        .memory
                        .keep(Remember::Session, self.context, key, &digest, pin);
                }
                self.go(judged, verdict, Some("person"))
            }
            Said::No(ruling) => decision(Step::Refuse, Verdict::Deny(ruling), Some("person")),
            Said::Nothing => refuse_unanswered(&ruling),
        }
    }

    /// Puts the question, unless nobody is there or there is no room for the call anyhow.
    fn put(&self, ruling: &Ruling, verdict: Verdict, digest: &str) -> Decision {
        if !self.rules.approver {
            return refuse_unanswered(ruling);
        }
        let now = self.guard.now();
        if let Err(ruling) = self
            .guard
            .rates
            .check(&self.rules.limits, &self.caller(), now)
        {
            return decision(Step::Refuse, Verdict::Deny(ruling), None);
        }
        let suspended = Suspended {
            digest: digest.to_owned(),
            admitted: false,
            inner: None,
        };
        let state = self.guard.pending.suspend(self.context, suspended, now);
        let request = approval::ask(&state, self.call, ruling, digest);
        decision(
            Step::Ask {
                request: Box::new(request),
                state,
            },
            verdict,
            None,
        )
    }

    /// Everything has been said; what is left is whether there is room.
    fn go(&self, judged: &Judged, verdict: Verdict, by: Option<&'static str>) -> Decision {
        let now = self.guard.now();
        if let Err(ruling) = self
            .guard
            .rates
            .admit(&self.rules.limits, &self.caller(), now)
        {
            return decision(Step::Refuse, Verdict::Deny(ruling), by);
        }
        self.guard
            .flow
            .note(&self.rules.flow, self.context, &self.source(judged));
        decision(Step::Go(None), verdict, by)
    }

    fn source(&self, judged: &Judged) -> Source<'_> {
        Source {
            key: &self.call.key,
            tool: &self.known.tool,
            risk: judged.risk,
        }
    }

    fn caller(&self) -> Caller<'_> {
        Caller {
            key: &self.call.key,
            principal: &self.context.principal,
            session: self.context.session.as_deref(),
        }
    }
}

fn decision(step: Step, verdict: Verdict, answered_by: Option<&'static str>) -> Decision {
    Decision {
        step,
        verdict,
        answered_by,
        unbounded: false,
    }
}

fn refuse_unanswered(ruling: &Ruling) -> Decision {
    let text = format!("{}; nobody was there to approve it", ruling.reason);
    let place = ruling.place.clone();
    let ruling = Ruling {
        place,
        ..Ruling::new("approval.unanswered", text)
    };
    decision(Step::Refuse, Verdict::Deny(ruling), Some("nobody"))
}
