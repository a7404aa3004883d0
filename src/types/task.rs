use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{Answer, Ask, Outcome, seconds};

/// A call that goes on after its reply: what is known of it now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub id: String,

    pub status: TaskStatus,

    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,

    /// How long to wait before asking again.
    #[serde(
        rename = "poll_seconds",
        with = "seconds::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub poll: Option<Duration>,

    /// How long the outcome is kept.
    #[serde(
        rename = "keep_seconds",
        with = "seconds::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub keep: Option<Duration>,

    /// What it waits for, while the status is `InputRequired`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<Ask>,

    /// Present once it has ended and was not cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    Working,
    InputRequired,
    Completed,
    Failed,
    Cancelled,
}

impl TaskStatus {
    pub fn has_ended(self) -> bool {
        matches!(
            self,
            TaskStatus::Completed | TaskStatus::Failed | TaskStatus::Cancelled
        )
    }
}

/// What may be done with a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum TaskAct {
    Get,
    /// Answers to its asks, by their ids.
    Answer {
        answers: BTreeMap<String, Answer>,
    },
    Cancel,
}
