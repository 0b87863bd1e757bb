//! How long a connection may take over what it sends. A request that never comes to
//! its end, and a connection on which none comes, must not be kept for ever.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep_until};

/// The times that a connection has.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// From the first byte of a request to the end of its headers.
    pub head: Duration,
    /// From the first byte of a request to the end of its body.
    pub request: Duration,
    /// Between two requests.
    pub idle: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Times {
            head: Duration::from_secs(5),
            request: Duration::from_secs(10),
            idle: Duration::from_secs(75),
        }
    }
}

const IDLE: u8 = 0;
const HEAD: u8 = 1;
const ANSWERING: u8 = 2;

/// What one connection is doing, and until when it may. Shared between the stream,
/// which sees the first byte of a request, and the service, which sees its headers.
#[derive(Debug)]
pub(super) struct Pace {
    times: Times,
    opened: Instant,
    doing: AtomicU8,
    /// In ms since the connection was opened.
    begun_ms: AtomicU64,
    until_ms: AtomicU64,
}

impl Pace {
    pub fn new(times: Times) -> Arc<Self> {
        Arc::new(Pace {
            times,
            opened: Instant::now(),
            doing: AtomicU8::new(IDLE),
            begun_ms: AtomicU64::new(0),
            until_ms: AtomicU64::new(times.idle.as_millis() as u64),
        })
    }

    fn now_ms(&self) -> u64 {
        self.opened.elapsed().as_millis() as u64
    }

    /// Bytes have come: if none of this request had, its time begins.
    fn received(&self) {
        if self.doing.load(Ordering::Relaxed) == IDLE {
            let now = self.now_ms();
            self.begun_ms.store(now, Ordering::Relaxed);
            self.set_until(now, self.times.head);
            self.doing.store(HEAD, Ordering::Relaxed);
        }
    }

    /// The headers are complete. What is left of the request's time is for its body;
    /// the handler answers one that takes longer, so a little is added here.
    ///
    /// A request that came whole with the one before has no first byte of its own: its
    /// time begins here.
    pub fn head_is_complete(&self) -> Instant {
        if self.doing.load(Ordering::Relaxed) == IDLE {
            self.begun_ms.store(self.now_ms(), Ordering::Relaxed);
        }
        let begun = self.begun_ms.load(Ordering::Relaxed);
        self.doing.store(ANSWERING, Ordering::Relaxed);
        self.set_until(begun, self.times.request + Duration::from_secs(20));
        self.opened + Duration::from_millis(begun) + self.times.request
    }

    /// The answer is on its way: the connection may wait for the next request.
    pub fn answered(&self) {
        self.set_until(self.now_ms(), self.times.idle);
        self.doing.store(IDLE, Ordering::Relaxed);
    }

    fn set_until(&self, from_ms: u64, time: Duration) {
        self.until_ms
            .store(from_ms + time.as_millis() as u64, Ordering::Relaxed);
    }

    /// Done when the connection has taken too long.
    ///
    /// One timer serves all requests of a connection. When it fires it looks whether
    /// the time has moved on meanwhile; only where less time is left than it was set
    /// for is it set anew, which is looked at whenever this is polled. So it has to be
    /// polled behind whatever reads from the connection.
    pub async fn run_out(&self) {
        let mut timer = pin!(sleep_until(self.until()));
        poll_fn(|cx| {
            loop {
                let until = self.until();
                if Instant::now() >= until {
                    return Poll::Ready(());
                }
                if timer.deadline() > until || timer.is_elapsed() {
                    timer.as_mut().reset(until);
                }
                ready!(timer.as_mut().poll(cx));
            }
        })
        .await;
    }

    fn until(&self) -> Instant {
        self.opened + Duration::from_millis(self.until_ms.load(Ordering::Relaxed))
    }
}

/// A stream that tells when the first byte of a request comes.
#[derive(Debug)]
pub(super) struct PacedStream<S> {
    pub stream: S,
    pub pace: Arc<Pace>,
}

impl<S: AsyncRead + Unpin> AsyncRead for PacedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.pace.received();
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for PacedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_has_time_for_each_part_of_a_request() {
        let pace = Pace::new(Times::default());
        let begun = Instant::now();
        pace.run_out().await;
        assert_eq!(begun.elapsed().as_secs(), 75);

        let pace = Pace::new(Times::default());
        pace.received();
        let begun = Instant::now();
        tokio::time::advance(Duration::from_secs(3)).await;
        pace.received();
        pace.run_out().await;
        assert_eq!(begun.elapsed().as_secs(), 5);

        // The first byte comes when the timer is running already.
        let pace = Pace::new(Times::default());
        let mut run_out = pin!(pace.run_out());
        let mut received = pin!(async {
            tokio::time::sleep(Duration::from_secs(7)).await;
            pace.received();
        });
        let begun = Instant::now();
        tokio::select! {
            biased;
            () = &mut received => {}
            () = &mut run_out => {}
        }
        run_out.await;
        assert_eq!(begun.elapsed().as_secs(), 12);

        let pace = Pace::new(Times::default());
        pace.received();
        let body_until = pace.head_is_complete();
        assert_eq!((body_until - Instant::now()).as_secs(), 10);
        tokio::time::advance(Duration::from_secs(8)).await;
        pace.answered();
        // The next one came together with it.
        let body_until = pace.head_is_complete();
        assert_eq!((body_until - Instant::now()).as_secs(), 10);
        pace.answered();
        let begun = Instant::now();
        pace.run_out().await;
        assert_eq!(begun.elapsed().as_secs(), 75);
    }
}
