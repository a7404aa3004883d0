use std::{
    future::Future,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

/// A future that a seam returns. Boxed, so that the seams stay object safe; one allocation per call
/// is nothing beside a tool call or a model's step.
pub type Soon<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A stream that a seam returns. Dropping it is how a reader says that it wants no more.
pub type Flow<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

/// The flow that ends at once.
pub(crate) fn nothing<T: Send + 'static>() -> Flow<T> {
    Box::pin(Nothing(PhantomData))
}

// `fn() -> T` and not `T`: the flow never holds one, so it is `Send` and `Unpin` whatever `T` is.
struct Nothing<T>(PhantomData<fn() -> T>);

impl<T> Stream for Nothing<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Ready(None)
    }
}
