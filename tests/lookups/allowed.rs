//! What the project allows, and when a change of it counts.

use ringflow::call::Found;
use ringflow::call::LookUpFailure::NotAllowed;

use super::backend::{Backend, json};
use super::bench::{Bench, Leads, failed, get, here, project};

#[tokio::test]
async fn only_listed_hosts_are_asked_and_only_as_they_are_listed() {
    let backend = Backend::sending(json("{}")).await;
    let port = backend.port();
    let names: &[(_, &[Leads])] = &[
        ("crm.test", &[Leads::To(&["127.0.0.1"])]),
        ("other.test", &[Leads::To(&["127.0.0.1"])]),
    ];
    let bench = Bench::new(&here(&[format!("crm.test:{port}")]), names);
    for url in [
        format!("http://other.test:{port}/"),
        format!("http://crm.test.other.test:{port}/"),
        format!("http://crm.test@other.test:{port}/"),
        format!("http://127.0.0.1:{port}/"),
        "http://crm.test/".to_owned(),
        format!("http://user:pw@crm.test:{port}/"),
        format!("ftp://crm.test:{port}/"),
        "file:///etc/passwd".to_owned(),
        "crm.test".to_owned(),
        String::new(),
    ] {
        assert_eq!(bench.perform(get(&url)).await, failed(NotAllowed), "{url}");
    }
    assert_eq!(backend.connections(), 0);
    assert_eq!(
        bench.names.asked("crm.test") + bench.names.asked("other.test"),
        0
    );

    // A name is the same in large letters.
    let found = bench.perform(get(format!("HTTP://CRM.TEST:{port}/"))).await;
    assert!(matches!(found, Found::Answered { status: 200, .. }));
}

#[tokio::test]
async fn without_encryption_only_where_that_is_allowed() {
    let backend = Backend::sending(json("{}")).await;
    let port = backend.port();
    let strict = project(&format!(
        "lookups: {{hosts: ['127.0.0.1:{port}'], private: true}}\n"
    ));
    let bench = Bench::new(&strict, &[]);
    let found = bench
        .perform(get(format!("http://127.0.0.1:{port}/")))
        .await;
    assert_eq!(found, failed(NotAllowed));
    assert_eq!(backend.connections(), 0);
}

#[tokio::test]
async fn a_change_counts_for_the_next_look_up() {
    let backend = Backend::sending(json("{}")).await;
    let port = backend.port();
    let bench = Bench::at(port);
    let url = format!("http://crm.test:{port}/");
    let is_good = |found| matches!(found, Found::Answered { status: 200, .. });
    assert!(is_good(bench.perform(get(&url)).await));

    bench.look_ups.allow(&here(&["other.test".to_owned()]));
    assert_eq!(bench.perform(get(&url)).await, failed(NotAllowed));

    // The connection that was made under `private` is not used without it.
    let public = format!("lookups: {{hosts: ['crm.test:{port}'], insecure: true}}\n");
    bench.look_ups.allow(&project(&public));
    assert_eq!(bench.perform(get(&url)).await, failed(NotAllowed));
    assert_eq!(backend.seen().len(), 1);

    bench.look_ups.allow(&here(&[format!("crm.test:{port}")]));
    assert!(is_good(bench.perform(get(&url)).await));
}
