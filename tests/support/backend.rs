//! Somebody's server on this machine, as look-ups ask it: it answers what a test says,
//! when a test lets it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

/// A request that came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Method and path, as in `GET /orders`.
    pub what: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        all.find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

pub struct Backend {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// Gets something for every request that has come.
    pub arrived: Arc<tokio::sync::Notify>,
}

impl Backend {
    /// Answers with a status and a body.
    pub fn answering(answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static) -> Self {
        Backend::telling(move |asked| {
            let (status, body) = answer(asked);
            (status, Vec::new(), body)
        })
    }

    /// The same with headers of its own.
    pub fn telling(
        answer: impl Fn(&Asked) -> (u16, Vec<(&'static str, String)>, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let arrived: Arc<tokio::sync::Notify> = Arc::default();
        let (all, notify, answer) = (Arc::clone(&asked), Arc::clone(&arrived), Arc::new(answer));
        // It ends with the process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (all, notify) = (Arc::clone(&all), Arc::clone(&notify));
                let answer = Arc::clone(&answer);
                std::thread::spawn(move || {
                    let Some(request) = read(&stream) else { return };
                    all.lock().unwrap().push(request.clone());
                    notify.notify_one();
                    let (status, headers, body) = answer(&request);
                    let length = body.len();
                    let headers: String = headers
                        .iter()
                        .map(|(name, value)| format!("{name}: {value}\r\n"))
                        .collect();
                    let head = format!(
                        "HTTP/1.1 {status} Any\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
                    );
                    // Who asked may have gone.
                    let _ = (&stream).write_all((head + &body).as_bytes());
                });
            }
        });
        Backend {
            address,
            asked,
            arrived,
        }
    }

    /// The same, but each request waits until something is sent, or nobody is left who
    /// could.
    pub fn held(status: u16, body: &str) -> (Self, std::sync::mpsc::Sender<()>) {
        let (release, released) = channel();
        let released: Mutex<Receiver<()>> = Mutex::new(released);
        let body = body.to_owned();
        let backend = Backend::answering(move |_| {
            let _ = released.lock().unwrap().recv();
            (status, body.clone())
        });
        (backend, release)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let what = line.rsplit_once(' ')?.0.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            None => break,
        }
    }
    let mut asked = Asked {
        what,
        headers,
        body: String::new(),
    };
    let length = asked
        .header("content-length")
        .map_or(0, |l| l.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    asked.body = String::from_utf8(body).ok()?;
    Some(asked)
}
