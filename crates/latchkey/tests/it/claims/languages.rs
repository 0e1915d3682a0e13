//! `claims_locales` and `ui_locales` are wishes.

use super::scene;
use serde_json::{Value, json};

/// oidcc-claims-locales: a language that we have is chosen, one that nobody knows is no error.
#[tokio::test]
async fn claims_come_in_the_language_that_is_asked_for() {
    let s = scene(true).await;
    for (locales, name, tagged) in [
        ("", "Alice Example", json!("Alicia")),
        ("se", "Alice Example", Value::Null),
        ("fr de-CH", "Alicia", Value::Null),
        ("x_!", "Alice Example", Value::Null),
    ] {
        let (_, person, _) = s.ask(&[("scope", "openid profile"), ("claims_locales", locales)]).await;
        assert_eq!((&person["name"], &person["name#de"]), (&json!(name), &tagged), "{locales}");
    }
}

/// oidcc-ui-locales: the pages come in a language that we have, and the product's name in one that it has.
#[tokio::test]
async fn pages_come_in_a_language_that_we_have() {
    let s = scene(true).await;
    let named = json!({ "client_name": "Tracker", "client_name#de": "Verfolger" });
    let party = s.provider.register(true, named).await;
    let stranger = s.provider.browser();
    for (locales, name) in [("se", "Tracker"), ("se de-AT en", "Verfolger"), ("", "Tracker")] {
        let shown = stranger.open(&party.authorize_url(&[("ui_locales", locales)])).await;
        shown.expect("/login");
        assert!(shown.body.contains("<html lang=\"en\""), "{}", shown.brief());
        assert_eq!(shown.text("client-name"), name);
    }
}
