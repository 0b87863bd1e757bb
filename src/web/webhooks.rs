//! Webhooks as they come from the listener. They are what the server is there for, so they
//! go straight to their handler: the way through a router costs as much as a turn.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::BoxError;
use axum::Router;
use axum::body::{Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::post;

use super::server::{BodyUntil, Peer};
use super::{Door, Web, turn};

/// A webhook is told by its body, so the paths for single types take all of them.
const PATHS: [&str; 6] = [
    "/webhooks",
    "/webhooks/vca",
    "/webhooks/vcs",
    "/webhooks/vss",
    "/webhooks/vru",
    "/webhooks/vnu",
];

/// What answers webhooks, behind its door.
#[derive(Clone)]
pub struct Webhooks(Arc<Inside>);

struct Inside {
    web: Arc<Web>,
    /// `None` where everybody may knock.
    door: Option<Door>,
}

impl Webhooks {
    pub fn new(web: Arc<Web>, door: Option<Door>) -> Self {
        Webhooks(Arc::new(Inside { web, door }))
    }

    /// True for a request that is answered here.
    pub(super) fn take(method: &Method, path: &str) -> bool {
        *method == Method::POST && path.starts_with("/webhooks") && PATHS.contains(&path)
    }

    /// Answers a request, unless it may not be read.
    pub(super) async fn answer<B>(
        &self,
        headers: &HeaderMap,
        body: B,
        peer: Option<Peer>,
        until: Option<BodyUntil>,
    ) -> Response
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        let Inside { web, door } = &*self.0;
        if let Some(door) = door {
            // A request that no listener brought comes from nowhere, and is not let in.
            let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
            if let Some(refused) = door.refuses(peer, headers) {
                return refused;
            }
        }
        turn::webhook(web, body, until).await
    }

    /// The same as a router, which knows what is no webhook too: another method than POST.
    pub(super) fn router(&self) -> Router<Arc<Web>> {
        let webhooks = self.clone();
        let webhook = move |State(_): State<Arc<Web>>, request: Request| {
            let webhooks = webhooks.clone();
            async move {
                let (parts, body) = request.into_parts();
                let peer = parts.extensions.get::<Peer>().copied();
                let until = parts.extensions.get::<BodyUntil>().copied();
                webhooks.answer(&parts.headers, body, peer, until).await
            }
        };
        let route = |router: Router<Arc<Web>>, path| router.route(path, post(webhook.clone()));
        PATHS.into_iter().fold(Router::new(), route)
    }
}
