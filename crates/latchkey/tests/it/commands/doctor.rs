//! `latchkey doctor`.

use super::process::{Ended, Installation, free_port};
use demo::mail::Catcher;
use std::net::{Ipv4Addr, SocketAddr};

impl Ended {
    /// The line about this, when it begins with that mark.
    #[track_caller]
    fn finds(&self, mark: &str, about: &str, words: &str) {
        let fits = |line: &str| {
            line.strip_prefix(mark).is_some_and(|rest| rest.trim_start().starts_with(about)) && line.contains(words)
        };
        assert!(self.out.lines().any(fits), "{mark} {about} {words}\n{}{}", self.out, self.err);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_installation_is_told_what_it_lacks_and_nothing_is_made() {
    let installation = Installation::new();
    let key = installation.folder.path().join("latchkey.key");
    // With PostgreSQL the settings are refused without one.
    let keyless = installation.database.url_text().starts_with("sqlite");
    if keyless {
        std::fs::remove_file(&key).expect("removed");
    }
    let ended = installation.run(&["doctor"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    ended.finds("ok", "settings", "understood");
    ended.finds("PROBLEM", "database", "latchkey migrate");
    ended.finds("note", "mail", "mail.url");
    ended.finds("PROBLEM", "issuer", &format!("{}/.well-known/openid-configuration", installation.url));
    ended.finds("ok", "passkeys", "localhost");
    assert!(ended.err.contains("problems were found"), "{}", ended.err);
    assert_eq!(key.exists(), !keyless, "it only looks");
    assert_eq!(installation.run(&["doctor"]).code, Some(1), "nor did it migrate");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_installation_is_well() {
    let installation = Installation::new();
    let mails = installation.folder.path().join("mails");
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let catcher = Catcher::bind(loopback, loopback, mails).expect("ports");
    catcher.start().expect("a mail catcher");
    installation.settings(&format!("[mail]\nurl = \"{}\"\n", catcher.smtp_url()));
    let process = installation.serve();
    let ended = installation.run(&["doctor"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    for about in ["settings", "database", "clock", "mail", "issuer", "passkeys"] {
        ended.finds("ok", about, "");
    }
    assert!(catcher.messages().is_empty(), "no mail was sent for it");
    drop(process);
    let ended = installation.run(&["doctor"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("1 problem was found"), "{}", ended.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_named() {
    let installation = Installation::new();
    assert_eq!(installation.run(&["migrate"]).code, Some(0));
    installation.settings(&format!("[mail]\nurl = \"smtp://127.0.0.1:{}\"\n", free_port()));
    drop(installation.serve());
    std::fs::write(installation.folder.path().join("latchkey.key"), [43; 32]).expect("another key file");
    let settings = installation.folder.path().join("latchkey.toml");
    let text = std::fs::read_to_string(&settings).expect("settings");
    std::fs::write(&settings, text.replace("://localhost", "://127.0.0.1")).expect("written");
    let ended = installation.run(&["doctor"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    ended.finds("PROBLEM", "key file", "secrets.key_file");
    ended.finds("PROBLEM", "mail", "mail.url");
    ended.finds("note", "passkeys", "host name");
    std::fs::write(&settings, "[server]\nlisten_on = 1\n").expect("written");
    assert_eq!(installation.run(&["doctor"]).code, Some(2), "settings that cannot be read");
}
