//! The mail catcher: an SMTP server that delivers nothing and keeps everything, a page that shows what came, and
//! a small JSON interface.
//!
//! [`Catcher::bind`] takes the ports, [`Catcher::start`] begins to serve. Tests use it as the mail server of the
//! whole product: [`Catcher::wait_for`] awaits a mail without polling, [`Catcher::refuse_next`] makes it fail.

mod mailbox;
mod message;
mod smtp;
mod web;

#[cfg(test)]
mod tests;

use crate::http;
use actix_web::dev::ServerHandle;
use mailbox::Mailbox;
pub use message::Message;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

/// How long [`Catcher::wait_for`] waits before it says that the mail did not come.
const PATIENCE: Duration = Duration::from_secs(30);

/// The mail catcher with its two listeners.
pub struct Catcher {
    mailbox: Arc<Mailbox>,
    smtp: SocketAddr,
    web: SocketAddr,
    listeners: Mutex<Option<(TcpListener, TcpListener)>>,
    running: Mutex<Option<(JoinHandle<()>, ServerHandle)>>,
}

impl Catcher {
    /// Listens on both loopback addresses (port 0 for any) and reads the mails that `folder` holds already. The
    /// folder is made when it is missing. Nothing is served before [`Catcher::start`].
    ///
    /// # Errors
    /// An address that is in use or is not a loopback one, which the error names, or a folder that cannot be read.
    pub fn bind(smtp: SocketAddr, web: SocketAddr, folder: PathBuf) -> io::Result<Self> {
        let listeners = (http::listen("the mail catcher (SMTP)", smtp)?, http::listen("the mail catcher", web)?);
        Ok(Self {
            smtp: listeners.0.local_addr()?,
            web: listeners.1.local_addr()?,
            mailbox: Arc::new(Mailbox::open(folder)?),
            listeners: Mutex::new(Some(listeners)),
            running: Mutex::new(None),
        })
    }

    /// Begins to receive and to show. A second call does nothing.
    ///
    /// # Errors
    /// When a listener cannot be handed to the event loop.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(&self) -> io::Result<()> {
        let Some((smtp, web)) = lock(&self.listeners).take() else { return Ok(()) };
        let smtp = tokio::net::TcpListener::from_std(smtp)?;
        let server = web::serve(web, self.mailbox.clone())?;
        let handle = server.handle();
        tokio::spawn(server);
        let receiver = tokio::spawn(smtp::serve(smtp, self.mailbox.clone()));
        *lock(&self.running) = Some((receiver, handle));
        Ok(())
    }

    /// Stops both servers; pages that are being sent are finished first.
    pub async fn stop(&self) {
        let running = lock(&self.running).take();
        if let Some((receiver, server)) = running {
            receiver.abort();
            server.stop(true).await;
        }
    }

    /// Where it receives.
    #[must_use]
    pub fn smtp_address(&self) -> SocketAddr {
        self.smtp
    }

    /// The `mail.url` setting that points here.
    #[must_use]
    pub fn smtp_url(&self) -> String {
        format!("smtp://{}", self.smtp)
    }

    /// Where its page is.
    #[must_use]
    pub fn web_url(&self) -> String {
        format!("http://localhost:{}", self.web.port())
    }

    /// All kept mails, oldest first: the last 500.
    #[must_use]
    pub fn messages(&self) -> Vec<Arc<Message>> {
        self.mailbox.messages()
    }

    /// The newest mail that `wanted` says yes to, as soon as there is one.
    ///
    /// # Panics
    /// After 30 seconds, with the recipients and subjects of what did come: this is for tests.
    pub async fn wait_for(&self, wanted: impl Fn(&Message) -> bool) -> Arc<Message> {
        let found = self.mailbox.until(|mailbox| mailbox.messages().into_iter().rev().find(|mail| wanted(mail)));
        match tokio::time::timeout(PATIENCE, found).await {
            Ok(message) => message,
            Err(_) => {
                let came: Vec<_> =
                    self.messages().iter().map(|mail| format!("{}: {}", mail.to.join(", "), mail.subject)).collect();
                panic!("the mail did not come within {PATIENCE:?}; these did: {came:#?}")
            }
        }
    }

    /// Refuses the next `count` deliveries with 451, "try again later".
    pub fn refuse_next(&self, count: usize) {
        self.mailbox.refuse_next(count);
    }

    /// Returns as soon as all that [`Catcher::refuse_next`] asked for was refused.
    ///
    /// # Panics
    /// After 30 seconds: this is for tests.
    pub async fn wait_until_refused(&self) {
        let none_left = self.mailbox.until(|mailbox| (mailbox.refusals_left() == 0).then_some(()));
        let waited = tokio::time::timeout(PATIENCE, none_left).await;
        assert!(waited.is_ok(), "{} deliveries were not tried within {PATIENCE:?}", self.mailbox.refusals_left());
    }
}

/// Locks; a panic elsewhere leaves nothing half-done behind these locks.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
