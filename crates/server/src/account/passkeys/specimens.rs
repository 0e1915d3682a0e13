//! The pages about passkeys in each of their states.

use super::super::specimens::page;
use super::manage::{RemovePage, RenamePage};
use super::{Entry, FULL, ListPage, SECTION};
use web::page::{FormErrors, Notice, Page};
use web::specimen::Specimen;

const ID: &str = "0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55";

fn entry(id: &str, name: &str, kind: &'static str, last_used: &str, suspended: bool) -> Entry {
    Entry {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
        added: "3 November 2026".to_owned(),
        last_used: last_used.to_owned(),
        suspended,
    }
}

fn list(passkeys: Vec<Entry>, errors: FormErrors, notices: Vec<Notice>) -> ListPage {
    ListPage {
        page: Page { errors, notices, ..page("Passkeys and security keys", SECTION) },
        full: passkeys.len() > 2,
        has_codes: passkeys.len() > 2,
        passkeys,
    }
}

fn some() -> Vec<Entry> {
    vec![
        entry(ID, "iCloud Keychain", "Passkey, on all devices that share it", "24 November 2026", false),
        entry(&ID.replace('5', "6"), "Key in the drawer", "Security key, as a second step only", "", false),
    ]
}

fn rename(name: &str, errors: FormErrors) -> RenamePage {
    let page = Page { errors, ..page("Name of the passkey", SECTION) };
    RenamePage { page, id: ID.to_owned(), name: name.to_owned() }
}

fn remove(is_last: bool) -> RemovePage {
    RemovePage {
        page: page("Remove this passkey?", SECTION),
        id: ID.to_owned(),
        name: "iCloud Keychain".to_owned(),
        is_last,
    }
}

pub(in super::super) fn specimens() -> Vec<Specimen> {
    let none = FormErrors::none;
    let suspended = entry(&ID.replace('5', "7"), "Old phone", "Passkey, on one device or key", "2 May 2026", true);
    let full = some().into_iter().chain([suspended]).collect();
    let added = vec![Notice::success("Your passkey is added. Give it another name if you like.")];
    vec![
        Specimen::new("account/passkeys-none", &list(Vec::new(), none(), Vec::new())),
        Specimen::new("account/passkeys", &list(some(), none(), added)),
        Specimen::new("account/passkeys-full", &list(full, FormErrors::form(FULL), Vec::new())),
        Specimen::new("account/passkey-name", &rename("iCloud Keychain", none())),
        Specimen::new("account/passkey-name-empty", &rename("", FormErrors::one("name", "Write a name."))),
        Specimen::new("account/passkey-remove", &remove(false)),
        Specimen::new("account/passkey-remove-last", &remove(true)),
    ]
}
