use super::passes;
use crate::{Content, PromptTemplate, Reading, Rendered, Resource, ResourceTemplate};

#[test]
fn every_block_of_mcp_passes_unchanged() {
    let text: Content = passes(
        r#"{"type":"text","text":"a","annotations":{"audience":["user"],"priority":1},"_meta":{"k":[1,2.0]},"new":null}"#,
    );
    let image: Content =
        passes(r#"{"type":"image","data":"AA==","mimeType":"image/png","_meta":{}}"#);
    let audio: Content = passes(r#"{"type":"audio","data":"AA==","mimeType":"audio/wav"}"#);
    let link: Content = passes(concat!(
        r#"{"type":"resource_link","uri":"file:///a","name":"a","title":"A","description":"d","#,
        r#""mimeType":"text/plain","annotations":{"lastModified":"2025-01-12T15:00:58Z"},"size":3}"#,
    ));
    let embedded: Content = passes(
        r#"{"type":"resource","resource":{"uri":"file:///a","mimeType":"text/plain","text":"words"},"annotations":{}}"#,
    );
    assert!(matches!(text, Content::Text(_)));
    assert!(matches!(image, Content::Image(_)));
    assert!(matches!(audio, Content::Audio(_)));
    assert!(matches!(link, Content::ResourceLink(_)));
    assert_eq!(embedded.as_text(), Some("words"));
}

#[test]
fn a_block_that_nobody_knows_passes_word_for_word() {
    for json in [
        r#"{"type":"tool_use","id":"1","name":"f","input":{"z":1,"a":2}}"#,
        r#"{"data":"AA","type":"image"}"#,
        r#"{"type":7}"#,
        r#""bare""#,
    ] {
        assert!(
            matches!(passes::<Content>(json), Content::Other(_)),
            "{json}"
        );
    }
}

#[test]
fn a_text_only_model_is_told_what_is_there() {
    assert_eq!(Content::text("a").in_words(), "a");
    assert_eq!(
        Content::image("AA==", "image/png").in_words(),
        "[image: image/png]"
    );
    assert_eq!(
        Content::ResourceLink(Resource::new("file:///a", "a")).in_words(),
        "[resource: file:///a]"
    );
    assert_eq!(
        passes::<Content>(r#"{"type":"resource","resource":{"uri":"u:x","blob":"AA"}}"#).in_words(),
        "[resource: u:x]"
    );
}

#[test]
fn what_stands_on_a_shelf_passes_unchanged() {
    passes::<Resource>(r#"{"uri":"file:///a","name":"a","icons":[{"src":"data:"}],"size":12}"#);
    passes::<ResourceTemplate>(
        r#"{"uriTemplate":"file:///{path}","name":"a","mimeType":"text/plain"}"#,
    );
    passes::<Reading>(r#"{"contents":[{"uri":"a:b","blob":"AA"}],"_meta":{"a":1},"ttlMs":5}"#);
    passes::<PromptTemplate>(
        r#"{"name":"review","title":"R","description":"d","arguments":[{"name":"code","required":true}],"icons":[]}"#,
    );
    passes::<Rendered>(
        r#"{"description":"d","messages":[{"role":"user","content":{"type":"text","text":"a"}}],"_meta":{}}"#,
    );
}
