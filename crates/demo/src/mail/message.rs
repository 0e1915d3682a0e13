//! One caught mail, parsed.

use mail_parser::{HeaderValue, Message as Parsed, MessageParser, MimeHeaders};
use serde::Serialize;

/// A mail as it was received.
#[derive(Debug, Serialize)]
pub struct Message {
    /// Its number, one more than that of the mail before it.
    pub id: u64,
    /// The sender's address as the envelope gave it; empty for a bounce.
    pub from: String,
    /// The addresses it was delivered to, by the envelope.
    pub to: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The mail's own date, RFC 3339; empty when it has none.
    pub date: String,
    /// The text part; from the HTML part when there is no other.
    pub text: String,
    /// The HTML part, when there is one.
    pub html: Option<String>,
    /// The names of attached files.
    pub attachments: Vec<String>,
    /// The bytes as received, behind the two trace headers that keep the envelope.
    #[serde(skip)]
    pub raw: Vec<u8>,
}

impl Message {
    /// What is stored: the mail behind `Return-Path` (RFC 5321 §4.4) and one `Delivered-To` per recipient, because
    /// the envelope need not agree with the mail's own headers.
    pub(crate) fn with_envelope(from: &str, to: &[String], data: &[u8]) -> Vec<u8> {
        let mut stored = format!("Return-Path: <{from}>\r\n").into_bytes();
        for recipient in to {
            stored.extend_from_slice(format!("Delivered-To: <{recipient}>\r\n").as_bytes());
        }
        stored.extend_from_slice(data);
        stored
    }

    /// Parses what [`Message::with_envelope`] made. A mail that cannot be parsed is kept and shown as text.
    pub(crate) fn parse(id: u64, raw: Vec<u8>) -> Self {
        let Some(mail) = MessageParser::default().parse(&raw[..]) else {
            let text = String::from_utf8_lossy(&raw).into_owned();
            return Self {
                id,
                from: String::new(),
                to: Vec::new(),
                subject: String::new(),
                date: String::new(),
                text,
                html: None,
                attachments: Vec::new(),
                raw,
            };
        };
        let html = mail.html_bodies().find(|part| part.is_text_html()).and_then(|part| part.text_contents());
        let html = html.map(str::to_owned);
        let attachments = mail.attachments().filter_map(|part| part.attachment_name()).map(str::to_owned).collect();
        Self {
            id,
            from: mail.return_address().unwrap_or_default().to_owned(),
            to: delivered_to(&mail),
            subject: mail.subject().unwrap_or_default().to_owned(),
            date: mail.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default(),
            text: mail.body_text(0).unwrap_or_default().into_owned(),
            html,
            attachments,
            raw,
        }
    }

    /// The date as a person reads it.
    pub(crate) fn day_and_time(&self) -> String {
        let date = chrono::DateTime::parse_from_rfc3339(&self.date);
        date.map(|date| date.to_utc().format("%-d %B %Y, %H:%M UTC").to_string()).unwrap_or_default()
    }

    /// Whether it was delivered to `address`, in any case of letters.
    #[must_use]
    pub fn is_to(&self, address: &str) -> bool {
        self.to.iter().any(|to| to.eq_ignore_ascii_case(address))
    }

    /// The web addresses in the text, in order.
    #[must_use]
    pub fn links(&self) -> Vec<&str> {
        self.pieces().into_iter().filter_map(|piece| piece.is_link.then_some(piece.text)).collect()
    }

    /// The text cut into links and what is between them.
    pub(crate) fn pieces(&self) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        let mut rest = self.text.as_str();
        while let Some(start) = next_link(rest) {
            let (before, from_link) = rest.split_at(start);
            let end =
                from_link.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(from_link.len());
            let link = from_link[..end].trim_end_matches(['.', ',', ';', ':', ')', '!', '?', '\'']);
            pieces.push(Piece { text: before, is_link: false });
            pieces.push(Piece { text: link, is_link: true });
            rest = &from_link[link.len()..];
        }
        pieces.push(Piece { text: rest, is_link: false });
        pieces
    }
}

/// A stretch of a mail's text.
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a str,
    pub(crate) is_link: bool,
}

/// Where the next web address begins. Something has to follow the scheme, or the cutting would not get on.
fn next_link(text: &str) -> Option<usize> {
    ["https://", "http://"]
        .iter()
        .filter_map(|scheme| {
            text.match_indices(scheme)
                .find(|(at, _)| text[at + scheme.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '['))
                .map(|(at, _)| at)
        })
        .min()
}

/// The recipients as [`Message::with_envelope`] wrote them.
fn delivered_to(mail: &Parsed<'_>) -> Vec<String> {
    let values = mail.header_values("Delivered-To").filter_map(HeaderValue::as_text);
    values.map(|value| value.trim_start_matches('<').trim_end_matches('>').to_owned()).collect()
}
