//! What somebody else, or the owner twice, may try on these pages.

use super::{ADD, SECURITY, app, begin, code, codes_on, open, scan, square};
use crate::log_in::{PASSWORD, account, log_in};
use crate::support::Provider;
use ::account::account::AccountStatus;
use ::account::credential::totp::{self, App};
use ::account::{AccountId, credential::recovery_code};
use std::time::Duration;

const EVE: &str = "eve@example.test";

fn apps(provider: &Provider, id: &AccountId) -> Vec<App> {
    provider.accounts.db.read_blocking(|conn| totp::list(conn, id)).expect("read")
}

/// IDOR: ids of another account's apps open nothing and change nothing.
#[tokio::test]
async fn ids_of_another_accounts_apps_are_worth_nothing() {
    let (provider, browser, alice) = begin().await;
    let (phone, _) = app(&provider, &browser, &alice, "Phone").await;
    open(&provider, &browser, ADD, &phone).await.expect(ADD);
    let shown = square(&browser).await;
    let waiting = scan(&provider, &alice, &shown);
    let fields = shown.form_with("confirm").fields;
    let begun = fields.iter().find(|(name, _)| name == "app").expect("an app").1.clone();
    let eve = account(&provider, EVE, AccountStatus::Active).await;
    let other = provider.browser();
    log_in(&other, EVE, PASSWORD).await.expect("/account");
    let shown = other.open(SECURITY).await;
    let csrf = other.open(&shown.link("add-app")).await.form_with("begin").fields[0].1.clone();
    let theirs = format!("/account/security/apps/{}", apps(&provider, &alice)[0].id);
    for path in [theirs.clone(), format!("{theirs}/remove")] {
        assert_eq!(other.open(&path).await.status.as_u16(), 404, "{path}");
    }
    for (path, name) in [("rename", "Eve's"), ("move", ""), ("remove", "")] {
        let answer = other.post(&format!("{theirs}/{path}"), &[("csrf", &csrf), ("name", name)]).await;
        assert_ne!(answer.status.as_u16(), 200, "{}", answer.brief());
    }
    let shown = other.open(&format!("{ADD}?app={begun}")).await;
    assert!(!shown.has("key"), "the secret is shown to its owner alone");
    let right = code(&provider, &waiting);
    let sent = [("csrf", csrf.as_str()), ("app", begun.as_str()), ("name", "x"), ("code", right.as_str())];
    other.post("/account/security/apps/confirm", &sent).await;
    assert_eq!(apps(&provider, &alice).iter().map(|app| app.name.as_str()).collect::<Vec<_>>(), ["Phone"]);
    assert!(apps(&provider, &eve).is_empty());
}

/// The form sent twice, together and one after the other: one app, one set of codes.
#[tokio::test]
async fn a_form_sent_twice_adds_one_app() {
    let (provider, browser, id) = begin().await;
    let shown = square(&browser).await;
    let phone = scan(&provider, &id, &shown);
    let typed = code(&provider, &phone);
    let fill = [("code", typed.as_str())];
    let (one, two) = tokio::join!(browser.click(&shown, "confirm", &fill), browser.click(&shown, "confirm", &fill));
    let with_codes = [&one, &two].iter().filter(|shown| shown.has("recovery-codes") && shown.has("codes")).count();
    assert_eq!(with_codes, 1, "{} / {}", one.brief(), two.brief());
    open(&provider, &browser, ADD, &phone).await.expect(ADD);
    let again = browser.click(&shown, "confirm", &fill).await;
    assert!(again.expect(SECURITY).plain().contains("The app is added"));
    assert_eq!(apps(&provider, &id).len(), 1);
    let left = provider.accounts.db.read_blocking(|conn| recovery_code::left(conn, &id)).expect("read");
    assert_eq!(left, 10);
}

/// A square that somebody saw before is not taken over by the owner's next enrolment.
#[tokio::test]
async fn each_square_is_fresh_and_lives_for_an_hour() {
    let (provider, browser, id) = begin().await;
    let first = square(&browser).await;
    let seen = scan(&provider, &id, &first);
    let second = square(&browser).await;
    assert_ne!(first.text("key"), second.text("key"));
    let typed = code(&provider, &seen);
    let shown = browser.click(&first, "confirm", &[("code", &typed)]).await;
    assert!(shown.expect(ADD).plain().contains("not in use any more") && shown.has("begin"));
    let secret = scan(&provider, &id, &second);
    provider.clock.advance(Duration::from_secs(3600));
    let typed = code(&provider, &secret);
    let shown = browser.click(&second, "confirm", &[("code", &typed)]).await;
    assert!(!shown.has("recovery-codes"), "{}", shown.brief());
    assert!(apps(&provider, &id).is_empty());
}

#[tokio::test]
async fn a_name_is_text_wherever_it_is_shown() {
    let (provider, browser, id) = begin().await;
    let name = "<script>alert(1)</script>";
    let (phone, shown) = app(&provider, &browser, &id, name).await;
    codes_on(&shown);
    let shown = browser.open(SECURITY).await;
    assert!(!shown.body.contains(name) && shown.text("apps").contains("alert(1)"));
    let page = open(&provider, &browser, &shown.link("app-1"), &phone).await;
    assert!(!page.body.contains(name));
    assert!(!browser.open(&page.link("remove")).await.body.contains(name));
}
