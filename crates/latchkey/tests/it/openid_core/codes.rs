//! From the code to tokens, for each response type that has one (§3.1.3, §3.3.3), and refresh (§11, §12).

use super::{ALL, scene};
use crate::support::VERIFIER;
use serde_json::{Value, json};
use std::time::Duration;

const WITH_CODE: [&str; 4] = ["code", "code id_token", "code token", "code id_token token"];

/// oidcc-codereuse, oidcc-codereuse-30seconds: refused, and everything that came of the code ends.
#[tokio::test]
async fn a_code_works_once_and_its_second_use_takes_all_back() {
    let s = scene().await;
    let browser = s.browser().await;
    for (response_type, later) in
        WITH_CODE.into_iter().flat_map(|response_type| [(response_type, 0), (response_type, 30)])
    {
        let came = s.ask(&browser, response_type, &[]).await;
        let token = came.access_token.expect("a token");
        assert_eq!(s.party.userinfo(&token).await.0.as_u16(), 200);
        s.provider.wait(Duration::from_secs(later));
        let (status, error) = s.party.exchange(came.answer.expect("code")).await;
        assert_eq!((status.as_u16(), &error["error"]), (400, &json!("invalid_grant")), "{response_type}");
        assert_eq!(s.party.userinfo(&token).await.0.as_u16(), 401, "{response_type}");
    }
}

/// oidcc-ensure-request-without-nonce-succeeds-for-code-flow, oidcc-ensure-request-without-nonce-fails
#[tokio::test]
async fn the_nonce_is_needed_where_the_id_token_comes_through_the_browser() {
    let s = scene().await;
    let browser = s.browser().await;
    for response_type in ALL {
        if matches!(response_type, "code" | "code token") {
            let came = s.ask(&browser, response_type, &[("nonce", "")]).await;
            assert_eq!(came.id_token["nonce"], Value::Null);
            continue;
        }
        for mode in ["", "form_post"] {
            let url = s.url(response_type, &[("nonce", ""), ("response_mode", mode)]);
            assert_eq!(browser.open(&url).await.answer().get("error"), Some("invalid_request"), "{response_type}");
        }
    }
}

/// oidcc-server-client-secret-post, oidcc-ensure-request-with-valid-pkce-succeeds
#[tokio::test]
async fn a_client_may_send_its_secret_in_the_body() {
    let s = scene().await;
    let browser = s.browser().await;
    let post = json!({ "token_endpoint_auth_method": "client_secret_post" });
    let party = s.provider.party_of_all_flows(true, post).await;
    for response_type in WITH_CODE {
        let answer = browser.open(&party.authorize_url(&[("response_type", response_type)])).await.answer();
        let body = [
            ("grant_type", "authorization_code"),
            ("code", answer.expect("code")),
            ("redirect_uri", &party.redirect_uri),
            ("code_verifier", VERIFIER),
            ("client_id", &party.id),
            ("client_secret", &party.secret),
        ];
        let sent = reqwest::Client::new().post(format!("{}/oauth2/token", s.provider.url));
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(body).finish();
        let sent = sent.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap();
        assert_eq!(sent.status().as_u16(), 200, "{response_type}");
    }
}

/// oidcc-refresh-token: the same person, log-in and auth_time, and no use to another client.
#[tokio::test]
async fn a_refresh_token_goes_on_as_the_log_in_was() {
    let s = scene().await;
    let browser = s.browser().await;
    let other = s.provider.party_of_all_flows(false, json!({})).await;
    for response_type in WITH_CODE {
        let more = [("response_type", response_type), ("scope", "openid offline_access"), ("prompt", "consent")];
        let shown = browser.open(&s.party.authorize_url(&more)).await;
        let answer = browser.click(shown.expect("/consent"), "allow", &[]).await.answer();
        let (_, tokens) = s.party.exchange(answer.expect("code")).await;
        let before = s.provider.claims(tokens["id_token"].as_str().unwrap());
        s.provider.wait(Duration::from_secs(5));
        let refresh = tokens["refresh_token"].as_str().unwrap_or_else(|| panic!("{response_type}: {tokens}"));
        let (status, error) = other.refresh(refresh).await;
        assert_eq!((status.as_u16(), &error["error"]), (400, &json!("invalid_grant")));
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("scope", "openid offline_access")];
        let (status, tokens) = s.party.token(&fields).await;
        assert_eq!(status.as_u16(), 200, "{tokens}");
        let after = s.provider.claims(tokens["id_token"].as_str().unwrap());
        for same in ["iss", "sub", "aud", "azp", "auth_time", "sid"] {
            assert_eq!(before[same], after[same], "{same}");
        }
        assert!(after["iat"].as_i64() > before["iat"].as_i64());
        assert!(after["nonce"].is_null() || after["nonce"] == before["nonce"]);
    }
}
