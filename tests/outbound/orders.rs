//! What is ordered wrongly is said in plain words, and calls nobody.

use ringflow::outbound::CallOrder;
use serde_json::{Value, json};

use super::bench::{Bench, FLOW};
use std::path::Path;

fn refused(bench: &Bench, order: Value) -> String {
    let order: CallOrder = serde_json::from_value(order).unwrap();
    let refused = bench.run(bench.outbound.call(order)).unwrap_err();
    assert_eq!(bench.fake.count(), 0);
    refused.to_string()
}

#[test]
fn each_mistake_has_its_words() {
    let bench = Bench::new();
    let to = "+6591234567";
    let cases = [
        (
            json!({"flow": "remnd", "to": to}),
            "there is no flow `remnd`; did you mean `remind`?",
        ),
        (
            json!({"flow": "remind", "to": "12"}),
            "`to` is no phone number, `12`: it has 2 digits",
        ),
        (
            json!({"flow": "remind", "to": to, "from": "+6561110000"}),
            "`+6561110000` is no number of `remind`, so the call could not find its flow; it has \
             +6561115777, +6561115778",
        ),
        (
            json!({"flow": "remind", "to": to, "with": {"nam": "Ann"}}),
            "`remind` has no variable `nam`; did you mean `name`?",
        ),
        (
            json!({"flow": "remind", "to": to, "with": {"age": "old"}}),
            "the value for `age` is not of its type: it takes a number",
        ),
        (
            json!({"flow": "remind", "to": to, "valid_for_s": 0}),
            "1 s to 7 days",
        ),
        (
            json!({"flow": "remind", "to": to, "caller": "scenarios: []"}),
            "only an emulator has callers from files",
        ),
    ];
    for (order, words) in cases {
        let said = refused(&bench, order);
        assert!(said.contains(words), "{said}");
    }
    let planted = json!({"flow": "remind", "to": to, "with": {"pin": "planted"}});
    let said = refused(&bench, planted);
    assert!(
        said.contains("`pin`") && !said.contains("planted"),
        "{said}"
    );
}

#[test]
fn a_flow_without_a_number_says_what_to_do() {
    let none = FLOW.replace("numbers: [+6561115777, +6561115778]\n", "");
    let bench = Bench::of(&none, Path::new("/nowhere"), "seed");
    let order = json!({"flow": "remind", "to": "+6591234567"});
    let said = refused(&bench, order.clone());
    assert!(said.contains("into its `numbers`"), "{said}");

    let any = FLOW.replace("[+6561115777, +6561115778]", "['*']");
    let bench = Bench::of(&any, Path::new("/nowhere"), "seed");
    let said = refused(&bench, order);
    assert!(said.contains("names none; say from which"), "{said}");
    bench.run(async {
        let order = json!({"flow": "remind", "to": "+6591234567", "from": "+6561119999"});
        bench.calls(order).await;
        let request = bench.fake.request(0).await;
        let source = &request["callflow"][0]["params"]["source"];
        assert_eq!(source, "+6561119999");
    });
}

#[test]
fn the_second_number_of_a_flow_can_be_called_from() {
    let bench = Bench::new();
    bench.run(async {
        let order = json!({"flow": "remind", "to": "+6591234567", "from": "6561115778"});
        bench.calls(order).await;
        let request = bench.fake.request(0).await;
        let source = &request["callflow"][0]["params"]["source"];
        assert_eq!(source, "+6561115778");
    });
}
