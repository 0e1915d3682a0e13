//! A whole provider in the test's process: its own database, a real socket, a clock that the test moves, and a real
//! SMTP server that keeps the mails.
#![allow(dead_code, unused_imports, reason = "each test file uses its part of the harness")]

mod answer;
mod authenticator;
mod browser;
pub mod certificates;
pub mod chromium;
pub mod html;
mod listener;
mod party;
mod person;
mod products;
pub mod registrant;

pub use answer::{Answer, Place};
pub use browser::{Browser, Shown};
pub use chromium::Chromium;
pub use listener::{Listener, Posted};
pub use party::{CHALLENGE, Party, VERIFIER};

use account::testing::START;
use account::{Accounts, Clock};
use actix_web::dev::ServerHandle;
use db::testing::TestDatabase;
use latchkey::installation;
use latchkey::settings::Settings;
use latchkey::settings::value::{DatabaseUrl, MailUrl, PublicUrl};
use latchkey::wire::{self, Node};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::time::Duration;

/// A running provider. It stops, and its database goes, with this value.
pub struct Provider {
    /// Its address: the issuer.
    pub url: String,
    /// The clock that it reads.
    pub clock: Clock,
    /// The domain that it runs on, to arrange what a test needs and to look at what became of it.
    pub accounts: Accounts,
    /// What its handlers share.
    pub node: Node,
    /// Its database.
    pub database: TestDatabase,
    /// Where its mails go.
    pub mails: demo::mail::Catcher,
    handle: ServerHandle,
    folder: tempfile::TempDir,
}

impl Provider {
    /// Starts one with default settings, cheap password hashes, and a manual clock.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one whose settings the test changes.
    pub async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_on(TestDatabase::create(), Clock::manual(START), change).await
    }

    /// Starts one on a given database: a second node, or the same one again.
    pub async fn start_on(database: TestDatabase, clock: Clock, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mails = demo::mail::Catcher::bind(loopback, loopback, folder.path().join("mails")).expect("ports");
        mails.start().expect("a mail catcher");
        let listener = wire::bind(loopback, "nothing").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let mut settings = Settings::default();
        settings.server.public_url = PublicUrl::on_localhost(port);
        settings.database.url = DatabaseUrl::try_from(database.url_text().to_owned()).expect("a database URL");
        settings.secrets.key_file = folder.path().join("latchkey.key");
        std::fs::write(&settings.secrets.key_file, [42; 32]).expect("a key file");
        settings.mail.url = Some(MailUrl::try_from(mails.smtp_url()).expect("a mail URL"));
        // The cheapest that the settings allow: tests are about what happens around the hash.
        settings.password.memory_kib = 8;
        settings.password.iterations = 1;
        change(&mut settings);
        let accounts =
            installation::open_accounts(&settings, database.open(), clock.clone()).expect("the installation opens");
        oidc::keys::testing::seed(&accounts);
        let node = Node::build(&settings, accounts.clone()).await.expect("a node");
        let handle = serve_on_a_thread(node.clone(), listener);
        let url = settings.server.public_url.as_str().to_owned();
        Self { url, clock, accounts, node, database, mails, handle, folder }
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// Lets time pass.
    pub fn wait(&self, by: Duration) {
        self.clock.advance(by);
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// Runs the server on a thread of its own, as it does in the binary.
fn serve_on_a_thread(node: Node, listener: std::net::TcpListener) -> ServerHandle {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = node.serve(listener, None, 2, |_| {}).expect("the server starts");
            send.send(server.handle()).expect("the test waits");
            actix_web::rt::spawn(async move { node.background().await });
            server.await.expect("the server ends well");
        });
    });
    receive.recv().expect("the server started")
}
