//! The receiving end of SMTP (RFC 5321) as far as a mail catcher needs it: no relaying, no log-in, no TLS.

use super::mailbox::Mailbox;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The largest mail taken, in bytes.
const LARGEST: usize = 10 * 1024 * 1024;
/// The longest command line, in bytes; RFC 5321 §4.5.3.1.4 asks for 512, extensions for more.
const LONGEST_COMMAND: usize = 2048;
/// The longest line of a mail, in bytes. RFC 5321 says 1,000; real mails exceed it.
const LONGEST_LINE: usize = 1024 * 1024;
/// Recipients of one mail (RFC 5321 §4.5.3.1.8).
const MOST_RECIPIENTS: usize = 100;
/// Connections at a time.
const MOST_CONNECTIONS: usize = 100;
/// How long a silent client is waited for.
const SILENCE: Duration = Duration::from_secs(120);

/// Receives until the task is aborted; its connections end with it.
pub(crate) async fn serve(listener: TcpListener, mailbox: Arc<Mailbox>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MOST_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, mailbox.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "the mail catcher could not accept a connection");
                    // Out of file handles: waiting lets some close, where accepting again would spin.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, mailbox: Arc<Mailbox>) {
    let (reader, writer) = stream.into_split();
    let mut session = Session { reader: BufReader::new(reader), writer, mailbox, greeted: false, envelope: None };
    if let Err(error) = session.run().await {
        tracing::debug!(%error, "a mail connection broke off");
    }
}

/// One connection.
struct Session {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    mailbox: Arc<Mailbox>,
    greeted: bool,
    envelope: Option<Envelope>,
}

/// The mail being sent: who from, who to.
struct Envelope {
    from: String,
    to: Vec<String>,
}

impl Session {
    async fn run(&mut self) -> io::Result<()> {
        self.say("220 localhost Latchkey mail catcher").await?;
        let mut line = Vec::new();
        loop {
            let Some(end) = self.read_line(&mut line, LONGEST_COMMAND).await? else { return Ok(()) };
            if end == LineEnd::TooLong {
                return self.say("500 5.5.2 Line too long").await;
            }
            let Ok(command) = std::str::from_utf8(line.trim_ascii_end()) else {
                self.say("500 5.5.2 Not UTF-8").await?;
                continue;
            };
            let (verb, argument) = command.split_once(' ').unwrap_or((command, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => {
                    self.greet();
                    let extensions = format!(
                        "250-localhost\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {LARGEST}"
                    );
                    self.say(&extensions).await?;
                }
                "HELO" => {
                    self.greet();
                    self.say("250 localhost").await?;
                }
                "MAIL" => {
                    let answer = self.mail(argument);
                    self.say(answer).await?;
                }
                "RCPT" => {
                    let answer = self.recipient(argument);
                    self.say(answer).await?;
                }
                "DATA" => self.data().await?,
                "RSET" => {
                    self.envelope = None;
                    self.say("250 2.0.0 Forgotten").await?;
                }
                "NOOP" => self.say("250 2.0.0 Fine").await?,
                "VRFY" => self.say("252 2.1.5 Send and see").await?,
                "QUIT" => return self.say("221 2.0.0 Bye").await,
                "" => self.say("500 5.5.2 Say something").await?,
                _ => self.say("502 5.5.1 Not offered here").await?,
            }
        }
    }

    fn greet(&mut self) {
        self.greeted = true;
        self.envelope = None;
    }

    fn mail(&mut self, argument: &str) -> &'static str {
        if !self.greeted {
            return "503 5.5.1 EHLO first";
        }
        if self.envelope.is_some() {
            return "503 5.5.1 One mail at a time";
        }
        let Some((from, parameters)) = path(argument, "FROM:") else { return "501 5.5.4 MAIL FROM:<address>" };
        let announced = parameters.split_ascii_whitespace().find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.eq_ignore_ascii_case("SIZE").then(|| value.parse::<usize>().unwrap_or(usize::MAX))
        });
        if announced.is_some_and(|size| size > LARGEST) {
            return TOO_LARGE;
        }
        if self.mailbox.refuses() {
            return "451 4.3.0 Try again later";
        }
        self.envelope = Some(Envelope { from: from.to_owned(), to: Vec::new() });
        "250 2.1.0 Sender taken"
    }

    fn recipient(&mut self, argument: &str) -> &'static str {
        let Some(envelope) = &mut self.envelope else { return "503 5.5.1 MAIL first" };
        match path(argument, "TO:") {
            Some((to, _)) if to.contains('@') => {
                if envelope.to.len() == MOST_RECIPIENTS {
                    return "452 4.5.3 Too many recipients";
                }
                envelope.to.push(to.to_owned());
                "250 2.1.5 Recipient taken"
            }
            _ => "501 5.5.4 RCPT TO:<address>",
        }
    }

    async fn data(&mut self) -> io::Result<()> {
        let Some(envelope) = self.envelope.take_if(|envelope| !envelope.to.is_empty()) else {
            return self.say("503 5.5.1 MAIL and RCPT first").await;
        };
        self.say("354 Go on, end with a dot alone").await?;
        let Some(data) = self.read_mail().await? else { return self.say(TOO_LARGE).await };
        let mailbox = self.mailbox.clone();
        // Taken only when it is on disk.
        let kept = tokio::task::spawn_blocking(move || mailbox.deliver(&envelope.from, &envelope.to, &data)).await;
        match kept.map_err(io::Error::other).flatten() {
            Ok(id) => self.say(&format!("250 2.0.0 Kept as {id}")).await,
            Err(error) => {
                tracing::error!(%error, "a mail could not be kept");
                self.say("451 4.3.0 It could not be kept").await
            }
        }
    }

    /// Reads up to the line with the single dot and takes the stuffed dots out (RFC 5321 §4.5.2). Only CR LF ends
    /// a line here: a bare LF around the dot must not end the mail (SMTP smuggling). `None` when it is too large;
    /// the rest is read all the same, because the client listens only afterwards.
    async fn read_mail(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut mail = Vec::new();
        let mut line = Vec::new();
        let (mut at_start, mut fits) = (true, true);
        loop {
            let Some(end) = self.read_line(&mut line, LONGEST_LINE).await? else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            if end == LineEnd::TooLong {
                self.say("500 5.5.2 Line too long").await?;
                return Err(io::ErrorKind::InvalidData.into());
            }
            if at_start && line == b".\r\n" {
                return Ok(fits.then_some(mail));
            }
            let content = if at_start && line.starts_with(b".") { &line[1..] } else { &line[..] };
            fits = fits && mail.len() + content.len() <= LARGEST;
            if fits {
                mail.extend_from_slice(content);
            } else {
                mail = Vec::new();
            }
            at_start = end == LineEnd::CrLf;
        }
    }

    /// Reads up to and with a line feed, or `longest` bytes. `None` at the end of the stream.
    async fn read_line(&mut self, line: &mut Vec<u8>, longest: usize) -> io::Result<Option<LineEnd>> {
        line.clear();
        let mut bounded = (&mut self.reader).take(longest as u64);
        let read = tokio::time::timeout(SILENCE, bounded.read_until(b'\n', line)).await??;
        Ok(match line.as_slice() {
            [] => None,
            [.., b'\r', b'\n'] => Some(LineEnd::CrLf),
            [.., b'\n'] => Some(LineEnd::BareLf),
            _ if read == longest => Some(LineEnd::TooLong),
            _ => None,
        })
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        self.writer.write_all(format!("{answer}\r\n").as_bytes()).await
    }
}

const TOO_LARGE: &str = "552 5.3.4 Larger than 10 MB";

#[derive(PartialEq, Eq)]
enum LineEnd {
    CrLf,
    BareLf,
    TooLong,
}

/// `FROM:<address> PARAMETERS`, with or without a blank after the colon: the address and the parameters.
fn path<'a>(argument: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let (head, rest) = argument.split_at_checked(keyword.len())?;
    let rest = head.eq_ignore_ascii_case(keyword).then(|| rest.trim_start())?;
    let (address, parameters) = rest.strip_prefix('<')?.split_once('>')?;
    let is_plain = !address.contains(|c: char| c.is_control() || c.is_whitespace() || c == '<');
    is_plain.then_some((address, parameters))
}
