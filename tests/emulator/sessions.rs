//! What becomes of calls: webhooks go to those who are registered, with their header, and
//! the story is told.

use ringflow::phone::OtherSide;
use ringflow::platform::emulator::{CallIn, Rings, Takes};
use serde_json::json;
use tokio::sync::mpsc::unbounded_channel;

use super::desk::{BASE, Desk, Listener, OURS, PERSON, Registered, asks_for_keys, make_call};

#[tokio::test]
async fn a_call_is_made_recorded_and_told() {
    let mut desk = Desk::new();
    let bye = json!([{"action": "hangup"}]);
    let mut server = Registered::answering(bye).await;
    for kind in ["VCA", "VCS", "VSS", "VRU"] {
        desk.registers(kind, &server.url).await;
    }
    let mut call = make_call();
    call["params"]["callRecording"] = json!(true);
    let (_, created) = desk.calls(json!([call, asks_for_keys()])).await;
    let session = created["sessionId"].as_str().unwrap();

    let (kind, first) = server.receives().await;
    assert_eq!(
        (kind.as_str(), &first["callStatus"]),
        ("CALL_STATUS", &json!("CALL_INITIATED"))
    );
    assert_eq!(
        (&first["source"], &first["destination"]),
        (&json!(OURS), &json!(PERSON))
    );
    assert_eq!(first["subAccountId"], "mine");
    let waits = server.receives_a("CALL_ACTION").await;
    assert_eq!(
        (&waits["sessionId"], &waits["callDirection"]),
        (&json!(session), &json!("OUTBOUND"))
    );
    assert_eq!(waits["eventData"]["dtmf"], json!(null));
    assert_eq!(waits.get("clientActionId"), None);
    let summary = server.receives_a("SESSION_SUMMARY").await;
    assert_eq!(
        (&summary["sessionStatus"], &summary["clientRequestId"]),
        (&json!("COMPLETED"), &json!("mine-1"))
    );
    let recorded = server.receives_a("CALL_RECORDING_STATUS").await;
    assert_eq!(
        (&recorded["sessionId"], &recorded["status"]),
        (&json!(session), &json!("UPLOAD_COMPLETED"))
    );

    let story = desk.stories.recv().await.unwrap();
    assert_eq!(
        story.line,
        format!("{OURS} calls {PERSON} · hung up · COMPLETED · 0:05")
    );
    assert_eq!(story.wrong, [""; 0]);
    let (status, list) = desk
        .asks("GET", &format!("{BASE}/recordings/{session}"), "")
        .await;
    assert_eq!(
        (status, list["recordings"].as_array().unwrap().len()),
        (200, 1)
    );
    assert_eq!(
        list["recordings"][0]["recordingId"],
        recorded["recordingId"]
    );
    assert_eq!(list["recordings"][0]["duration"], 5);
}

#[tokio::test]
async fn an_answer_that_breaks_a_rule_is_told_with_the_rule() {
    let mut desk = Desk::new();
    let mut server = Registered::answering(json!([{"action": "sing"}])).await;
    desk.registers("VCA", &server.url).await;
    desk.registers("VSS", &server.url).await;
    desk.calls(json!([make_call(), asks_for_keys()])).await;
    let summary = server.receives_a("SESSION_SUMMARY").await;
    assert_eq!(
        (
            &summary["sessionStatus"],
            &summary["errorDetails"]["errorCode"]
        ),
        (&json!("ERROR"), &json!(-2003))
    );
    let story = desk.stories.recv().await.unwrap();
    assert!(
        story.line.ends_with("· the line is dead · ERROR · 0:05"),
        "{story}"
    );
    assert_eq!(story.wrong.len(), 1, "{story}");
    assert!(
        story.wrong[0].contains("-2003 (-1007): $.callflow[0].action should be one of"),
        "{story}"
    );
}

#[tokio::test]
async fn numbers_are_told_to_whoever_registers_for_them() {
    let desk = Desk::new();
    let mut server = Registered::answering(json!([])).await;
    desk.registers("VNU", &server.url).await;
    let told = server.receives_a("VIRTUAL_NUMBER_UPDATE").await;
    assert_eq!(
        (&told["updateEventType"], &told["totalNumbers"]),
        (&json!("SNAPSHOT"), &json!(1))
    );
    assert_eq!(told["virtualNumbers"][0]["msisdn"], "6561115777");
}

#[tokio::test]
async fn a_caller_of_ours_calls_as_soon_as_somebody_is_registered() {
    let mut desk = Desk::new();
    let mut server = Registered::answering(json!([{"action": "hangup"}])).await;
    let emulator = std::sync::Arc::clone(&desk.emulator);
    let calling = tokio::spawn(async move {
        let subaccount = emulator.subaccount_that_asks().await;
        let call = CallIn {
            from: PERSON.to_owned(),
            to: OURS.to_owned(),
            subaccount,
            caller: Box::new(Listener),
        };
        emulator.call_in(call).await
    });
    desk.registers("VSS", &server.url).await;
    desk.registers("VCA", &server.url).await;
    let waits = server.receives_a("CALL_ACTION").await;
    assert_eq!(
        (&waits["callStatus"], &waits["callDirection"]),
        (&json!("CALL_RECEIVED"), &json!("INBOUND"))
    );
    assert_eq!(
        (&waits["source"], &waits["subAccountId"]),
        (&json!(PERSON), &json!("mine"))
    );
    let story = calling.await.unwrap();
    assert_eq!(story.unwrap().line, desk.stories.recv().await.unwrap().line);
}

#[tokio::test]
async fn a_caller_who_was_brought_takes_one_call_and_a_person_the_next() {
    let (rings, mut ringing) = unbounded_channel::<Rings>();
    let mut desk = Desk::with(|config| {
        config.takes = Takes::Person(Box::new(move |call| {
            let _ = rings.send(call);
        }));
    });
    let server = Registered::answering(json!([{"action": "hangup"}])).await;
    desk.registers("VCA", &server.url).await;
    let brings = async |body: &str| {
        desk.sends(Some("Bearer any"), "POST", "/emulator/callers", body)
            .await
    };
    for (bad, status) in [
        ("", 400),
        (r#"{"to": "+6591234567"}"#, 400),
        (r#"{"to": "home", "caller": "x"}"#, 422),
        (r#"{"to": "+6591234567", "caller": ""}"#, 422),
    ] {
        assert_eq!(brings(bad).await.0, status, "{bad}");
    }
    assert_eq!(
        brings(r#"{"to": "+6591234567", "caller": "x"}"#).await.0,
        204
    );
    desk.calls(json!([make_call(), asks_for_keys()])).await;
    assert!(desk.stories.recv().await.unwrap().line.contains("hung up"));
    assert!(ringing.try_recv().is_err());

    let (_, created) = desk.calls(json!([make_call(), asks_for_keys()])).await;
    let call = ringing.recv().await.unwrap();
    assert_eq!((call.from.as_str(), call.to.as_str()), (OURS, PERSON));
    let session = created["sessionId"].as_str().unwrap().to_owned();
    let recordings = format!("{BASE}/recordings/{session}");
    assert_eq!(desk.asks("GET", &recordings, "").await.0, 200);
    let by_hand = move || {
        let (mut line, mut given) = call.take();
        line.other_side(OtherSide::Busy);
        while let Some(webhook) = line.next_webhook() {
            given.post(&webhook).unwrap();
        }
        given.over(&line);
        line.status().unwrap().word().to_owned()
    };
    let status = tokio::task::spawn_blocking(by_hand).await.unwrap();
    assert_eq!(status, "BUSY");
}
