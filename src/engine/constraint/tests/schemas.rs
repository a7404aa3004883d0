//! Random schemas whose instances are bounded.

use rand::{Rng, RngExt as _};
use serde_json::{Map, Value, json};

pub fn schema(random: &mut impl Rng) -> Value {
    let mut made = object(random, 3);
    made["$defs"] = json!({
        "leaf": leaf(random),
        "branch": object(random, 1),
        // Recursion that ends by chance.
        "chain": {
            "type": "object", "required": ["value"], "additionalProperties": false,
            "properties": {"value": leaf(random), "next": {"$ref": "#/$defs/chain"}},
        },
    });
    made
}

fn any(random: &mut impl Rng, depth: u32) -> Value {
    if depth == 0 {
        return leaf(random);
    }
    match random.random_range(0..9) {
        0..=2 => leaf(random),
        3 => object(random, depth - 1),
        4 => array(random, depth - 1),
        5 => {
            let ways = (0..random.random_range(1..4)).map(|_| any(random, depth - 1));
            json!({"anyOf": ways.collect::<Vec<_>>()})
        }
        6 => json!({"$ref": "#/$defs/leaf"}),
        7 => json!({"$ref": "#/$defs/branch"}),
        _ => json!({"$ref": "#/$defs/chain"}),
    }
}

fn object(random: &mut impl Rng, depth: u32) -> Value {
    let names = [
        "a",
        "name",
        "да",
        "with \"quotes\"",
        "x/y~z",
        "new\nline",
        "",
    ];
    let count = random.random_range(0..5);
    let start = random.random_range(0..names.len());
    let mut properties = Map::new();
    let mut required = Vec::new();
    for at in 0..count {
        let name = names[(start + at) % names.len()];
        properties.insert(name.into(), any(random, depth));
        if random.random_bool(0.6) {
            required.push(name);
        }
    }
    json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    })
}

fn array(random: &mut impl Rng, depth: u32) -> Value {
    let least = random.random_range(0..3);
    let mut made = json!({
        "type": "array", "items": any(random, depth),
        "minItems": least, "maxItems": least + random.random_range(0..3),
    });
    if random.random_bool(0.3) {
        let first = (0..random.random_range(1..3)).map(|_| any(random, depth));
        made["prefixItems"] = first.collect();
    }
    made
}

fn leaf(random: &mut impl Rng) -> Value {
    let low = random.random_range(-200i64..200);
    let high = low + random.random_range(1..300);
    let least = random.random_range(0u32..3);
    let most = least + random.random_range(0..8);
    match random.random_range(0..12) {
        0 => json!({"type": "boolean"}),
        1 => json!({"type": ["null", "boolean"]}),
        2 => json!({"type": "integer", "minimum": low, "maximum": high}),
        3 => json!({"type": "integer", "exclusiveMinimum": low, "exclusiveMaximum": high + 1}),
        4 => json!({"type": "number", "minimum": low, "maximum": high}),
        5 => {
            json!({"type": "number", "exclusiveMinimum": (low - 3) as f64 / 4.0, "maximum": (low + 5) as f64 / 4.0})
        }
        6 => json!({"type": "integer", "minimum": low, "maximum": high + 7, "multipleOf": 7}),
        7 | 8 => json!({"type": "string", "minLength": least, "maxLength": most}),
        9 => json!({"type": "string", "pattern": format!("^[a-c]{{{least},{most}}}$")}),
        10 => {
            json!({"enum": [low, "red", "gr\"ün", null, true, [1, {"k": "v"}], high as f64 / 8.0]})
        }
        _ => json!({"const": {"list": [low, "x"], "deep": {"null": null}}}),
    }
}
