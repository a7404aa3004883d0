//! A matrix and perhaps a bias.

use candle_core::Tensor;

use crate::{Result, weight::Weight};

#[derive(Clone, Debug)]
pub struct Linear {
    pub weight: Weight,
    pub bias: Option<Tensor>,
}

impl Linear {
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.biased(self.weight.forward(x)?)
    }

    fn biased(&self, y: Tensor) -> Result<Tensor> {
        match &self.bias {
            Some(bias) => Ok(y.broadcast_add(bias)?),
            None => Ok(y),
        }
    }

    /// Several with the same inputs: quantised ones round these once.
    pub fn forward_all<const N: usize>(all: [&Self; N], x: &Tensor) -> Result<[Tensor; N]> {
        let products = Weight::forward_all(all.map(|l| &l.weight), x)?;
        let each = products.into_iter().zip(all);
        let all: Vec<Tensor> = each.map(|(y, l)| l.biased(y)).collect::<Result<_>>()?;
        Ok(all.try_into().expect("as many as there were"))
    }
}
