//! `/setup`: the links that make an operator, opened by people who have an account.

use crate::log_in::{PASSWORD, account, log_in};
use crate::support::{Browser, Provider, Shown};
use account::account::AccountStatus;
use account::email::Email;
use account::secret::Token;
use account::{Actor, operator};

const BOB: &str = "bob@example.test";

async fn invitation(provider: &Provider, email: &str) -> String {
    let (token, email) = (Token::generate(), Email::parse(email).expect("an address"));
    let link = format!("/setup?token={}", token.reveal());
    let invite = move |tx: &mut account::Tx<'_>| operator::invite(tx, &token, &email);
    provider.accounts.write(&Actor::command(), invite).await.expect("written");
    link
}

/// Goes through the log-in pages that `page` begins.
async fn log_in_on(browser: &Browser, page: Shown, email: &str) -> Shown {
    let page = browser.click(&page, "continue", &[("email", email)]).await;
    browser.click(&page, "log-in", &[("password", PASSWORD)]).await
}

#[tokio::test]
async fn somebody_with_an_account_logs_in_and_comes_back() {
    let provider = Provider::start().await;
    account(&provider, BOB, AccountStatus::Active).await;
    let link = invitation(&provider, BOB).await;
    let browser = provider.browser();
    let page = browser.open(&link).await;
    assert!(page.has("log-in") && !page.has("password"), "{}", page.brief());
    let page = browser.click(&page, "log-in", &[]).await;
    assert!(!page.url.contains("token"), "the token stays behind: {}", page.url);
    let page = log_in_on(&browser, page, BOB).await;
    page.expect("/setup");
    browser.click(&page, "accept", &[]).await.expect("/admin");
    assert_eq!(browser.open(&link).await.error_code().as_deref(), Some("invitation_void"));
}

#[tokio::test]
async fn opening_the_link_changes_nothing() {
    let provider = Provider::start().await;
    account(&provider, BOB, AccountStatus::Active).await;
    let link = invitation(&provider, BOB).await;
    for _ in 0..3 {
        provider.browser().open(&link).await.expect("/setup");
    }
    let browser = provider.browser();
    log_in(&browser, BOB, PASSWORD).await;
    assert_eq!(browser.open("/admin").await.error_code().as_deref(), Some("not_found"));
    let page = browser.open(&link).await;
    browser.click(&page, "accept", &[]).await.expect("/admin");
}

#[tokio::test]
async fn somebody_else_cannot_accept() {
    let provider = Provider::start().await;
    account(&provider, BOB, AccountStatus::Active).await;
    account(&provider, "eve@example.test", AccountStatus::Active).await;
    let link = invitation(&provider, BOB).await;
    let browser = provider.browser();
    log_in(&browser, "eve@example.test", PASSWORD).await;
    let page = browser.open(&link).await;
    assert!(page.has("log-out") && !page.has("accept"), "{}", page.brief());
    let csrf = {
        let bobs = invitation(&provider, "eve@example.test").await;
        let form = browser.open(&bobs).await.form_with("accept");
        form.fields.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone()
    };
    let token = link.split('=').nth(1).expect("a token");
    let forced = browser.post("/setup/accept", &[("csrf", &csrf), ("token", token)]).await;
    assert_eq!(forced.error_code().as_deref(), Some("invitation_of_another"));
}

#[tokio::test]
async fn a_deactivated_account_is_told_so() {
    let provider = Provider::start().await;
    account(&provider, BOB, AccountStatus::Deactivated).await;
    let page = provider.browser().open(&invitation(&provider, BOB).await).await;
    assert!(page.plain().contains("is deactivated") && !page.has("accept"), "{}", page.brief());
}

#[tokio::test]
async fn tokens_that_were_never_made_are_refused() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    for link in ["/setup", "/setup?token=", "/setup?token=x", &format!("/setup?token={}", Token::generate().reveal())] {
        assert_eq!(browser.open(link).await.error_code().as_deref(), Some("invitation_void"), "{link}");
    }
}
