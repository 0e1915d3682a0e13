//! A passkey as the whole log-in, as the second step and as a fresh proof, over plain HTTP.

use super::*;
use crate::log_in::session_of;
use crate::support::Party;
use std::time::Duration;

const ACCOUNT_OF_NOBODY: &str = "bob@example.test";

/// Alice's key, added, and a browser that knows nothing of her.
async fn with_key(change: impl FnOnce(&mut SoftKey)) -> (Provider, AccountId, SoftKey, Browser) {
    let (provider, alice, browser) = begin().await;
    let mut key = SoftKey::new(&provider.url);
    change(&mut key);
    enrol(&browser, &mut key).await;
    let stranger = provider.browser();
    (provider, alice, key, stranger)
}

/// `path` with the interaction of the page shown.
fn within(shown: &Shown, path: &str) -> String {
    format!("{path}?interaction={}", shown.parameter("interaction").unwrap_or_else(|| panic!("{}", shown.brief())))
}

/// Presses `use-passkey` on the page shown, as the script does it. The answer is not followed.
async fn press(browser: &Browser, shown: &Shown, key: &mut SoftKey, challenges: &str, answers: &str) -> Shown {
    assert!(shown.has("use-passkey"), "{}", shown.brief());
    let csrf = csrf(shown);
    let (status, offered) = challenge(browser, &within(shown, challenges), &csrf).await;
    assert_eq!(status, 200, "{offered}");
    let signed = key.sign(&offered["options"]);
    browser.post(&within(shown, answers), &answer(&csrf, &offered, &signed)).await
}

async fn alone(browser: &Browser, shown: &Shown, key: &mut SoftKey) -> Shown {
    press(browser, shown, key, "/login/passkey/challenge", "/login/passkey").await
}

async fn second(browser: &Browser, shown: &Shown, key: &mut SoftKey) -> Shown {
    let shown = browser.open(&within(shown, "/login/two-step/passkey")).await;
    press(browser, &shown, key, "/login/two-step/passkey/challenge", "/login/two-step/passkey").await
}

/// What the ID token says about how somebody logged in.
async fn methods(provider: &Provider, party: &Party, shown: &Shown) -> (String, Value) {
    let (status, tokens) = party.exchange(&party.code_of(shown)).await;
    assert_eq!(status.as_u16(), 200, "{tokens}");
    let claims = provider.claims(tokens["id_token"].as_str().expect("an ID token"));
    (claims["acr"].as_str().unwrap_or_default().to_owned(), claims["amr"].clone())
}

#[tokio::test]
async fn a_passkey_is_the_whole_log_in_and_satisfies_a_second_step() {
    let (provider, _, mut key, browser) = with_key(|_| {}).await;
    let party = provider.party().await;
    let shown = alone(&browser, &browser.open(&party.authorize_url(&[])).await, &mut key).await;
    let (acr, amr) = methods(&provider, &party, &shown).await;
    assert_eq!((acr.as_str(), amr), ("phr", serde_json::json!(["hwk", "user", "mfa"])));
    // A product that asks for two steps gets what it asked for.
    let two_steps = ("acr_values", "urn:latchkey:acr:two-step");
    let shown = browser.open(&party.authorize_url(&[two_steps])).await;
    assert_eq!(methods(&provider, &party, &shown).await.0, two_steps.1);
    let list = browser.open(PATH).await;
    assert!(list.plain().contains("Last used"), "{}", list.brief());
    assert!(browser.cookie("latchkey-device").is_some(), "the device is known from now on");
}

#[tokio::test]
async fn a_synced_passkey_says_that_it_is_in_software() {
    let (provider, _, mut key, browser) = with_key(|key| key.synced = true).await;
    let party = provider.party().await;
    let shown = alone(&browser, &browser.open(&party.authorize_url(&[])).await, &mut key).await;
    assert_eq!(methods(&provider, &party, &shown).await.1, serde_json::json!(["swk", "user", "mfa"]));
}

#[tokio::test]
async fn a_key_that_does_not_verify_is_no_log_in() {
    let (provider, _, mut key, browser) = with_key(|key| key.verifies = false).await;
    let shown = alone(&browser, &browser.open("/login").await, &mut key).await;
    assert_eq!(shown.status.as_u16(), 422);
    assert!(shown.has("login-form") && shown.plain().contains("did not check that it is you"), "{}", shown.brief());
    assert!(session_of(&provider, &browser).is_none());
}

#[tokio::test]
async fn a_password_leads_to_the_passkey_and_both_make_two_steps() {
    for (verifies, amr) in
        [(true, serde_json::json!(["pwd", "hwk", "user", "mfa"])), (false, serde_json::json!(["pwd", "hwk", "mfa"]))]
    {
        let (provider, _, mut key, browser) = with_key(|key| key.verifies = verifies).await;
        let party = provider.party().await;
        let shown = browser.open(&party.authorize_url(&[])).await;
        let shown = browser.click(&shown, "continue", &[("email", ALICE)]).await;
        let shown = browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
        assert!(session_of(&provider, &browser).is_none(), "no session before the last step");
        let shown = second(&browser, &shown, &mut key).await;
        let (acr, told) = methods(&provider, &party, &shown).await;
        assert_eq!((acr.as_str(), told), ("phr", amr));
    }
}

/// Whoever knows the password and has a key of their own.
#[tokio::test]
async fn another_account_s_passkey_is_no_second_step() {
    let (provider, _, _, browser) = with_key(|_| {}).await;
    account(&provider, ACCOUNT_OF_NOBODY, AccountStatus::Active).await;
    let bob = provider.browser();
    log_in(&bob, ACCOUNT_OF_NOBODY, PASSWORD).await;
    let mut key_of_bob = SoftKey::new(&provider.url);
    enrol(&bob, &mut key_of_bob).await;
    let shown = log_in(&browser, ALICE, PASSWORD).await;
    let shown = second(&browser, &shown, &mut key_of_bob).await;
    assert_eq!(shown.status.as_u16(), 422);
    assert!(shown.plain().contains("We do not know this passkey"), "{}", shown.brief());
    assert!(session_of(&provider, &browser).is_none());
}

#[tokio::test]
async fn an_answer_is_taken_once_and_from_its_browser() {
    let (provider, _, mut key, browser) = with_key(|_| {}).await;
    let thief = provider.browser();
    let (shown, stolen) = (browser.open("/login").await, thief.open("/login").await);
    let (own, other) = (csrf(&shown), csrf(&stolen));
    let (_, offered) = challenge(&browser, &within(&shown, "/login/passkey/challenge"), &own).await;
    let signed = key.sign(&offered["options"]);
    let refused = thief.post(&within(&stolen, "/login/passkey"), &answer(&other, &offered, &signed)).await;
    assert_eq!(refused.status.as_u16(), 422, "{}", refused.brief());
    let fields = answer(&own, &offered, &signed);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let to = within(&shown, "/login/passkey");
    let first = browser.once(Method::POST, &to, Some(body.clone()), &[]).await;
    assert_eq!(first.status.as_u16(), 303);
    let second = browser.once(Method::POST, &to, Some(body), &[]).await;
    assert_eq!(second.status.as_u16(), 422);
    assert!(second.plain().contains("sent twice"), "{}", second.brief());
    assert!(session_of(&provider, &thief).is_none());
    // Five minutes later a challenge is too old.
    let late = provider.browser();
    let shown = late.open("/login").await;
    let own = csrf(&shown);
    let (_, offered) = challenge(&late, &within(&shown, "/login/passkey/challenge"), &own).await;
    let signed = key.sign(&offered["options"]);
    provider.wait(Duration::from_secs(300));
    let refused = late.post(&within(&shown, "/login/passkey"), &answer(&own, &offered, &signed)).await;
    assert_eq!(refused.status.as_u16(), 422, "{}", refused.brief());
}

/// A copy of the key: its counter lies behind the one that we know.
#[tokio::test]
async fn a_copied_key_is_suspended_and_its_owner_told() {
    let (provider, _, mut key, browser) = with_key(|key| key.counter = 40).await;
    key.counter = 39;
    let refused = alone(&browser, &browser.open("/login").await, &mut key).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.plain().contains("This passkey is suspended"), "{}", refused.brief());
    provider.mails.wait_for(|mail| mail.is_to(ALICE) && mail.subject.contains("suspended")).await;
    key.counter = 50;
    let refused = alone(&browser, &browser.open("/login").await, &mut key).await;
    assert_eq!(refused.status.as_u16(), 422, "suspended it stays");
    // Two-step verification is not off by that: the password alone makes no session.
    let shown = log_in(&browser, ALICE, PASSWORD).await;
    assert!(shown.path().starts_with("/login/two-step"), "{}", shown.brief());
    assert!(session_of(&provider, &browser).is_none());
}

#[tokio::test]
async fn a_deactivated_account_s_passkey_is_told_so() {
    let (provider, alice, mut key, browser) = with_key(|_| {}).await;
    let deactivate = move |tx: &mut ::account::Tx<'_>| {
        let (from, to) = (AccountStatus::Active, AccountStatus::Deactivated);
        ::account::account::set_status(tx, &alice, from, to, None)
    };
    provider.accounts.write(&::account::Actor::system(), deactivate).await.expect("written");
    let shown = alone(&browser, &browser.open("/login").await, &mut key).await;
    assert_eq!(shown.status.as_u16(), 403);
    assert!(shown.plain().contains("deactivated"), "{}", shown.brief());
    assert!(session_of(&provider, &browser).is_none());
}

/// "This was not me" may be about a passkey that a thief added.
#[tokio::test]
async fn no_passkey_opens_an_account_that_its_owner_locked() {
    let (provider, alice, mut key, browser) = with_key(|_| {}).await;
    let lock = move |tx: &mut ::account::Tx<'_>| ::account::credential::password::void(tx, &alice);
    provider.accounts.write(&::account::Actor::system(), lock).await.expect("written");
    let shown = alone(&browser, &browser.open("/login").await, &mut key).await;
    assert_eq!(shown.status.as_u16(), 403);
    assert!(shown.plain().contains("The account was locked"), "{}", shown.brief());
    assert!(session_of(&provider, &browser).is_none());
}

#[tokio::test]
async fn what_the_challenge_of_a_log_in_tells_is_the_same_for_everybody() {
    let (provider, _, _, browser) = with_key(|_| {}).await;
    let empty = Provider::start().await;
    let mut told = Vec::new();
    for (browser, provider) in [(&browser, &provider), (&empty.browser(), &empty)] {
        let _ = provider;
        let shown = browser.open("/login").await;
        let (_, mut offered) = challenge(browser, &within(&shown, "/login/passkey/challenge"), &csrf(&shown)).await;
        offered["challenge"] = Value::Null;
        offered["options"]["publicKey"]["challenge"] = Value::Null;
        told.push(offered);
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_passkey_is_a_fresh_proof_where_one_is_asked_for() {
    let (provider, _, mut key, browser) = with_key(|_| {}).await;
    let shown = alone(&browser, &browser.open("/login").await, &mut key).await;
    assert_eq!(shown.path(), "/account", "{}", shown.brief());
    let before = session_of(&provider, &browser).expect("a session").logins[0].clone();
    provider.wait(Duration::from_secs(601));
    let shown = browser.open(&format!("{}/remove", enrolment::rename_link(&browser.open(PATH).await))).await;
    let shown = press(
        &browser,
        shown.expect("/login/password"),
        &mut key,
        "/login/passkey/challenge",
        "/login/password/passkey",
    )
    .await;
    assert!(shown.has("remove"), "{}", shown.brief());
    let after = session_of(&provider, &browser).expect("a session").logins[0].clone();
    assert_eq!((after.id, after.acr), (before.id, before.acr), "the same log-in, renewed");
    assert!(after.authenticated_at > before.authenticated_at);
}
