//! The account pages in each of their states.

use super::details::DetailsPage;
use super::email::EmailPage;
use super::email_links::{ConfirmPage, UndoPage};
use super::password::PasswordPage;
use super::profile::ProfilePage;
use super::{SECTIONS, wait_words};
use std::collections::BTreeMap;
use web::components::sample_person;
use web::page::{FormErrors, Notice, Page, Section};
use web::specimen::Specimen;

pub(super) fn page(title: &str, section: &str) -> Page {
    Page {
        csrf: "specimen".into(),
        person: Some(sample_person()),
        sections: Section::list(SECTIONS, section),
        ..Page::new(title, "Latchkey")
    }
}

fn profile() -> ProfilePage {
    ProfilePage {
        page: page("Profile", "/account"),
        name: "Alice Example".into(),
        picture: "/avatar/initials-3-QUU/256".into(),
        has_photo: false,
        email: "alice@example.test".into(),
        pending_email: None,
    }
}

fn details(errors: FormErrors) -> DetailsPage {
    let values =
        [("given_name", "Alice"), ("birthdate", "31.12.1990"), ("street_address", "Example Street 1\nBack house")];
    let values: BTreeMap<String, String> = values.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    DetailsPage::new(Page { errors, ..page("Personal details", "/account/details") }, &values)
}

fn email(pending: Option<&str>, errors: FormErrors) -> EmailPage {
    EmailPage {
        page: Page { errors, ..page("Change e-mail address", "/account") },
        current: "alice@example.test".into(),
        pending: pending.map(str::to_owned),
        typed: String::new(),
    }
}

fn password(errors: FormErrors) -> PasswordPage {
    let page = Page { errors, ..page("Change password", "/account/security") };
    PasswordPage { page, email: "alice@example.test".into(), name: "Alice Example".into() }
}

fn confirm(asks_password: bool, errors: FormErrors) -> ConfirmPage {
    ConfirmPage {
        page: Page { csrf: "specimen".into(), errors, ..Page::new("Confirm your new address", "Latchkey") },
        new_address: "alice@new.example".into(),
        token: "specimen".into(),
        asks_password,
    }
}

/// The specimens of this room.
pub fn specimens() -> Vec<Specimen> {
    let none = FormErrors::none;
    let wrong = |field: &str| FormErrors::one(field, "This is not your password. Check it and try again.");
    let mut with_photo = profile();
    with_photo.has_photo = true;
    with_photo.page.notices = vec![Notice::success("Your profile is saved.")];
    let mut refused = profile();
    refused.name = String::new();
    refused.page.errors = FormErrors::one("name", "Write your name.");
    refused.page.errors.add("avatar", "This file has more than 4 MB. Choose a smaller one.");
    let waiting = ProfilePage { pending_email: Some("alice@new.example".into()), ..profile() };
    let date = FormErrors::one("birthdate", "Write a date like 1990-12-31, or only the year.");
    let undo = UndoPage {
        page: Page { csrf: "specimen".into(), ..Page::new("Take the change back", "Latchkey") },
        old_address: "alice@example.test".into(),
        token: "specimen".into(),
    };
    let mut all = vec![
        Specimen::new("account/profile", &profile()),
        Specimen::new("account/profile-with-photo", &with_photo),
        Specimen::new("account/profile-refused", &refused),
        Specimen::new("account/profile-email-waits", &waiting),
        Specimen::new("account/details", &details(none())),
        Specimen::new("account/details-refused", &details(date)),
        Specimen::new("account/password", &password(none())),
        Specimen::new("account/password-wrong", &password(wrong("current-password"))),
        Specimen::new("account/password-wait", &password(FormErrors::one("current-password", wait_words(8)))),
        Specimen::new("account/email-change", &email(None, none())),
        Specimen::new("account/email-change-waits", &email(Some("alice@new.example"), none())),
        Specimen::new("account/email-change-wrong-password", &email(None, wrong("password"))),
        Specimen::new("account/email-confirm", &confirm(false, none())),
        Specimen::new("account/email-confirm-elsewhere", &confirm(true, none())),
        Specimen::new("account/email-confirm-wrong-password", &confirm(true, wrong("password"))),
        Specimen::new("account/email-undo", &undo),
    ];
    all.extend(super::security::specimens());
    all.extend(super::addresses::specimens(|title| page(title, "/account")));
    all.extend(super::tokens::specimens(|title| page(title, "/account/tokens")));
    all.extend(super::passkeys::specimens());
    all.extend(super::privacy::specimens());
    all.extend(super::activity::specimens());
    all.extend(super::devices::specimens());
    all.extend(super::apps::specimens());
    all
}
