//! `latchkey registration`: tokens by which others register clients.

use super::process::Installation;
use crate::support::registrant::{plain, tell};
use reqwest::{Method, StatusCode};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_printed_once_listed_used_and_revoked() {
    let installation = Installation::new();
    assert_eq!(installation.run(&["registration", "list"]).code, Some(1), "no database yet");
    let _server = installation.serve();
    let made = installation.run(&["registration", "token", "--uses", "2", "--days", "3", "--note", "Team Desk"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let token = made.out.trim();
    assert_eq!(token.len(), 43, "the token alone: {}", made.out);
    assert!(made.err.contains("/oauth2/register") && made.err.contains("2 clients"), "{}", made.err);
    let url = format!("{}/oauth2/register", installation.url);
    let register = async || tell(Method::POST, &url, Some(token), Some(plain().to_string())).await;
    assert_eq!(register().await.status, StatusCode::CREATED);
    let list = installation.run(&["registration", "list"]).out;
    assert!(list.contains("Team Desk") && list.contains("  1  ") && !list.contains(token), "{list}");
    let id = list.split_whitespace().next().expect("an id");
    assert_eq!(installation.run(&["registration", "revoke", id]).code, Some(0));
    assert_eq!(installation.run(&["registration", "revoke", id]).code, Some(1));
    assert_eq!(installation.run(&["registration", "revoke", "nothing"]).code, Some(1));
    assert_eq!(register().await.error(), (401, "invalid_token"));
    for wrong in [["--uses", "0"], ["--days", "0"], ["--days", "9999"], ["--uses", "x"]] {
        assert_eq!(installation.run(&["registration", "token", wrong[0], wrong[1]]).code, Some(2), "{wrong:?}");
    }
}
