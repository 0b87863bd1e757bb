//! From the name of a host to its addresses, each of which is looked at before anybody
//! connects to it: each time anew, as a name can lead elsewhere the next time.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::watch;

use super::address::Reach;
use super::order::Denied;

/// The addresses of a host, once they are known.
pub type Addresses = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Knows the addresses of hosts.
pub trait Resolver: fmt::Debug + Send + Sync {
    fn resolve(&self, host: &str) -> Addresses;
}

/// What the machine itself knows.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve(&self, host: &str) -> Addresses {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Asks a resolver for each host once at a time. A question cannot be taken back and holds
/// a thread as long as it takes, so one host that is never answered holds one and not
/// all; who asks meanwhile gets the same answer.
#[derive(Debug)]
pub(super) struct Names {
    resolver: Arc<dyn Resolver>,
    /// The questions that are out. Held for a look, so a plain lock.
    asked: Mutex<HashMap<Box<str>, Heard>>,
}

type Heard = watch::Receiver<Option<Result<Arc<[IpAddr]>, Arc<io::Error>>>>;

impl Names {
    pub fn new(resolver: Arc<dyn Resolver>) -> Arc<Self> {
        Arc::new(Names {
            resolver,
            asked: Mutex::default(),
        })
    }

    async fn addresses(self: &Arc<Self>, host: &str) -> io::Result<Arc<[IpAddr]>> {
        let mut heard = self.ask(host);
        // Nobody who could answer is left where the resolver broke.
        let gone = |_| io::Error::other("the resolver broke");
        let answer = heard.wait_for(Option::is_some).await.map_err(gone)?;
        match &*answer {
            Some(Ok(addresses)) => Ok(Arc::clone(addresses)),
            Some(Err(error)) => Err(io::Error::new(error.kind(), Arc::clone(error))),
            None => Err(io::Error::other("the resolver broke")),
        }
    }

    fn ask(self: &Arc<Self>, host: &str) -> Heard {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(heard) = asked.get(host)
            // One whose answer will never come.
            && heard.has_changed().is_ok()
        {
            return heard.clone();
        }
        let (tell, heard) = watch::channel(None);
        asked.insert(host.into(), heard.clone());
        let answer = self.resolver.resolve(host);
        let (names, host) = (Arc::clone(self), Box::from(host));
        tokio::spawn(async move {
            let answer = answer.await;
            let mut asked = names.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.remove::<str>(&host);
            drop(asked);
            // Nobody may be waiting any more.
            let _ = tell.send(Some(answer.map(Into::into).map_err(Arc::new)));
        });
        heard
    }
}

/// What the HTTP client asks before each connection.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub names: Arc<Names>,
    pub allows_private: bool,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let checked = self.clone();
        Box::pin(async move {
            let found = checked.names.addresses(name.as_str()).await?;
            if found.is_empty() {
                return Err(io::Error::other("the host has no address").into());
            }
            let mut all = found.iter();
            // One is enough: a host of the internet has no address in here.
            if !all.all(|address| is_allowed(*address, checked.allows_private)) {
                return Err(Denied::Address.into());
            }
            let addresses: Vec<SocketAddr> = found
                .iter()
                .map(|address| SocketAddr::new(*address, 0))
                .collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// True for an address that may be connected to.
pub(super) fn is_allowed(address: IpAddr, allows_private: bool) -> bool {
    match Reach::of(address) {
        Reach::Public => true,
        Reach::Private => allows_private,
        Reach::Never => false,
    }
}
