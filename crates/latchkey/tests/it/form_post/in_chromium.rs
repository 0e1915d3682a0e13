//! The page that posts itself, in a browser that enforces the policy of the page.

use crate::log_in::{ALICE, PASSWORD, account};
use crate::support::{Chromium, Provider};
use account::account::AccountStatus;
use serde_json::json;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A product: takes the form at `/callback` and sends the person on to `then`, or shows what it got when there is none.
async fn product(then: Option<String>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 16 * 1024];
            let mut length = 0;
            while let Ok(read @ 1..) = stream.read(&mut request[length..]).await {
                length += read;
                let text = String::from_utf8_lossy(&request[..length]).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let lines = || head.lines().filter_map(|line| line.split_once(": "));
                let wanted = lines().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
                if body.len() < wanted.and_then(|(_, length)| length.parse().ok()).unwrap_or(0) {
                    continue;
                }
                let posted =
                    head.starts_with("POST /callback ") && body.contains("code=") && body.contains("state=a-state");
                let answer = match &then {
                    Some(to) if posted => format!("HTTP/1.1 303 See Other\r\nLocation: {to}\r\nContent-Length: 0\r\n"),
                    _ => "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 21\r\n".to_owned(),
                };
                let body = if answer.contains("303") { "" } else { "<p id=\"done\">done</p>" };
                let _ = stream.write_all(format!("{answer}Connection: close\r\n\r\n{body}").as_bytes()).await;
                break;
            }
        }
    });
    address
}

/// The form posts itself; the product then sends the person on to another origin, which the policy must not forbid:
/// Chromium holds it against the redirects that follow a form.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_form_posts_itself_and_the_product_may_send_the_person_on() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let front = product(None).await;
    let back = product(Some(format!("http://localhost:{}/home", front.port()))).await;
    let redirect = json!({ "redirect_uris": [format!("http://127.0.0.1:{}/callback", back.port())] });
    let party = provider.register(true, redirect).await;
    let browser = Chromium::start(800, 700).await;
    browser.open(&party.authorize_url(&[("response_mode", "form_post"), ("display", "popup")])).await;
    browser.type_into("email", ALICE).await;
    browser.click("continue").await;
    browser.type_into("password", PASSWORD).await;
    browser.click("log-in").await;
    assert_eq!(browser.text("done").await, "done");
    assert_eq!(browser.url().await, format!("http://localhost:{}/home", front.port()));
    browser.close().await;
}
