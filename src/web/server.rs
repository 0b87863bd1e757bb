//! The listener: connections, their times and their number, and what is answered
//! when a handler breaks.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use tower::Service;
use tracing::{error, warn};

use super::pace::{Pace, PacedStream, Times};

/// The most that the headers of a request may have, in bytes.
const MAX_HEADERS: usize = 16 * 1024;

/// What a listener allows.
#[derive(Debug, Clone, Copy)]
pub struct ServerLimits {
    pub times: Times,
    /// The most connections at once; a further one waits to be accepted.
    pub connections: usize,
}

/// Where a request came from, as the listener saw it.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Until when the body of a request has to be there.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyUntil(pub Instant);

/// Makes the response to a request whose handler broke.
pub type OnPanic = Arc<dyn Fn() -> Response + Send + Sync>;

/// Serves until `stop` is done, then finishes what is being answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ServerLimits,
    on_panic: OnPanic,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let (stopping, stopped) = watch::channel(false);
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(reason) => {
                // Out of file descriptors, most likely: others have to end first.
                warn!(%reason, "a connection cannot be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let connection = Connection {
            router: router.clone(),
            peer,
            pace: Pace::new(limits.times),
            on_panic: Arc::clone(&on_panic),
            stopped: stopped.clone(),
        };
        tokio::spawn(async move {
            connection.run(stream).await;
            drop(place);
        });
    }
    drop(listener);
    // Every connection holds a receiver, so this is done with the last of them.
    drop(stopped);
    let _ = stopping.send(true);
    stopping.closed().await;
}

struct Connection {
    router: Router,
    peer: SocketAddr,
    pace: Arc<Pace>,
    on_panic: OnPanic,
    stopped: watch::Receiver<bool>,
}

impl Connection {
    async fn run(self, stream: TcpStream) {
        // Small answers must not wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let Connection {
            router,
            peer,
            pace,
            on_panic,
            mut stopped,
        } = self;
        let io = TokioIo::new(PacedStream {
            stream,
            pace: Arc::clone(&pace),
        });
        let service_pace = Arc::clone(&pace);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut router = router.clone();
            let (pace, on_panic) = (Arc::clone(&service_pace), Arc::clone(&on_panic));
            async move {
                let mut request: Request = request.map(Body::new);
                let until = pace.head_is_complete();
                request.extensions_mut().insert(Peer(peer));
                request.extensions_mut().insert(BodyUntil(until));
                let response = guarded(router.call(request)).await;
                pace.answered();
                Ok::<_, Infallible>(response.unwrap_or_else(|| on_panic()))
            }
        });
        let mut http = http1::Builder::new();
        http.header_read_timeout(None).max_buf_size(MAX_HEADERS);
        let mut connection = pin!(http.serve_connection(io, service));
        let mut run_out = pin!(pace.run_out());
        let mut is_stopping = false;
        loop {
            tokio::select! {
                // The connection first: what it reads may leave it less time.
                biased;
                // What goes wrong on a connection is its client's affair.
                _ = &mut connection => return,
                () = &mut run_out => return,
                _ = stopped.wait_for(|stopped| *stopped), if !is_stopping => {
                    is_stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// The result of a future, or `None` where it broke. Nothing of ours that it held
/// half changed is used again: a turn changes its call only when it is complete.
async fn guarded<F>(future: F) -> Option<Response>
where
    F: Future<Output = Result<Response, Infallible>>,
{
    let mut future = pin!(future);
    let polled = std::future::poll_fn(|cx| {
        let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        match poll {
            Ok(poll) => poll.map(Some),
            Err(_) => std::task::Poll::Ready(None),
        }
    });
    match polled.await {
        Some(Ok(response)) => Some(response),
        Some(Err(never)) => match never {},
        None => {
            error!("a handler broke");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_handler_that_breaks_is_told() {
        let broken = guarded(async { panic!("planted") }).await;
        assert!(broken.is_none());
        let good = guarded(async { Ok(Response::default()) }).await;
        assert!(good.is_some());
    }
}
