//! The crate's tests, one file for each group of words.
//!
//! Values enter as golden JSON and must come out as the same JSON. It does not know: other crates,
//! or files.

// A test that unwraps fails with the place and the error, which is what it is for.
#![allow(clippy::unwrap_used)]

mod content;
mod context;
mod conversation;
mod errors;
mod event;
mod generation;
mod key;
mod outcome;
mod sampling;
mod tool;
mod toolbox;

use std::{
    fmt::Debug,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The value is written as this JSON, and this JSON is read as the value.
#[track_caller]
fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, json: &Value) {
    assert_eq!(&serde_json::to_value(value).unwrap(), json, "written");
    assert_eq!(
        &serde_json::from_value::<T>(json.clone()).unwrap(),
        value,
        "read"
    );
}

/// The JSON is read, and written again as it was, to the order of the keys; the value is handed on
/// for a look.
#[track_caller]
fn passes<T: Serialize + DeserializeOwned>(json: &str) -> T {
    let value: T = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
    value
}

#[track_caller]
fn refusal<T: DeserializeOwned + Debug>(json: &Value) -> String {
    serde_json::from_value::<T>(json.clone())
        .unwrap_err()
        .to_string()
}

/// Runs a future that never has to wait.
#[track_caller]
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future waits"),
    }
}
