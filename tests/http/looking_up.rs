//! Look-ups against a server on this machine: what is asked once and what leads where,
//! whatever happens to the webhooks meanwhile.

use std::pin::pin;
use std::time::Duration;

use ringflow::flow::SourceFile;

use crate::support::backend::Backend;
use crate::support::caller::{Call, PLAIN, Variant, accepted_by_platform};
use crate::support::server::{Response, Server, Setup};
use crate::support::webhook::{Webhook, summary};

const NUMBER: &str = "+6561115700";

/// Asks the back end when 1 is pressed; `request` is the state that does.
fn setup(backend: &Backend, request: &str) -> Setup {
    let flow = format!(
        "flow: shop\nnumbers: [{NUMBER}]\nvoice: en-US-BenjaminRUS\nstart: main\ndefaults: {{give_up: hangup}}\nstates:\n  main:\n    menu: Press 1.\n    keys: {{1: ask}}\n  ask:\n{request}  told:\n    menu: You are ${{customer.name}}. Press 1.\n    keys: {{1: ask}}\n  unknown: {{say: We do not know you., then: main}}\n  sorry: {{say: Nobody can tell just now., then: main}}\n"
    )
    .replace("HOST", &backend.address.to_string());
    let mut setup = Setup::flow(&flow);
    let host = backend.address;
    let project = format!("lookups: {{hosts: [\"{host}\"], insecure: true, private: true}}\n");
    setup.files.push(SourceFile::new("ringflow.yaml", &project));
    setup
}

const GET: &str = "    http: GET http://HOST/customers/${caller.number}\n    save: customer\n    then: told\n    cases: {404: unknown}\n    otherwise: sorry\n";
const POST: &str = "    http: POST http://HOST/orders\n    json: {from: '${caller.number}', pieces: '${2 + 1}'}\n    save: customer\n    then: told\n    cases: {404: unknown}\n    otherwise: sorry\n";

fn call(server: &Server) -> Call<'_> {
    server.call(NUMBER, Variant { index: 0, ..PLAIN })
}

fn heard(response: &Response) -> String {
    let (actions, _) = accepted_by_platform(response);
    let texts = actions.iter().map(|action| {
        let params = &action["params"];
        let text = ["promptMessage", "text"].iter();
        let text = text.filter_map(|key| params[*key].as_str()).next();
        text.or(action["action"].as_str())
            .unwrap_or_default()
            .to_owned()
    });
    texts.collect::<Vec<_>>().join(" | ")
}

#[test]
fn a_good_answer_is_kept_and_spoken_and_others_lead_elsewhere() {
    let backend = Backend::answering(|asked| match asked.what.as_str() {
        "GET /customers/%2B6591234567" => (200, r#"{"name": "Mei"}"#.to_owned()),
        _ => (500, String::new()),
    });
    let server = setup(&backend, GET).start();
    call(&server)
        .rings()
        .press("1")
        .hears_only("You are Mei. Press 1.")
        .ends();
    for (status, body, text) in [
        (404, "{}", "We do not know you. Press 1."),
        (404, "<p>", "We do not know you. Press 1."),
        (503, "{}", "Nobody can tell just now. Press 1."),
        (200, "<p>", "Nobody can tell just now. Press 1."),
        (204, "", "Nobody can tell just now. Press 1."),
    ] {
        let backend = Backend::answering(move |_| (status, body.to_owned()));
        let server = setup(&backend, GET).start();
        call(&server).rings().press("1").hears_only(text).ends();
        assert_eq!(backend.asked().len(), 1, "{status}");
    }
}

#[test]
fn who_does_not_answer_in_time_is_otherwise() {
    let (backend, release) = Backend::held(200, "{}");
    let request = GET.replace("    save", "    within: 100ms\n    save");
    let server = setup(&backend, &request).start();
    call(&server)
        .rings()
        .press("1")
        .hears_only("Nobody can tell just now. Press 1.")
        .ends();
    drop(release);
}

#[test]
fn what_changes_something_is_sent_once_with_a_key_of_its_own() {
    let backend = Backend::answering(|_| (201, r#"{"name": "Mei"}"#.to_owned()));
    let server = setup(&backend, POST).start();
    call(&server)
        .rings()
        .press("1")
        .hears_only("You are Mei. Press 1.")
        .press("1")
        .hears_only("You are Mei. Press 1.")
        .ends();
    let asked = backend.asked();
    assert_eq!(asked.len(), 2);
    let keys: Vec<&str> = asked
        .iter()
        .filter_map(|asked| asked.header("idempotency-key"))
        .collect();
    assert_eq!(keys.len(), 2);
    assert_ne!(keys[0], keys[1]);
    let body: serde_json::Value = serde_json::from_str(&asked[0].body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"from": "+6591234567", "pieces": 3})
    );
}

#[test]
fn a_webhook_that_comes_again_meanwhile_waits_for_the_same_answer() {
    let (backend, release) = Backend::held(200, r#"{"name": "Mei"}"#);
    let server = setup(&backend, POST).start();
    let call = call(&server).rings();
    let turn = call.webhook(Some("1"), 200);
    let answers = server.runtime.block_on(async {
        let first = tokio::spawn(server.posting(&turn));
        backend.arrived.notified().await;
        let second = tokio::spawn(server.posting(&turn));
        tokio::task::yield_now().await;
        drop(release);
        [first.await.unwrap(), second.await.unwrap()]
    });
    assert_eq!(heard(&answers[0]), "You are Mei. Press 1.");
    assert_eq!(answers[0], answers[1]);
    assert_eq!(backend.asked().len(), 1);
}

#[test]
fn a_look_up_goes_on_when_the_platform_hangs_up_on_us() {
    let (backend, release) = Backend::held(200, r#"{"name": "Mei"}"#);
    let server = setup(&backend, POST).start();
    let call = call(&server).rings();
    let turn = call.webhook(Some("1"), 200);
    server.runtime.block_on(async {
        let mut leaving = pin!(server.posting(&turn));
        tokio::select! {
            _ = &mut leaving => panic!("nothing was found yet"),
            () = backend.arrived.notified() => {}
        }
    });
    drop(release);
    assert_eq!(heard(&server.post(&turn)), "You are Mei. Press 1.");
    assert_eq!(backend.asked().len(), 1);
}

#[test]
fn a_caller_who_leaves_meanwhile_leaves_the_call_over() {
    let (backend, release) = Backend::held(200, r#"{"name": "Mei"}"#);
    let server = setup(&backend, GET).start();
    let call = call(&server).rings();
    let turn = call.webhook(Some("1"), 200);
    let end = summary(&call.session, "COMPLETED", 0);
    let answer = server.runtime.block_on(async {
        let turn = tokio::spawn(server.posting(&turn));
        backend.arrived.notified().await;
        assert_eq!(server.posting(&end).await.body.len(), 0);
        drop(release);
        turn.await.unwrap()
    });
    assert_eq!(heard(&answer), "hangup");
    assert_eq!(server.calls().live(), 0);
}

/// The process ends before the platform has its answer, and another one gets the webhook
/// again.
#[test]
fn after_a_restart_the_same_is_asked_under_the_same_key() {
    let backend = Backend::answering(|_| (200, r#"{"name": "Mei"}"#.to_owned()));
    let server = setup(&backend, POST).start();
    let call = call(&server).rings();
    let turn = call.webhook(Some("1"), 200);
    let first = server.post(&turn);
    let other = setup(&backend, POST).start();
    assert_eq!(other.post(&turn), first);
    let asked = backend.asked();
    assert_eq!(asked.len(), 2);
    let key = |at: usize| asked[at].header("idempotency-key").unwrap();
    assert_eq!(key(0), key(1));
    assert_eq!(asked[0].body, asked[1].body);
}

const WAITING: &str = "    http: POST http://HOST/orders\n    while_waiting: One moment, please.\n    within: 30s\n    save: customer\n    then: told\n    cases: {404: unknown}\n    otherwise: sorry\n";

/// The webhook behind this answer, the `sent`-th of the call.
fn after(call: &mut Call<'_>, answer: &Response, sent: usize) -> Webhook {
    call.token = accepted_by_platform(answer).1;
    let webhook = call.webhook(None, 200);
    let id = |sent: usize| format!("event-{}-{sent}\"", call.session);
    assert!(webhook.body.contains(&id(1)), "{}", webhook.body);
    Webhook {
        body: webhook.body.replace(&id(1), &id(sent)),
        ..webhook
    }
}

#[test]
fn who_waits_hears_so_until_the_answer_is_there() {
    let (backend, release) = Backend::held(200, r#"{"name": "Mei"}"#);
    let server = setup(&backend, WAITING).start();
    let mut call = call(&server).rings();
    let first = call.webhook(Some("1"), 200);
    let mut answer = server.post(&first);
    assert_eq!(heard(&answer), "One moment, please.");
    assert_eq!(server.post(&first), answer, "the same, when it comes again");
    server.runtime.block_on(backend.arrived.notified());
    // Still nothing.
    answer = server.post(&after(&mut call, &answer, 2));
    assert_eq!(heard(&answer), "One moment, please.");
    drop(release);
    for sent in 3..28 {
        answer = server.post(&after(&mut call, &answer, sent));
        if heard(&answer) != "One moment, please." {
            break;
        }
        // The answer is on its way to us.
        let moment = Duration::from_millis(40);
        server
            .runtime
            .block_on(async { tokio::time::sleep(moment).await });
    }
    assert_eq!(heard(&answer), "You are Mei. Press 1.");
    assert_eq!(backend.asked().len(), 1);
}

/// Nobody looks it up any more when the process has ended: it is asked again, while the
/// caller waits.
#[test]
fn a_restart_while_the_caller_waits_asks_again_under_the_same_key() {
    let backend = Backend::answering(|_| (200, r#"{"name": "Mei"}"#.to_owned()));
    let server = setup(&backend, WAITING).start();
    let mut call = call(&server).rings();
    let answer = server.post(&call.webhook(Some("1"), 200));
    let next = after(&mut call, &answer, 2);
    server.runtime.block_on(backend.arrived.notified());
    let other = setup(&backend, WAITING).start();
    assert_eq!(heard(&other.post(&next)), "You are Mei. Press 1.");
    let asked = backend.asked();
    let keys: Vec<_> = asked
        .iter()
        .map(|asked| asked.header("idempotency-key"))
        .collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
    assert!(keys[0].is_some());
}
