//! OAuth 2.0 Form Post Response Mode, with every response type, and in a real browser.

mod in_chromium;

use crate::support::{Place, Provider};
use serde_json::json;

/// oidcc-server of the form post plans: the same parameters as in the redirect, in a form that nobody keeps.
#[tokio::test]
async fn every_answer_can_travel_in_a_form() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party_of_all_flows(true, json!({})).await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    for (response_type, names) in [
        ("code", &["code", "session_state", "state", "iss"][..]),
        ("id_token", &["id_token", "session_state", "state", "iss"]),
        ("id_token token", &["access_token", "token_type", "expires_in", "id_token", "session_state", "state", "iss"]),
        ("code id_token", &["code", "id_token", "session_state", "state", "iss"]),
        ("code token", &["code", "access_token", "token_type", "expires_in", "session_state", "state", "iss"]),
        (
            "code id_token token",
            &["code", "access_token", "token_type", "expires_in", "id_token", "session_state", "state", "iss"],
        ),
    ] {
        let pairs = [("response_type", response_type), ("response_mode", "form_post")];
        let shown = browser.open(&party.authorize_url(&pairs)).await;
        let answer = shown.answer();
        assert_eq!((answer.place, answer.to.as_str()), (Place::Form, party.redirect_uri.as_str()));
        assert_eq!(answer.names(), names, "{response_type}");
        assert_eq!(shown.headers["cache-control"], "no-store");
        if let Some(code) = answer.get("code") {
            assert_eq!(party.exchange(code).await.0.as_u16(), 200, "{response_type}");
        }
    }
}

/// oidcc-response-type-missing, oidcc-prompt-none-not-logged-in, oidcc-ensure-request-without-nonce-fails: errors too.
#[tokio::test]
async fn errors_travel_in_a_form_too() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party_of_all_flows(true, json!({})).await, provider.browser());
    for (more, error) in [
        (("response_type", ""), "invalid_request"),
        (("response_type", "nonsense"), "unsupported_response_type"),
        (("prompt", "none"), "login_required"),
    ] {
        let pairs = [more, ("response_mode", "form_post")];
        let shown = browser.open(&party.authorize_url(&pairs)).await;
        let answer = shown.answer();
        assert_eq!((answer.place, answer.get("error")), (Place::Form, Some(error)), "{more:?}");
        assert_eq!(answer.names(), ["error", "error_description", "state", "iss"]);
        assert_eq!(shown.headers["cache-control"], "no-store");
    }
    let pairs = [("response_type", "id_token"), ("nonce", ""), ("response_mode", "form_post")];
    let answer = browser.open(&party.authorize_url(&pairs)).await.answer();
    assert_eq!((answer.place, answer.get("error")), (Place::Form, Some("invalid_request")));
}
