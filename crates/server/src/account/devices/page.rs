//! The page and its states.

use super::PATH;
use crate::account::SECTIONS;
use account::Timestamp;
use account::clock::to_the_minute;
use account::login::devices::KnownDevice;
use account::login::remembered::{Remembered, RememberedId};
use account::places::Places;
use account::session::{BrowserLogin, LoginId, SessionId};
use account::user_agent::describe;
use askama::Template;
use web::components::sample_person;
use web::page::{Notice, Page, Section};
use web::specimen::Specimen;

#[derive(Template)]
#[template(path = "server/account/devices.html")]
pub(super) struct DevicesPage {
    pub page: Page,
    /// This browser, and then the others.
    rows: Vec<Row>,
    known: Vec<KnownRow>,
    remembered: Vec<RememberedRow>,
    has_others: bool,
}

/// A browser in which the account is logged in.
struct Row {
    login: String,
    browser: String,
    /// Address and place.
    from: String,
    since: String,
    last_seen: String,
    is_this: bool,
}

/// A browser that the account logged in with.
struct KnownRow {
    id: String,
    browser: String,
    last_used: String,
    is_this: bool,
}

/// A browser that is spared the second step.
struct RememberedRow {
    id: String,
    browser: String,
    from: String,
    last_used: String,
    until: String,
    is_this: bool,
}

/// Who looks, and what is known about addresses.
pub(super) struct Seen<'a> {
    /// The session of this browser.
    pub session: Option<SessionId>,
    /// This browser as a known device.
    pub device: Option<String>,
    pub places: &'a Places,
}

impl DevicesPage {
    pub fn new(
        page: Page,
        places: Vec<BrowserLogin>,
        known: Vec<KnownDevice>,
        remembered: Vec<(String, Remembered)>,
        seen: &Seen<'_>,
    ) -> Self {
        let mut rows: Vec<Row> = places.into_iter().map(|place| Row::of(place, seen)).collect();
        rows.sort_by_key(|row| !row.is_this);
        let known = known.into_iter().map(|device| KnownRow {
            is_this: seen.device.as_ref() == Some(&device.id),
            id: device.id,
            browser: capitalised(&describe(&device.user_agent)),
            last_used: to_the_minute(device.last_used_at),
        });
        let remembered = remembered.into_iter().map(|(known_as, device)| RememberedRow {
            is_this: seen.device.as_ref() == Some(&known_as),
            id: device.id.to_string(),
            browser: capitalised(&describe(&device.user_agent)),
            from: from(&device.address, seen.places.of_text(&device.address)),
            last_used: to_the_minute(device.last_used_at),
            until: to_the_minute(device.expires_at),
        });
        let remembered = remembered.collect();
        Self { page, remembered, has_others: rows.iter().any(|row| !row.is_this), rows, known: known.collect() }
    }
}

impl Row {
    fn of(place: BrowserLogin, seen: &Seen<'_>) -> Self {
        let whereabouts = seen.places.of_text(&place.address);
        Self {
            login: place.login.to_string(),
            browser: capitalised(&describe(&place.user_agent)),
            from: from(&place.address, whereabouts),
            since: to_the_minute(place.since),
            last_seen: to_the_minute(place.last_seen_at),
            is_this: seen.session.as_ref() == Some(&place.session),
        }
    }
}

/// "198.51.100.7 (Vienna, Austria)".
pub(in crate::account) fn from(address: &str, place: Option<String>) -> String {
    match place {
        Some(place) => format!("{address} ({place})"),
        None => address.to_owned(),
    }
}

/// "An unknown browser" at the beginning of a line.
pub(in crate::account) fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Every state of the page.
pub fn specimens() -> Vec<Specimen> {
    const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);
    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0";
    let here = SessionId::new(NOW);
    let place = |session: &SessionId, user_agent: &str, address: &str, ago: i64| BrowserLogin {
        login: LoginId::new(NOW),
        session: session.clone(),
        user_agent: user_agent.to_owned(),
        address: address.to_owned(),
        since: NOW.plus_seconds(-ago * 20),
        last_seen_at: NOW.plus_seconds(-ago),
    };
    let known = |id: &str, user_agent: &str| KnownDevice {
        id: id.to_owned(),
        user_agent: user_agent.to_owned(),
        last_used_at: NOW,
    };
    let file = account::places::testing::vienna();
    let spared = |known_as: &str, user_agent: &str| {
        let device = Remembered {
            id: RememberedId::new(NOW),
            user_agent: user_agent.to_owned(),
            address: "198.51.100.7".to_owned(),
            created_at: NOW,
            last_used_at: NOW,
            expires_at: NOW.plus_seconds(30 * 86_400),
            token_hash: Vec::new(),
        };
        (known_as.to_owned(), device)
    };
    let show = |places: Vec<BrowserLogin>, known: Vec<KnownDevice>, notices: Vec<Notice>| {
        let remembered = if known.len() > 1 { vec![spared("this", FIREFOX), spared("other", "")] } else { Vec::new() };
        let page = Page {
            csrf: "specimen".into(),
            person: Some(sample_person()),
            sections: Section::list(SECTIONS, PATH),
            notices,
            ..Page::new("Devices", "Latchkey")
        };
        let seen = Seen { session: Some(here.clone()), device: Some("this".to_owned()), places: &file };
        DevicesPage::new(page, places, known, remembered, &seen)
    };
    let other = SessionId::new(NOW);
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Safari/604.1";
    let several = vec![
        place(&other, phone, "198.51.100.7", 7200),
        place(&here, FIREFOX, "2001:db8:85a3::8a2e:370:7334", 60),
        place(&other, "", "", 86_400),
    ];
    let ended = vec![Notice::success("You are logged out there. The products that you used there are being told.")];
    vec![
        Specimen::new("account/devices", &show(several, vec![known("this", FIREFOX), known("other", phone)], ended)),
        Specimen::new(
            "account/devices-only-this",
            &show(vec![place(&here, FIREFOX, "192.0.2.1", 60)], vec![known("this", FIREFOX)], Vec::new()),
        ),
        Specimen::new("account/devices-none-known", &show(Vec::new(), Vec::new(), Vec::new())),
    ]
}
