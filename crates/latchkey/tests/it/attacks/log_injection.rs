//! The log of the built program, at its most talkative: one JSON object a line whatever is sent, and nothing in it that
//! would let its reader in, or tells who somebody is.

use super::raw;
use crate::commands::process::{Installation, Process, latchkey};
use crate::sign_up::{code_of, link_of};
use crate::support::{Browser, CHALLENGE, VERIFIER};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;

const EMAIL: &str = "zenobia.quill@example.test";
const NAME: &str = "Zenobia Quill";
const PASSWORD: &str = "plinth gumbo weather";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

const CLIENT: &str = r#"
[[client]]
client_id = "tracker"
client_secret = "0123456789abcdef0123456789abcdef"
client_name = "Tracker"
redirect_uris = ["https://tracker.example.test/callback"]
first_party = true
"#;

/// Starts `latchkey serve` with everything logged to a file.
fn serve(installation: &Installation, log: &Path) -> Process {
    let file = std::fs::File::create(log).expect("a file");
    let mut command = latchkey(installation.folder.path(), &["serve"]);
    command.env("LATCHKEY_LOG", "debug");
    let mut process = Process::start_logging(command, Stdio::from(file));
    process.line("Listening on");
    process
}

/// The log's lines; each must be an object.
fn lines(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).expect("UTF-8");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect();
    assert!(lines.iter().all(|line| line["level"].is_string() && line["timestamp"].is_string()));
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_sent_breaks_a_line_of_the_log() {
    let installation = Installation::new();
    let log = installation.folder.path().join("log");
    let process = serve(&installation, &log);
    let evil = "%0D%0A%7B%22level%22:%22ERROR%22,%22message%22:%22forged-line%22%7D%0A%1B%5B2J%E2%80%A8%C2%85";
    let url = &installation.url;
    for target in [
        format!("/oauth2/authorize?client_id={evil}&redirect_uri={evil}&response_type={evil}&state={evil}"),
        format!("/oauth2/logout?client_id={evil}&post_logout_redirect_uri={evil}&id_token_hint={evil}"),
        format!("/login?to={evil}&interaction={evil}"),
        format!("/{evil}"),
        format!("/admin/clients/{evil}"),
        format!("/verify-email/confirm?token={evil}"),
    ] {
        let agent = "User-Agent: a\u{1b}[2J\tb {\"level\":\"ERROR\"}".to_owned();
        let request_id = "X-Request-Id: {\"forged-line\":\"\u{85}\"}".to_owned();
        raw::send(url, &raw::request("GET", &target, &[agent, request_id], None)).expect("an answer");
    }
    let form = "application/x-www-form-urlencoded";
    for body in [
        format!("grant_type={evil}&client_id={evil}&client_secret={evil}"),
        format!("grant_type=authorization_code&code={evil}&client_id={evil}"),
        format!("token={evil}&client_id={evil}&client_secret={evil}"),
    ] {
        for path in ["/oauth2/token", "/oauth2/introspect", "/login", "/recover"] {
            raw::send(url, &raw::request("POST", path, &[], Some((form, body.as_bytes())))).expect("an answer");
        }
    }
    let browser = Browser::new(url);
    let page = browser.open("/login").await;
    browser.click(&page, "continue", &[("email", "a@b.example\r\n{\"message\":\"forged-line\"}")]).await;
    process.signal("TERM");
    process.end();
    let lines = lines(&log);
    assert!(lines.len() > 5, "{lines:?}");
    for line in lines {
        assert_ne!(line["message"], "forged-line", "{line}");
        assert!(line.get("forged-line").is_none(), "{line}");
        assert!(!line.to_string().contains('\u{1b}'), "a control character as it came: {line}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_a_whole_flow_names_nobody_and_holds_no_secret() {
    let installation = Installation::new();
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let folder = installation.folder.path();
    let mails = demo::mail::Catcher::bind(loopback, loopback, folder.join("mails")).expect("ports");
    mails.start().expect("a mail catcher");
    installation.settings(&format!("[mail]\nurl = \"{}\"\nfrom = \"id@example.test\"\n", mails.smtp_url()));
    std::fs::write(folder.join("all.toml"), CLIENT).expect("a file");
    let log = folder.join("log");
    for arguments in [&["migrate"][..], &["apply", "all.toml"]] {
        let ended = installation.run(arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
    let process = serve(&installation, &log);

    let mut secrets =
        vec![EMAIL.to_owned(), NAME.to_owned(), "Zenobia".to_owned(), PASSWORD.to_owned(), SECRET.to_owned()];
    let browser = Browser::new(&installation.url);
    let form = browser.open("/signup").await;
    let fill = [("email", EMAIL), ("name", NAME), ("password", PASSWORD)];
    let page = browser.click(&form, "sign-up", &fill).await;
    let mail = mails.wait_for(|mail| mail.is_to(EMAIL)).await;
    let (code, link) = (code_of(&mail), link_of(&mail));
    secrets.push(link.split("token=").nth(1).expect("a token").to_owned());
    Browser::new(&installation.url).open(&link).await;
    browser.click(&page, "verify", &[("code", &code)]).await.expect("/account");
    let other = Browser::new(&installation.url);
    let page = other.open("/login").await;
    let page = other.click(&page, "continue", &[("email", EMAIL)]).await;
    let page = other.click(&page, "log-in", &[("password", "a-wrong-password-typed")]).await;
    secrets.push("a-wrong-password-typed".to_owned());
    other.click(&page, "log-in", &[("password", PASSWORD)]).await.expect("/account");
    let page = Browser::new(&installation.url).open("/recover").await;
    let lost = Browser::new(&installation.url);
    let page = lost.open(&page.url).await;
    lost.click(&page, "send", &[("email", EMAIL)]).await;
    let mail = mails.wait_for(|mail| mail.is_to(EMAIL) && mail.text.contains("/recover/password?token=")).await;
    let token = mail.text.split("/recover/password?token=").nth(1).expect("a link");
    secrets.push(token.split_whitespace().next().expect("a token").to_owned());

    // A product, with right and wrong answers.
    let query = format!(
        "response_type=code&client_id=tracker&redirect_uri=https%3A%2F%2Ftracker.example.test%2Fcallback&scope=openid+\
         email+offline_access&state=s&code_challenge={CHALLENGE}&code_challenge_method=S256&login_hint={EMAIL}"
    );
    let shown = browser.open(&format!("/oauth2/authorize?{query}")).await;
    let code = shown.parameter("code").unwrap_or_else(|| panic!("{}", shown.brief()));
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let call = async |path: &str, secret: &str, fields: &[(&str, &str)]| -> Value {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = http.post(format!("{}{path}", installation.url)).basic_auth("tracker", Some(secret));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let answer = request.send().await.expect("an answer");
        serde_json::from_str(&answer.text().await.expect("a body")).unwrap_or(Value::Null)
    };
    let redirect = ("redirect_uri", "https://tracker.example.test/callback");
    let exchange = [("grant_type", "authorization_code"), ("code", &code), redirect, ("code_verifier", VERIFIER)];
    call("/oauth2/token", "a-wrong-client-secret", &exchange).await;
    let tokens = call("/oauth2/token", SECRET, &exchange).await;
    let token = |tokens: &Value, name: &str| tokens[name].as_str().unwrap_or_else(|| panic!("{tokens}")).to_owned();
    let (access, refresh) = (token(&tokens, "access_token"), token(&tokens, "refresh_token"));
    http.get(format!("{}/oauth2/userinfo", installation.url)).bearer_auth(&access).send().await.expect("an answer");
    call("/oauth2/introspect", SECRET, &[("token", &access)]).await;
    let next = call("/oauth2/token", SECRET, &[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await;
    secrets.push(token(&next, "refresh_token"));
    call("/oauth2/token", SECRET, &exchange).await;
    browser.open(&format!("/oauth2/logout?id_token_hint={}", token(&tokens, "id_token"))).await;
    for cookie in ["latchkey-session", "latchkey-browser", "latchkey-device"] {
        secrets.extend(other.cookie(cookie));
    }
    secrets.extend(["a-wrong-client-secret".to_owned(), code, VERIFIER.to_owned(), refresh]);
    secrets.push(access.rsplit('.').next().expect("a signature").to_owned());
    secrets.push(token(&tokens, "id_token").rsplit('.').next().expect("a signature").to_owned());
    process.signal("TERM");
    process.end();
    assert!(lines(&log).iter().any(|line| line["level"] == "DEBUG"));
    let text = std::fs::read_to_string(&log).expect("UTF-8");
    for secret in &secrets {
        let at = text.lines().find(|line| line.contains(secret.as_str()));
        assert!(at.is_none(), "{secret} stands in the log: {at:?}");
    }
    let local = text.lines().find(|line| line.contains("zenobia"));
    assert!(local.is_none(), "{local:?}");
}
