//! A mail server that keeps what it gets, and refuses what a test wants refused.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

#[derive(Default)]
struct State {
    /// What to answer to a command (`MAIL`) or a recipient (`RCPT bob@example.test`).
    answers: HashMap<String, String>,
    /// Recipient and message of each mail.
    mails: Vec<(String, String)>,
    conversations: usize,
}

/// The server; it goes with the runtime.
pub struct Sink {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    arrived: Arc<Notify>,
}

impl Sink {
    /// Starts one on any port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self { address: listener.local_addr().unwrap(), state: Arc::default(), arrived: Arc::default() };
        let (state, arrived) = (sink.state.clone(), sink.arrived.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                state.lock().unwrap().conversations += 1;
                let (state, arrived) = (state.clone(), arrived.clone());
                tokio::spawn(async move {
                    let _ = talk(stream, &state, &arrived).await;
                });
            }
        });
        sink
    }

    /// For the setting `mail.url`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// From now on `command` is answered so.
    pub fn answer(&self, command: &str, answer: &str) {
        self.state.lock().unwrap().answers.insert(command.to_owned(), answer.to_owned());
    }

    /// From now on this recipient is answered so.
    pub fn refuse_recipient(&self, recipient: &str, answer: &str) {
        self.answer(&format!("RCPT {recipient}"), answer);
    }

    /// The messages, in the order in which they came.
    pub fn mails(&self) -> Vec<String> {
        self.state.lock().unwrap().mails.iter().map(|mail| mail.1.clone()).collect()
    }

    /// Their recipients.
    pub fn recipients(&self) -> Vec<String> {
        self.state.lock().unwrap().mails.iter().map(|mail| mail.0.clone()).collect()
    }

    /// How many connections there were.
    pub fn conversations(&self) -> usize {
        self.state.lock().unwrap().conversations
    }

    /// Waits until `count` mails have come.
    pub async fn wait_for(&self, count: usize) {
        let came = async {
            loop {
                let arrived = self.arrived.notified();
                if self.mails().len() >= count {
                    break;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), came).await.expect("the mail comes");
    }
}

async fn talk(stream: TcpStream, state: &Mutex<State>, arrived: &Notify) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let (mut recipient, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.get(..4).unwrap_or_default().to_uppercase();
        let address = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let answers = state.lock().unwrap().answers.clone();
        let scripted = answers.get(&format!("{command} {address}")).or_else(|| answers.get(&command));
        let answer = match (command.as_str(), scripted) {
            (_, Some(answer)) => answer.clone(),
            ("DATA", None) => "354 go on".to_owned(),
            ("QUIT", None) => "221 bye".to_owned(),
            _ => "250 fine".to_owned(),
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        match command.as_str() {
            "RCPT" => recipient = address,
            "QUIT" => return Ok(()),
            "DATA" if answer.starts_with("354") => {
                let mut message = String::new();
                while !message.ends_with("\r\n.\r\n") {
                    if stream.read_line(&mut message).await? == 0 {
                        return Ok(());
                    }
                }
                state.lock().unwrap().mails.push((recipient.clone(), message));
                stream.write_all(b"250 taken\r\n").await?;
                arrived.notify_waiters();
            }
            _ => {}
        }
    }
}
