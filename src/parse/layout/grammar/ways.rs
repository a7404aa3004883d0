//! What a schema says of one value.

use serde_json::{Map, Value};

use super::schema::{Beyond, REMARKS};

/// References that lead on to references.
const HOPS: usize = 16;
/// Alternatives of one value.
const WAYS: usize = 256;

/// What a reference names within the schema.
fn target<'s>(root: &'s Value, reference: &str) -> Result<&'s Value, Beyond> {
    let path = reference
        .strip_prefix('#')
        .filter(|path| path.is_empty() || path.starts_with('/'));
    let found = path.and_then(|path| root.pointer(path));
    found.ok_or_else(|| Beyond::new(format!("the reference `{reference}`")))
}

/// The schema that is meant: references are followed.
pub fn resolved<'s>(root: &'s Value, schema: &'s Value) -> Result<&'s Value, Beyond> {
    let mut at = schema;
    for _ in 0..HOPS {
        match at.get("$ref").and_then(Value::as_str) {
            None => return Ok(at),
            Some(reference) => at = target(root, reference)?,
        }
    }
    Err(Beyond::new("a reference that leads to itself"))
}

/// The schema as one that stands alone: it brings what it may refer to.
pub fn alone(root: &Value, schema: &Value) -> Result<Value, Beyond> {
    let Value::Object(map) = schema else {
        return Ok(schema.clone());
    };
    let mut map = map.clone();
    let mut refers = schema.to_string().contains("\"$ref\"");
    for shared in ["$defs", "definitions"] {
        if let (true, Some(shared_schemas)) = (refers, root.get(shared)) {
            map.entry(shared).or_insert_with(|| shared_schemas.clone());
        }
    }
    refers = refers
        && ["\"#\"", "\"#/properties", "\"#/items"]
            .iter()
            .any(|to| schema.to_string().contains(to));
    if refers {
        return Err(Beyond::new("a reference to something else than `$defs`"));
    }
    Ok(Value::Object(map))
}

/// One thing that a value may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Way<'s> {
    /// Just this value.
    Just(&'s Value),
    Text(&'s Map<String, Value>),
    /// An integer or another number.
    Number(&'s Map<String, Value>, &'static str),
    Boolean,
    Null,
    List(&'s Map<String, Value>),
    Object(&'s Map<String, Value>),
    /// Nothing is said.
    Any,
}

/// All that a value may be.
pub fn ways<'s>(root: &'s Value, schema: &'s Value) -> Result<Vec<Way<'s>>, Beyond> {
    let (mut found, mut open, mut looked, mut one) = (Vec::new(), vec![schema], 0, false);
    while let Some(next) = open.pop() {
        looked += 1;
        if looked > WAYS {
            return Err(Beyond::new("so many alternatives"));
        }
        let map = match resolved(root, next)? {
            Value::Bool(true) => {
                found.push(Way::Any);
                continue;
            }
            Value::Object(map) => map,
            _ => continue,
        };
        let combined = ["anyOf", "oneOf", "allOf"]
            .iter()
            .filter_map(|key| Some((*key, map.get(*key)?.as_array()?)));
        let combined: Vec<_> = combined.collect();
        match combined[..] {
            [] => single(map, &mut found)?,
            // What stands beside it is nearly always a repetition of its types.
            [("allOf", one)] if one.len() == 1 => open.extend(one),
            [(key @ ("anyOf" | "oneOf"), several)] if !checks_more(map) => {
                one |= key == "oneOf";
                open.extend(several.iter().rev());
            }
            [(key, _), ..] => {
                return Err(Beyond::new(format!(
                    "`{key}` together with what stands beside it"
                )));
            }
        }
    }
    if found.is_empty() {
        return Err(Beyond::new("a schema that nothing satisfies"));
    }
    if one && overlap(&found) {
        return Err(Beyond::new("`oneOf` with alternatives that overlap"));
    }
    Ok(found)
}

/// Whether some value may be of two of the ways.
fn overlap(ways: &[Way<'_>]) -> bool {
    let kind = |way: &Way<'_>| match way {
        Way::Any => 0,
        Way::Text(_) | Way::Just(Value::String(_)) => 1,
        Way::Number(..) | Way::Just(Value::Number(_)) => 2,
        Way::Boolean | Way::Just(Value::Bool(_)) => 3,
        Way::Null | Way::Just(Value::Null) => 4,
        Way::List(_) | Way::Just(Value::Array(_)) => 5,
        Way::Object(_) | Way::Just(Value::Object(_)) => 6,
    };
    ways.iter().enumerate().any(|(at, way)| {
        ways[..at].iter().any(|other| match (way, other) {
            (Way::Just(one), Way::Just(other)) => one == other,
            _ => kind(way) == kind(other) || kind(way) == 0 || kind(other) == 0,
        })
    })
}

fn checks_more(map: &Map<String, Value>) -> bool {
    let harmless = |key: &String| {
        matches!(
            key.as_str(),
            "anyOf" | "oneOf" | "$defs" | "definitions" | "nullable"
        ) || REMARKS.contains(&key.as_str())
    };
    !map.keys().all(harmless)
}

fn single<'s>(map: &'s Map<String, Value>, found: &mut Vec<Way<'s>>) -> Result<(), Beyond> {
    if let Some(value) = map.get("const") {
        found.push(Way::Just(value));
        return Ok(());
    }
    if let Some(values) = map.get("enum").and_then(Value::as_array) {
        found.extend(
            values
                .iter()
                .filter(|value| is_of(map.get("type"), value))
                .map(Way::Just),
        );
        return Ok(());
    }
    let one = map.get("type").and_then(Value::as_str);
    let several = map.get("type").and_then(Value::as_array);
    let named: Vec<&str> = match (one, several) {
        (Some(one), _) => vec![one],
        (None, Some(several)) => several.iter().filter_map(Value::as_str).collect(),
        (None, None) => vec![implied(map)],
    };
    for name in named {
        found.push(match name {
            "string" => Way::Text(map),
            "integer" => Way::Number(map, "integer"),
            "number" => Way::Number(map, "number"),
            "boolean" => Way::Boolean,
            "null" => Way::Null,
            "array" => Way::List(map),
            "object" => Way::Object(map),
            "" => Way::Any,
            other => return Err(Beyond::new(format!("the type `{other}`"))),
        });
    }
    Ok(())
}

/// The type that the other keys speak of; none at all if they speak of none.
fn implied(map: &Map<String, Value>) -> &'static str {
    const OF: [(&str, &[&str]); 4] = [
        (
            "object",
            &[
                "properties",
                "additionalProperties",
                "required",
                "patternProperties",
            ],
        ),
        ("array", &["items", "prefixItems", "minItems", "maxItems"]),
        ("string", &["pattern", "minLength", "maxLength", "format"]),
        (
            "number",
            &[
                "minimum",
                "maximum",
                "exclusiveMinimum",
                "exclusiveMaximum",
                "multipleOf",
            ],
        ),
    ];
    let found = OF
        .iter()
        .find(|(_, keys)| keys.iter().any(|key| map.contains_key(*key)));
    found.map_or("", |(name, _)| name)
}

fn is_of(types: Option<&Value>, value: &Value) -> bool {
    let of = |name: &Value| match name.as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    match types {
        None => true,
        Some(Value::Array(several)) => several.iter().any(of),
        Some(one) => of(one),
    }
}

/// How many items a list has at least and at most.
pub fn bounds(map: &Map<String, Value>) -> (u64, u64) {
    let bound = |key: &str| map.get(key).and_then(Value::as_u64);
    (
        bound("minItems").unwrap_or(0),
        bound("maxItems").unwrap_or(u64::MAX),
    )
}

/// An object's keys with their schemas and whether they must be there.
pub struct Fields<'s> {
    pub fields: Vec<(&'s str, &'s Value, bool)>,
    /// What further keys hold; `None` where none is written.
    pub further: Option<&'s Value>,
}

static ANYTHING: Value = Value::Bool(true);

/// The keys that an object is written with. Further keys are written only where it names none of its own: what a
/// schema does not forbid is seldom what it means.
pub fn fields(map: &Map<String, Value>) -> Result<Fields<'_>, Beyond> {
    for key in ["anyOf", "oneOf", "allOf", "patternProperties"] {
        if map.contains_key(key) {
            return Err(Beyond::new(format!(
                "`{key}` beside the properties of an object"
            )));
        }
    }
    let further = match map.get("additionalProperties") {
        Some(Value::Bool(false)) => None,
        Some(schema) => Some(schema),
        None => Some(&ANYTHING),
    };
    let required = map.get("required").and_then(Value::as_array);
    let required: Vec<&str> = required
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let own = map.get("properties").and_then(Value::as_object);
    let mut fields: Vec<(&str, &Value, bool)> = Vec::new();
    for (key, schema) in own.into_iter().flatten() {
        let must = required.contains(&key.as_str());
        if schema != &Value::Bool(false) {
            fields.push((key, schema, must));
        } else if must {
            return Err(Beyond::new("a required property that may not be there"));
        }
    }
    for key in required {
        if !fields.iter().any(|(known, ..)| *known == key) {
            let schema =
                further.ok_or_else(|| Beyond::new("a required property that may not be there"))?;
            fields.push((key, schema, true));
        }
    }
    let must = fields.iter().filter(|(.., must)| *must).count() as u64;
    let least = map
        .get("minProperties")
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let most = map
        .get("maxProperties")
        .and_then(Value::as_u64)
        .unwrap_or(u64::MAX);
    if least > must {
        return Err(Beyond::new("`minProperties`"));
    }
    if most < fields.len() as u64 {
        fields.retain(|(.., must)| *must);
    }
    if most < must {
        return Err(Beyond::new("`maxProperties`"));
    }
    let further = further.filter(|_| own.is_none() && fields.is_empty() && most == u64::MAX);
    Ok(Fields { fields, further })
}
