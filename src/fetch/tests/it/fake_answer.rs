//! HTTP answers of the fake hub, whole or spoiled.

use std::fmt::Write as _;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::fake_hub::{Fault, Seen};

/// What goes over the wire, and what happens after it.
pub struct Answer {
    head: String,
    body: Vec<u8>,
    /// What the head says; None leaves it open until the connection ends.
    length: Option<usize>,
    then: Then,
}

enum Then {
    Next,
    Drop,
    Hang,
}

impl Answer {
    fn new(status: u16, body: Vec<u8>) -> Self {
        let length = Some(body.len());
        Self {
            head: format!("HTTP/1.1 {status} x\r\n"),
            body,
            length,
            then: Then::Next,
        }
    }

    pub fn whole(status: u16, body: Vec<u8>) -> Self {
        Self::new(status, body)
    }

    pub fn status(status: u16, headers: &[(&str, &str)]) -> Self {
        let mut answer = Self::new(status, Vec::new());
        for (name, value) in headers {
            answer.header(name, value);
        }
        answer
    }

    pub fn redirect(status: u16, target: &str) -> Self {
        let mut answer = Self::new(status, b"moved".to_vec());
        answer.header("location", target);
        answer
    }

    pub fn header(&mut self, name: &str, value: &str) {
        let _ = write!(self.head, "{name}: {value}\r\n");
    }

    /// A file's bytes, as `Range` and `If-Range` ask for them, less what the fault spoils.
    pub fn ranged(seen: &Seen, mut bytes: Vec<u8>, etag: &str, fault: Option<&Fault>) -> Self {
        let quoted = format!("\"{etag}\"");
        let valid = seen
            .headers
            .get("if-range")
            .is_none_or(|validator| *validator == quoted);
        let from = seen
            .headers
            .get("range")
            .filter(|_| valid && !matches!(fault, Some(Fault::IgnoreRange(_))));
        let from: Option<usize> = from.map(|range| {
            range
                .trim_start_matches("bytes=")
                .trim_end_matches('-')
                .parse()
                .unwrap()
        });
        let total = bytes.len();
        match fault {
            Some(Fault::Status(status, headers)) => return Self::status(*status, headers),
            Some(Fault::Damaged) => bytes.iter_mut().for_each(|byte| *byte ^= 1),
            Some(Fault::Excess(count)) => bytes.extend(vec![0; *count]),
            _ => {}
        }
        let mut answer = match from {
            Some(from) if from >= total => {
                let mut answer = Self::new(416, Vec::new());
                answer.header("content-range", &format!("bytes */{total}"));
                return answer;
            }
            Some(from) => {
                let first = if matches!(fault, Some(Fault::WrongRange)) {
                    0
                } else {
                    from
                };
                let mut answer = Self::new(206, bytes.split_off(first));
                answer.header(
                    "content-range",
                    &format!("bytes {first}-{}/{total}", total - 1),
                );
                answer
            }
            None => Self::new(200, bytes),
        };
        answer.header("etag", &quoted);
        match fault {
            Some(Fault::CutAfter(count) | Fault::IgnoreRange(count)) => {
                answer.body.truncate(*count);
                answer.then = Then::Drop;
            }
            Some(Fault::StallAfter(count)) => {
                answer.body.truncate(*count);
                answer.then = Then::Hang;
            }
            Some(Fault::Piece(count)) => {
                answer.body.truncate(*count);
                answer.length = Some(answer.body.len());
            }
            Some(Fault::Excess(_)) => {
                answer.length = None;
                answer.then = Then::Drop;
            }
            _ => {}
        }
        answer
    }

    /// Whether the connection may be used again.
    pub async fn send(mut self, socket: &mut TcpStream, head_only: bool) -> bool {
        if let Some(length) = self.length {
            self.header("content-length", &length.to_string());
        }
        self.head.push_str("\r\n");
        if socket.write_all(self.head.as_bytes()).await.is_err() {
            return false;
        }
        if head_only {
            return true;
        }
        if socket.write_all(&self.body).await.is_err() {
            return false;
        }
        match self.then {
            Then::Next => true,
            Then::Drop => false,
            Then::Hang => {
                tokio::time::sleep(Duration::from_mins(1)).await;
                false
            }
        }
    }
}
