//! The page and its states.

use super::words::{self, Line};
use account::visibility::{Field, Level, Visibility};
use askama::Template;
use oidc::interaction::Permission;
use web::page::{ClientBadge, Page, PersonBadge};
use web::specimen::Specimen;

#[derive(Debug, Clone, Template)]
#[template(path = "server/consent/consent.html")]
pub(super) struct ConsentPage {
    page: Page,
    person: PersonBadge,
    lines: Vec<Line>,
    /// Of what is wanted, what the person hides from everybody: "name, picture"; empty: nothing.
    kept_back: String,
    /// Where another account is chosen.
    change_href: String,
    interaction: String,
    login: String,
}

impl ConsentPage {
    pub(super) fn new(
        page: Page,
        person: PersonBadge,
        hidden: &Visibility,
        wanted: &Permission,
        interaction: &str,
        login: &str,
    ) -> Self {
        Self {
            kept_back: words::kept_back(wanted, hidden),
            lines: words::lines(wanted, &person.email),
            // "Deny" is the way back to the client here.
            page: Page { cancel_action: None, ..page },
            person,
            change_href: format!("/choose-account?interaction={interaction}"),
            interaction: interaction.to_owned(),
            login: login.to_owned(),
        }
    }
}

/// Every state of the page.
pub fn specimens() -> Vec<Specimen> {
    let page = |client: ClientBadge| Page { client: Some(client), ..Page::new("Allow access", "Latchkey") };
    let tracker = ClientBadge {
        name: "Tracker".to_owned(),
        policy_uri: Some("https://tracker.example.test/privacy".to_owned()),
        tos_uri: Some("https://tracker.example.test/terms".to_owned()),
        ..ClientBadge::default()
    };
    let unverified = ClientBadge {
        name: "Photo Printer".to_owned(),
        unverified_host: Some("printer.example.test".to_owned()),
        ..ClientBadge::default()
    };
    let alice =
        || PersonBadge { name: "Alice Example".to_owned(), email: "alice@example.test".to_owned(), avatar_url: None };
    let specimen = |name, client, scope: &str, claims: &[&str]| {
        let claims = claims.iter().map(|claim| (*claim).to_owned()).collect();
        let mut hidden = Visibility::default();
        if name == "consent/kept-back" {
            hidden.set(Field::Email, Level::OnlyMe);
        }
        let wanted = Permission { scope: scope.parse().expect("a scope"), claims };
        Specimen::new(name, &ConsentPage::new(page(client), alice(), &hidden, &wanted, "interaction", "login"))
    };
    vec![
        specimen("consent/first-time", tracker.clone(), "openid profile email", &[]),
        specimen("consent/kept-back", tracker.clone(), "openid profile email", &[]),
        specimen("consent/single-claims", tracker.clone(), "openid email", &["name", "birthdate", "address"]),
        specimen("consent/everything", tracker, "openid profile email address phone offline_access reports:read", &[]),
        specimen("consent/unverified", unverified, "openid", &[]),
    ]
}
