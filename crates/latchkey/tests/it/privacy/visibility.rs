//! Who sees which field (rows 1.32 to 1.35): what is hidden reaches no product, by whatever way it asks.

use super::{WIDTHS, fits, window};
use crate::log_in::{ALICE, PASSWORD, account, log_in};
use crate::support::{Browser, Party, Provider};
use account::account::{AccountStatus, DisplayName};
use account::profile::avatar::{self, Rendition};
use account::profile::{Changes, change_claims, rename};
use account::{AccountId, Actor};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PATH: &str = "/account/privacy/visibility";

struct Scene {
    provider: Provider,
    party: Party,
    browser: Browser,
    alice: AccountId,
}

/// Alice, who filled everything in, logged in; a product that may ask in every way.
async fn scene() -> Scene {
    let provider = Provider::start().await;
    let alice = account(&provider, ALICE, AccountStatus::Active).await;
    let typed = [
        ("given_name", "Alice"),
        ("nickname", "Al"),
        ("gender", "female"),
        ("birthdate", "1990-01-01"),
        ("locale", "de"),
        ("website", "https://alice.example.test"),
        ("phone_number", "+49 30 1234567"),
        ("locality", "Berlin"),
    ];
    let typed: BTreeMap<String, String> = typed.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let (changes, id) = (Changes::read(&typed).expect("good"), alice.clone());
    provider.accounts.write(&Actor::system(), move |tx| change_claims(tx, &id, &changes)).await.expect("written");
    let party = provider.party_of_all_flows(true, json!({})).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    Scene { provider, party, browser, alice }
}

const EVERYTHING: (&str, &str) = ("scope", "openid profile email phone address");
const BY_NAME: (&str, &str) = (
    "claims",
    r#"{"userinfo":{"email":{"essential":true},"name":null,"picture":null,"birthdate":null,"address":null},
        "id_token":{"email":null,"name":null,"picture":null,"birthdate":null,"address":null,"given_name":null}}"#,
);

impl Scene {
    async fn hide(&self, levels: &[(&str, &str)]) {
        let shown = self.browser.open(PATH).await;
        self.browser.click(&shown, "save", levels).await.expect("/account/privacy");
    }

    /// Userinfo and ID token of the code flow, with everything asked for.
    async fn told(&self, more: &[(&str, &str)]) -> (Value, Value) {
        let code = self.party.code(&self.browser, more).await;
        let (_, answer) = self.party.exchange(&code).await;
        let (status, person) = self.party.userinfo(answer["access_token"].as_str().expect("a token")).await;
        assert_eq!(status.as_u16(), 200, "{person}");
        (person, self.provider.claims(answer["id_token"].as_str().expect("an ID token")))
    }
}

#[tokio::test]
async fn nothing_is_hidden_at_first() {
    let s = scene().await;
    let (person, _) = s.told(&[EVERYTHING]).await;
    for claim in ["name", "picture", "email", "nickname", "gender", "birthdate", "locale", "website", "phone_number"] {
        assert!(person[claim].is_string(), "{claim}: {person}");
    }
    let shown = s.browser.open("/account/privacy").await;
    assert_eq!(shown.expect("/account/privacy").text("hidden-fields"), "Nothing is hidden");
    assert!(!s.browser.open(PATH).await.body.contains("organisation"), "a level that would mean nothing");
}

/// Rows 1.32 and 1.35: by scope, by the parameter `claims`, in the ID token of every flow, and with a token from before.
#[tokio::test]
async fn what_only_its_owner_sees_reaches_no_product() {
    let s = scene().await;
    let code = s.party.code(&s.browser, &[EVERYTHING, BY_NAME]).await;
    let before = s.party.exchange(&code).await.1["access_token"].as_str().expect("a token").to_owned();
    let ids: Vec<String> = ["name", "picture", "email", "nickname", "gender", "birthdate", "locale", "website"]
        .into_iter()
        .chain(["phone", "address"])
        .map(|field| format!("see-{field}"))
        .collect();
    let all: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "only_me")).collect();
    s.hide(&all).await;
    let (person, id_token) = s.told(&[EVERYTHING, BY_NAME]).await;
    let names: Vec<&String> = person.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["sub", "updated_at"], "{person}");
    assert!(!id_token.to_string().contains("Alice") && !id_token.to_string().contains(ALICE), "{id_token}");
    for claim in ["email", "email_verified", "name", "picture", "birthdate", "address", "given_name"] {
        assert_eq!(id_token[claim], Value::Null, "{claim}");
    }
    // An ID token that no access token goes with carries the claims of the scope.
    let answer = s.browser.open(&s.party.authorize_url(&[EVERYTHING, BY_NAME, ("response_type", "id_token")])).await;
    let id_token = s.provider.claims(answer.answer().expect("id_token"));
    assert!(!id_token.to_string().contains("lice"), "{id_token}");
    let (_, person) = s.party.userinfo(&before).await;
    assert_eq!(person.as_object().map(serde_json::Map::len), Some(2), "a token from before: {person}");
    // And back again.
    let back: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "anyone")).collect();
    s.hide(&back).await;
    let (person, id_token) = s.told(&[EVERYTHING, BY_NAME]).await;
    assert_eq!((&person["email"], &id_token["email"]), (&json!(ALICE), &json!(ALICE)));
}

#[tokio::test]
async fn the_others_are_told_as_before_and_initials_betray_no_name() {
    let s = scene().await;
    s.hide(&[("see-name", "only_me")]).await;
    let (person, _) = s.told(&[EVERYTHING]).await;
    assert_eq!(
        (&person["name"], &person["given_name"], &person["picture"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!((&person["email"], &person["birthdate"]), (&json!(ALICE), &json!("1990-01-01")));
    let shown = s.browser.open("/account/privacy").await;
    assert_eq!(shown.text("hidden-fields"), "Name");
}

/// A product that stored the address of a picture learns nothing by it either.
#[tokio::test]
async fn a_hidden_picture_opens_for_its_owner_alone() {
    let s = scene().await;
    let id = s.alice.clone();
    let photo = Rendition { media_type: "image/jpeg", large: vec![1; 9], small: vec![2; 9] };
    let saved = s.provider.accounts.write(&Actor::system(), move |tx| avatar::save(tx, &id, &photo)).await;
    let path = format!("/avatar/{}/256", saved.expect("written").expect("an account"));
    let (stranger, bob) = (s.provider.browser(), s.provider.browser());
    account(&s.provider, "bob@example.test", AccountStatus::Active).await;
    log_in(&bob, "bob@example.test", PASSWORD).await;
    assert_eq!(stranger.open(&path).await.status.as_u16(), 200);
    s.hide(&[("see-picture", "only_me")]).await;
    for other in [&stranger, &bob] {
        let answer = other.once(Method::GET, &path, None, &[]).await;
        assert_eq!(answer.status.as_u16(), 404);
    }
    let answer = stranger.once(Method::GET, &path, None, &[("if-none-match", "*")]).await;
    assert_eq!(answer.status.as_u16(), 404, "no version of it is confirmed either");
    let own = s.browser.open(&path).await;
    assert_eq!(own.status.as_u16(), 200);
    assert_eq!(own.headers["cache-control"], "private, no-store");
    assert_eq!(s.told(&[EVERYTHING]).await.0["picture"], Value::Null);
}

#[tokio::test]
async fn the_consent_page_says_what_is_kept_back() {
    let s = scene().await;
    let party = s.provider.third_party().await;
    let asked = [("scope", "openid email")];
    assert!(!s.browser.open(&party.authorize_url(&asked)).await.expect("/consent").has("kept-back"));
    s.hide(&[("see-email", "only_me"), ("see-phone", "only_me")]).await;
    let shown = s.browser.open(&party.authorize_url(&asked)).await;
    let words = shown.expect("/consent").text("kept-back");
    assert!(words.contains("E-mail address") && !words.contains("Phone"), "{words}");
}

#[tokio::test]
async fn levels_that_mean_nothing_are_refused() {
    let s = scene().await;
    let shown = s.browser.open(PATH).await;
    for level in ["organisation", "", "everyone"] {
        let answer = s.browser.click(&shown, "save", &[("see-email", level)]).await;
        assert_eq!(answer.status.as_u16(), 422, "{level}");
        assert!(answer.has("see-email-error"));
    }
    assert_eq!(s.told(&[EVERYTHING]).await.0["email"], json!(ALICE), "nothing was saved");
}

#[tokio::test]
async fn one_persons_choice_is_not_anothers() {
    let s = scene().await;
    s.hide(&[("see-email", "only_me")]).await;
    let bob = account(&s.provider, "bob@example.test", AccountStatus::Active).await;
    let browser = s.provider.browser();
    log_in(&browser, "bob@example.test", PASSWORD).await;
    let name = DisplayName::parse("Bob").expect("a name");
    s.provider.accounts.write(&Actor::system(), move |tx| rename(tx, &bob, &name)).await.expect("written");
    let code = s.party.code(&browser, &[EVERYTHING]).await;
    let (_, answer) = s.party.exchange(&code).await;
    let (_, person) = s.party.userinfo(answer["access_token"].as_str().expect("a token")).await;
    assert_eq!(person["email"], json!("bob@example.test"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_chosen_in_a_real_browser() {
    for width in WIDTHS {
        let s = scene().await;
        let window = window(&s.provider, width).await;
        window.open(&format!("{}/account/privacy", s.provider.url)).await;
        fits(&window).await;
        window.click("change-visibility").await;
        window.find("see-email").await.select_by_value("only_me").await.expect("chosen");
        fits(&window).await;
        window.click("save").await;
        assert_eq!(window.text("hidden-fields").await, "E-mail address");
        fits(&window).await;
        window.close().await;
        assert_eq!(s.told(&[EVERYTHING]).await.0["email"], Value::Null);
    }
}
