//! How large a result may be.

use ferrule_types::{Content, Outcome, Output};
use serde_json::Value;

/// Cuts what is too large, and says so where it was cut. Text keeps its beginning; a picture or a structure that was cut
/// would be broken, so it goes as a whole. Answers how many bytes there were, if any were cut.
pub fn limit(outcome: &mut Outcome, most: usize) -> Option<usize> {
    let (Outcome::Done(output) | Outcome::Failed(output)) = outcome else {
        return None;
    };
    let total = output
        .content
        .iter()
        .map(size)
        .fold(structured_size(output, most), usize::saturating_add);
    if total <= most {
        return None;
    }
    cut(output, most, total);
    Some(total)
}

fn cut(output: &mut Output, most: usize, total: usize) {
    let mut left = most;
    let mut kept = Vec::new();
    for mut block in std::mem::take(&mut output.content) {
        let size = size(&block);
        if size > left && !shorten(&mut block, left) {
            continue;
        }
        left = left.saturating_sub(size);
        kept.push(block);
    }
    if structured_size(output, left) > left {
        output.structured = None;
    }
    kept.push(Content::text(format!(
        "[truncated: the result has {total} bytes, and {most} are allowed; ask for less at a time]"
    )));
    output.content = kept;
}

/// Cuts a text to so many bytes; whatever is no text cannot be cut.
fn shorten(block: &mut Content, most: usize) -> bool {
    let text = match block {
        Content::Text(block) => &mut block.text,
        Content::Resource(block) => match &mut block.resource.text {
            Some(text) => text,
            None => return false,
        },
        _ => return false,
    };
    let end = (0..=most.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0);
    text.truncate(end);
    end > 0
}

fn size(block: &Content) -> usize {
    match block {
        Content::Text(block) => block.text.len(),
        Content::Image(block) | Content::Audio(block) => block.data.len(),
        Content::Resource(block) => {
            let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
            length(&block.resource.text) + length(&block.resource.blob)
        }
        Content::ResourceLink(link) => {
            link.uri.len() + link.name.len() + link.description.as_ref().map_or(0, String::len)
        }
        Content::Other(value) => value_size(value, usize::MAX),
    }
}

fn structured_size(output: &Output, most: usize) -> usize {
    output
        .structured
        .as_ref()
        .map_or(0, |value| value_size(value, most))
}

/// The size of a value's texts, counted on a stack of its own, and no further than just past `most`.
fn value_size(value: &Value, most: usize) -> usize {
    let mut size: usize = 0;
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        size += match value {
            Value::String(text) => text.len() + 2,
            Value::Array(items) => {
                open.extend(items);
                2
            }
            Value::Object(inner) => {
                open.extend(inner.values());
                inner.keys().map(String::len).sum::<usize>() + 2
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => 4,
        };
        if size > most {
            break;
        }
    }
    size
}
