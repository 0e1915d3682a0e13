//! Clients without authentication that register themselves, and PKCE: the comprehensive plan with `client_auth_type=none`
//! sends no challenge.

use super::open;
use crate::support::registrant::with;
use crate::support::{Party, Place, Provider, Shown};
use latchkey::settings::Settings;
use reqwest::StatusCode;
use serde_json::{Value, json};

const PLAIN: [(&str, &str); 2] = [("code_challenge", ""), ("code_challenge_method", "")];

async fn provider(allow_implicit: bool) -> Provider {
    Provider::start_with(|settings: &mut Settings| {
        open(settings);
        settings.registration.allow_implicit = allow_implicit;
    })
    .await
}

async fn public(provider: &Provider, more: Value) -> Party {
    let mut metadata = with(json!({ "token_endpoint_auth_method": "none" }));
    metadata.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let told = provider.register_self(None, &metadata).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    provider.party_of(&told)
}

async fn allow(provider: &Provider, party: &Party, more: &[(&str, &str)]) -> Shown {
    let (account, browser) = (provider.person("alice@example.test").await, provider.browser());
    provider.log_in(&browser, &account).await;
    let shown = browser.open(&party.authorize_url(more)).await;
    browser.click(shown.expect("/consent"), "allow", &[]).await
}

/// oidcc-server, oidcc-ensure-request-without-nonce-succeeds-for-code-flow (client_auth_type=none): neither challenge nor
/// nonce, where the operator allows tokens to travel through the browser.
#[tokio::test]
async fn a_code_without_pkce_where_tokens_may_travel_through_the_browser() {
    let provider = provider(true).await;
    let party = public(&provider, json!({})).await;
    let code = party.code_of(&allow(&provider, &party, &[&PLAIN[..], &[("nonce", "")]].concat()).await);
    let redeem = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &party.redirect_uri)];
    let (status, tokens) = party.token(&redeem).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    assert_eq!(party.userinfo(tokens["access_token"].as_str().expect("a token")).await.0, StatusCode::OK);
}

/// oidcc-ensure-request-with-valid-pkce-succeeds (client_auth_type=none): a challenge that was sent binds the code, also
/// where none was needed (RFC 9700 §2.1.1: no downgrade), and a verifier without a challenge is refused.
#[tokio::test]
async fn a_challenge_binds_the_code_also_where_none_is_needed() {
    for (sent, verifier, error) in [(true, true, None), (true, false, Some(())), (false, true, Some(()))] {
        let provider = provider(true).await;
        let party = public(&provider, json!({})).await;
        let code = party.code_of(&allow(&provider, &party, if sent { &[] } else { &PLAIN }).await);
        let (status, body) = if verifier {
            party.exchange(&code).await
        } else {
            party
                .token(&[("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &party.redirect_uri)])
                .await
        };
        let expected = error.map_or(Value::Null, |()| json!("invalid_grant"));
        assert_eq!((status.is_success(), &body["error"]), (error.is_none(), &expected), "{sent} {verifier}");
    }
}

/// Everybody else needs it: without that setting, on a device, by their own wish, and whom an operator registers.
#[tokio::test]
async fn pkce_is_demanded_of_every_other_public_client() {
    let (strict, lax) = (provider(false).await, provider(true).await);
    let native = json!({ "application_type": "native", "redirect_uris": ["com.example.app:/cb"] });
    let parties = [
        (&strict, public(&strict, json!({})).await),
        (&lax, public(&lax, native).await),
        (&lax, public(&lax, json!({ "redirect_uris": ["http://127.0.0.1/cb"] })).await),
        (&lax, public(&lax, json!({ "require_pkce": true })).await),
        (
            &lax,
            lax.register(
                false,
                json!({ "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"] }),
            )
            .await,
        ),
    ];
    for (provider, party) in parties {
        let answer = provider.browser().open(&party.authorize_url(&PLAIN)).await.answer();
        assert_eq!(
            (answer.place, answer.get("error")),
            (Place::Query, Some("invalid_request")),
            "{}",
            party.redirect_uri
        );
    }
}
