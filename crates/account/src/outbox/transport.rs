//! Where mails are handed over: a mail server, or a folder.

use super::message;
use super::smtp::{Connection, Refusal, Server};
use super::store::Claimed;
use crate::mail::Letterhead;
use crate::secret::InstallationKey;
use lettre::Message;
use lettre::message::Mailbox;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use url::Url;

/// Why mails cannot be handed over with these settings: a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TransportError(String);

/// Where mails are handed over, who sends them, and what stands around them.
pub struct Transport {
    way: Way,
    from: Mailbox,
    head: Letterhead,
    /// Whether the last try met a server that is away: said once in the log, not for every mail.
    outage: AtomicBool,
    /// Conversations that may go on with the next mail.
    idle: Mutex<Vec<Connection>>,
}

enum Way {
    Smtp(Box<Server>),
    Folder(PathBuf),
}

impl Transport {
    /// By the setting `mail.url`: `smtp://[USER:PASSWORD@]HOST[:PORT]` (STARTTLS required, unless the host is this
    /// machine or `?tls=offered` or `?tls=none` follows), `smtps://…` (TLS from the start), or `file:///DIRECTORY`
    /// (each mail a file, for trying things out). `from` is `ADDRESS` or `NAME <ADDRESS>`; `extra_ca_pem` are
    /// certification authorities that are believed besides the usual ones.
    ///
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// What is wrong with the address, the sender or the certificates.
    pub fn open(url: &Url, from: &str, head: Letterhead, extra_ca_pem: Option<&[u8]>) -> Result<Self, TransportError> {
        let from = from.parse().map_err(|_| TransportError(format!("\"{from}\" is no sender of mails")))?;
        let way = match url.scheme() {
            "file" => Way::Folder(folder_of(url)?),
            "smtp" | "smtps" => Way::Smtp(Box::new(Server::of_url(url, extra_ca_pem).map_err(TransportError)?)),
            _ => return Err(TransportError("mails go to smtp://, smtps:// or file:// addresses".to_owned())),
        };
        Ok(Self { way, from, head, outage: AtomicBool::new(false), idle: Mutex::default() })
    }

    /// Tries whether mails could be handed over now, without handing one over.
    ///
    /// # Errors
    /// What the server, or the network before it, said.
    pub async fn reach(&self) -> Result<(), TransportError> {
        match self.begin().await {
            Ok(Conversation(Some(connection))) => connection.close().await,
            Ok(Conversation(None)) => {}
            Err(Refusal::Server(why) | Refusal::NotNow(why) | Refusal::Never(why)) => return Err(TransportError(why)),
        }
        Ok(())
    }

    /// Whether the last try met a server that is away or refuses us.
    pub fn is_out(&self) -> bool {
        self.outage.load(Ordering::Relaxed)
    }

    /// Notes how the server is, and says so in the log when that changed.
    pub(super) fn note(&self, trouble: Option<&str>) {
        let was_out = self.outage.swap(trouble.is_some(), Ordering::Relaxed);
        match trouble {
            Some(error) if !was_out => tracing::error!(error, "mail cannot be delivered; it waits in the outbox"),
            None if was_out => tracing::info!("mail is delivered again"),
            _ => {}
        }
    }

    /// Makes the message of a row.
    pub(super) fn message(&self, row: &Claimed, key: &InstallationKey) -> Result<Message, Refusal> {
        message::build(row, key, &self.from, &self.head).map_err(|what| Refusal::Never(what.to_owned()))
    }

    /// A conversation to send by, kept from before or new.
    pub(super) async fn begin(&self) -> Result<Conversation, Refusal> {
        let Way::Smtp(server) = &self.way else { return Ok(Conversation(None)) };
        loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut connection) = kept else {
                return server.connect().await.map(|connection| Conversation(Some(connection)));
            };
            if connection.is_alive().await {
                return Ok(Conversation(Some(connection)));
            }
        }
    }

    /// Hands one mail over.
    pub(super) async fn send(
        &self,
        conversation: &mut Conversation,
        row: &Claimed,
        message: &Message,
    ) -> Result<(), Refusal> {
        match (&mut conversation.0, &self.way) {
            (Some(connection), _) => connection.send(message).await,
            (None, Way::Folder(folder)) => write(folder.clone(), row.id.to_string(), message.formatted()).await,
            (None, Way::Smtp(_)) => Err(Refusal::Server("the connection was lost".to_owned())),
        }
    }

    /// Keeps a conversation for the next mails.
    pub(super) fn keep(&self, conversation: Conversation) {
        if let Some(connection) = conversation.0 {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }

    /// Ends the conversations that were kept.
    pub(super) async fn hang_up(&self) {
        let kept = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in kept {
            connection.close().await;
        }
    }
}

/// A conversation with the server; a folder needs none.
pub(super) struct Conversation(Option<Connection>);

fn folder_of(url: &Url) -> Result<PathBuf, TransportError> {
    let folder = url.to_file_path().map_err(|()| TransportError("write file:///DIRECTORY".to_owned()))?;
    std::fs::create_dir_all(&folder).map_err(|e| TransportError(format!("{}: {e}", folder.display())))?;
    Ok(folder)
}

/// Writes a mail as `ID.eml`, whole or not at all.
async fn write(folder: PathBuf, id: String, bytes: Vec<u8>) -> Result<(), Refusal> {
    fn now(folder: &Path, id: &str, bytes: &[u8]) -> std::io::Result<()> {
        let unfinished = folder.join(format!("{id}.part"));
        std::fs::write(&unfinished, bytes)?;
        std::fs::rename(unfinished, folder.join(format!("{id}.eml")))
    }
    let written = tokio::task::spawn_blocking(move || {
        now(&folder, &id, &bytes).map_err(|e| format!("{}: {e}", folder.display()))
    });
    match written.await {
        Ok(written) => written.map_err(Refusal::Server),
        Err(_) => Err(Refusal::Server("writing was broken off".to_owned())),
    }
}
