//! Hosts that are led to a server on the desk.

use ringflow::call::Found;
use ringflow::call::LookUpFailure::{NotAllowed, Redirected, TooLarge};

use super::backend::{Backend, Does, answer, json, redirect};
use super::bench::{Bench, failed, get, project};

/// A project of which no host is on this machine, nor asked without encryption.
fn bench(backend: &Backend) -> Bench {
    let strict = project("lookups: {hosts: [crm.test, other.test]}\n");
    let detour = format!("crm.test=http://127.0.0.1:{}", backend.port());
    Bench::detoured(&strict, &[], &[detour])
}

#[tokio::test]
async fn a_host_is_asked_elsewhere_under_the_rules_of_the_project() {
    let backend = Backend::sending(json("{}")).await;
    let bench = bench(&backend);
    let found = bench.perform(get("https://crm.test/v1/a%20b?c=d")).await;
    assert!(
        matches!(found, Found::Answered { status: 200, .. }),
        "{found:?}"
    );
    assert_eq!(backend.seen()[0].path(), "/v1/a%20b?c=d");
    assert_eq!(bench.names.asked("crm.test"), 0);

    // What the project does not allow is not allowed on the desk either, and the server
    // is not to be asked by its own address.
    for url in [
        "http://crm.test/".to_owned(),
        "https://crm.test:8443/".to_owned(),
        "https://me:pw@crm.test/".to_owned(),
        format!("http://127.0.0.1:{}/", backend.port()),
        format!("https://127.0.0.1:{}/", backend.port()),
    ] {
        assert_eq!(bench.perform(get(&url)).await, failed(NotAllowed), "{url}");
    }
    assert_eq!(backend.seen().len(), 1);
    bench
        .look_ups
        .allow(&project("lookups: {hosts: [other.test]}\n"));
    let found = bench.perform(get("https://crm.test/")).await;
    assert_eq!(found, failed(NotAllowed));
    assert_eq!(backend.seen().len(), 1);
}

#[tokio::test]
async fn all_limits_hold_for_it() {
    let long = answer(200, "application/json", &" ".repeat(70_000));
    let backend = Backend::sending(long).await;
    let found = bench(&backend).perform(get("https://crm.test/")).await;
    assert_eq!(found, failed(TooLarge));
}

#[tokio::test]
async fn a_redirect_of_it_stays_with_it() {
    let other = Backend::sending(json("{}")).await;
    for (to, is_followed) in [
        ("/next".to_owned(), true),
        ("https://crm.test/next".to_owned(), true),
        ("https://crm.test:8443/next".to_owned(), false),
        ("https://other.test/next".to_owned(), false),
        ("http://169.254.169.254/next".to_owned(), false),
        (format!("http://127.0.0.1:{}/next", other.port()), false),
    ] {
        let location = to.clone();
        let backend = Backend::that(move |seen| {
            vec![Does::Sends(match seen.path() {
                "/next" => json("{}"),
                _ => redirect(302, &location),
            })]
        })
        .await;
        let found = bench(&backend).perform(get("https://crm.test/")).await;
        match is_followed {
            true => assert!(matches!(found, Found::Answered { status: 200, .. }), "{to}"),
            false => assert_eq!(found, failed(Redirected), "{to}"),
        }
    }
    assert_eq!(other.connections(), 0);
}
