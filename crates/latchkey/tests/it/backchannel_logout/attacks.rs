//! Logout tokens where they do not belong, and addresses that lead inside.

use super::{AFTER, enter, listening, scene, scene_with};
use crate::support::registrant::with;
use crate::support::{Listener, Provider};
use oidc::logout::back_channel;
use serde_json::json;

/// A logout token is for one client: the other one's name is not in it, and no other endpoint takes it for anything.
#[tokio::test]
async fn a_logout_token_is_good_for_nothing_else() {
    let s = scene().await;
    let second = Listener::start();
    let wiki = listening(&s.provider, &second, json!({})).await;
    enter(&wiki, &s.browser).await;
    s.log_out().await;
    let token = s.listener.posted()[0].token().to_owned();
    assert_ne!(s.claims(&token)["aud"], s.claims(second.posted()[0].token())["aud"]);
    // Neither an access token, nor a hint at log-out, nor one at log-in.
    assert_eq!(s.party.userinfo(&token).await.0.as_u16(), 401);
    s.provider.log_in(&s.browser, &s.alice).await;
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("id_token_hint", token.as_str()), ("post_logout_redirect_uri", AFTER)])
        .finish();
    let shown = s.browser.open(&format!("/oauth2/logout?{query}")).await;
    assert_eq!((shown.status.as_u16(), shown.error_code().as_deref()), (400, Some("invalid_request")));
    let hinted = s.browser.open(&s.party.authorize_url(&[("id_token_hint", &token), ("prompt", "none")])).await;
    assert_eq!(hinted.parameter("error").as_deref(), Some("invalid_request"), "{}", hinted.brief());
}

/// A client that registers itself cannot have us call addresses inside (SSRF): where the network is judged, at the
/// connection. The person is not held up, and the operator sees why it failed.
#[tokio::test]
async fn an_address_inside_is_not_called() {
    let provider = Provider::start().await;
    let listener = Listener::start();
    let party = listening(&provider, &listener, json!({})).await;
    let (browser, alice) = (provider.browser(), provider.person("alice@example.test").await);
    provider.log_in(&browser, &alice).await;
    enter(&party, &browser).await;
    let page = browser.open("/logout").await;
    browser.click(&page, "log-out", &[]).await;
    let listed = loop {
        let mut all = provider.accounts.read(|conn| back_channel::list(conn, None, None, 9)).await.expect("read");
        if all[0].attempts > 0 {
            break all.remove(0);
        }
    };
    assert!(listener.posted().is_empty());
    assert!(listed.last_error.is_some());
}

/// What cannot be an address for it is refused when the client is registered.
#[tokio::test]
async fn only_addresses_that_can_be_called_are_registered() {
    let provider = Provider::start_with(crate::registration::open).await;
    for uri in [
        "http://tracker.example.test/out",
        "https://tracker.example.test/out#x",
        "ftp://x.example/",
        "javascript:0",
        "/out",
    ] {
        let told = provider.register_self(None, &with(json!({ "backchannel_logout_uri": uri }))).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{uri}");
    }
    let alone = with(json!({ "backchannel_logout_session_required": true }));
    assert_eq!(provider.register_self(None, &alone).await.error(), (400, "invalid_client_metadata"));
    let uri = "https://tracker.example.test/out?x=1";
    let told = provider
        .register_self(
            None,
            &with(json!({ "backchannel_logout_uri": uri, "backchannel_logout_session_required": true })),
        )
        .await;
    assert_eq!((told.status.as_u16(), told.text("backchannel_logout_uri")), (201, uri));
    assert_eq!(told.body["backchannel_logout_session_required"], true);
}

/// A redirect is not followed: what was meant for one receiver goes to no other.
#[tokio::test]
async fn a_redirect_is_a_failure() {
    let s = scene_with(json!({})).await;
    s.listener.answer(302);
    s.log_out().await;
    let refused = s.refused_once().await;
    assert_eq!(refused.last_error.as_deref(), Some("the client answered with status 302"));
    assert_eq!(s.listener.posted().len(), 1);
}
