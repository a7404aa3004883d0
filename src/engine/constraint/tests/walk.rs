use ferrule_types::{Constraint, Grammar, Start};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::{FOLDERS, Vocabulary, schemas, validate::valid};

/// Tokens of one walk; longer ones are let go unjudged, and must be few.
const ROOM: usize = 3_000;

#[test]
fn whatever_is_chosen_under_the_masks_satisfies_the_schema() {
    let count = if std::env::var_os("FERRULE_SOAK").is_some() {
        500
    } else {
        60
    };
    let mut random = ChaCha8Rng::seed_from_u64(42);
    let vocabularies = FOLDERS.map(Vocabulary::open);
    let mut unfinished = 0;
    for at in 0..count {
        let schema = schemas::schema(&mut random);
        let vocabulary = &vocabularies[at % vocabularies.len()];
        let guide = vocabulary.whole(Grammar::JsonSchema(schema.clone()));
        for _ in 0..2 {
            let mut guide = guide.clone().ignore_ends(random.random_bool(0.5));
            let (text, whole) = vocabulary.wander(&mut guide, &mut random, ROOM);
            if !whole {
                unfinished += 1;
                continue;
            }
            let told = || String::from_utf8_lossy(&text).into_owned();
            let value: Value = serde_json::from_slice(&text).unwrap_or_else(|e| {
                panic!("{at} {}: {e}: {schema}: {}", vocabulary.folder, told())
            });
            assert!(
                valid(&schema, &value),
                "{at} {}: {schema}: {}",
                vocabulary.folder,
                told()
            );
        }
    }
    assert!(
        unfinished * 10 <= count,
        "{unfinished} of {count} did not end"
    );
}

#[test]
fn whatever_is_chosen_spells_whole_characters() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for folder in FOLDERS {
        let vocabulary = Vocabulary::open(folder);
        let guide = vocabulary.whole(Grammar::Regex("(?s:.){1,40}".into()));
        for _ in 0..20 {
            let (text, whole) = vocabulary.wander(&mut guide.clone(), &mut random, 500);
            assert!(whole, "{folder}");
            let text = String::from_utf8(text).unwrap();
            assert!((1..=40).contains(&text.chars().count()), "{text:?}");
        }
    }
}

#[test]
fn a_model_s_grammars_are_shared_by_threads_and_a_guide_is_handed_on() {
    fn shared<T: Send + Sync>() {}
    fn handed<T: Send>() {}
    shared::<super::Grammars>();
    handed::<super::Guide>();
}

#[test]
fn clones_of_a_guide_go_their_own_ways_on_their_own_threads() {
    let vocabulary = Vocabulary::tiny();
    let constraint = Constraint {
        grammar: Grammar::Regex("[ab]{3}".into()),
        start: Start::Now,
        many: false,
    };
    let guide = vocabulary.compile(&constraint);
    let texts = std::thread::scope(|scope| {
        let walks: Vec<_> = (0..4u64)
            .map(|seed| {
                let (vocabulary, mut guide) = (&vocabulary, guide.clone());
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                scope.spawn(move || vocabulary.wander(&mut guide, &mut random, 9))
            })
            .collect();
        walks
            .into_iter()
            .map(|w| w.join().unwrap())
            .collect::<Vec<_>>()
    });
    for (text, whole) in texts {
        assert!(whole && text.len() == 3, "{text:?}");
    }
}
