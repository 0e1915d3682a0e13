//! Mail by STARTTLS (RFC 3207) and by TLS from the start (RFC 8314), to a mail server whose certificate is from an authority
//! of the operator's own (`fetch.extra_ca_file`).

use super::queue;
use crate::support::Provider;
use crate::support::certificates::Certificates;
use latchkey::settings::value::MailUrl;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// `user:pass word` for AUTH PLAIN (RFC 4616).
const LOG_IN: &str = "AUTH PLAIN AHVzZXIAcGFzcyB3b3Jk";

/// What a server offers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offer {
    StartTls,
    /// As if somebody on the way had taken the offer out.
    Nothing,
    TlsFromTheStart,
}

/// A mail server that writes down what it hears, with `tls` or `bare` before each line.
struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    news: Arc<Notify>,
}

impl Server {
    async fn start(offer: Offer, certificates: &Certificates) -> Self {
        let listener = TcpListener::bind("localhost:0").await.expect("a port");
        let server =
            Self { port: listener.local_addr().expect("bound").port(), heard: Arc::default(), news: Arc::default() };
        let (heard, news, acceptor) = (server.heard.clone(), server.news.clone(), certificates.acceptor());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let hear = |line: String| {
                    heard.lock().expect("not poisoned").push(line);
                    news.notify_waiters();
                };
                if converse(stream, offer, &acceptor, &hear).await.is_err() {
                    hear("broken off".to_owned());
                }
            }
        });
        server
    }

    /// Waits until a line with `part` was heard, and returns all lines.
    async fn until(&self, part: &str) -> Vec<String> {
        let heard = async {
            loop {
                let news = self.news.notified();
                let lines = self.heard.lock().expect("not poisoned").clone();
                if lines.iter().any(|line| line.contains(part)) {
                    return lines;
                }
                news.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), heard).await.expect("it is heard within half a minute")
    }
}

async fn converse(stream: TcpStream, offer: Offer, tls: &TlsAcceptor, hear: &impl Fn(String)) -> std::io::Result<()> {
    if offer == Offer::TlsFromTheStart {
        return talk(&mut BufReader::new(tls.accept(stream).await?), "tls", offer, hear).await.map(drop);
    }
    let mut bare = BufReader::new(stream);
    if talk(&mut bare, "bare", offer, hear).await? {
        let mut secured = BufReader::new(tls.accept(bare.into_inner()).await?);
        talk_on(&mut secured, "tls", offer, hear).await?;
    }
    Ok(())
}

async fn talk<S>(stream: &mut BufReader<S>, way: &str, offer: Offer, hear: &impl Fn(String)) -> std::io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(b"220 localhost\r\n").await?;
    talk_on(stream, way, offer, hear).await
}

/// Until the end, or STARTTLS (`true`).
async fn talk_on<S>(stream: &mut BufReader<S>, way: &str, offer: Offer, hear: &impl Fn(String)) -> std::io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut line, mut in_mail) = (String::new(), false);
    loop {
        line.clear();
        stream.flush().await?;
        if stream.read_line(&mut line).await? == 0 {
            hear(format!("{way} end"));
            return Ok(false);
        }
        let text = line.trim_end();
        hear(format!("{way} {text}"));
        let answer = match text.split(' ').next().unwrap_or_default() {
            "." if in_mail => {
                in_mail = false;
                "250 taken"
            }
            _ if in_mail => continue,
            "EHLO" if way == "bare" && offer == Offer::StartTls => "250-localhost\r\n250 STARTTLS",
            "EHLO" => "250-localhost\r\n250 AUTH PLAIN",
            "STARTTLS" => {
                stream.write_all(b"220 go on\r\n").await?;
                return Ok(true);
            }
            "DATA" => {
                in_mail = true;
                "354 go on"
            }
            "AUTH" => "235 welcome",
            _ => "250 fine",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// A provider that sends by way of this server, and has a mail to send.
async fn provider(server: &Server, offer: Offer, authority: &Certificates) -> Provider {
    let scheme = if offer == Offer::TlsFromTheStart { "smtps" } else { "smtp" };
    let more = if offer == Offer::TlsFromTheStart { "" } else { "?tls=required" };
    let url = format!("{scheme}://user:pass%20word@localhost:{}{more}", server.port);
    let provider = Provider::start_with(|settings| {
        settings.mail.url = Some(MailUrl::try_from(url).expect("a mail URL"));
        settings.fetch.extra_ca_file = Some(authority.file("authority.pem"));
    })
    .await;
    queue(&provider.accounts, "olga@example.test").await;
    provider
}

#[actix_web::test]
async fn mail_goes_through_tls_of_either_kind() {
    for offer in [Offer::StartTls, Offer::TlsFromTheStart] {
        let certificates = Certificates::make();
        let server = Server::start(offer, &certificates).await;
        let provider = provider(&server, offer, &certificates).await;
        let heard = server.until("tls .").await;
        assert!(heard.contains(&format!("tls {LOG_IN}")), "{heard:?}");
        assert!(heard.iter().any(|line| line.starts_with("tls RCPT TO:<olga@example.test>")), "{heard:?}");
        // Without protection: the greeting, and the wish for protection.
        let bare: Vec<_> = heard.iter().filter(|line| line.starts_with("bare")).collect();
        assert!(bare.iter().all(|line| line.starts_with("bare EHLO") || *line == "bare STARTTLS"), "{bare:?}");
        assert_eq!(bare.is_empty(), offer == Offer::TlsFromTheStart);
        drop(provider);
    }
}

/// An attacker in between has a certificate of their own, or takes the offer of STARTTLS away: neither password nor mail.
#[actix_web::test]
async fn a_server_that_cannot_prove_itself_gets_neither_password_nor_mail() {
    let sign = |offer| if offer == Offer::Nothing { "bare end" } else { "broken off" };
    for offer in [Offer::StartTls, Offer::TlsFromTheStart, Offer::Nothing] {
        let (theirs, known) = (Certificates::make(), Certificates::make());
        let server = Server::start(offer, &theirs).await;
        let provider = provider(&server, offer, &known).await;
        let heard = server.until(sign(offer)).await;
        let told = |word: &str| heard.iter().any(|line| line.contains(word));
        assert!(!told("AUTH") && !told("MAIL") && !told("olga"), "{heard:?}");
        assert_eq!(super::counts(&provider.accounts).await.accepted, 0, "it waits");
    }
}
