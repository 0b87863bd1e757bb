//! The operators' listener: a token made at every start, left with the address where
//! only the owner of the project can read it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
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
