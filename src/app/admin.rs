//! The operators' listener: a token made at every start, left with the address where
//! only the owner of the project can read it.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::warn;

use crate::live::{HoursDesk, Reloads};
use crate::outbound::Outbound;
use crate::web::{self, Admin, ServerLimits, Times};

use super::{key, private_file, running};

/// The most connections of operators at once.
const CONNECTIONS: usize = 64;

/// The address and the token that a server has left in a project; `None` where none has.
///
/// # Errors
/// Where the file is there and cannot be read.
pub fn left(dir: &Path) -> Result<Option<(String, SecretString)>> {
    let path = dir.join(".ringflow").join("admin.json");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("`{}` cannot be read", path.display()));
        }
    };
    let left: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    match (left["address"].as_str(), left["token"].as_str()) {
        (Some(address), Some(token)) => Ok(Some((address.to_owned(), SecretString::from(token)))),
        _ => bail!(
            "`{}` holds no address and token; start the server anew",
            path.display()
        ),
    }
}

/// Starts the listener. Where the file cannot be left, calls are answered all the
/// same, and there is no listener for operators.
pub async fn start(
    address: SocketAddr,
    dir: &Path,
    (reloads, hours): (&Arc<Reloads>, &Arc<HoursDesk>),
    outbound: &Arc<Outbound>,
    stopping: watch::Receiver<bool>,
) -> Result<Option<(SocketAddr, JoinHandle<()>)>> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("`--admin {address}` cannot be listened on"))?;
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    let token = key::random_hex()?;
    let left = serde_json::json!({"address": format!("http://{address}"), "token": token});
    let path = dir.join(".ringflow").join("admin.json");
    if let Err(error) = private_file::replace(&path, &left.to_string()) {
        warn!(path = %path.display(), %error, "there is no listener for operators, since its token cannot be left");
        return Ok(None);
    }
    let admin = Admin::new(
        SecretString::from(token),
        (Arc::clone(reloads), Arc::clone(hours)),
        Arc::clone(outbound),
    );
    let limits = ServerLimits {
        times: Times::default(),
        connections: CONNECTIONS,
    };
    let router = web::admin_router(admin);
    let stop = running::until(stopping);
    let serving = web::serve(listener, router, limits, web::on_admin_panic(), stop);
    Ok(Some((address, tokio::spawn(serving))))
}
