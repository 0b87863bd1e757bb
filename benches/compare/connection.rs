//! A connection to a server, over which one webhook after the other is sent.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

pub struct Connection {
    address: SocketAddr,
    /// `None` where the server has closed it behind its last answer.
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    pub fn to(address: SocketAddr) -> Self {
        Connection {
            address,
            stream: Some(connected(address)),
            buffer: vec![0; 16 * 1024],
        }
    }

    /// Sends a webhook; gives the body of the answer, which must be a 200.
    pub fn exchange(&mut self, webhook: &str) -> &str {
        let request = format!(
            "POST /webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{webhook}",
            webhook.len()
        );
        let stream = self.stream.get_or_insert_with(|| connected(self.address));
        stream
            .write_all(request.as_bytes())
            .expect("the server reads");
        let mut filled = 0;
        let (body, end, closes) = loop {
            let read = stream
                .read(&mut self.buffer[filled..])
                .expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            filled += read;
            let text = std::str::from_utf8(&self.buffer[..filled]).expect("the answer is text");
            let Some(head_end) = text.find("\r\n\r\n") else {
                continue;
            };
            let head = &text[..head_end];
            assert!(head.starts_with("HTTP/1.1 200"), "{text}");
            let length = header(head, "content-length").and_then(|it| it.parse::<usize>().ok());
            let end = head_end + 4 + length.expect("the answer has a length");
            if filled >= end {
                let closes = header(head, "connection") == Some("close");
                break (head_end + 4, end, closes);
            }
        };
        if closes {
            self.stream = None;
        }
        std::str::from_utf8(&self.buffer[body..end]).expect("the answer is text")
    }
}

fn connected(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server accepts");
    stream.set_nodelay(true).expect("the option is known");
    stream
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// The token of an answer, which goes back with the next webhook of its call.
pub fn token_of(answer: &str) -> &str {
    let token = answer
        .split("\"clientActionId\":\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    token.unwrap_or_else(|| panic!("an answer without a token: {answer}"))
}
