//! Adding, renaming and removing, over plain HTTP.

use super::*;
use crate::support::html;
use latchkey::settings::value::PublicUrl;

/// The address of the first passkey's page.
pub(super) fn rename_link(shown: &Shown) -> String {
    let tags = html::tags(&shown.body);
    let link = tags.iter().find(|tag| tag.get("id").starts_with("rename-"));
    link.unwrap_or_else(|| panic!("{}", shown.brief())).get("href").to_owned()
}

#[tokio::test]
async fn passkeys_are_added_renamed_and_removed() {
    let (provider, _, browser) = begin().await;
    let security = browser.open("/account/security").await;
    assert!(security.has("passkeys"), "a link leads there: {}", security.brief());
    let shown = browser.open(PATH).await;
    assert!(shown.has("add-passkey") && shown.plain().contains("Passkeys need JavaScript"), "{}", shown.brief());
    let mut key = SoftKey::new(&provider.url);
    let shown = enrol(&browser, &mut key).await;
    assert!(shown.has("no-recovery-codes"), "{}", shown.brief());
    assert!(shown.expect(PATH).plain().contains("Your passkey is added"), "{}", shown.brief());
    let mail = provider.mails.wait_for(|mail| mail.is_to(ALICE)).await;
    assert!(mail.text.contains("passkey"), "{}", mail.text);

    // The account has a second step from now on, and a change of it asks for both.
    let asked = browser.open(&rename_link(&shown)).await;
    let rename = prove_again(&browser, &asked, &mut key).await;
    let refused = browser.click(&rename, "save", &[("name", " ")]).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.has("name-error"));
    let shown = browser.click(&refused, "save", &[("name", "Key <b>in</b> the drawer")]).await;
    assert!(shown.expect(PATH).plain().contains("Key <b>in</b> the drawer"), "{}", shown.brief());

    let remove = browser.open(&format!("{}/remove", rename_link(&shown))).await;
    assert!(remove.has("last-passkey") && remove.text("passkey-name") == "Key <b>in</b> the drawer");
    let shown = browser.click(&remove, "remove", &[]).await;
    assert!(shown.expect(PATH).plain().contains("No passkeys yet"), "{}", shown.brief());
    assert_eq!(browser.open(&remove.url).await.status.as_u16(), 404);
}

#[tokio::test]
async fn one_answer_adds_one_passkey() {
    let (provider, _, browser) = begin().await;
    let csrf = csrf(&browser.open(PATH).await);
    let (_, offered) = challenge(&browser, &format!("{PATH}/challenge"), &csrf).await;
    let mut key = SoftKey::new(&provider.url);
    let made = key.make(&offered["options"]);
    let fields = answer(&csrf, &offered, &made);
    assert_eq!(browser.post(PATH, &fields).await.status.as_u16(), 200);
    let asked = browser.post(PATH, &fields).await;
    prove_again(&browser, &asked, &mut key).await.expect(PATH);
    let again = browser.post(PATH, &fields).await;
    assert_eq!(again.status.as_u16(), 422);
    assert!(again.plain().contains("Start again"), "{}", again.brief());
    for credential in ["", "nonsense"] {
        let (_, offered) = challenge(&browser, &format!("{PATH}/challenge"), &csrf).await;
        let shown = browser.post(PATH, &answer(&csrf, &offered, credential)).await;
        assert_eq!(shown.status.as_u16(), 422, "{}", shown.brief());
    }
}

/// A challenge that somebody else's browser got, and somebody else's passkey by its id.
#[tokio::test]
async fn what_is_another_account_s_stays_so() {
    let (provider, _, alice) = begin().await;
    account(&provider, "bob@example.test", AccountStatus::Active).await;
    let bob = provider.browser();
    log_in(&bob, "bob@example.test", PASSWORD).await;
    let (csrf_of_alice, csrf_of_bob) = (csrf(&alice.open(PATH).await), csrf(&bob.open(PATH).await));
    let (_, offered) = challenge(&alice, &format!("{PATH}/challenge"), &csrf_of_alice).await;
    let made = SoftKey::new(&provider.url).make(&offered["options"]);
    let stolen = bob.post(PATH, &answer(&csrf_of_bob, &offered, &made)).await;
    assert_eq!(stolen.status.as_u16(), 422, "{}", stolen.brief());
    let shown = alice.post(PATH, &answer(&csrf_of_alice, &offered, &made)).await;
    let link = rename_link(shown.expect(PATH));
    assert_eq!(bob.open(&link).await.status.as_u16(), 404);
    assert_eq!(bob.open(&format!("{link}/remove")).await.status.as_u16(), 404);
    for (path, fields) in [(link.clone(), vec![("name", "Mine")]), (format!("{link}/remove"), vec![])] {
        let fields = [vec![("csrf", csrf_of_bob.as_str())], fields].concat();
        assert_eq!(bob.post(&path, &fields).await.status.as_u16(), 404, "{path}");
    }
    assert_eq!(rename_link(&alice.open(PATH).await), link);
    // One key, one account.
    let (_, offered) = challenge(&bob, &format!("{PATH}/challenge"), &csrf_of_bob).await;
    assert_eq!(offered["options"]["publicKey"]["excludeCredentials"], serde_json::json!([]));
}

/// Browsers bind passkeys to names: with an address there is nothing to press, and nothing that answers.
#[tokio::test]
async fn an_ip_address_has_no_passkeys() {
    let provider = Provider::start_with(|settings| {
        let url = settings.server.public_url.as_str().replace("localhost", "127.0.0.1");
        settings.server.public_url = PublicUrl::try_from(url).expect("loopback");
    })
    .await;
    let alice = account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    provider.log_in(&browser, &alice).await;
    let shown = browser.open("/account/security").await;
    assert!(!shown.expect("/account/security").has("passkeys"));
    let csrf = csrf(&browser.open("/account").await);
    assert_eq!(browser.open(PATH).await.status.as_u16(), 404);
    assert_eq!(challenge(&browser, &format!("{PATH}/challenge"), &csrf).await.0, 404);
    assert_eq!(browser.post(PATH, &[("csrf", &csrf)]).await.status.as_u16(), 404);
}

#[tokio::test]
async fn nobody_adds_a_passkey_without_a_log_in() {
    let (provider, ..) = begin().await;
    let browser = provider.browser();
    let shown = browser.open(PATH).await;
    let csrf = csrf(shown.expect("/login"));
    assert_eq!(challenge(&browser, &format!("{PATH}/challenge"), &csrf).await.0, 303);
}
