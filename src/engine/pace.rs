//! How long steps take on this machine, learnt from the steps themselves.

use std::time::Duration;

/// How long those that write may have to wait for the prompts of others.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long a step of prompts alone may be: whoever comes or gives up in the meantime waits for its end.
const LONGEST: Duration = Duration::from_secs(1);
/// The fewest prompt tokens of a step: below, reading the weights costs more than computing.
const FEWEST: usize = 32;
/// Steps up to this many rows tell what a row costs beside others.
const FEW_ROWS: usize = 16;
/// How much one step counts against all before it.
const FRESHNESS: f64 = 0.2;
/// What a row costs while nothing is known, as a share of a step with one row.
const GUESS: f64 = 0.3;

/// Running means, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    /// A step of one row.
    lone: Option<f64>,
    /// Each further row.
    row: Option<f64>,
    /// A token of a prompt.
    token: Option<f64>,
    /// What a further row costs as a share of a lone one, where it was given and is not learnt.
    given: Option<f64>,
}

impl Pace {
    pub fn new(row_cost: Option<f32>) -> Self {
        Self {
            given: row_cost.map(f64::from),
            ..Self::default()
        }
    }

    pub fn learn(&mut self, tokens: usize, took: Duration) {
        let took = took.as_secs_f64();
        match tokens {
            0 => {}
            1 => mean(&mut self.lone, took),
            2..=FEW_ROWS => {
                if let Some(lone) = self.lone {
                    mean(
                        &mut self.row,
                        ((took - lone) / (tokens - 1) as f64).max(0.0),
                    );
                }
            }
            FEWEST.. => mean(&mut self.token, took / tokens as f64),
            _ => {}
        }
    }

    /// How many prompt tokens a step may have, while others write and while nobody does.
    pub fn prompt_tokens(&self, others_write: bool) -> usize {
        let time = if others_write { PATIENCE } else { LONGEST };
        let fitting = self.token.map(|t| time.as_secs_f64() / t.max(1e-9));
        fitting.map_or(FEWEST, |n| (n as usize).max(FEWEST))
    }

    /// What one more row costs where `rows` write, as a share of what each of them costs.
    pub fn cost(&self, rows: usize) -> f32 {
        let learnt = match (self.row, self.lone) {
            (Some(row), Some(lone)) if lone > 0.0 => row / lone,
            _ => GUESS,
        };
        let ratio = self.given.unwrap_or(learnt);
        let rows = rows.max(1) as f64;
        (ratio * rows / (1.0 + (rows - 1.0) * ratio)) as f32
    }
}

fn mean(of: &mut Option<f64>, with: f64) {
    *of = Some(of.map_or(with, |old| old + FRESHNESS * (with - old)));
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pace;

    #[test]
    fn a_row_costs_less_alone_and_nearly_all_among_many() {
        let mut pace = Pace::default();
        assert!((pace.cost(1) - 0.3).abs() < 1e-6);
        for _ in 0..50 {
            pace.learn(1, Duration::from_millis(20));
            pace.learn(5, Duration::from_millis(36));
        }
        assert!((pace.cost(1) - 0.2).abs() < 1e-3);
        assert!(pace.cost(4) > 0.45 && pace.cost(32) > 0.85 && pace.cost(1000) < 1.01);
    }

    #[test]
    fn prompts_are_cut_to_what_others_can_wait_for() {
        let mut pace = Pace::default();
        assert_eq!(pace.prompt_tokens(true), 32);
        pace.learn(100, Duration::from_millis(500));
        assert_eq!(pace.prompt_tokens(true), 50);
        assert_eq!(pace.prompt_tokens(false), 200);
        pace.learn(100, Duration::from_secs(100));
        assert_eq!(pace.prompt_tokens(true), 32);
    }
}
