//! HTTP as an attacker writes it: any bytes, one request a connection.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What came back.
pub struct Answer {
    pub status: u16,
    pub head: String,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// Sends these bytes to the provider at `url`. `None`: the connection ended without an answer.
pub fn send(url: &str, request: &[u8]) -> Option<Answer> {
    let port = url.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).expect("a port");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the provider listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket");
    // The server may answer, and close, before it read all.
    let _ = stream.write_all(request);
    let (mut bytes, mut part) = (Vec::new(), [0; 8192]);
    while let Ok(count) = stream.read(&mut part) {
        bytes.extend_from_slice(&part[..count]);
        if count == 0 || bytes.windows(4).any(|w| w == b"\r\n\r\n") {
            break;
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|code| code.parse().ok())?;
    Some(Answer { status, head: text.split("\r\n\r\n").next().unwrap_or_default().to_owned() })
}

/// A request; `headers` are whole lines.
pub fn request(method: &str, target: &str, headers: &[String], body: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut bytes = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n").into_bytes();
    for line in headers {
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    if let Some((media_type, body)) = body {
        let length = body.len();
        let lines = format!("Content-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n");
        bytes.extend_from_slice(lines.as_bytes());
        bytes.extend_from_slice(body);
    } else {
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}
