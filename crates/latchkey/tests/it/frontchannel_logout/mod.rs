//! OpenID Connect Front-Channel Logout 1.0.

mod in_chromium;

use crate::backchannel_logout::{claims, enter};
use crate::support::registrant::with;
use crate::support::{Party, Provider, Shown, html};
use serde_json::{Value, json};

const AFTER: &str = "https://tracker.example.test/logged-out";
const URI: &str = "https://tracker.example.test/out?from=op";

fn logout_path(pairs: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/oauth2/logout?{query}")
}

/// The addresses of the frames on a page.
fn frames(shown: &Shown) -> Vec<String> {
    let tags = html::tags(&shown.body);
    tags.iter().filter(|tag| tag.name == "iframe").map(|tag| tag.get("src").to_owned()).collect()
}

fn policy(shown: &Shown) -> String {
    shown.headers["content-security-policy"].to_str().expect("ascii").to_owned()
}

async fn front(provider: &Provider, uri: &str) -> Party {
    let more = json!({ "frontchannel_logout_uri": uri, "frontchannel_logout_session_required": true });
    provider.register(true, more).await
}

/// `oidcc-frontchannel-logout-discovery-endpoint-verification`
#[tokio::test]
async fn discovery_says_so() {
    let provider = Provider::start().await;
    let document = provider.browser().open("/.well-known/openid-configuration").await.body;
    let document: Value = serde_json::from_str(&document).expect("JSON");
    assert_eq!(document["frontchannel_logout_supported"], true);
    assert_eq!(document["frontchannel_logout_session_supported"], true);
}

/// `oidcc-frontchannel-rp-initiated-logout`: a frame with exactly `iss` and `sid` added, and on to the product by itself.
#[tokio::test]
async fn the_page_loads_the_product_and_goes_on() {
    let provider = Provider::start().await;
    let party = front(&provider, URI).await;
    let plain = provider.party().await;
    let (browser, alice) = (provider.browser(), provider.person("alice@example.test").await);
    provider.log_in(&browser, &alice).await;
    let id_token = enter(&party, &browser).await;
    enter(&plain, &browser).await;
    let state = "-._~".repeat(32);
    let pairs = [("id_token_hint", id_token.as_str()), ("post_logout_redirect_uri", AFTER), ("state", &state)];
    let shown = browser.open(&logout_path(&pairs)).await;
    let sid = claims(&provider, &id_token)["sid"].as_str().expect("sid").to_owned();
    let iss = url::form_urlencoded::byte_serialize(provider.url.as_bytes()).collect::<String>();
    assert_eq!(frames(&shown), [format!("{URI}&iss={iss}&sid={sid}")]);
    assert!(shown.has("logged-out"), "{}", shown.brief());
    // By meta refresh without script, by a link for whoever does not wait.
    let then = format!("{AFTER}?state={state}");
    assert_eq!(shown.link("go-on"), then);
    let tags = html::tags(&shown.body);
    let refresh = tags.iter().find(|tag| tag.name == "meta" && tag.get("http-equiv") == "refresh").expect("a refresh");
    assert_eq!(refresh.get("content"), format!("2;url={then}"));
    // The script's last resort comes later: a browser that does both would ask the product twice, which
    // oidcc-frontchannel-rp-initiated-logout refuses.
    assert_eq!(tags.iter().find(|tag| tag.get("id") == "logged-out").expect("main").get("data-seconds"), "4");
    let policy = policy(&shown);
    assert!(
        policy.contains("frame-src https://tracker.example.test;")
            || policy.ends_with("frame-src https://tracker.example.test")
    );
    assert!(policy.contains("frame-ancestors 'none'"), "our own page is framed by nobody");
    assert!(browser.cookie("latchkey-session").is_none());
    let silent = browser.open(&party.authorize_url(&[("prompt", "none")])).await;
    assert_eq!(silent.parameter("error").as_deref(), Some("login_required"));
}

/// Frames of several products, on our own log-out page too; none of them may touch the page around it.
#[tokio::test]
async fn a_click_here_loads_every_product() {
    let provider = Provider::start().await;
    let (one, two) = (front(&provider, URI).await, front(&provider, "https://tracker.example.test/other").await);
    let (browser, alice) = (provider.browser(), provider.person("alice@example.test").await);
    provider.log_in(&browser, &alice).await;
    enter(&one, &browser).await;
    enter(&two, &browser).await;
    let page = browser.open("/logout").await;
    let page = browser.click(&page, "log-out", &[]).await;
    assert_eq!(frames(&page).len(), 2);
    for tag in html::tags(&page.body).iter().filter(|tag| tag.name == "iframe") {
        assert!(!tag.get("sandbox").contains("top-navigation") && tag.get("sandbox").contains("allow-scripts"));
    }
    assert_eq!(page.link("go-on"), "/logout");
    let again = browser.open("/logout").await;
    assert!(again.has("logged-out") && frames(&again).is_empty());
    assert!(!policy(&again).contains("frame-src"));
}

/// Nobody has pages of others loaded: the address stands beside a redirect URI (§2), and what is no web page is refused.
#[tokio::test]
async fn the_address_is_one_of_the_products_own() {
    let provider = Provider::start_with(crate::registration::open).await;
    for uri in [
        "https://other.example.test/out",
        "http://tracker.example.test/out",
        "https://tracker.example.test:8443/out",
        "https://tracker.example.test/out#x",
        "javascript:alert(1)",
        "data:text/html,x",
    ] {
        let told = provider.register_self(None, &with(json!({ "frontchannel_logout_uri": uri }))).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{uri}");
    }
    let alone = with(json!({ "frontchannel_logout_session_required": true }));
    assert_eq!(provider.register_self(None, &alone).await.error(), (400, "invalid_client_metadata"));
    let good = json!({ "frontchannel_logout_uri": URI, "frontchannel_logout_session_required": true });
    let told = provider.register_self(None, &with(good)).await;
    assert_eq!((told.status.as_u16(), told.text("frontchannel_logout_uri")), (201, URI));
    assert_eq!(told.body["frontchannel_logout_session_required"], true);
}

/// A log-out that ends nothing loads nothing.
#[tokio::test]
async fn where_nothing_ends_nothing_is_loaded() {
    let provider = Provider::start().await;
    let party = front(&provider, URI).await;
    let (browser, alice) = (provider.browser(), provider.person("alice@example.test").await);
    provider.log_in(&browser, &alice).await;
    let id_token = enter(&party, &browser).await;
    let stranger = provider.browser();
    let path = logout_path(&[("id_token_hint", &id_token), ("post_logout_redirect_uri", AFTER)]);
    assert_eq!(stranger.open(&path).await.url, AFTER);
    let asked = browser.open(&logout_path(&[])).await;
    assert!(asked.has("log-out") && frames(&asked).is_empty());
}
