//! The pages of this room in each of their states.

use super::super::specimens::page;
use super::add_app::{AddPage, ScanPage};
use super::app::{AppPage, RemovePage};
use super::overview::{AppLine, SecurityPage};
use super::recovery_codes::{CodesPage, LeftPage};
use account::credential::totp::Square;
use web::page::{FormErrors, Notice, Page};
use web::specimen::Specimen;

const SECTION: &str = "/account/security";

fn overview(has_password: bool, apps: &[&str], codes_left: i64) -> SecurityPage {
    let line = |name: &&str| AppLine {
        name: (*name).to_owned(),
        href: "/account/security/apps/0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55".into(),
        used: "Last used 2026-11-24 09:12 UTC".into(),
    };
    SecurityPage {
        page: page("Security", SECTION),
        has_password,
        is_on: !apps.is_empty(),
        apps: apps.iter().map(line).collect(),
        passkeys: Some(2),
        codes_left,
    }
}

fn scan(moves: bool, turns_on: bool, errors: FormErrors) -> ScanPage {
    let uri = "otpauth://totp/Latchkey:alice%40example.test?secret=IFAUCQKBIFAUCQKBIFAUCQKBIFAUCQKB&issuer=Latchkey";
    ScanPage {
        page: Page { errors, ..page(if moves { "Move to a new phone" } else { "Scan the square" }, SECTION) },
        app: "0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55".into(),
        name: "Authenticator app".into(),
        square: Square::of(uri),
        key: "IFAU CQKB IFAU CQKB IFAU CQKB IFAU CQKB".into(),
        account: "alice@example.test".into(),
        moves,
        turns_on,
        end_others: false,
    }
}

fn app(errors: FormErrors) -> AppPage {
    AppPage {
        page: Page { errors, ..page("Phone", SECTION) },
        href: "/account/security/apps/0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55".into(),
        name: "Phone".into(),
        used: "Last used 2026-11-24 09:12 UTC".into(),
    }
}

fn remove(last: bool) -> RemovePage {
    RemovePage {
        page: page("Remove Phone?", SECTION),
        href: "/account/security/apps/0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55".into(),
        name: "Phone".into(),
        last,
    }
}

/// The specimens of this room.
pub(in super::super) fn specimens() -> Vec<Specimen> {
    let none = FormErrors::none;
    let mut changed = overview(true, &[], 0);
    changed.page.notices =
        vec![Notice::success("Your password is changed. Other browsers and devices were logged out.")];
    let wrong = || {
        let mut errors = FormErrors::one("name", "Give the app a name, such as the phone that it is on.");
        errors.add("code", "This is not the code that the app shows now. Type the newest one.");
        errors
    };
    let no_square = ScanPage { square: None, ..scan(false, false, none()) };
    let codes: Vec<String> = (0..10).map(|n| format!("7k3v{n}-q0x9{n}")).collect();
    let codes = CodesPage { page: page("Your recovery codes", SECTION), email: "alice@example.test".into(), codes };
    let left = |is_on, left| LeftPage { page: page("Recovery codes", SECTION), is_on, left };
    let add = |is_on| AddPage { page: page("Add an authenticator app", SECTION), is_on };
    vec![
        Specimen::new("account/security", &overview(true, &[], 0)),
        Specimen::new("account/security-changed", &changed),
        Specimen::new("account/security-no-password", &overview(false, &[], 0)),
        Specimen::new("account/security-on", &overview(true, &["Phone", "Tablet"], 10)),
        Specimen::new("account/security-no-codes-left", &overview(true, &["Phone"], 0)),
        Specimen::new("account/security-add-app", &add(false)),
        Specimen::new("account/security-add-another-app", &add(true)),
        Specimen::new("account/security-scan", &scan(false, true, none())),
        Specimen::new("account/security-scan-wrong", &scan(false, true, wrong())),
        Specimen::new("account/security-scan-another", &scan(false, false, none())),
        Specimen::new("account/security-scan-no-square", &no_square),
        Specimen::new("account/security-move", &scan(true, false, none())),
        Specimen::new("account/security-app", &app(none())),
        Specimen::new("account/security-app-no-name", &app(FormErrors::one("name", "Give the app a name."))),
        Specimen::new("account/security-remove-app", &remove(false)),
        Specimen::new("account/security-remove-last-app", &remove(true)),
        Specimen::new("account/security-recovery-codes", &left(true, 7)),
        Specimen::new("account/security-recovery-codes-none-left", &left(true, 0)),
        Specimen::new("account/security-recovery-codes-off", &left(false, 0)),
        Specimen::new("account/security-codes", &codes),
    ]
}
