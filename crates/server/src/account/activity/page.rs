//! The page and its states.

use super::lock::{LockedPage, NotMePage};
use super::{PATH, words};
use crate::account::SECTIONS;
use crate::account::devices::{capitalised, from};
use account::AccountId;
use account::audit::OwnEntry;
use account::clock::to_the_minute;
use account::places::Places;
use account::user_agent::describe;
use askama::Template;
use web::components::sample_person;
use web::page::{Page, Section};
use web::specimen::Specimen;

#[derive(Template)]
#[template(path = "server/account/activity.html")]
pub(super) struct ActivityPage {
    pub page: Page,
    pub rows: Vec<Row>,
    /// Empty: this is the first page.
    pub first_href: &'static str,
    /// Empty: there is nothing older.
    pub older_href: String,
}

/// An entry.
pub(super) struct Row {
    at: String,
    what: String,
    /// Who, when it was not the person; empty else.
    by: &'static str,
    /// With which browser and from where; empty when it was somebody else.
    from: String,
    is_warning: bool,
}

impl Row {
    pub fn of(entry: &OwnEntry, own: &AccountId, places: &Places, name_of: &dyn Fn(&str) -> Option<String>) -> Self {
        let by = match entry.entry.actor_kind.as_str() {
            "account" if entry.entry.actor_id.as_deref() == Some(own.as_str()) => "",
            "account" | "command" => "By an operator",
            "system" => "By the service itself",
            "client" => "By a product",
            _ => "",
        };
        // Where operators sit is nobody's business but theirs.
        let from = if by.is_empty() { whereabouts(entry, places) } else { String::new() };
        let client = entry.entry.details["client"].as_str();
        let name = client.map(|id| name_of(id).unwrap_or_else(|| "a product that is gone".to_owned()));
        Self {
            at: to_the_minute(entry.entry.at),
            what: words::what(&entry.entry.action, &entry.entry.details, name.as_deref()),
            by,
            from,
            is_warning: words::WARNINGS.contains(&entry.entry.action.as_str()),
        }
    }
}

/// "Firefox on Linux, 198.51.100.7 (Vienna, Austria)".
fn whereabouts(entry: &OwnEntry, places: &Places) -> String {
    let browser = Some(entry.user_agent.as_str()).filter(|text| !text.is_empty());
    let browser = browser.map(|text| capitalised(&describe(text)));
    let address = entry.entry.address.as_deref().map(|address| from(address, places.of_text(address)));
    [browser, address].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Every state of the pages.
pub fn specimens() -> Vec<Specimen> {
    use account::Timestamp;
    use account::audit::{AuditEntry, AuditEntryId};
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);
    let own = AccountId::new(NOW);
    let page = |title: &str| Page {
        csrf: "specimen".into(),
        person: Some(sample_person()),
        sections: Section::list(SECTIONS, PATH),
        ..Page::new(title, "Latchkey")
    };
    let entry = |action: &str, actor: &str, details: serde_json::Value| OwnEntry {
        id: AuditEntryId::new(NOW),
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0".into(),
        entry: AuditEntry {
            at: NOW,
            actor_kind: actor.to_owned(),
            actor_id: (actor == "account").then(|| own.to_string()),
            address: Some("198.51.100.7".to_owned()),
            action: action.to_owned(),
            details,
        },
    };
    let entries = [
        entry("login.succeeded", "anonymous", json!({})),
        entry("login.failed", "anonymous", json!({})),
        entry("consent.granted", "account", json!({ "client": "tracker" })),
        entry("password.changed", "account", json!({})),
        entry("account.reactivated", "command", json!({})),
        entry("something.unheard_of", "system", json!({})),
    ];
    let places = account::places::testing::vienna();
    let row = |entry: &OwnEntry| Row::of(entry, &own, &places, &|_| Some("Tracker".to_owned()));
    let shown = |rows: Vec<Row>, first_href, older: &str| ActivityPage {
        page: page("Activity"),
        rows,
        first_href,
        older_href: older.to_owned(),
    };
    let locked = Page { csrf: "specimen".into(), ..Page::new("Your account is locked", "Latchkey") };
    vec![
        Specimen::new("account/activity", &shown(entries.iter().map(row).collect(), "", "/account/activity?before=x")),
        Specimen::new("account/activity-older", &shown(entries.iter().map(row).collect(), PATH, "")),
        Specimen::new("account/activity-none", &shown(Vec::new(), "", "")),
        Specimen::new(
            "account/activity-not-me",
            &NotMePage { page: page("This was not me"), email: "alice@example.test".into() },
        ),
        Specimen::new("account/activity-locked", &LockedPage { page: locked }),
    ]
}
