//! Whether somebody must be asked, who was, and what they said.
//!
//! *In*: a call with the policy's verdict and its risk; later an [`Answer`]. *Out*: run, ask or refuse. An answer is
//! good for one digest over the tool's definition and the arguments, once; what is remembered is bound to the definition
//! as well, so a tool that changes is asked about anew.
//!
//! **Protected**: an approval cannot be used for other arguments, another tool, another principal or session, nor twice;
//! nobody there to answer means no. **Not protected**: a person who approves everything.
//!
//! It does not know: how a question is shown, who is there to answer it, where lasting answers are kept, and the clock.

mod digest;
mod memory;
mod mode;
mod pending;

pub use digest::of_call;
pub use memory::{Lasting, Memory, Remember};
pub use mode::{Mode, Modes, Need};
pub use pending::{Pending, Suspended};

use ferrule_types::{Answer, Ask, Call, Question, Resume, Ruling};

/// What a person said to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Yes {
        remember: bool,
    },
    No(Ruling),
    /// The answers hold none to this question.
    Nothing,
}

/// The question that an approval is.
pub fn ask(id: &str, call: &Call, because: &Ruling, digest: &str) -> Ask {
    let approval = ferrule_types::Approval {
        call: call.clone(),
        because: because.clone(),
        digest: digest.to_owned(),
    };
    // The server stays empty: it is the guard that asks, and not the server.
    Ask {
        id: id.to_owned(),
        server: String::new(),
        question: Question::Approval(Box::new(approval)),
    }
}

/// Finds the answer to the question `id`.
pub fn read(id: &str, resume: &Resume) -> Said {
    let no = |rule: &str, text: String| Said::No(Ruling::new(rule, text));
    match resume.answers.get(id) {
        None => Said::Nothing,
        Some(Answer::Approve { remember }) => Said::Yes {
            remember: *remember,
        },
        Some(Answer::Deny {
            reason: Some(reason),
        }) => no(
            "approval.denied",
            format!("whoever was asked said no: {reason}"),
        ),
        Some(Answer::Deny { reason: None } | Answer::Decline) => {
            no("approval.denied", "whoever was asked said no".to_owned())
        }
        Some(Answer::Cancel) => no(
            "approval.unanswered",
            "nobody answered the question whether to run this".to_owned(),
        ),
        Some(_) => no(
            "approval.unanswered",
            "the answer was to another kind of question than an approval".to_owned(),
        ),
    }
}

#[cfg(test)]
#[path = "../tests/approval.rs"]
mod tests;
