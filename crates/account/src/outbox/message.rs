//! From a row of the outbox to a message on the wire (RFC 5322, RFC 2045).

use super::store::Claimed;
use crate::mail::{Letterhead, Mail};
use crate::secret::InstallationKey;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use std::time::{Duration, UNIX_EPOCH};

/// Builds the message. `Err` says what is wrong with this row; another attempt would not help.
pub(super) fn build(
    row: &Claimed,
    key: &InstallationKey,
    from: &Mailbox,
    head: &Letterhead,
) -> Result<Message, &'static str> {
    let sealed = row.sealed_content.as_deref().ok_or("the content was erased")?;
    let content = key.open(&super::place(&row.id), sealed).ok_or("the content was sealed with another key file")?;
    let mail: Mail =
        serde_json::from_slice(&content).map_err(|_| "the content is of a form that this version lacks")?;
    let to: Address = row.recipient.parse().map_err(|_| "the recipient is no e-mail address")?;
    let rendered = mail.letter(head).render(head);
    // The same date and id at each attempt, so that a mail that arrives twice is known as one.
    let date = UNIX_EPOCH + Duration::from_micros(u64::try_from(row.created_at.as_micros()).unwrap_or(0));
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(rendered.subject)
        .date(date)
        .message_id(Some(format!("<{}@{}>", row.id, from.email.domain())))
        // RFC 3834 section 5: nobody on holiday answers this.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .multipart(MultiPart::alternative_plain_html(rendered.text, rendered.html))
        .map_err(|_| "no message can be made of it")
}
