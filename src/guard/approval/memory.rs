use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use ferrule_types::{Context, ToolKey};
use serde::{Deserialize, Serialize};

/// For how long a yes counts. It always counts for one definition of the tool only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remember {
    /// For this call, once.
    Once,
    /// For calls with exactly these arguments, in this session.
    Call,
    /// For this tool, in this session.
    Session,
    /// For this tool, for this principal, while the process runs.
    Tool,
    /// For this tool, for this principal, also after a restart.
    Forever,
}

/// A yes for ever, as whoever keeps it writes it down.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lasting {
    pub principal: String,
    pub key: ToolKey,
    /// The digest of the definition that was approved.
    pub tool_digest: String,
}

/// Answers in memory are few; beyond this the oldest is forgotten, and asked for again.
const MOST: usize = 10_000;

/// The answers that count for later calls.
#[derive(Debug, Default)]
pub struct Memory {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    grants: HashSet<Grant>,
    order: VecDeque<Grant>,
    lasting: HashSet<Lasting>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Grant {
    Call {
        principal: String,
        session: Option<String>,
        call: String,
    },
    Session {
        principal: String,
        session: Option<String>,
        key: ToolKey,
        tool: String,
    },
    Tool {
        principal: String,
        key: ToolKey,
        tool: String,
    },
}

impl Memory {
    /// With the answers that were kept from earlier.
    pub fn with(lasting: impl IntoIterator<Item = Lasting>) -> Self {
        let kept = Kept {
            lasting: lasting.into_iter().collect(),
            ..Kept::default()
        };
        Memory {
            kept: Mutex::new(kept),
        }
    }

    /// Keeps a yes. `call` and `tool` are the digests of both.
    pub fn keep(&self, how: Remember, context: &Context, key: &ToolKey, call: &str, tool: &str) {
        let principal = context.principal.to_string();
        let session = context.session.as_deref().map(str::to_owned);
        let (key, tool) = (key.clone(), tool.to_owned());
        match how {
            Remember::Once => {}
            Remember::Call => self.add(Grant::Call {
                principal,
                session,
                call: call.to_owned(),
            }),
            Remember::Session => self.add(Grant::Session {
                principal,
                session,
                key,
                tool,
            }),
            Remember::Tool => self.add(Grant::Tool {
                principal,
                key,
                tool,
            }),
            Remember::Forever => {
                self.lock().lasting.insert(Lasting {
                    principal,
                    key,
                    tool_digest: tool,
                });
            }
        }
    }

    /// Whether a yes that counts was given before.
    pub fn has(&self, context: &Context, key: &ToolKey, call: &str, tool: &str) -> bool {
        let kept = self.lock();
        if kept.grants.is_empty() && kept.lasting.is_empty() {
            return false;
        }
        let principal = || context.principal.to_string();
        let session = || context.session.as_deref().map(str::to_owned);
        let (key, tool) = (key.clone(), tool.to_owned());
        kept.lasting.contains(&Lasting {
            principal: principal(),
            key: key.clone(),
            tool_digest: tool.clone(),
        }) || kept.grants.contains(&Grant::Call {
            principal: principal(),
            session: session(),
            call: call.to_owned(),
        }) || kept.grants.contains(&Grant::Tool {
            principal: principal(),
            key: key.clone(),
            tool: tool.clone(),
        }) || kept.grants.contains(&Grant::Session {
            principal: principal(),
            session: session(),
            key,
            tool,
        })
    }

    /// The answers for ever, in order, for whoever keeps them.
    pub fn lasting(&self) -> Vec<Lasting> {
        let mut all: Vec<_> = self.lock().lasting.iter().cloned().collect();
        all.sort();
        all
    }

    /// Forgets the answers that counted for a session.
    pub fn end(&self, context: &Context) {
        let of_it = |grant: &Grant| match grant {
            Grant::Call {
                principal, session, ..
            }
            | Grant::Session {
                principal, session, ..
            } => {
                *principal == *context.principal && session.as_deref() == context.session.as_deref()
            }
            Grant::Tool { .. } => false,
        };
        let mut kept = self.lock();
        kept.grants.retain(|grant| !of_it(grant));
        kept.order.retain(|grant| !of_it(grant));
    }

    /// Forgets every answer about a tool.
    pub fn forget(&self, key: &ToolKey) {
        let mut kept = self.lock();
        kept.lasting.retain(|lasting| lasting.key != *key);
        // A call's digest does not tell its tool: those go all together.
        let about = |grant: &Grant| match grant {
            Grant::Call { .. } => true,
            Grant::Session { key: of, .. } | Grant::Tool { key: of, .. } => of == key,
        };
        kept.grants.retain(|grant| !about(grant));
        kept.order.retain(|grant| !about(grant));
    }

    fn add(&self, grant: Grant) {
        let mut kept = self.lock();
        if !kept.grants.insert(grant.clone()) {
            return;
        }
        kept.order.push_back(grant);
        if kept.order.len() > MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.grants.remove(&oldest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
