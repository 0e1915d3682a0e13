//! A web server of a client: gives for each path what the test says, and counts who asks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a path answers.
#[derive(Clone)]
pub enum Reply {
    /// A document.
    Text(String),
    /// Another status, with a header.
    Status(&'static str, String),
    /// A document without an end.
    Endless,
    /// Nothing: the connection stays open.
    Silence,
}

type Replies = Arc<Mutex<HashMap<String, (Reply, usize)>>>;

/// The server; it goes with the test's runtime.
pub struct WebServer {
    /// Its address, without a slash at the end.
    pub url: String,
    replies: Replies,
}

impl WebServer {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let replies = Replies::default();
        let shared = replies.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, shared.clone()));
            }
        });
        Self { url, replies }
    }

    /// Puts a reply at a path, and returns its address.
    pub fn put(&self, path: &str, reply: Reply) -> String {
        let mut replies = self.replies.lock().expect("not poisoned");
        let asked = replies.get(path).map_or(0, |(_, asked)| *asked);
        replies.insert(path.to_owned(), (reply, asked));
        format!("{}{path}", self.url)
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.replies.lock().expect("not poisoned").get(path).map_or(0, |(_, asked)| *asked)
    }
}

async fn answer(mut stream: TcpStream, replies: Replies) {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    let request = String::from_utf8_lossy(&request);
    let path = request.split(' ').nth(1).unwrap_or_default();
    let reply = replies.lock().expect("not poisoned").get_mut(path).map(|(reply, asked)| {
        *asked += 1;
        reply.clone()
    });
    let head = |status: &str, header: &str| format!("HTTP/1.1 {status}\r\nconnection: close\r\n{header}\r\n\r\n");
    let sent = match reply {
        None => head("404 Not Found", "content-length: 0"),
        Some(Reply::Text(text)) => head("200 OK", "content-type: application/jwt") + &text,
        Some(Reply::Status(status, header)) => head(status, &header),
        Some(Reply::Silence) => return drop(stream.read(&mut buffer).await),
        Some(Reply::Endless) => {
            let mut sent = stream.write_all(head("200 OK", "content-type: application/jwt").as_bytes()).await;
            while sent.is_ok() {
                sent = stream.write_all(&[b'a'; 4096]).await;
            }
            return;
        }
    };
    drop(stream.write_all(sent.as_bytes()).await);
}
