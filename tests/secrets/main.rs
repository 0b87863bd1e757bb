//! A PIN is planted in every place where one can be typed, everything is logged, and all
//! that comes out of the program is searched for it: standard output and error, answers,
//! files. The same is done with a flow in which it is no secret, where each of these
//! places has to hold it: what finds nothing must be able to find something.

#![cfg(unix)]
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod collected;
mod needles;
mod planted;
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../process/program.rs"]
mod program;
#[path = "../support/mod.rs"]
mod support;
mod terminal;
mod webhooks;

use collected::Collected;
use needles::Needles;
use planted::{PIN, Vault};

/// Where a PIN that is no secret has to be found.
fn is_found(collected: &Collected, channels: &[&str]) {
    let needles = Needles::of(PIN);
    let found = collected.holding(&needles);
    for channel in channels {
        assert!(
            found.iter().any(|(name, _)| name == channel),
            "a PIN that is no secret is not found in `{channel}`, so a secret one would not be \
             either; it is in {found:#?}"
        );
    }
}

/// It is nowhere; and there was something to look through in each of these places.
fn is_nowhere(collected: &Collected, channels: &[&str]) {
    let found = collected.holding(&Needles::of(PIN));
    assert!(found.is_empty(), "{found:#?}");
    for channel in channels {
        assert!(
            collected.bytes_of(channel) > 100,
            "`{channel}` holds nothing"
        );
    }
}

#[test]
fn what_is_keyed_in_over_http_is_nowhere() {
    let channels = ["answer", "log as json", "log as text"];
    is_found(&webhooks::collect(&Vault::open()), &channels);
    is_nowhere(&webhooks::collect(&Vault::secret()), &channels);
}

#[test]
fn what_is_typed_into_the_phone_is_nowhere() {
    let channels = ["call", "call --with", "file saved.test.yaml", "call --on"];
    is_found(&terminal::calls(&Vault::open()), &channels);
    let collected = terminal::calls(&Vault::secret());
    // What runs somewhere else may ask for a secret at any time.
    is_nowhere(&collected, &channels[..2]);
}

#[test]
fn what_a_scenario_keys_in_is_nowhere() {
    let channels = ["test", "test --json", "junit", "dev"];
    is_found(&terminal::tests(&Vault::open()), &channels);
    is_nowhere(&terminal::tests(&Vault::secret()), &channels);
}

#[test]
fn what_looks_at_a_project_tells_nothing_of_its_scenarios() {
    is_nowhere(
        &terminal::looks(&Vault::secret()),
        &["check", "graph", "schema"],
    );
}
