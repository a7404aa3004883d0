//! To be built.
pub fn digest(tool: &ferrule_types::Tool) -> String {
    tool.name.clone()
}
