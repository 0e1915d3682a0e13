//! One conversation with the mail server (RFC 5321), step by step: which step was refused tells whether the mail, or
//! everything, has to wait.

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::{Address, Message};
use std::time::Duration;
use url::{Host, Url};

/// Seconds for the way to a server that takes mails: connection, TLS, log-in.
const GREETING_TIMEOUT: Duration = Duration::from_secs(20);
/// Seconds for one mail on a connection.
pub(super) const MAIL_TIMEOUT: Duration = Duration::from_secs(60);

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The server is away, or refuses us: nothing is wrong with this mail, and no other would fare better now.
    Server(String),
    /// Not now (a 4xx answer to this recipient or this content).
    NotNow(String),
    /// Never (a 5xx answer to this recipient or this content).
    Never(String),
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tls {
    /// Not at all.
    None,
    /// By STARTTLS (RFC 3207), or not at all when the server does not offer it.
    Offered,
    /// By STARTTLS; a server without it gets no mail.
    Required,
    /// From the first byte (RFC 8314).
    Implicit,
}

/// A mail server, as the setting `mail.url` names it.
pub(super) struct Server {
    host: String,
    port: u16,
    protection: Option<TlsParameters>,
    tls: Tls,
    credentials: Option<Credentials>,
}

impl Server {
    /// Reads `smtp://` and `smtps://` addresses. `Err` is a sentence without the address, which may hold a password.
    pub(super) fn of_url(url: &Url, extra_ca_pem: Option<&[u8]>) -> Result<Self, String> {
        let host = url.host().ok_or("the mail server's address has no host")?;
        let tls = tls_of(url, &host)?;
        let port = url.port().unwrap_or(match tls {
            Tls::Implicit => 465,
            Tls::Required => 587,
            Tls::None | Tls::Offered => 25,
        });
        let (name, host) = match &host {
            Host::Domain(name) => ((*name).to_owned(), (*name).to_owned()),
            Host::Ipv4(address) => (address.to_string(), address.to_string()),
            Host::Ipv6(address) => (address.to_string(), address.to_string()),
        };
        let protection = match tls {
            Tls::None => None,
            _ => Some(protection(name, extra_ca_pem)?),
        };
        let decode = |text: &str| percent_decode(text).ok_or("user name and password in the address are not UTF-8");
        let credentials = match (url.username(), url.password()) {
            ("", _) => None,
            (user, password) => Some(Credentials::new(decode(user)?, decode(password.unwrap_or_default())?)),
        };
        Ok(Self { host, port, protection, tls, credentials })
    }

    /// Connects, greets, protects, logs in.
    pub(super) async fn connect(&self) -> Result<Connection, Refusal> {
        let connected = tokio::time::timeout(GREETING_TIMEOUT, self.greet()).await;
        let refused = |what: String| Refusal::Server(format!("{}:{}: {what}", self.host, self.port));
        match connected {
            Ok(Ok(connection)) => Ok(Connection(connection)),
            Ok(Err(error)) => Err(refused(words(&error))),
            Err(_) => Err(refused(format!("no answer within {} seconds", GREETING_TIMEOUT.as_secs()))),
        }
    }

    async fn greet(&self) -> Result<AsyncSmtpConnection, Error> {
        let hello = ClientId::default();
        let address = (self.host.as_str(), self.port);
        let implicit = self.protection.clone().filter(|_| self.tls == Tls::Implicit);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(GREETING_TIMEOUT), &hello, implicit, None).await?;
        if let Some(protection) = &self.protection
            && (self.tls == Tls::Required || self.tls == Tls::Offered && connection.can_starttls())
        {
            connection.starttls(protection.clone(), &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// An open conversation.
pub(super) struct Connection(AsyncSmtpConnection);

impl Connection {
    /// Whether the server is still there.
    pub(super) async fn is_alive(&mut self) -> bool {
        !self.0.has_broken()
            && tokio::time::timeout(Duration::from_secs(5), self.0.test_connected()).await.unwrap_or(false)
    }

    /// Says good-bye.
    pub(super) async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), self.0.quit()).await;
    }

    /// Hands one mail over. After [`Refusal::Server`] the connection is of no more use.
    pub(super) async fn send(&mut self, message: &Message) -> Result<(), Refusal> {
        let late = || Refusal::Server(format!("the mail was not taken within {} seconds", MAIL_TIMEOUT.as_secs()));
        let sent = tokio::time::timeout(MAIL_TIMEOUT, self.hand_over(message)).await.unwrap_or_else(|_| Err(late()));
        if matches!(sent, Err(Refusal::NotNow(_) | Refusal::Never(_))) {
            // Clears the half-made transaction (RFC 5321 section 4.1.1.5), so that the next mail begins a new one.
            let reset = tokio::time::timeout(GREETING_TIMEOUT, self.0.command("RSET\r\n")).await;
            if !matches!(reset, Ok(Ok(_))) {
                self.0.abort().await;
            }
        }
        sent
    }

    async fn hand_over(&mut self, message: &Message) -> Result<(), Refusal> {
        let envelope = message.envelope();
        let mut parameters = Vec::new();
        let is_ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        if !envelope.from().into_iter().chain(envelope.to()).all(is_ascii) {
            if !self.0.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Refusal::Never("the mail server takes no addresses beyond ASCII (SMTPUTF8)".to_owned()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        // Whoever refuses the sender refuses every mail of ours: that is mended in the settings, not by giving up mails.
        let server = |error: Error| Refusal::Server(words(&error));
        self.0.command(Mail::new(envelope.from().cloned(), parameters)).await.map_err(server)?;
        for recipient in envelope.to() {
            self.0.command(Rcpt::new(recipient.clone(), Vec::new())).await.map_err(|e| of_mail(&e))?;
        }
        self.0.command(Data).await.map_err(|e| of_mail(&e))?;
        self.0.message(&message.formatted()).await.map_err(|e| of_mail(&e))?;
        Ok(())
    }
}

/// What an answer to a recipient, or to a content, means.
fn of_mail(error: &Error) -> Refusal {
    let code = error.status().map(u16::from);
    match code {
        // The server is closing, or wants us to log in first: nothing about this mail.
        Some(421 | 454 | 530 | 534 | 535 | 538) | None => Refusal::Server(words(error)),
        Some(code) if code >= 500 => Refusal::Never(words(error)),
        Some(_) => Refusal::NotNow(words(error)),
    }
}

/// The error with its causes, without what could break a line.
fn words(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error).and_then(std::error::Error::source);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect()
}

fn tls_of(url: &Url, host: &Host<&str>) -> Result<Tls, String> {
    let mut wanted = None;
    for (name, value) in url.query_pairs() {
        if name != "tls" || wanted.is_some() {
            return Err("after ? the mail server's address takes tls=required, tls=offered or tls=none".to_owned());
        }
        wanted = Some(value.into_owned());
    }
    match (url.scheme(), wanted.as_deref()) {
        ("smtps", None) => Ok(Tls::Implicit),
        ("smtp", Some("required")) => Ok(Tls::Required),
        ("smtp", Some("offered")) => Ok(Tls::Offered),
        ("smtp", Some("none")) => Ok(Tls::None),
        // What stays on this machine crosses no wire, and local servers rarely have a certificate that anybody knows.
        ("smtp", None) if is_loopback(host) => Ok(Tls::None),
        ("smtp", None) => Ok(Tls::Required),
        ("smtps", Some(_)) => Err("smtps:// is TLS from the start; leave tls= out".to_owned()),
        _ => Err("after ? the mail server's address takes tls=required, tls=offered or tls=none".to_owned()),
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        // Addresses of schemes that browsers do not know keep even IPv4 addresses as names (URL standard, opaque host).
        Host::Domain(name) => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn protection(name: String, extra_ca_pem: Option<&[u8]>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(name);
    if let Some(pem) = extra_ca_pem {
        let certificate = Certificate::from_pem(pem).map_err(|e| format!("the extra certificates: {e}"))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|e| format!("TLS to the mail server: {e}"))
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = tail.get(..2).filter(|_| first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Result<Server, String> {
        Server::of_url(&Url::parse(url).unwrap(), None)
    }

    #[test]
    fn tls_is_required_unless_the_server_is_this_machine_or_the_operator_says_so() {
        for (url, tls, port) in [
            ("smtp://mail.example.test", Tls::Required, 587),
            ("smtp://mail.example.test:25", Tls::Required, 25),
            ("smtp://mail.example.test?tls=none", Tls::None, 25),
            ("smtp://mail.example.test/?tls=offered", Tls::Offered, 25),
            ("smtp://localhost", Tls::None, 25),
            ("smtp://127.0.0.1:1025", Tls::None, 1025),
            ("smtp://[::1]:1025", Tls::None, 1025),
            ("smtp://127.0.0.1?tls=required", Tls::Required, 587),
            ("smtps://mail.example.test", Tls::Implicit, 465),
        ] {
            let server = server(url).unwrap();
            assert_eq!((server.tls, server.port), (tls, port), "{url}");
        }
        for url in ["smtps://h?tls=none", "smtp://h?tls=maybe", "smtp://h?tls=none&tls=none", "smtp://h?user=x"] {
            assert!(server(url).is_err(), "{url}");
        }
    }

    #[test]
    fn user_name_and_password_are_decoded() {
        let server = server("smtps://me%40example.test:p%3A%2F%C3%A9%25@mail.example.test").unwrap();
        let expected = Credentials::new("me@example.test".to_owned(), "p:/é%".to_owned());
        assert!(server.credentials == Some(expected));
    }
}
