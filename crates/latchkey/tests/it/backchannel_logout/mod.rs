//! OpenID Connect Back-Channel Logout 1.0.

mod attacks;
mod causes;
mod delivery;

use crate::support::{Browser, Listener, Party, Posted, Provider};
use account::AccountId;
use jose::SigningAlgorithm;
use serde_json::{Value, json};

pub const AFTER: &str = "https://tracker.example.test/logged-out";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A person who is logged in at a product that listens.
pub struct Scene {
    pub provider: Provider,
    pub listener: Listener,
    pub party: Party,
    pub browser: Browser,
    pub alice: AccountId,
    pub id_token: String,
}

/// A product that listens at that address.
pub async fn listening(provider: &Provider, listener: &Listener, mut more: Value) -> Party {
    more["backchannel_logout_uri"] = json!(listener.url);
    more["backchannel_logout_session_required"] = json!(true);
    provider.register(true, more).await
}

pub async fn scene_with(more: Value) -> Scene {
    let provider = Provider::start_with(|settings| settings.fetch.allow_private_networks = true).await;
    let listener = Listener::start();
    let party = listening(&provider, &listener, more).await;
    let browser = provider.browser();
    let alice = provider.person("amy@example.test").await;
    provider.log_in(&browser, &alice).await;
    let id_token = enter(&party, &browser).await;
    Scene { provider, listener, party, browser, alice, id_token }
}

pub async fn scene() -> Scene {
    scene_with(json!({})).await
}

/// Logs the browser in at a product; returns the ID token.
pub async fn enter(party: &Party, browser: &Browser) -> String {
    let tokens = party.exchange(&party.code(browser, &[]).await).await.1;
    tokens["id_token"].as_str().expect("an ID token").to_owned()
}

impl Scene {
    /// The product logs out.
    pub async fn log_out(&self) -> crate::support::Shown {
        let pairs = [("id_token_hint", self.id_token.as_str()), ("post_logout_redirect_uri", AFTER), ("state", "s")];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.browser.open(&format!("/oauth2/logout?{query}")).await
    }

    pub fn claims(&self, token: &str) -> Value {
        claims(&self.provider, token)
    }
}

/// The claims of a token of ours, its signature checked by the published keys.
pub fn claims(provider: &Provider, token: &str) -> Value {
    let keys = provider.node.provider.keys.current();
    Value::Object(keys.verifying().verify(token, &SigningAlgorithm::ALL).expect("ours").claims)
}

/// `oidcc-backchannel-logout-discovery-endpoint-verification`
#[tokio::test]
async fn discovery_says_so() {
    let provider = Provider::start().await;
    let document = provider.browser().open("/.well-known/openid-configuration").await.body;
    let document: Value = serde_json::from_str(&document).expect("JSON");
    assert_eq!(document["backchannel_logout_supported"], true);
    assert_eq!(document["backchannel_logout_session_supported"], true);
    assert_eq!(document["end_session_endpoint"], format!("{}/oauth2/logout", provider.url));
}

/// `oidcc-backchannel-rp-initiated-logout`: the token is there before the browser is sent back.
#[tokio::test]
async fn a_logout_token_comes_before_the_redirect() {
    let s = scene().await;
    assert_eq!(s.log_out().await.url, format!("{AFTER}?state=s"));
    let posted = s.listener.posted();
    assert_eq!(posted.len(), 1);
    let (told, known) = (s.claims(posted[0].token()), s.claims(&s.id_token));
    for same in ["iss", "aud", "sub", "sid"] {
        assert_eq!(told[same], known[same], "{same}");
    }
    assert_eq!(told["events"], json!({ EVENT: {} }));
    let now = s.provider.accounts.now().as_seconds();
    assert_eq!(told["iat"], now);
    assert!(told["exp"].as_i64().is_some_and(|exp| exp > now && exp <= now + 120));
    assert!(told["jti"].as_str().is_some_and(|jti| jti.len() >= 16));
    let mut names: Vec<_> = told.as_object().expect("an object").keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"], "and never a nonce");
    let header = header(&posted[0]);
    assert_eq!((header["typ"].as_str(), header["alg"].as_str()), (Some("logout+jwt"), Some("RS256")));
}

fn header(posted: &Posted) -> Value {
    use base64::Engine as _;
    let first = posted.token().split('.').next().expect("a header");
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(first).expect("base64url");
    serde_json::from_slice(&json).expect("JSON")
}

/// `oidcc-backchannel-rp-initiated-logout`, with another algorithm and a pairwise subject: as in the ID token.
#[tokio::test]
async fn algorithm_and_subject_are_those_of_the_id_token() {
    let s = scene_with(json!({ "id_token_signed_response_alg": "ES256", "subject_type": "pairwise" })).await;
    s.log_out().await;
    let posted = s.listener.posted();
    let (told, known) = (s.claims(posted[0].token()), s.claims(&s.id_token));
    assert_eq!(told["sub"], known["sub"]);
    assert_ne!(told["sub"], s.alice.as_str());
    assert_eq!(header(&posted[0])["alg"], "ES256");
}

/// One log-out, by a click on our own page, reaches every product of the session, and only those.
#[tokio::test]
async fn every_product_of_the_session_is_told() {
    let s = scene().await;
    let (other, third, unused) = (Listener::start(), Listener::start(), Listener::start());
    let wiki = listening(&s.provider, &other, json!({})).await;
    let desk = listening(&s.provider, &third, json!({})).await;
    listening(&s.provider, &unused, json!({})).await;
    enter(&wiki, &s.browser).await;
    enter(&desk, &s.browser).await;
    // A second time changes nothing: one session, one log-out.
    enter(&desk, &s.browser).await;
    let page = s.browser.open("/logout").await;
    let page = s.browser.click(&page, "log-out", &[]).await;
    assert!(page.has("logged-out"), "{}", page.brief());
    for (party, listener) in [(&s.party, &s.listener), (&wiki, &other), (&desk, &third)] {
        let posted = listener.posted();
        assert_eq!(posted.len(), 1);
        assert_eq!(s.claims(posted[0].token())["aud"], party.id);
    }
    assert!(unused.posted().is_empty());
}

/// The other account in the browser stays logged in, and its products are not told.
#[tokio::test]
async fn only_the_log_in_that_ended_is_told_of() {
    let s = scene().await;
    let bob = s.provider.person("bob@example.test").await;
    s.provider.log_in(&s.browser, &bob).await;
    let second = Listener::start();
    let wiki = listening(&s.provider, &second, json!({})).await;
    let choose = s.browser.open(&wiki.authorize_url(&[])).await;
    let of_bob = ["account-1", "account-2"].into_iter().find(|id| choose.text(id).contains("bob@example.test"));
    wiki.code_of(&s.browser.click(&choose, of_bob.expect("Bob may be chosen"), &[]).await);
    s.log_out().await;
    assert_eq!((s.listener.posted().len(), second.posted().len()), (1, 0));
}
