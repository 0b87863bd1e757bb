//! A balancer in front of servers that share a key and nothing else: each webhook finds
//! one that has never heard of the call. It comes to an end all the same.

use std::sync::Arc;

use ringflow::flow::SourceFile;
use ringflow::machine::Answers;
use serde_json::Value;

use crate::conversation::server::{LAST_RESORT, Server};
use crate::conversation::webhook::Webhook;

/// A call that goes on for so many webhooks goes on for ever.
const MOST_WEBHOOKS: usize = 60;

struct Call {
    server: Server,
    flow: Vec<Arc<SourceFile>>,
    /// What every other server has in place of it.
    other: Option<Vec<Arc<SourceFile>>>,
    /// Whether no server has heard of the call, or one answers all of it.
    forgets: bool,
    from: &'static str,
    to: &'static str,
}

impl Call {
    fn of(files: &[(&str, &str)], from: &'static str, to: &'static str) -> Self {
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| SourceFile::new(path, text))
            .collect();
        Call {
            server: Server::with(&files, Answers::Single),
            flow: files,
            other: None,
            forgets: true,
            from,
            to,
        }
    }

    fn masking(from: &'static str) -> Self {
        let files = ["flows/masking.yaml", "scripts/masking.rhai"]
            .map(|path| (path, std::fs::read_to_string(path).unwrap()));
        let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
        Call::of(&files, from, "+6561115779")
    }

    /// What is heard and dialled until the call ends; wherever keys are waited for, these
    /// are pressed.
    fn runs(mut self, keys: &str) -> Vec<String> {
        let mut heard = Vec::new();
        let mut webhook = Webhook::arrived();
        for sent in 1..MOST_WEBHOOKS {
            webhook.source = self.from.to_owned();
            webhook.destination = self.to.to_owned();
            if self.forgets {
                self.server.restart();
            }
            if let Some(other) = &self.other {
                let flows = [&self.flow, other];
                self.server.deploy(flows[(sent - 1) % 2]);
            }
            self.server.wait();
            let answered = self.server.post(&webhook.bytes());
            let body: Value = serde_json::from_slice(&answered.bytes).unwrap();
            webhook = Webhook::completed(sent, body["clientActionId"].as_str());
            for action in body["callflow"].as_array().unwrap() {
                let params = &action["params"];
                let words = ["text", "promptMessage", "destination", "fileUrl"]
                    .iter()
                    .find_map(|key| params[*key].as_str());
                heard.extend(words.map(str::to_owned));
                if action["action"] == "sayAndCapture" {
                    webhook = webhook.with_digits(keys);
                }
            }
            if answered.ended {
                return heard;
            }
        }
        panic!("the call goes on for ever: {heard:#?}");
    }
}

#[test]
fn what_scripts_alone_set_is_computed_again_and_nothing_is_said_twice() {
    let heard = Call::masking("+6591110001").runs("");
    assert_eq!(heard, ["I will connect you now.", "+6592220001"]);
}

#[test]
fn a_caller_who_is_asked_the_same_again_and_again_is_not_asked_for_ever() {
    let heard = Call::masking("+6581110009").runs("482913");
    let times = |text: &str| heard.iter().filter(|heard| heard.starts_with(text)).count();
    assert_eq!(times("I will connect you now."), 6, "{heard:#?}");
    assert_eq!(times("Welcome."), 6, "{heard:#?}");
    let last = heard.last().unwrap();
    assert_eq!(
        last,
        "We cannot connect you without a booking code. Goodbye."
    );
}

#[test]
fn on_error_that_leads_into_the_same_loss_ends_with_a_word() {
    let flow = "
flow: test
numbers: [+6561115777]
voice: en-US-One
allow_dial: [+65]
vars: {party: text}
states:
  main: {menu: Press 1., keys: {1: first, 2: second}, give_up: hangup}
  first: {set: {party: '+6591110001'}, then: connect}
  second: {set: {party: '+6591110002'}, then: connect}
  connect: {say: One moment., transfer: '${party}', then: hangup, otherwise: sorry, on_error: first}
  sorry: {say: Sorry., then: hangup}
";
    let heard = Call::of(&[("flows/test.yaml", flow)], "+6591234567", "+6561115777").runs("2");
    assert_eq!(heard.last().unwrap(), LAST_RESORT, "{heard:#?}");
}

#[test]
fn what_may_have_come_from_elsewhere_is_not_computed() {
    let flow = "
flow: test
numbers: [+6561115777]
voice: en-US-One
defaults: {give_up: hangup}
vars: {tier: {type: text, default: basic}}
states:
  main: {menu: Press 1., keys: {1: gold, 2: tell}}
  gold: {set: {tier: gold}, then: tell}
  tell: {say: One moment., voice: en-US-Two, then: told}
  told: {say: 'You are ${tier}.', then: hangup}
";
    let call = |key| Call::of(&[("flows/test.yaml", flow)], "+6591234567", "+6561115777").runs(key);
    assert_eq!(call("2"), ["Press 1.", "One moment.", "You are basic."]);
    // Around `gold` there is a way too: the call goes there, and to no end.
    let heard = call("1");
    assert_eq!(heard.last().unwrap(), LAST_RESORT, "{heard:#?}");
}

#[test]
fn a_fault_that_comes_again_and_again_ends_as_it_does_on_one_server() {
    let flow = "
flow: test
numbers: [+6561115777]
voice: en-US-One
vars: {n: number}
defaults: {give_up: hangup}
states:
  main: {menu: 'You have ${1 % n}.', keys: {1: main}, on_error: {say: https://example.com/a.mp3, then: repeat}}
";
    let call = || Call::of(&[("flows/test.yaml", flow)], "+6591234567", "+6561115777");
    let heard = call().runs("");
    assert_eq!(heard.last().unwrap(), LAST_RESORT, "{heard:#?}");
    let one = Call {
        forgets: false,
        ..call()
    };
    assert_eq!(heard, one.runs(""));
}

#[test]
fn servers_whose_flows_have_not_one_state_in_common_do_not_send_a_caller_around_for_ever() {
    let flow = |state: &str| {
        let flow = format!(
            "
flow: test
numbers: [+6561115777]
voice: en-US-One
states:
  {state}: {{say: Welcome to {state}., then: {state}_end}}
  {state}_end: {{say: Goodbye., voice: en-US-Two, then: hangup}}
"
        );
        vec![SourceFile::new("flows/test.yaml", &flow)]
    };
    let one = flow("one");
    let files = [("flows/test.yaml", one[0].text())];
    let mut call = Call::of(&files, "+6591234567", "+6561115777");
    call.other = Some(flow("two"));
    let heard = call.runs("");
    assert_eq!(heard.last().unwrap(), LAST_RESORT, "{heard:#?}");
    assert_eq!(heard.len(), 8, "{heard:#?}");
}
