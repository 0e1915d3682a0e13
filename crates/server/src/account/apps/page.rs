//! The page and its states.

use super::PATH;
use crate::account::SECTIONS;
use crate::consent::words::{self, Line};
use account::Timestamp;
use account::clock::to_the_minute;
use askama::Template;
use oidc::Client;
use oidc::connection::Connection;
use std::sync::Arc;
use web::components::sample_person;
use web::page::{Notice, Page, Section};
use web::specimen::Specimen;

#[derive(Template)]
#[template(path = "server/account/apps.html")]
pub(super) struct AppsPage {
    pub page: Page,
    apps: Vec<App>,
}

/// A product.
struct App {
    client_id: String,
    name: String,
    first_party: bool,
    is_unverified: bool,
    is_off: bool,
    offline: bool,
    since: String,
    last_used: String,
    lines: Vec<Line>,
}

/// What a client is called, and what kind it is.
struct Named {
    name: String,
    first_party: bool,
    is_unverified: bool,
    is_off: bool,
}

impl AppsPage {
    pub fn new(page: Page, found: impl Iterator<Item = (Arc<Client>, Connection)>, email: &str) -> Self {
        let app = |(client, connection): (Arc<Client>, Connection)| {
            let named = Named {
                name: client.name([]).to_owned(),
                first_party: client.first_party,
                is_unverified: client.shown_as_unverified(),
                is_off: client.disabled,
            };
            App::of(named, connection, email)
        };
        Self { page, apps: found.map(app).collect() }
    }
}

impl App {
    fn of(named: Named, connection: Connection, email: &str) -> Self {
        Self {
            client_id: connection.client_id,
            name: named.name,
            first_party: named.first_party,
            is_unverified: named.is_unverified,
            is_off: named.is_off,
            offline: connection.offline,
            since: to_the_minute(connection.since),
            last_used: connection.last_used_at.map(to_the_minute).unwrap_or_default(),
            lines: words::lines(&connection.permission, email),
        }
    }
}

/// Every state of the page.
pub fn specimens() -> Vec<Specimen> {
    const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);
    let page = |notices: Vec<Notice>| Page {
        csrf: "specimen".into(),
        person: Some(sample_person()),
        sections: Section::list(SECTIONS, PATH),
        notices,
        ..Page::new("Connected apps", "Latchkey")
    };
    let app = |name: &str, scope: &str, first_party: bool, used: bool| {
        let named = Named { name: name.to_owned(), first_party, is_unverified: !first_party && !used, is_off: !used };
        let connection = Connection {
            client_id: "tracker".into(),
            permission: scope.parse::<protocol::Scope>().expect("a scope").into(),
            has_consent: !first_party,
            since: NOW.plus_seconds(-86_400 * 30),
            last_used_at: used.then_some(NOW),
            offline: scope.contains("offline"),
        };
        App::of(named, connection, "alice@example.test")
    };
    let removed = Notice::success("The access is taken back. Its tokens stopped working at this moment.");
    let apps = vec![
        app("Tracker", "openid profile email", true, true),
        app("Bartholomew's Photo Printer and Calendar Company", "openid profile offline_access", false, true),
        app("Old Wiki", "openid email", false, false),
    ];
    vec![
        Specimen::new("account/apps", &AppsPage { page: page(Vec::new()), apps }),
        Specimen::new("account/apps-none", &AppsPage { page: page(vec![removed]), apps: Vec::new() }),
    ]
}
