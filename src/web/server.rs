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
use super::webhooks::Webhooks;

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

/// What a listener answers with.
#[derive(Clone)]
pub struct Routes {
    pub(super) router: Router,
    /// These are answered without the router, where there are any.
    pub(super) webhooks: Option<Webhooks>,
}

impl From<Router> for Routes {
    fn from(router: Router) -> Self {
        Routes {
            router,
            webhooks: None,
        }
    }
}

impl From<Routes> for Router {
    /// The router alone, which answers webhooks too.
    fn from(routes: Routes) -> Self {
        routes.router
    }
}

/// Serves until `stop` is done, then finishes what is being answered.
pub async fn serve(
    listener: TcpListener,
    routes: impl Into<Routes>,
    limits: ServerLimits,
    on_panic: OnPanic,
    stop: impl Future<Output = ()>,
) {
    let routes = routes.into();
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
            answers: Answers {
                routes: routes.clone(),
                peer,
                pace: Pace::new(limits.times),
                on_panic: Arc::clone(&on_panic),
            },
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
    answers: Answers,
    stopped: watch::Receiver<bool>,
}

impl Connection {
    async fn run(self, stream: TcpStream) {
        // Small answers must not wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let Connection {
            answers,
            mut stopped,
        } = self;
        let pace = Arc::clone(&answers.pace);
        let io = TokioIo::new(PacedStream {
            stream,
            pace: Arc::clone(&pace),
        });
        // Shared, as a request may outlive what the connection holds of it.
        let answers = Arc::new(answers);
        let service = service_fn(move |request| Arc::clone(&answers).answer(request));
        let mut http = http1::Builder::new();
        // Answers are small: in one piece they cost less than in two that the kernel joins.
        http.header_read_timeout(None)
            .max_buf_size(MAX_HEADERS)
            .writev(false);
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

/// What a connection's requests are answered with.
struct Answers {
    routes: Routes,
    peer: SocketAddr,
    pace: Arc<Pace>,
    on_panic: OnPanic,
}

impl Answers {
    async fn answer(
        self: Arc<Self>,
        request: hyper::Request<Incoming>,
    ) -> Result<Response, Infallible> {
        let (peer, until) = (Peer(self.peer), BodyUntil(self.pace.head_is_complete()));
        let response = match &self.routes.webhooks {
            Some(webhooks) if Webhooks::take(request.method(), request.uri().path()) => {
                let (parts, body) = request.into_parts();
                let webhook = webhooks.answer(&parts.headers, body, Some(peer), Some(until));
                guarded(webhook).await
            }
            _ => {
                let mut request: Request = request.map(Body::new);
                request.extensions_mut().insert(peer);
                request.extensions_mut().insert(until);
                let routed = self.routes.router.clone().call(request);
                let routed = async { routed.await.unwrap_or_else(|never| match never {}) };
                guarded(routed).await
            }
        };
        self.pace.answered();
        Ok(response.unwrap_or_else(|| (self.on_panic)()))
    }
}

/// The result of a future, or `None` where it broke. Nothing of ours that it held
/// half changed is used again: a turn changes its call only when it is complete.
async fn guarded(future: impl Future<Output = Response>) -> Option<Response> {
    let mut future = pin!(future);
    let polled = std::future::poll_fn(|cx| {
        let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        match poll {
            Ok(poll) => poll.map(Some),
            Err(_) => std::task::Poll::Ready(None),
        }
    });
    let response = polled.await;
    if response.is_none() {
        error!("a handler broke");
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_handler_that_breaks_is_told() {
        let broken = guarded(async { panic!("planted") }).await;
        assert!(broken.is_none());
        let good = guarded(async { Response::default() }).await;
        assert!(good.is_some());
    }
}
