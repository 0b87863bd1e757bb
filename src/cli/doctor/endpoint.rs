//! Whether the server is reached by the address that the platform uses, and whether it
//! lets strangers in.

use super::finding::Finding;
use crate::platform::Endpoint;

/// What is known of where the server runs.
pub struct Place {
    /// The platform's API is on this machine too, as an emulator's is.
    pub is_near: bool,
    /// It is the one that `dev` brings along: nobody else sends webhooks.
    pub is_at_dev: bool,
    /// A header was set, with which the platform sends its webhooks.
    pub has_header: bool,
}

pub async fn reached(url: Option<&str>, place: &Place) -> Vec<Finding> {
    let Some(url) = url else {
        let told = "it is not known where the server is reached from outside";
        return vec![Finding::warning("address", told).do_this("give `--url https://…`")];
    };
    let endpoint = match Endpoint::at(url) {
        Ok(endpoint) => endpoint,
        Err(why) => return vec![Finding::fault("address", why)],
    };
    let mut findings = Vec::new();
    findings.extend(encrypted(&endpoint, place.is_near));
    let url = endpoint.address();
    match endpoint.ready().await {
        Ok(200) => findings.push(Finding::ok(
            "address",
            format!("`{url}` is reached from here, and is ready"),
        )),
        Ok(503) => findings.push(
            Finding::fault("address", format!("`{url}` is reached, and is not ready"))
                .do_this("it stops just now, or has no valid flow; see its log"),
        ),
        Ok(status) => findings.push(
            Finding::fault(
                "address",
                format!(
                    "`{url}` is reached, and answers HTTP {status} where `/readyz` is expected"
                ),
            )
            .do_this("see that it leads to the server, all paths of it"),
        ),
        Err(why) => {
            let fault = Finding::fault("address", format!("`{url}` cannot be reached: {why}"));
            findings.push(fault.do_this(advice(&why)));
            return findings;
        }
    }
    findings.push(door(&endpoint, place).await);
    findings
}

fn encrypted(endpoint: &Endpoint, is_near: bool) -> Option<Finding> {
    let url = endpoint.address();
    if endpoint.is_here() && !is_near {
        let told = format!("`{url}` is an address of this machine alone");
        let fault = Finding::fault("address", told);
        return Some(fault.do_this("give the platform one that leads here from outside"));
    }
    if endpoint.is_encrypted() || endpoint.is_here() {
        return None;
    }
    let told = format!("`{url}` is not encrypted, and callers' digits travel readable");
    Some(Finding::fault("address", told).do_this("put a proxy with a certificate in front of it"))
}

async fn door(endpoint: &Endpoint, place: &Place) -> Finding {
    match endpoint.knock().await {
        Ok(401 | 403) => Finding::ok("door", "a webhook without the right header is refused"),
        Ok(404) => Finding::fault(
            "door",
            format!("nobody takes webhooks at `{}`", endpoint.address()),
        )
        .do_this("a server of ours takes them at `/webhooks`"),
        Ok(200..=299 | 400 | 415 | 422) if place.is_at_dev && endpoint.is_here() => {
            let told = "it is open, as nobody but the emulator on this machine comes to it";
            Finding::ok("door", told)
        }
        Ok(status @ (200..=299 | 400 | 415 | 422)) => Finding::fault(
            "door",
            format!(
                "a webhook with a wrong header is let in (HTTP {status}): anybody can act as the \
                 platform"
            ),
        )
        .do_this(match place.has_header {
            true => "start the server anew: it began before `ringflow webhooks set` was run",
            false => "run `ringflow webhooks set`, and start the server anew",
        }),
        Ok(status) => Finding::warning("door", format!("a webhook is answered with HTTP {status}"))
            .do_this("see the log of the server and of what stands in front of it"),
        Err(why) => Finding::fault("door", format!("a webhook is not answered: {why}")),
    }
}

fn advice(why: &str) -> &'static str {
    if why.contains("certificate") || why.contains("tls") || why.contains("handshake") {
        "the platform wants a certificate that is valid for this name"
    } else if why.contains("lookup") || why.contains("dns") || why.contains("resolve") {
        "see that the name is right, and known outside"
    } else {
        "see that the server or the proxy in front of it runs, and that its port is open"
    }
}
