//! `latchkey serve` and `latchkey admin invite`.

use super::process::{Installation, Process, free_port, latchkey, run};
use crate::support::Browser;
use std::net::TcpListener;

/// The link in the lines that a command printed.
fn link_in(line: &str) -> String {
    line.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_start_leads_to_the_first_operator() {
    let installation = Installation::new();
    let mut process = installation.serve();
    let link = link_in(&process.line("/setup?token="));
    let discovery = Browser::new(&installation.url).open("/.well-known/openid-configuration").await;
    assert_eq!(discovery.status, 200);
    assert!(discovery.body.contains(&format!("\"issuer\":\"{}\"", installation.url)), "{}", discovery.body);

    let browser = Browser::new(&installation.url);
    let page = browser.open(&link).await;
    page.expect("/setup");
    let fill = [("email", "olga@example.test"), ("name", "Olga Operator"), ("password", "four uncommon words here")];
    browser.click(&page, "set-up", &fill).await.expect("/admin");
    assert!(browser.cookie("latchkey-device").is_some(), "the device is known from now on");
    let used = Browser::new(&installation.url).open(&link).await;
    assert_eq!(used.error_code().as_deref(), Some("invitation_void"));

    process.signal("TERM");
    assert_eq!(process.end().code(), Some(0));
    // Started again: the session is still there, and no other set-up link is made.
    let mut process = installation.serve();
    browser.open("/admin").await.expect("/admin");
    process.signal("INT");
    process.line("Stopped.");
    assert!(!process.seen().contains("/setup"), "{}", process.seen());
    assert_eq!(process.end().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_start_without_an_operator_prints_another_link() {
    let installation = Installation::new();
    let first = link_in(&installation.serve().line("/setup?token="));
    let mut process = installation.serve();
    let second = link_in(&process.line("/setup?token="));
    let browser = Browser::new(&installation.url);
    assert_eq!(browser.open(&first).await.error_code().as_deref(), Some("invitation_void"));
    browser.open(&second).await.expect("/setup");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_printed_and_makes_an_operator() {
    let installation = Installation::new();
    let early = installation.run(&["admin", "invite", "olga@example.test"]);
    assert_eq!(early.code, Some(1), "{}", early.err);
    assert!(early.err.contains("latchkey migrate"), "{}", early.err);
    let _process = installation.serve();
    let wrong = installation.run(&["admin", "invite", "olga"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.err);
    let invited = installation.run(&["admin", "invite", "olga@example.test"]);
    assert_eq!(invited.code, Some(0), "{}", invited.err);
    let link = invited.out.lines().find(|line| line.contains("/setup?token=")).expect("a link").trim().to_owned();
    let browser = Browser::new(&installation.url);
    let page = browser.open(&link).await;
    let fill = [("name", "Olga Operator"), ("password", "four uncommon words here"), ("email", "eve@example.test")];
    let console = browser.click(&page, "set-up", &fill).await;
    console.expect("/admin");
    assert!(console.body.contains("olga@example.test") && !console.body.contains("eve@example.test"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_is_told_on_its_own_port_only() {
    let installation = Installation::new();
    let ops = format!("127.0.0.1:{}", free_port());
    let mut command = latchkey(installation.folder.path(), &["serve"]);
    command.env("LATCHKEY_SERVER__OPS_LISTEN", &ops);
    let mut process = Process::start(command);
    process.line("Health on");
    for path in ["/health/live", "/health/ready"] {
        let answer = reqwest::get(format!("http://{ops}{path}")).await.expect("it answers");
        assert_eq!(answer.status(), 200, "{path}");
    }
    let ready =
        reqwest::get(format!("http://{ops}/health/ready")).await.expect("it answers").text().await.expect("text");
    assert_eq!(ready, r#"{"status":"ready","database":true,"migrations":true,"signing_keys":true}"#);
    let browser = Browser::new(&installation.url);
    assert_eq!(browser.open("/health/ready").await.status, 404);

    // Prometheus: routes by pattern, log-ins by outcome, mails that wait; not on the address of the pages.
    browser.open("/avatar/initials-1-QUU/64").await;
    let page = browser.open("/login").await;
    let page = browser.click(&page, "continue", &[("email", "nobody@example.test")]).await;
    browser.click(&page, "log-in", &[("password", "a-wrong-password")]).await;
    let answer = reqwest::get(format!("http://{ops}/metrics")).await.expect("it answers");
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text().await.expect("text");
    for line in [
        r#"latchkey_http_request_duration_seconds_count{method="GET",route="/avatar/{name}/{size}",status="2xx"} 1"#,
        r#"latchkey_http_request_duration_seconds_count{method="GET",route="none",status="4xx"} 1"#,
        r#"latchkey_log_ins_total{outcome="wrong"} 1"#,
        r#"latchkey_log_ins_total{outcome="logged_in"} 0"#,
        "latchkey_outbox_waiting 0",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} in\n{text}");
    }
    assert!(!text.contains("nobody@example.test"));
    assert_eq!(browser.open("/metrics").await.status, 404);
}

#[test]
fn a_port_in_use_is_said_and_nothing_is_touched() {
    let installation = Installation::new();
    let taken = TcpListener::bind(("127.0.0.1", installation.port)).expect("the port is free");
    let ended = installation.run(&["serve"]);
    drop(taken);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains(&installation.port.to_string()) && ended.err.contains("server.listen"), "{}", ended.err);
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    let pending = installation.database.open().pending_migrations().expect("it opens");
    assert!(!pending.missing.is_empty(), "the database was migrated");
}

#[test]
fn wrong_settings_are_refused_with_what_to_write() {
    let installation = Installation::new();
    let ended = run(installation.folder.path(), &["serve"], &[("LATCHKEY_SERVER__LISTEN", "8080")]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("LATCHKEY_SERVER__LISTEN") && ended.err.contains("127.0.0.1:8080"), "{}", ended.err);
}

#[test]
fn a_database_that_is_not_up_to_date_is_refused_when_told_so() {
    let installation = Installation::new();
    let ended = installation.run(&["serve", "--no-migrate"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("latchkey migrate"), "{}", ended.err);
}

#[test]
fn another_key_file_is_refused() {
    let installation = Installation::new();
    drop(installation.serve());
    let key = installation.folder.path().join("latchkey.key");
    for (bytes, words) in [(vec![43; 32], "is not the one"), (vec![42; 31], "exactly 32")] {
        std::fs::write(&key, bytes).expect("a key file");
        let ended = installation.run(&["serve"]);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
    }
    std::fs::remove_file(&key).expect("a key file");
    let ended = installation.run(&["serve"]);
    assert!(ended.code != Some(0) && ended.err.contains("latchkey.key"), "{}", ended.err);
}
