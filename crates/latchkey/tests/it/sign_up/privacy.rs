//! What these pages must not tell, and to whom they must not give an account.

use super::{ALICE, PASSWORD, code_of, link_of, next_mail, sign_up, sign_up_as};
use crate::support::{Browser, Provider, Shown};

/// A page without what differs between any two browsers.
fn neutral(shown: &Shown, address: &str) -> String {
    let mut text = shown.plain().replace(address, "ADDRESS");
    for form in crate::support::html::forms(&shown.body) {
        for (name, value) in form.fields {
            if name == "csrf" && !value.is_empty() {
                text = text.replace(&value, "");
            }
        }
    }
    text
}

async fn confirmed(provider: &Provider, browser: &Browser) {
    let shown = sign_up(browser, ALICE, PASSWORD).await;
    let code = code_of(&*next_mail(provider, ALICE, &mut Vec::new()).await);
    browser.click(&shown, "verify", &[("code", &code)]).await.expect("/account");
}

#[tokio::test]
async fn an_address_in_use_looks_like_a_free_one_at_each_step() {
    let provider = Provider::start_with(|settings| settings.limits.throttle = false).await;
    confirmed(&provider, &provider.browser()).await;
    let mut steps: Vec<Vec<(u16, String)>> = Vec::new();
    for address in [ALICE, "nobody@example.test"] {
        let browser = provider.browser();
        let mut seen = provider.mails.messages().iter().map(|mail| mail.id).collect();
        let mut pages = vec![sign_up(&browser, address, "some other words here").await];
        next_mail(&provider, address, &mut seen).await;
        for guess in ["000000", "nonsense", "", "111111", "222222", "333333"] {
            let last = pages.last().expect("a page");
            if !last.has("verify") {
                break;
            }
            let next = browser.click(last, "verify", &[("code", guess)]).await;
            pages.push(next);
        }
        let last = pages.last().expect("a page").clone();
        pages.push(browser.click(&last, "resend", &[]).await);
        let stranger = provider.browser();
        let page = stranger.open("/verify-email/resend").await;
        pages.push(stranger.click(&page, "resend", &[("email", address)]).await);
        // How the mail fares changes with time alone.
        let neutral = |shown: &Shown| {
            let text = neutral(shown, address);
            let delivery = if shown.has("delivery") { shown.text("delivery") } else { String::new() };
            (shown.status.as_u16(), text.replace(&delivery, ""))
        };
        steps.push(pages.iter().map(neutral).collect());
    }
    assert_eq!(steps[0], steps[1]);
    assert!(steps[0].len() > 7, "{:?}", steps[0]);
}

#[tokio::test]
async fn the_owner_is_told_and_keeps_the_password() {
    let provider = Provider::start().await;
    confirmed(&provider, &provider.browser()).await;
    let mut seen = provider.mails.messages().iter().map(|mail| mail.id).collect();
    let attacker = provider.browser();
    sign_up(&attacker, "ALICE@Example.test", "the attacker's words").await;
    let mail = next_mail(&provider, ALICE, &mut seen).await;
    assert!(!mail.text.contains("/verify-email/confirm"), "{}", mail.text);
    let owner = provider.browser();
    let shown = crate::log_in::log_in(&owner, ALICE, PASSWORD).await;
    shown.expect("/account");
}

/// Pre-hijacking: the attacker signs up with the victim's address; the victim clicks the link.
#[tokio::test]
async fn a_stranger_cannot_be_made_to_confirm_an_attackers_account() {
    let provider = Provider::start().await;
    let (attacker, victim) = (provider.browser(), provider.browser());
    let mut seen = Vec::new();
    let page = sign_up(&attacker, ALICE, "the attacker's words").await;
    let link = link_of(&*next_mail(&provider, ALICE, &mut seen).await);
    let shown = victim.open(&link).await;
    assert!(shown.expect("/verify-email/confirm").has("password"));
    for password in ["", "my own words, not theirs"] {
        let refused = victim.click(&shown, "confirm", &[("password", password)]).await;
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.brief());
        assert!(refused.has("password-error"));
    }
    let form = victim.open(&shown.link("sign-up-anew")).await;
    let shown = sign_up_as(&victim, form.expect("/signup"), ALICE, "The Owner", PASSWORD).await;
    let code = code_of(&*next_mail(&provider, ALICE, &mut seen).await);
    // The code of the victim's mail does nothing on the attacker's page, nor does the old link.
    let tried = attacker.click(&page, "verify", &[("code", &code)]).await;
    assert_eq!(tried.status.as_u16(), 422);
    assert_eq!(attacker.open(&link).await.status.as_u16(), 410);
    victim.click(&shown, "verify", &[("code", &code)]).await.expect("/account");
    let refused = crate::log_in::log_in(&attacker, ALICE, "the attacker's words").await;
    assert_eq!(refused.status.as_u16(), 422);
}

#[tokio::test]
async fn elsewhere_the_password_of_the_sign_up_confirms() {
    let provider = Provider::start().await;
    let (home, away) = (provider.browser(), provider.browser());
    sign_up(&home, ALICE, PASSWORD).await;
    let link = link_of(&*next_mail(&provider, ALICE, &mut Vec::new()).await);
    let shown = away.open(&link).await;
    away.click(&shown, "confirm", &[("password", PASSWORD)]).await.expect("/account");
}

#[tokio::test]
async fn an_unverified_account_enters_nothing() {
    let provider = Provider::start().await;
    let party = provider.party().await;
    let browser = provider.browser();
    sign_up(&browser, ALICE, PASSWORD).await;
    assert!(browser.cookie(crate::log_in::SESSION).is_none());
    browser.open("/account").await.expect("/login");
    browser.open(&party.authorize_url(&[])).await.expect("/login");
}

#[tokio::test]
async fn confirming_gives_the_browser_a_new_session() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let planted = account::secret::Token::generate();
    browser.plant_cookie(crate::log_in::SESSION, planted.reveal());
    confirmed(&provider, &browser).await;
    let cookie = browser.cookie(crate::log_in::SESSION).expect("a session");
    assert_ne!(cookie, planted.reveal());
}

#[tokio::test]
async fn many_mails_to_one_address_have_to_wait() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let mut last = None;
    for _ in 0..5 {
        last = Some(sign_up(&browser, ALICE, PASSWORD).await);
    }
    let last = last.expect("a page");
    assert_eq!((last.path().as_str(), last.status.as_u16()), ("/signup", 429), "{}", last.brief());
    assert!(last.headers.contains_key("retry-after"));
    assert!(last.form_with("sign-up").fields.contains(&("email".to_owned(), ALICE.to_owned())));
    sign_up(&browser, "bob@example.test", PASSWORD).await.expect("/verify-email");
}

#[tokio::test]
async fn broken_requests_are_answered_properly() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let form = browser.open("/signup").await;
    let csrf = &form.form_with("sign-up").fields[0].1.clone();
    let long = "a".repeat(70_000);
    for (path, fields) in [
        (form.url.as_str(), vec![("csrf", csrf.as_str()), ("email", "a@example.test")]),
        (form.url.as_str(), vec![("csrf", csrf.as_str()), ("email", ALICE), ("email", ALICE), ("password", "x")]),
        (form.url.as_str(), vec![("csrf", csrf.as_str()), ("password", long.as_str())]),
        ("/verify-email", vec![("csrf", csrf.as_str()), ("code", "1"), ("code", "2")]),
        ("/verify-email/confirm", vec![("csrf", "wrong"), ("token", "x")]),
    ] {
        let shown = browser.post(path, &fields).await;
        assert!(shown.status.is_client_error(), "{path}: {}", shown.brief());
    }
    for path in ["/signup?interaction=x", "/verify-email?interaction=%FF", "/verify-email/confirm?token=a&token=b"] {
        assert!(browser.open(path).await.status.is_client_error(), "{path}");
    }
}
