//! `latchkey demo`.

use super::process::{Process, latchkey, read, run};
use crate::support::Browser;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

/// A port whose neighbours are free too.
fn free_ports() -> u16 {
    let is_free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let mut first = 20_000 + u16::try_from(std::process::id() % 30_000).expect("a small number");
    while ![first, first + 1, first + 2, first + 3, first - 55].into_iter().all(is_free) {
        first += 7;
    }
    first
}

fn start(folder: &Path, port: u16, more: &[&str]) -> Process {
    let port = port.to_string();
    let mut process = Process::start(latchkey(folder, &[&["demo", "--port", &port], more].concat()));
    process.line("Ctrl-C stops");
    process
}

fn password_of(process: &Process, address: &str) -> String {
    let line = process.seen().lines().find(|line| line.contains(address)).expect("the account is printed");
    line.split_whitespace().nth(1).expect("a password").to_owned()
}

async fn log_in(base: &str, email: &str, password: &str) -> Browser {
    let browser = Browser::new(base);
    let page = browser.open("/admin").await;
    let page = browser.click(&page, "continue", &[("email", email)]).await;
    let page = browser.click(&page, "log-in", &[("password", password)]).await;
    page.expect("/admin");
    browser
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_keeps_everything_and_stops_cleanly() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_ports();
    let process = start(folder.path(), port, &[]);
    let base = format!("http://localhost:{port}");
    let password = password_of(&process, "olga@example.test");
    let browser = log_in(&base, "olga@example.test", &password).await;
    for (port, words) in [(port + 1, "Tracker"), (port + 2, "Wiki"), (port + 3, "Desk"), (port - 55, "ail")] {
        let page = reqwest::get(format!("http://localhost:{port}/")).await.expect("it answers");
        assert!(page.text().await.expect("text").contains(words), "{words}");
    }
    let clients = browser.open("/admin/clients").await;
    assert!(clients.plain().contains("Tracker"), "{}", clients.brief());
    assert_eq!(browser.open("/dev/gallery").await.status, 200);

    // Another one on the same ports says so and harms nothing.
    let port_text = port.to_string();
    let second = run(folder.path(), &["demo", "--fresh", "--port", &port_text], &[]);
    assert_eq!(second.code, Some(1), "{}", second.err);
    assert!(second.err.contains(&port_text) && second.err.contains("--port"), "{}", second.err);
    assert!(!second.err.contains("panicked"), "{}", second.err);
    process.signal("INT");
    assert_eq!(process.end().code(), Some(0));

    // Its database is not for production.
    let database = format!("sqlite://{}", folder.path().join("demo-data/latchkey.db").display());
    let key = folder.path().join("demo-data/latchkey.key").display().to_string();
    let environment = [
        ("LATCHKEY_DATABASE__URL", database.as_str()),
        ("LATCHKEY_SECRETS__KEY_FILE", key.as_str()),
        ("LATCHKEY_SERVER__LISTEN", "127.0.0.1:0"),
        ("LATCHKEY_SERVER__PUBLIC_URL", "http://localhost:1"),
    ];
    let refused = run(folder.path(), &["serve"], &environment);
    assert_eq!(refused.code, Some(1), "{}", refused.err);
    assert!(refused.err.contains("belongs to `latchkey demo`"), "{}", refused.err);

    // Started again: the same passwords, the same session.
    let process = start(folder.path(), port, &[]);
    assert_eq!(password_of(&process, "olga@example.test"), password);
    browser.open("/admin").await.expect("/admin");
    let secrets = read(&folder.path().join("demo-data/secrets.toml"));
    assert!(secrets.contains(&password));
    process.signal("TERM");
    assert_eq!(process.end().code(), Some(0));

    // --fresh starts over.
    let process = start(folder.path(), port, &["--fresh"]);
    assert_ne!(password_of(&process, "olga@example.test"), password);
    assert_ne!(browser.open("/admin").await.path(), "/admin");
}
