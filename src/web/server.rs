//! The listener.

use std::future::Future;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::{Web, router};

/// Serves until `stop` is done, then finishes what is being answered.
///
/// # Errors
/// Where the listener breaks.
pub async fn serve(
    listener: TcpListener,
    web: Arc<Web>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(web))
        .with_graceful_shutdown(stop)
        .await
}
