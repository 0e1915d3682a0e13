//! Specimens of the shared parts: all components, the log-in column, the console's list page, the error page.

use askama::Template;

use crate::page::{ClientBadge, ErrorPage, ErrorView, FormErrors, Link, Notice, Page, PersonBadge, Section};
use crate::specimen::Specimen;

#[derive(Template)]
#[template(path = "shared/specimens/components.html")]
struct Components {
    page: Page,
}

#[derive(Template)]
#[template(path = "shared/specimens/login.html")]
struct Column {
    page: Page,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "shared/specimens/table.html")]
struct List {
    page: Page,
    rows: Vec<PersonBadge>,
}

/// The specimens of this crate.
pub fn specimens() -> Vec<Specimen> {
    vec![
        Specimen::new("components/all", &components()),
        Specimen::new("components/column-email", &Column { page: column("Log in"), state: "email" }),
        Specimen::new("components/column-email-missing", &email_missing()),
        Specimen::new("components/column-password-wrong", &password_wrong()),
        Specimen::new("components/column-consent", &consent()),
        Specimen::new("components/list", &list(20)),
        Specimen::new("components/list-empty", &list(0)),
        Specimen::new("error/redirect-uri", &error()),
    ]
}

/// Alice Example, whom the specimens show.
pub fn sample_person() -> PersonBadge {
    PersonBadge { name: "Alice Example".into(), email: "alice@example.test".into(), avatar_url: None }
}

/// Tracker, a client that the specimens show.
pub fn sample_client() -> ClientBadge {
    ClientBadge {
        name: "Tracker".into(),
        policy_uri: Some("https://tracker.example.test/privacy".into()),
        tos_uri: Some("https://tracker.example.test/terms".into()),
        ..ClientBadge::default()
    }
}

/// A page of the log-in column on the way to Tracker.
fn column(title: &str) -> Page {
    Page {
        csrf: "specimen".into(),
        client: Some(sample_client()),
        cancel_action: Some("/oauth2/authorize/cancel?interaction=sample".into()),
        support_url: Some("https://help.example.test/".into()),
        ..Page::new(title, "Latchkey")
    }
}

fn components() -> Components {
    let mut errors = FormErrors::one("email", "Write your e-mail address like name@example.com.");
    errors.add("code", "This code has expired. Ask for a new one.");
    let sections = [
        ("/account", "Profile"),
        ("/account/security", "Security"),
        ("/account/devices", "Devices"),
        ("/account/apps", "Apps"),
        ("/account/privacy", "Privacy"),
    ];
    let page = Page {
        csrf: "specimen".into(),
        person: Some(sample_person()),
        is_operator: true,
        errors,
        notices: vec![Notice::success("Your picture is saved.")],
        sections: Section::list(&sections, "/account"),
        ..Page::new("Components", "Latchkey")
    };
    Components { page }
}

fn email_missing() -> Column {
    let errors = FormErrors::one("email", "Write your e-mail address like name@example.com.");
    Column { page: Page { errors, ..column("Log in") }, state: "email" }
}

fn password_wrong() -> Column {
    let errors = FormErrors::form("The e-mail address or the password is not right. Try again, or set a new password.");
    Column { page: Page { errors, person: Some(sample_person()), ..column("Log in") }, state: "password" }
}

fn consent() -> Column {
    let mut page = column("Allow access?");
    page.person = Some(sample_person());
    page.client = page.client.map(|client| ClientBadge {
        unverified_host: Some("tracker.example.test".into()),
        logo_uri: Some(crate::assets::asset_url("images/favicon.svg").into()),
        ..client
    });
    page.cancel_action = None;
    Column { page, state: "consent" }
}

fn list(rows: usize) -> List {
    let sections = [
        ("/admin", "Overview"),
        ("/admin/accounts", "Accounts"),
        ("/admin/clients", "Clients"),
        ("/admin/mail", "Mail"),
        ("/admin/log-outs", "Log-outs"),
    ];
    let page = Page {
        person: Some(sample_person()),
        is_operator: true,
        csrf: "specimen".into(),
        sections: Section::list(&sections, "/admin/accounts"),
        ..Page::new("Accounts", "Latchkey")
    };
    List { page, rows: vec![sample_person(); rows] }
}

fn error() -> ErrorPage {
    let error = ErrorView {
        code: "invalid_redirect_uri".into(),
        what_happened: "Tracker sent you here with a return address that it has not registered.".into(),
        what_to_do: "You did nothing wrong. Go back to Tracker and try again, or tell the people who run it.".into(),
        way_on: Some(Link { href: "/account".into(), label: "Go to your account".into() }),
        check: "redirect_uri must equal one of the client's redirect_uris, character for character \
            (OpenID Connect Core 1.0 §3.1.2.1)."
            .into(),
        how_to_mend: "Add https://tracker.example.test/cb to the redirect_uris of the client tracker.".into(),
        request_id: "0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55".into(),
    };
    let page = Page {
        support_url: Some("https://help.example.test/".into()),
        ..Page::new("This link does not work", "Latchkey")
    };
    ErrorPage { page, error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets;

    #[test]
    fn the_specimens_have_no_faults_and_are_small() {
        let css = assets::asset_body(assets::STYLESHEET).expect("stylesheet").len();
        for specimen in specimens() {
            assert_eq!(specimen.faults(), Vec::<String>::new(), "{}", specimen.name);
            assert!(specimen.html.len() + css < 45 * 1024, "{}: {} bytes", specimen.name, specimen.html.len());
        }
    }
}
