//! API tokens: made, shown once, listed and revoked on the account's pages. What they open is in [`bearer`].

mod bearer;
mod in_chromium;

pub use in_chromium::fits;

use crate::log_in::{ALICE, PASSWORD, account, log_in};
use crate::support::{Browser, Provider, Shown, html};
use ::account::AccountId;
use ::account::account::AccountStatus;
use reqwest::Method;
use std::time::Duration;

/// Alice, logged in.
pub async fn alice(provider: &Provider) -> (AccountId, Browser) {
    let id = account(provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await.expect("/account");
    (id, browser)
}

/// Makes a token with these scopes beside `openid`; the page that shows it.
pub async fn make(browser: &Browser, name: &str, days: &str, scopes: &[&str]) -> Shown {
    let shown = browser.open("/account/tokens").await;
    let shown = browser.open(&shown.link("make-token")).await;
    let ticks: Vec<String> = scopes.iter().map(|scope| format!("scope-{scope}")).collect();
    let mut fill = vec![("name", name), ("days", days)];
    fill.extend(ticks.iter().map(|tick| (tick.as_str(), "true")));
    browser.click(shown.expect("/account/tokens/new"), "make", &fill).await
}

/// Makes a token; the token.
pub async fn token(browser: &Browser, scopes: &[&str]) -> String {
    make(browser, "Backup", "30", scopes).await.expect("/account/tokens/new").text("api-token")
}

#[tokio::test]
async fn a_token_is_shown_once_and_listed_by_how_it_begins() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let empty = browser.open("/account/tokens").await;
    assert!(empty.expect("/account/tokens").plain().contains("No API tokens"));
    let shown = make(&browser, "Backup & <report>", "7", &["email"]).await;
    let token = shown.expect("/account/tokens/new").text("api-token");
    assert!(token.starts_with("lk_pat_") && token.len() == 56, "{token}");
    assert!(shown.text("api-token-example").contains(&format!("{}/oauth2/userinfo", provider.url)));
    assert_eq!(shown.headers["cache-control"], "no-store");

    let list = browser.open(&shown.link("go-on")).await;
    let plain = list.expect("/account/tokens").plain();
    assert!(!list.body.contains(&token[11..]), "never again");
    for words in ["Backup & <report>", &format!("{}…", &token[..11]), "See that it is you", "See your e-mail address"]
    {
        assert!(plain.contains(words), "{words}: {plain}");
    }
    assert!(plain.contains("Never") && !plain.contains("phone"));
    let mail = provider.mails.wait_for(|mail| mail.subject.contains("API token was made")).await;
    assert!(mail.text.contains("Backup & <report>") && !mail.text.contains(&token[..11]), "{}", mail.text);
}

#[tokio::test]
async fn a_reload_makes_no_second_token() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let form = browser.open("/account/tokens/new").await;
    let shown = browser.click(&form, "make", &[("name", "Backup")]).await;
    assert!(shown.has("api-token"), "{}", shown.brief());
    let again = browser.click(&form, "make", &[("name", "Backup")]).await;
    assert!(again.expect("/account/tokens").plain().contains("made its token already"), "{}", again.brief());
    assert_eq!(html::tags(&again.body).iter().filter(|tag| tag.get("id").starts_with("token-")).count(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let form = browser.open("/account/tokens/new").await;
    assert!(form.form_with("make").fields.contains(&("days".to_owned(), "365".to_owned())), "a year, at first");
    for days in ["0", "366", "-1", "a week", ""] {
        let fill = [("name", "Backup"), ("days", days), ("scope-phone", "true")];
        let shown = browser.click(&form, "make", &fill).await;
        assert_eq!(shown.status.as_u16(), 422);
        assert!(shown.has("days-error") && !shown.has("name-error"), "{days}");
        let fields = shown.form_with("make").fields;
        for kept in [("name", "Backup"), ("days", days), ("scope-phone", "true")] {
            assert!(fields.contains(&(kept.0.to_owned(), kept.1.to_owned())), "{kept:?}: {fields:?}");
        }
    }
    let long = "x".repeat(101);
    for name in ["", "  ", &long, "a\u{202e}b"] {
        let shown = browser.click(&form, "make", &[("name", name)]).await;
        assert!(shown.status.as_u16() == 422 && shown.has("name-error"), "{name}");
    }
    let csrf = crate::attacks::csrf_of(&form);
    let bare = [("csrf", csrf.as_str()), ("name", "Backup"), ("days", "1"), ("form", "x"), ("scope-root", "true")];
    let shown = browser.post("/account/tokens/new", &bare).await;
    assert!(shown.status.as_u16() == 422 && shown.has("scope-openid-error"), "no scope that there is");
    assert!(browser.open("/account/tokens").await.plain().contains("No API tokens"));
}

#[tokio::test]
async fn one_is_revoked_or_all() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let party = provider.party().await;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(token(&browser, &[]).await);
        provider.wait(Duration::from_secs(1));
    }
    let works = async |at: usize| party.userinfo(&tokens[at]).await.0.as_u16() == 200;
    assert!(works(0).await && works(1).await && works(2).await);
    let list = browser.open("/account/tokens").await;
    let ids: Vec<String> = html::tags(&list.body)
        .iter()
        .filter_map(|tag| tag.get("id").strip_prefix("revoke-").filter(|id| id.len() == 36).map(str::to_owned))
        .collect();
    assert_eq!(ids.len(), 3);
    let ask = browser.open(&list.link(&format!("revoke-{}", ids[0]))).await;
    assert_eq!(ask.text("token-name"), "Backup");
    assert!(works(2).await, "asked, not done");
    let list = browser.click(&ask, "revoke", &[]).await;
    assert!(list.expect("/account/tokens").plain().contains("is revoked"));
    assert!(works(0).await && works(1).await && !works(2).await, "the youngest is first");
    assert_eq!(browser.click(&ask, "revoke", &[]).await.error_code().as_deref(), Some("token_not_found"));
    let ask = browser.open(&list.link("revoke-all")).await;
    assert!(ask.plain().contains("2 tokens"), "{}", ask.brief());
    browser.click(&ask, "revoke", &[]).await.expect("/account/tokens");
    assert!(!works(0).await && !works(1).await);
    browser.open("/account/tokens/revoke-all").await.expect("/account/tokens");
}

/// IDOR: an id of somebody else's token is as good as none.
#[tokio::test]
async fn a_foreign_token_is_neither_seen_nor_revoked() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let party = provider.party().await;
    let token = token(&browser, &[]).await;
    let list = browser.open("/account/tokens").await;
    let tags = html::tags(&list.body);
    let id = tags.iter().find_map(|tag| tag.get("id").strip_prefix("token-")).expect("an id").to_owned();
    let eve = provider.browser();
    account(&provider, "eve@example.test", AccountStatus::Active).await;
    log_in(&eve, "eve@example.test", PASSWORD).await;
    let path = format!("/account/tokens/{id}/revoke");
    assert_eq!(eve.open(&path).await.error_code().as_deref(), Some("token_not_found"));
    let csrf = crate::attacks::csrf_of(&eve.open("/account/tokens/new").await);
    assert_eq!(eve.post(&path, &[("csrf", &csrf)]).await.status.as_u16(), 404);
    eve.post("/account/tokens/revoke-all", &[("csrf", &csrf)]).await;
    assert!(eve.open("/account/tokens").await.plain().contains("No API tokens"));
    assert_eq!(party.userinfo(&token).await.0.as_u16(), 200);
    let stranger = provider.browser();
    assert_eq!(stranger.once(Method::GET, &path, None, &[]).await.status.as_u16(), 303, "to the log-in page");
}

/// Whoever reads the database's file, or a copy of it, has no token.
#[tokio::test]
async fn the_database_does_not_hold_the_token() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let token = token(&browser, &["email"]).await;
    assert_eq!(provider.party().await.userinfo(&token).await.0.as_u16(), 200);
    let Some(path) = provider.database.url_text().strip_prefix("sqlite://").map(str::to_owned) else { return };
    for file in [path.clone(), format!("{path}-wal")] {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let holds = |what: &str| bytes.windows(what.len()).any(|window| window == what.as_bytes());
        assert!(!holds(&token) && !holds(&token[12..]) && !holds(&token[11..40]), "{file}");
    }
    assert!(std::fs::metadata(&path).expect("the file").len() > 0);
}

#[tokio::test]
async fn a_token_that_ended_is_still_listed_for_a_while() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    make(&browser, "Backup", "1", &[]).await.expect("/account/tokens/new");
    provider.wait(Duration::from_secs(24 * 3600));
    let list = browser.open("/account/tokens").await;
    assert!(list.plain().contains("Expired") && !list.has("revoke-all"), "{}", list.brief());
}

#[tokio::test]
async fn an_operator_sees_how_tokens_begin_and_revokes_them() {
    let provider = Provider::start().await;
    let id = account(&provider, "zoe@example.test", AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, "zoe@example.test", PASSWORD).await;
    let (first, second) = (token(&browser, &["email"]).await, token(&browser, &[]).await);
    let (operator, party) = (crate::console::operator(&provider).await, provider.party().await);
    let shown = operator.open(&format!("/admin/accounts/{id}")).await;
    assert!(shown.plain().contains("2 that work"), "{}", shown.brief());
    let list = operator.open(&shown.link("tokens")).await;
    assert!(list.plain().contains(&first[..11]) && !list.body.contains(&first[..20]), "{}", list.brief());
    let buttons: Vec<String> = html::tags(&list.body)
        .iter()
        .map(|tag| tag.get("id").to_owned())
        .filter(|id| id.starts_with("revoke-") && id != "revoke-all")
        .collect();
    assert_eq!(buttons.len(), 2);
    let list = operator.click(&list, &buttons[0], &[]).await;
    assert!(list.plain().contains("The token is revoked"), "{}", list.brief());
    let works = async |token: &str| party.userinfo(token).await.0.as_u16() == 200;
    assert_ne!(works(&first).await, works(&second).await, "one of them");
    operator.click(&list, "revoke-all", &[]).await;
    assert!(!works(&first).await && !works(&second).await);
    // Nobody else does that: the pages are not there for them.
    let answer = browser.open(&format!("/admin/accounts/{id}/tokens")).await;
    assert_eq!(answer.status.as_u16(), 404);
}
