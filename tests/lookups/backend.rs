//! A server that does to each request what it is told, byte by byte.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does next.
#[derive(Debug, Clone)]
pub enum Does {
    Sends(Vec<u8>),
    /// The same bytes again and again, until nobody takes them any more.
    SendsForEver(Vec<u8>),
    /// One byte at a time, each so many ms after the other.
    Drips(Vec<u8>, u64),
    /// Nothing more, and the connection stays open.
    Hangs,
    Cuts,
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The request line and the headers, in small letters.
    pub head: String,
    pub body: String,
}

impl Seen {
    pub fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }
}

type Script = dyn Fn(&Seen) -> Vec<Does> + Send + Sync;

pub struct Backend {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
    /// It ends with this.
    _tasks: tokio::task::JoinSet<()>,
}

impl Backend {
    pub async fn that(script: impl Fn(&Seen) -> Vec<Does> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let script: Arc<Script> = Arc::new(script);
        let mut tasks = tokio::task::JoinSet::new();
        let (log, count) = (Arc::clone(&seen), Arc::clone(&connections));
        tasks.spawn(async move {
            let mut served = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (script, log) = (Arc::clone(&script), Arc::clone(&log));
                served.spawn(async move {
                    // Whoever asks may go away at any time.
                    let _ = serve(stream, &*script, &log).await;
                });
            }
        });
        Backend {
            address,
            seen,
            connections,
            _tasks: tasks,
        }
    }

    /// One that answers everything with these bytes.
    pub async fn sending(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Backend::that(move |_| vec![Does::Sends(bytes.clone())]).await
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

/// A whole answer with a body.
pub fn answer(status: u16, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

pub fn json(body: &str) -> Vec<u8> {
    answer(200, "application/json", body)
}

pub fn redirect(status: u16, to: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

async fn serve(
    mut stream: TcpStream,
    script: &Script,
    log: &Mutex<Vec<Seen>>,
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.split("content-length: ").nth(1);
        let length = length.and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        let length: usize = length.unwrap_or(0);
        while bytes.len() < end + length {
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
        }
        let body = String::from_utf8_lossy(&bytes[end..end + length]).into_owned();
        bytes.drain(..end + length);
        let seen = Seen { head, body };
        log.lock().unwrap().push(seen.clone());
        for does in script(&seen) {
            match does {
                Does::Sends(bytes) => stream.write_all(&bytes).await?,
                Does::SendsForEver(bytes) => loop {
                    stream.write_all(&bytes).await?;
                },
                Does::Drips(bytes, ms) => {
                    for byte in bytes {
                        stream.write_all(&[byte]).await?;
                        tokio::time::sleep(Duration::from_millis(ms)).await;
                    }
                }
                Does::Hangs => std::future::pending().await,
                Does::Cuts => return Ok(()),
            }
        }
    }
}
