//! The product on a socket of its own, and a client that writes what it likes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use ringflow::web::{self, OnPanic, ServerLimits, Times};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::server::Server;

/// Nothing that is waited for takes nearly as long.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const LIMITS: ServerLimits = ServerLimits {
    times: Times {
        head: Duration::from_secs(20),
        request: Duration::from_secs(20),
        idle: Duration::from_secs(20),
    },
    connections: 100,
};

/// A listener; it is stopped when this is dropped.
pub struct Listening {
    pub address: SocketAddr,
    pub stop: oneshot::Sender<()>,
    pub serving: JoinHandle<()>,
}

impl Listening {
    pub async fn start(server: &Server) -> Self {
        let router = web::router(Arc::clone(&server.web));
        Listening::with(router, LIMITS, server.web.on_panic()).await
    }

    pub async fn with(router: Router, limits: ServerLimits, on_panic: OnPanic) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(web::serve(listener, router, limits, on_panic, stopped));
        Listening {
            address,
            stop,
            serving,
        }
    }

    pub async fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.address).await.unwrap();
        Client {
            stream,
            read: Vec::new(),
        }
    }

    /// One request on a connection of its own.
    pub async fn ask(&self, request: &[u8]) -> Answer {
        let mut client = self.connect().await;
        client.send(request).await;
        client.answer().await.unwrap()
    }
}

pub struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        all.find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl Client {
    /// Writes as far as the other end takes it.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _ = timeout(PATIENCE, self.stream.write_all(bytes))
            .await
            .unwrap();
    }

    /// The next answer, or `None` where the connection ends.
    pub async fn answer(&mut self) -> Option<Answer> {
        loop {
            if let Some(answer) = self.take_answer() {
                return Some(answer);
            }
            if !self.read_more().await {
                return None;
            }
        }
    }

    /// What comes until the connection ends.
    pub async fn rest(&mut self) -> Vec<u8> {
        while self.read_more().await {}
        std::mem::take(&mut self.read)
    }

    /// What comes when nothing more is sent, until the connection ends.
    pub async fn all(&mut self) -> Vec<u8> {
        let _ = self.stream.shutdown().await;
        self.rest().await
    }

    async fn read_more(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let read = timeout(PATIENCE, self.stream.read(&mut buffer)).await;
        let read = read.expect("the server neither answers nor ends the connection");
        let count = read.unwrap_or(0);
        self.read.extend(&buffer[..count]);
        count > 0
    }

    fn take_answer(&mut self) -> Option<Answer> {
        let end = self.read.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8(self.read[..end].to_owned()).unwrap();
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        let mut answer = Answer {
            status,
            headers,
            body: Vec::new(),
        };
        let length: usize = answer
            .header("content-length")
            .map_or(0, |text| text.parse().unwrap());
        let all = end + 4 + length;
        if self.read.len() < all {
            return None;
        }
        answer.body = self.read[end + 4..all].to_owned();
        self.read.drain(..all);
        Some(answer)
    }
}

pub fn post_request(path: &str, body: &[u8]) -> Vec<u8> {
    post_with(path, "", body)
}

/// With more headers, each with its line end.
pub fn post_with(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: test\r\n{headers}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}
