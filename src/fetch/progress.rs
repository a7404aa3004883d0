//! What a pull tells its caller while it works.

/// Receives the progress of a pull. The methods are called from the pull's own task, often several thousand times
/// per file: they should return at once. Each has a default that does nothing, and `&()` listens to nothing.
pub trait Progress: Send + Sync {
    /// A file begins. It is said again for the same file when it has to begin anew: its count goes back to zero.
    fn started(&self, file: &str, total: Option<u64>) {
        let _ = (file, total);
    }

    /// So many more bytes of the file are here. What an earlier pull left behind is counted too, in one step.
    fn advanced(&self, file: &str, bytes: u64) {
        let _ = (file, bytes);
    }

    /// The file is complete and verified.
    fn finished(&self, file: &str) {
        let _ = file;
    }

    /// Something that a person who waits would like to know: a retry, another process that holds a file.
    fn note(&self, text: &str) {
        let _ = text;
    }
}

impl Progress for () {}
