//! Names and addresses that lead into our own network.

use ringflow::call::Found;
use ringflow::call::LookUpFailure::{NotAllowed, TimedOut, Unreachable};

use super::backend::{Backend, Does, json};
use super::bench::{Bench, Leads, failed, get, here, project, short};

#[tokio::test]
async fn a_name_that_leads_inside_is_not_asked() {
    let backend = Backend::sending(json("{}")).await;
    let port = backend.port();
    let public = project(&format!(
        "lookups: {{hosts: ['crm.test:{port}'], insecure: true}}\n"
    ));
    let leads: [&[&str]; 9] = [
        &["127.0.0.1"],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["fd00:ec2::254"],
        &["0.0.0.0"],
        // One is enough, whichever would be tried first.
        &["192.0.2.1", "127.0.0.1"],
    ];
    for leads in leads {
        let names: &[(_, &[Leads])] = &[("crm.test", &[Leads::To(leads)])];
        let bench = Bench::new(&public, names);
        let found = bench.perform(get(format!("http://crm.test:{port}/"))).await;
        assert_eq!(found, failed(NotAllowed), "{leads:?}");
    }
    assert_eq!(backend.connections(), 0);
}

/// Also those that a project may not allow at all.
#[tokio::test]
async fn a_name_that_leads_to_the_keys_of_a_machine_is_never_asked() {
    for address in ["169.254.169.254", "fd00:ec2::254", "0.0.0.0", "224.0.0.1"] {
        let address: &'static [&'static str] = Box::leak(Box::new([address]));
        let names: &[(_, &[Leads])] = &[("crm.test", &[Leads::To(address)])];
        let bench = Bench::new(&here(&["crm.test".to_owned()]), names);
        let found = bench.perform(get("http://crm.test/")).await;
        assert_eq!(found, failed(NotAllowed), "{address:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_written_out_is_looked_at_as_well() {
    let backend = Backend::sending(json("{}")).await;
    let port = backend.port();
    let hosts = format!(
        "['127.0.0.1:{port}', '169.254.169.254', '[::1]:{port}', '[::ffff:7f00:1]:{port}']"
    );
    let public = project(&format!("lookups: {{hosts: {hosts}, insecure: true}}\n"));
    let bench = Bench::new(&public, &[]);
    for host in [
        format!("127.0.0.1:{port}"),
        format!("127.1:{port}"),
        format!("0x7f000001:{port}"),
        format!("2130706433:{port}"),
        format!("[::1]:{port}"),
        format!("[::ffff:127.0.0.1]:{port}"),
        "169.254.169.254".to_owned(),
    ] {
        let found = bench.perform(get(format!("http://{host}/"))).await;
        assert_eq!(found, failed(NotAllowed), "{host}");
    }
    assert_eq!(backend.connections(), 0);

    let private = project(&format!(
        "lookups: {{hosts: {hosts}, insecure: true, private: true}}\n"
    ));
    let bench = Bench::new(&private, &[]);
    let found = bench
        .perform(get(format!("http://127.0.0.1:{port}/")))
        .await;
    assert!(matches!(found, Found::Answered { status: 200, .. }));
    let found = bench.perform(get("http://169.254.169.254/")).await;
    assert_eq!(found, failed(NotAllowed));
}

/// A name whose owner leads it elsewhere between two questions.
#[tokio::test]
async fn a_name_is_looked_at_each_time_it_is_asked_for() {
    let backend = Backend::that(|_| vec![Does::Sends(json("{}")), Does::Cuts]).await;
    let port = backend.port();
    let public = project(&format!(
        "lookups: {{hosts: ['crm.test:{port}'], insecure: true}}\n"
    ));
    // At first it leads to an address that nobody has, and nobody answers there.
    let leads = &[Leads::To(&["192.0.2.1"]), Leads::To(&["127.0.0.1"])];
    let bench = Bench::new(&public, &[("crm.test", leads)]);
    let url = format!("http://crm.test:{port}/");
    let first = bench.perform(short(&url)).await;
    assert!(
        first == failed(TimedOut) || first == failed(Unreachable),
        "{first:?}"
    );
    assert_eq!(bench.perform(get(&url)).await, failed(NotAllowed));
    assert_eq!(bench.names.asked("crm.test"), 2);
    assert_eq!(backend.connections(), 0);
}
