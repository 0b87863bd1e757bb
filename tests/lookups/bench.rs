//! Look-ups of a project, with names that lead where a test wants them to.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ringflow::call::{Found, LookUp, LookUpFailure, Method};
use ringflow::flow::{PROJECT_FILE, Project, SourceFile, build};
use ringflow::live::{Addresses, Clock, LookUps, LookUpsConfig, Resolver};
use secrecy::SecretString;

/// What a name leads to.
#[derive(Debug, Clone)]
pub enum Leads {
    To(&'static [&'static str]),
    Nowhere,
    /// The question is never answered.
    Hangs,
}

/// Names, each with where it leads at first, then, and so on; the last holds for good.
#[derive(Debug, Default)]
pub struct Names {
    leads: HashMap<&'static str, Vec<Leads>>,
    asked: Mutex<HashMap<String, usize>>,
}

impl Names {
    pub fn asked(&self, host: &str) -> usize {
        self.asked.lock().unwrap().get(host).copied().unwrap_or(0)
    }
}

impl Resolver for Names {
    fn resolve(&self, host: &str) -> Addresses {
        let mut asked = self.asked.lock().unwrap();
        let count = asked.entry(host.to_owned()).or_default();
        let leads = self.leads.get(host).and_then(|leads| {
            let at = (*count).min(leads.len() - 1);
            leads.get(at).cloned()
        });
        *count += 1;
        Box::pin(async move {
            match leads {
                Some(Leads::To(addresses)) => {
                    let addresses = addresses.iter().map(|address| address.parse().unwrap());
                    Ok(addresses.collect::<Vec<IpAddr>>())
                }
                Some(Leads::Hangs) => std::future::pending().await,
                Some(Leads::Nowhere) | None => Err(io::Error::other("no such host")),
            }
        })
    }
}

pub struct Bench {
    pub look_ups: Arc<LookUps>,
    pub clock: Clock,
    pub names: Arc<Names>,
}

/// What the file of a project says; it must be good.
pub fn project(text: &str) -> Arc<Project> {
    let build = build(&[SourceFile::new(PROJECT_FILE, text)]);
    let told: Vec<_> = build.diagnostics.iter().map(|found| found.line()).collect();
    assert_eq!(told, [""; 0]);
    Arc::clone(build.project())
}

/// A project that may ask servers of this machine, over plain HTTP.
pub fn here(hosts: &[String]) -> Arc<Project> {
    let hosts = hosts.join(", ");
    project(&format!(
        "lookups: {{hosts: ['{}'], insecure: true, private: true}}\nenv: [TOKEN, UNSET, BAD]\n",
        hosts.replace(", ", "', '")
    ))
}

impl Bench {
    pub fn new(project: &Arc<Project>, names: &[(&'static str, &[Leads])]) -> Self {
        Bench::detoured(project, names, &[])
    }

    /// The same, with hosts that are led elsewhere.
    pub fn detoured(
        project: &Arc<Project>,
        names: &[(&'static str, &[Leads])],
        detours: &[String],
    ) -> Self {
        let names = Arc::new(Names {
            leads: names
                .iter()
                .map(|(host, leads)| (*host, leads.to_vec()))
                .collect(),
            asked: Mutex::default(),
        });
        let clock = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let look_ups = LookUps::new(LookUpsConfig {
            clock: clock.clone(),
            env: Box::new(|name| match name {
                "TOKEN" => Some(SecretString::from("planted-token")),
                "BAD" => Some(SecretString::from("planted\nbad")),
                _ => None,
            }),
            resolver: Arc::clone(&names) as Arc<dyn Resolver>,
            detours: detours
                .iter()
                .map(|detour| detour.parse().unwrap())
                .collect(),
        });
        look_ups.allow(project);
        Bench {
            look_ups,
            clock,
            names,
        }
    }

    /// One that asks a server at a port of this machine, by the name `crm.test`.
    pub fn at(port: u16) -> Self {
        let project = here(&[format!("crm.test:{port}")]);
        Bench::new(&project, &[("crm.test", &[Leads::To(&["127.0.0.1"])])])
    }

    pub async fn perform(&self, look_up: LookUp) -> Found {
        let within = Duration::from_millis(u64::from(look_up.within_ms));
        let began = Instant::now();
        let found = self.look_ups.perform(look_up).await;
        let took = began.elapsed();
        // A machine under load is a little late.
        let most = within + Duration::from_millis(400);
        assert!(took < most, "it took {took:?} of {within:?}: {found:?}");
        found
    }
}

/// A look-up that has plenty of time and wants JSON.
pub fn get(url: impl Into<String>) -> LookUp {
    LookUp {
        method: Method::Get,
        url: url.into().into(),
        headers: Vec::new(),
        body: None,
        within_ms: 5_000,
        retries: 0,
        key: "session-1-look".into(),
        wants_json: true,
    }
}

/// The same with next to no time.
pub fn short(url: impl Into<String>) -> LookUp {
    LookUp {
        within_ms: 100,
        ..get(url)
    }
}

pub fn failed(failure: LookUpFailure) -> Found {
    Found::Failed(failure)
}
