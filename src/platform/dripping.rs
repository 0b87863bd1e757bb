//! Bodies of requests as a bad connection brings them.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

/// How the body of a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pieces {
    /// At once, as usual.
    Whole,
    /// In a few drops, with a pause in front of each.
    Drops,
    /// The first half, and then the connection breaks.
    Half,
}

/// In how many drops a body comes.
const DROPS: usize = 6;
/// The pause in front of each.
const PAUSE: Duration = Duration::from_millis(2);

/// A body in drops. Its length is told in front of it all the same.
pub(super) struct Dripping {
    left: Bytes,
    drop: usize,
    /// How much of it does not come any more.
    missing: usize,
    pause: Pin<Box<Sleep>>,
}

/// The connection breaks here.
#[derive(Debug)]
pub(super) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body was cut on purpose")
    }
}

impl std::error::Error for Broken {}

impl Dripping {
    pub fn new(bytes: Bytes, pieces: Pieces) -> Self {
        let drop = bytes.len().div_ceil(DROPS).max(1);
        let missing = match pieces {
            Pieces::Half => bytes.len() - bytes.len() / 2,
            Pieces::Whole | Pieces::Drops => 0,
        };
        Dripping {
            left: bytes,
            drop,
            missing,
            pause: Box::pin(sleep(PAUSE)),
        }
    }
}

impl Body for Dripping {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.pause.as_mut().poll(cx));
        self.pause.as_mut().reset(Instant::now() + PAUSE);
        let comes = self.drop.min(self.left.len().saturating_sub(self.missing));
        if comes == 0 {
            return Poll::Ready(Some(Err(Broken)));
        }
        let piece = self.left.split_to(comes);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}
