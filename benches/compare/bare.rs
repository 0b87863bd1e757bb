//! The bare handler, as a process of its own: one route on the same listener code that
//! parses the same webhook and sends fixed bytes.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use axum::routing::post;
use ringflow::{web, wire};

const FIXED: &str = r#"{"clientActionId":"YsGxyFnmMKoDtUsXAQQAOGbKL-4nXWQoDUSrAAAAAQA","callflow":[{"action":"sayAndCapture","params":{"promptMessage":"For a new reservation, press 1. To reschedule a reservation, press 2.","voiceProfile":"en-US-BenjaminRUS","speed":1,"minDigits":1,"maxDigits":1,"digitTimeout":5000,"overallTimeout":10000,"completeOnHash":false,"noOfTries":1}}]}"#;

/// Serves until the process is killed.
pub fn serve() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("threads can be started");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        println!(
            "listening on http://{}",
            listener.local_addr().expect("an address")
        );
        let limits = web::ServerLimits {
            times: web::Times::default(),
            connections: 10_000,
        };
        let router = Router::new().route("/webhooks", post(answer));
        let on_panic = web::on_admin_panic();
        web::serve(listener, router, limits, on_panic, std::future::pending()).await;
    });
}

async fn answer(body: Bytes) -> Response {
    let parsed = wire::parse(&body);
    assert!(parsed.is_ok());
    Response::builder()
        .header("content-type", "application/json")
        .body(Body::from(FIXED))
        .expect("the parts are well-formed")
}
