//! `/account/apps`: what products may do, taken back by the account's owner, at once.

mod in_chromium;

use crate::backchannel_logout::listening;
use crate::log_in::{ALICE, PASSWORD, account, log_in};
use crate::support::{Browser, Listener, Party, Provider};
use ::account::account::AccountStatus;
use serde_json::{Value, json};
use std::time::Duration;

/// Alice, who let somebody else's product in for good.
pub async fn scene() -> (Provider, Browser, Party, Value) {
    let provider = Provider::start_with(|settings| settings.fetch.allow_private_networks = true).await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await.expect("/account");
    let party = provider.register(false, json!({ "client_name": "Photo Printer" })).await;
    let tokens = allow(&browser, &party).await;
    (provider, browser, party, tokens)
}

/// Goes to the product by way of the consent page.
async fn allow(browser: &Browser, party: &Party) -> Value {
    let wanted = [("scope", "openid email offline_access"), ("prompt", "consent")];
    let shown = browser.open(&party.authorize_url(&wanted)).await;
    let shown = browser.click(shown.expect("/consent"), "allow", &[]).await;
    party.exchange(&party.code_of(&shown)).await.1
}

fn token<'a>(tokens: &'a Value, which: &str) -> &'a str {
    tokens[which].as_str().unwrap_or_else(|| panic!("no {which} in {tokens}"))
}

#[tokio::test]
async fn a_product_stands_there_with_what_it_may_do() {
    let (provider, browser, party, tokens) = scene().await;
    provider.wait(Duration::from_secs(3600 * 26));
    assert_eq!(party.refresh(token(&tokens, "refresh_token")).await.0.as_u16(), 200);
    let app = browser.open("/account/apps").await.text("app-1");
    for words in ["Photo Printer", "See your e-mail address", ALICE, "while you are away", "since 2026-01-01 00:00 UTC"]
    {
        assert!(app.contains(words), "{words}: {app}");
    }
    assert!(app.contains("last used 2026-01-02 02:00 UTC"), "{app}");
    provider.wait(Duration::from_secs(1));
    let ours = provider.party().await;
    ours.code(&browser, &[]).await;
    let shown = browser.open("/account/apps").await;
    let (first, second) = (shown.text("app-1"), shown.text("app-2"));
    assert!(first.contains("Tracker") && first.contains("Ours") && first.contains("only while you are logged in"));
    assert!(second.contains("Photo Printer") && !second.contains("Ours"), "{second}");
}

#[tokio::test]
async fn taken_back_every_token_ends_at_once_and_it_has_to_ask_again() {
    let (provider, browser, party, tokens) = scene().await;
    let (access, refresh) = (token(&tokens, "access_token"), token(&tokens, "refresh_token"));
    let (bob, other) = (provider.person("bob@example.test").await, provider.browser());
    provider.log_in(&other, &bob).await;
    let of_bob = allow(&other, &party).await;
    let shown = browser.open("/account/apps").await;
    let shown = browser.click(&shown, "remove-1", &[]).await;
    assert!(shown.expect("/account/apps").plain().contains("No product is connected"), "{}", shown.brief());
    assert_eq!(party.userinfo(access).await.0.as_u16(), 401);
    for token in [access, refresh] {
        assert_eq!(party.call("/oauth2/introspect", &[("token", token)]).await.1["active"], false);
    }
    assert_eq!(party.refresh(refresh).await.0.as_u16(), 400);
    browser.open(&party.authorize_url(&[("scope", "openid email")])).await.expect("/consent");
    // Nobody else's.
    assert_eq!(party.userinfo(token(&of_bob, "access_token")).await.0.as_u16(), 200);
}

#[tokio::test]
async fn the_product_hears_that_the_person_left_once() {
    let (provider, browser, ..) = scene().await;
    let listener = Listener::start();
    let party = listening(&provider, &listener, json!({ "client_name": "Wiki" })).await;
    party.exchange(&party.code(&browser, &[]).await).await;
    let shown = browser.open("/account/apps").await;
    assert!(shown.text("app-1").contains("Wiki") || shown.text("app-2").contains("Wiki"), "{}", shown.brief());
    let wiki = [("client", party.id.as_str())];
    let (one, two) = tokio::join!(browser.click(&shown, "remove-1", &wiki), browser.click(&shown, "remove-1", &wiki));
    let told = |words: &str| [&one, &two].iter().filter(|shown| shown.plain().contains(words)).count();
    assert_eq!((told("is taken back"), told("no access any more")), (1, 1));
    for _ in 0..200 {
        if !listener.posted().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let out = browser.open("/logout").await;
    browser.click(&out, "log-out", &[]).await;
    assert_eq!(listener.posted().len(), 1, "the log-out that follows is not told again");
    assert!(!browser.open("/account").await.has("account-menu"));
}

/// IDOR: what Eve posts is about Eve's connections, whatever client she names.
#[tokio::test]
async fn nobody_takes_back_what_others_allowed() {
    let (provider, browser, party, tokens) = scene().await;
    let (eve, other) = (provider.person("eve@example.test").await, provider.browser());
    provider.log_in(&other, &eve).await;
    provider.party().await.code(&other, &[]).await;
    let own = other.open("/account/apps").await;
    assert!(!own.plain().contains("Photo Printer"));
    for id in [party.id.as_str(), "", "nobody"] {
        let shown = other.click(&own, "remove-1", &[("client", id)]).await;
        assert!(shown.expect("/account/apps").plain().contains("no access any more"));
    }
    assert_eq!(party.userinfo(token(&tokens, "access_token")).await.0.as_u16(), 200);
    assert!(browser.open("/account/apps").await.has("app-1"));
}
