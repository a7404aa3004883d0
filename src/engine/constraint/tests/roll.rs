use ferrule_types::{Constraint, Grammar, Start};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::{FOLDERS, Guide, Vocabulary};

/// Masks for drafts must be what stepping would have told, and leave the guide where it was.
fn compare(vocabulary: &Vocabulary, guide: &mut Guide, random: &mut ChaCha8Rng) {
    for _ in 0..30 {
        let before = guide.mask().unwrap();
        let mut stepped = guide.clone();
        let (mut draft, mut expected) = (Vec::new(), vec![before.clone()]);
        for _ in 0..random.random_range(0..5) {
            let mask = stepped.mask().unwrap();
            let ids: Vec<u32> = match &mask {
                Some(mask) => mask.ids().collect(),
                None => (0..vocabulary.trie().vocab_size() as u32).collect(),
            };
            let id = ids[random.random_range(0..ids.len())];
            if vocabulary.ends().contains(&id) || stepped.is_done() {
                break;
            }
            stepped.accept(id).unwrap();
            draft.push(id);
            expected.push(stepped.mask().unwrap());
            if stepped.is_done() {
                break;
            }
        }
        let kept = draft.len();
        if !stepped.is_done() {
            // What is not allowed ends the masks.
            let refused = expected.last().unwrap().as_ref();
            let refused = refused.and_then(|m| (0..500).find(|id| !m.allows(*id)));
            draft.extend(refused);
        }
        assert_eq!(guide.masks(&draft).unwrap(), expected, "{draft:?}");
        assert_eq!(guide.mask().unwrap(), before);
        let Some(step) = draft[..kept].first() else {
            return;
        };
        guide.accept(*step).unwrap();
        if guide.is_done() {
            return;
        }
    }
}

#[test]
fn masks_for_a_draft_are_those_of_stepping_and_nothing_moves() {
    let schema = json!({
        "type": "object",
        "properties": {
            "text": {"type": "string", "maxLength": 30},
            "list": {"type": "array", "items": {"enum": ["red", "green", 1, null]}, "maxItems": 4},
        },
        "required": ["text", "list"], "additionalProperties": false,
    });
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for folder in FOLDERS {
        let vocabulary = Vocabulary::open(folder);
        let mut grammars = vec![
            Grammar::JsonSchema(schema.clone()),
            Grammar::Regex("([а-я]{1,9} 🦀?){1,20}".into()),
            Grammar::Lark("start: \"(\" start* \")\" | /[a-z]+/".into()),
        ];
        if folder == "tiny-llama" {
            let mark = "start: <tool_call> /[a-z]{0,5}/ </tool_call> start?";
            grammars.push(Grammar::Lark(mark.into()));
        }
        for grammar in grammars {
            let now = vocabulary.whole(grammar.clone());
            let many = vocabulary.compile(&Constraint {
                many: true,
                ..Constraint::whole(grammar.clone())
            });
            let after = vocabulary.compile(&Constraint {
                grammar,
                start: Start::After(vec!["e".into()]),
                many: true,
            });
            let going_on = now.clone().ignore_ends(true);
            for guide in [now, going_on, many, after] {
                for _ in 0..3 {
                    compare(&vocabulary, &mut guide.clone(), &mut random);
                }
            }
        }
    }
}
