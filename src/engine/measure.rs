//! What is read off a prompt without an answer: a vector that stands for it, or how likely its tokens are.

use ferrule_model::Want;
use ferrule_types::{Error as SeamError, Pooling};
use tokio::sync::oneshot;

use crate::{
    Error,
    sample::{Ranked, rank},
};

/// Which it is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Vector {
        pooling: Pooling,
        normalise: bool,
    },
    /// With so many likeliest tokens of each place.
    Likelihood {
        top: usize,
    },
}

/// What came out.
#[derive(Debug)]
pub enum Measured {
    Vector(Vec<f32>),
    /// For each token but the first.
    Likelihood(Vec<Ranked>),
}

impl Measured {
    fn nothing(kind: Kind) -> Self {
        match kind {
            Kind::Vector { .. } => Self::Vector(Vec::new()),
            Kind::Likelihood { .. } => Self::Likelihood(Vec::new()),
        }
    }

    fn is_finite(&self) -> bool {
        match self {
            Self::Vector(vector) => vector.iter().all(|v| v.is_finite()),
            Self::Likelihood(ranked) => ranked.iter().all(|r| r.chosen.is_finite()),
        }
    }
}

pub struct Measure {
    kind: Kind,
    so_far: Measured,
    rows: usize,
    told: Option<oneshot::Sender<Result<Measured, SeamError>>>,
}

impl Measure {
    pub fn new(kind: Kind, told: oneshot::Sender<Result<Measured, SeamError>>) -> Self {
        Self {
            kind,
            so_far: Measured::nothing(kind),
            rows: 0,
            told: Some(told),
        }
    }

    /// Forgets what has come: all of it will come again.
    pub fn restart(&mut self) {
        self.so_far = Measured::nothing(self.kind);
        self.rows = 0;
    }

    /// How many rows of a step it can take: scores are as wide as the vocabulary, and are all kept at once.
    pub fn most_rows(&self) -> usize {
        match self.kind {
            Kind::Vector { .. } => usize::MAX,
            Kind::Likelihood { .. } => 64,
        }
    }

    pub fn want(&self) -> Want {
        match self.kind {
            Kind::Vector { .. } => Want::States,
            Kind::Likelihood { .. } => Want::All,
        }
    }

    pub fn is_gone(&self) -> bool {
        self.told.as_ref().is_none_or(oneshot::Sender::is_closed)
    }

    /// Takes the rows of the tokens from position `from` on; tells when the last has come.
    pub fn take(&mut self, tokens: &[u32], from: usize, rows: &[Vec<f32>]) {
        self.rows += rows.len();
        match (&mut self.so_far, self.kind) {
            (Measured::Vector(vector), Kind::Vector { pooling, .. }) => {
                for row in rows {
                    pool(vector, row, pooling);
                }
            }
            (Measured::Likelihood(ranked), Kind::Likelihood { top }) => {
                let next = tokens.get(from + 1..).unwrap_or_default();
                ranked.extend(
                    rows.iter()
                        .zip(next)
                        .map(|(row, next)| rank(row, *next, top)),
                );
            }
            _ => {}
        }
        if self.rows == tokens.len() {
            self.tell();
        }
    }

    fn tell(&mut self) {
        if let (Measured::Vector(vector), Kind::Vector { pooling, normalise }) =
            (&mut self.so_far, self.kind)
        {
            if pooling == Pooling::Mean {
                let rows = self.rows as f32;
                scale(vector, 1.0 / rows);
            }
            if normalise {
                let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
                scale(vector, 1.0 / length.max(f32::MIN_POSITIVE));
            }
        }
        if !self.so_far.is_finite() {
            let position = self.rows - 1;
            return self.fail(Error::NotFinite { position }.into());
        }
        let measured = std::mem::replace(&mut self.so_far, Measured::Vector(Vec::new()));
        if let Some(told) = self.told.take() {
            // Whoever asked may be gone.
            let _ = told.send(Ok(measured));
        }
    }

    pub fn fail(&mut self, error: SeamError) {
        if let Some(told) = self.told.take() {
            let _ = told.send(Err(error));
        }
    }
}

fn pool(vector: &mut Vec<f32>, row: &[f32], pooling: Pooling) {
    match pooling {
        Pooling::First if !vector.is_empty() => {}
        Pooling::Mean if !vector.is_empty() => {
            vector.iter_mut().zip(row).for_each(|(v, r)| *v += r);
        }
        Pooling::Last | Pooling::First | Pooling::Mean => {
            vector.clear();
            vector.extend_from_slice(row);
        }
    }
}

fn scale(vector: &mut [f32], factor: f32) {
    for v in vector {
        *v *= factor;
    }
}
