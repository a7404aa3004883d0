//! A small judge of instances, for the keywords that the generated schemas use. One that it does not know is an error,
//! so that nothing passes unjudged.

use serde_json::Value;

pub fn valid(schema: &Value, value: &Value) -> bool {
    judge(schema, schema, value)
}

fn judge(root: &Value, schema: &Value, value: &Value) -> bool {
    let map = match schema {
        Value::Bool(any) => return *any,
        other => other.as_object().unwrap(),
    };
    map.iter().all(|(key, rule)| {
        let sub = |schema: &Value, value: &Value| judge(root, schema, value);
        let list = || rule.as_array().unwrap();
        let at_least = |n: usize| n as u64 >= rule.as_u64().unwrap();
        let at_most = |n: usize| n as u64 <= rule.as_u64().unwrap();
        let bound = rule.as_f64().unwrap_or_default();
        let number = |holds: &dyn Fn(f64) -> bool| value.as_f64().is_none_or(holds);
        let length = value.as_str().map(|s| s.chars().count());
        let items = value.as_array();
        let object = value.as_object();
        match key.as_str() {
            "$defs" | "title" | "description" => true,
            "$ref" => {
                let to = rule.as_str().unwrap().trim_start_matches('#');
                sub(root.pointer(to).unwrap(), value)
            }
            "type" => match rule {
                Value::Array(types) => types.iter().any(|t| is(t, value)),
                one => is(one, value),
            },
            "const" => same(rule, value),
            "enum" => list().iter().any(|each| same(each, value)),
            "anyOf" => list().iter().any(|each| sub(each, value)),
            "allOf" => list().iter().all(|each| sub(each, value)),
            "minimum" => number(&|v| v >= bound),
            "maximum" => number(&|v| v <= bound),
            "exclusiveMinimum" => number(&|v| v > bound),
            "exclusiveMaximum" => number(&|v| v < bound),
            "multipleOf" => number(&|v| ((v / bound) - (v / bound).round()).abs() < 1e-9),
            "minLength" => length.is_none_or(at_least),
            "maxLength" => length.is_none_or(at_most),
            "pattern" => value.as_str().is_none_or(|text| matches(rule, text)),
            "minItems" => items.is_none_or(|list| at_least(list.len())),
            "maxItems" => items.is_none_or(|list| at_most(list.len())),
            "prefixItems" => items.is_none_or(|items| {
                let pairs = list().iter().zip(items);
                pairs.into_iter().all(|(schema, item)| sub(schema, item))
            }),
            "items" => items.is_none_or(|items| {
                let first = map.get("prefixItems").and_then(Value::as_array);
                let rest = items.iter().skip(first.map_or(0, Vec::len));
                rest.into_iter().all(|item| sub(rule, item))
            }),
            "required" => object.is_none_or(|object| {
                let mut keys = list().iter().map(|key| key.as_str().unwrap());
                keys.all(|key| object.contains_key(key))
            }),
            "properties" => object.is_none_or(|object| {
                let rules = rule.as_object().unwrap();
                let known = rules
                    .iter()
                    .filter_map(|(k, rule)| Some((rule, object.get(k)?)));
                known.into_iter().all(|(rule, value)| sub(rule, value))
            }),
            "additionalProperties" => object.is_none_or(|object| {
                let known = map.get("properties").and_then(Value::as_object);
                let mut rest = object
                    .iter()
                    .filter(|(k, _)| known.is_none_or(|known| !known.contains_key(*k)));
                rest.all(|(_, value)| sub(rule, value))
            }),
            other => panic!("the judge does not know {other}"),
        }
    })
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|v| v.fract() == 0.0),
        other => panic!("no type {other}"),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|b| same(v, b)))
        }
        _ => a == b,
    }
}

/// Patterns of the one form `^[a-c]{1,5}$`.
fn matches(pattern: &Value, text: &str) -> bool {
    let inner = pattern.as_str().unwrap();
    let inner = inner
        .strip_prefix("^[")
        .unwrap()
        .strip_suffix("}$")
        .unwrap();
    let (class, counts) = inner.split_once("]{").unwrap();
    let (from, to) = class.split_once('-').unwrap();
    let (least, most) = counts.split_once(',').unwrap();
    let (from, to): (char, char) = (from.parse().unwrap(), to.parse().unwrap());
    let (least, most): (usize, usize) = (least.parse().unwrap(), most.parse().unwrap());
    (least..=most).contains(&text.chars().count()) && text.chars().all(|c| (from..=to).contains(&c))
}

#[test]
fn the_judge_tells_right_from_wrong() {
    use serde_json::json;
    let schema = json!({
        "type": "object", "required": ["a"], "additionalProperties": false,
        "properties": {
            "a": {"type": "array", "prefixItems": [{"const": 1.0}], "items": {"$ref": "#/$defs/s"}, "maxItems": 3},
            "b": {"anyOf": [{"type": "integer", "minimum": 2, "multipleOf": 2}, {"type": "null"}]},
        },
        "$defs": {"s": {"type": "string", "minLength": 2, "pattern": "^[a-c]{1,5}$"}},
    });
    for (value, expected) in [
        (json!({"a": [1, "ab"]}), true),
        (json!({"a": [], "b": 4}), true),
        (json!({"a": [], "b": null}), true),
        (json!({"a": [], "b": 3}), false),
        (json!({"a": [], "c": 3}), false),
        (json!({"b": 4}), false),
        (json!({"a": [2]}), false),
        (json!({"a": [1, "a"]}), false),
        (json!({"a": [1, "xy"]}), false),
        (json!({"a": [1, "ab", "ab", "ab"]}), false),
    ] {
        assert_eq!(valid(&schema, &value), expected, "{value}");
    }
}
