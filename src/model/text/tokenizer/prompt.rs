//! A rendered prompt → ids, so that only what the template wrote becomes a marker.
//!
//! Markers are looked for while stand-ins still hide what users wrote, so every match lies in template-made text.
//! What lies between two markers is put back to what it was and encoded by a path that knows no markers at all.

use tokenizers::{NormalizerWrapper, OffsetReferential, OffsetType};

use super::pipeline::Place;
use super::{Frame, Tokenizer};
use crate::text::protect::Rendered;
use crate::text::{Error, Result};

/// How often a run is cut again before it is spelled out character by character.
const CUTS: usize = 4;

impl Tokenizer {
    /// The ids of a prompt that [`ChatTemplate::render`](crate::text::ChatTemplate::render) made for this tokenizer.
    ///
    /// A begin token that the template wrote is not added again.
    pub fn encode_prompt(&self, prompt: &Rendered) -> Result<Vec<u32>> {
        let core = &*self.0;
        if !prompt.is_for(&core.guard) {
            return Err(Error::OtherTokenizer);
        }
        let text = prompt.hidden();
        let mut ids = Vec::with_capacity(text.len() / 3);
        let mut wrote = 0;
        for piece in self.pieces(text) {
            match piece {
                Piece::Marker(id) => {
                    wrote += 1;
                    ids.push(id);
                }
                Piece::Run { from, to } => {
                    let place = if from == 0 {
                        Place::First
                    } else {
                        Place::After
                    };
                    ids.extend(self.encode_run(&prompt.restore(&text[from..to]), place)?);
                }
            }
        }
        let got = ids.iter().filter(|id| self.is_marker_id(**id)).count();
        if got != wrote {
            return Err(Error::Markers {
                expected: wrote,
                got,
            });
        }
        self.frame_prompt(&mut ids, prompt.is_bare());
        Ok(ids)
    }

    /// Begin and end tokens for a prompt: all of them if no template had a say, else at most the first.
    fn frame_prompt(&self, ids: &mut Vec<u32>, bare: bool) {
        let core = &*self.0;
        let (bos, eos) = match &core.frame {
            Frame::Ids { bos, eos } => (*bos, *eos),
            // Where a post-processor puts things shows on the empty text.
            Frame::Post(_) if bare => match self.encode("", true).as_deref() {
                Ok([first])
                    if Some(*first) == core.named.eos && core.named.bos != core.named.eos =>
                {
                    (None, Some(*first))
                }
                Ok([first, rest @ ..]) => (Some(*first), rest.first().copied()),
                _ => (None, None),
            },
            Frame::Post(_) => (None, None),
        };
        if (bare || core.frame_prompts) && bos.is_some() && ids.first().copied() != bos {
            ids.splice(0..0, bos);
        }
        if bare {
            ids.extend(eos);
        }
    }

    /// Encodes text that must not contain a marker, and makes sure that it does not.
    pub(super) fn encode_run(&self, text: &str, place: Place) -> Result<Vec<u32>> {
        self.cut_run(text, place, CUTS)
    }

    fn cut_run(&self, text: &str, place: Place, cuts: usize) -> Result<Vec<u32>> {
        let core = &*self.0;
        let encode = |offsets| core.pipeline.encode(&core.plain, text, place, offsets);
        let ids = encode(OffsetType::None)?.get_ids().to_vec();
        if !ids.iter().any(|id| self.is_marker_id(*id)) {
            return Ok(ids);
        }
        // Only vocabularies whose own model knows a marker as a word come here (Unigram, WordLevel).
        let encoding = encode(OffsetType::Byte)?;
        let spans = encoding
            .get_ids()
            .iter()
            .zip(encoding.get_offsets())
            .filter(|(id, _)| self.is_marker_id(**id))
            .map(|(_, span)| *span);
        let mut ids = Vec::new();
        let mut done = 0;
        for (from, to) in spans {
            let (Some(before), Some(marker)) = (text.get(done..from), text.get(from..to)) else {
                return self.spell(text, place);
            };
            if cuts == 0 || marker.is_empty() {
                return self.spell(text, place);
            }
            if !before.is_empty() {
                let place = if done == 0 { place } else { Place::Inside };
                ids.extend(self.cut_run(before, place, cuts - 1)?);
            }
            let place = if from == 0 { place } else { Place::Inside };
            ids.extend(self.spell(marker, place)?);
            done = to;
        }
        let rest = text.get(done..).unwrap_or_default();
        if !rest.is_empty() {
            ids.extend(self.cut_run(rest, Place::Inside, cuts - 1)?);
        }
        Ok(ids)
    }

    /// Character by character: no token can be longer than what it is given.
    fn spell(&self, text: &str, place: Place) -> Result<Vec<u32>> {
        let core = &*self.0;
        let mut ids = Vec::new();
        for (at, c) in text.char_indices() {
            let place = if at == 0 { place } else { Place::Inside };
            let encoding = core.pipeline.encode(
                &core.plain,
                c.encode_utf8(&mut [0; 4]),
                place,
                OffsetType::None,
            )?;
            if let Some(id) = encoding.get_ids().iter().find(|id| self.is_marker_id(**id)) {
                return Err(Error::Forged {
                    text: c.into(),
                    marker: self.token_text(*id).unwrap_or_default(),
                    id: *id,
                });
            }
            ids.extend(encoding.get_ids());
        }
        Ok(ids)
    }

    fn pieces(&self, text: &str) -> Vec<Piece> {
        let split = self
            .0
            .markers
            .extract_and_normalize(None::<&NormalizerWrapper>, text);
        split
            .get_splits(OffsetReferential::Original, OffsetType::Byte)
            .into_iter()
            .map(|(_, (from, to), tokens)| match tokens.as_deref() {
                Some([token, ..]) => Piece::Marker(token.id),
                _ => Piece::Run { from, to },
            })
            .collect()
    }

    fn is_marker_id(&self, id: u32) -> bool {
        let core = &*self.0;
        core.by_id
            .get(&id)
            .is_some_and(|at| core.tokens[*at].marker)
    }
}

enum Piece {
    Marker(u32),
    Run { from: usize, to: usize },
}
