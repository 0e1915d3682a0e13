//! The privacy pages in each of their states.

use super::SECTION;
use super::export::{ExportPage, Shown, size, wait};
use super::leave::{LeavePage, LeftPage, words};
use super::overview::OverviewPage;
use super::visibility::{VisibilityPage, label};
use crate::account::specimens::page;
use account::closure::Reason;
use account::visibility::{Field, Level, Visibility};
use web::page::{FormErrors, Notice, Page};
use web::specimen::Specimen;

/// The specimens of this room.
pub(in crate::account) fn specimens() -> Vec<Specimen> {
    let overview = || OverviewPage { page: page("Privacy", SECTION), hidden: Vec::new() };
    let mut some_hidden = overview();
    some_hidden.hidden = [Field::Email, Field::Birthdate].map(label).to_vec();
    some_hidden.page.notices = vec![Notice::success("Saved. Products see it from their next request on.")];
    let mut chosen = Visibility::default();
    chosen.set(Field::Email, Level::OnlyMe);
    let see = |errors| {
        let page = Page { errors, ..page("Who sees what", SECTION) };
        VisibilityPage::new(page, &chosen)
    };
    let export = |shown| ExportPage { page: page("Your data", SECTION), shown };
    let fetch = || "/account/privacy/export/0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55".to_owned();
    let discard = || fetch() + "/discard";
    let ready = || Shown::Ready {
        fetch: fetch(),
        discard: discard(),
        size: size(123_456),
        made: "25 November 2026, 12:00".into(),
        until: "2 December 2026, 12:00".into(),
    };
    let mut too_many = export(ready());
    too_many.page.errors = FormErrors::form(wait(7200));
    let leave = |deletes, products: &[&str], refusal, errors| LeavePage {
        page: Page { errors, ..page(if deletes { "Delete your account" } else { "Deactivate your account" }, SECTION) },
        deletes,
        email: "alice@example.test".into(),
        erase_at: "9 December 2026, 12:00".into(),
        products: products.iter().map(|name| (*name).to_owned()).collect(),
        refusal,
    };
    let none = FormErrors::none;
    let wrong = FormErrors::one("email", "This is not the address above. Type that one, letter by letter.");
    let left = |deletes| LeftPage {
        page: Page::new(
            if deletes { "Your account will be deleted" } else { "Your account is deactivated" },
            "Latchkey",
        ),
        deletes,
    };
    vec![
        Specimen::new("account/privacy-deactivate", &leave(false, &[], "", none())),
        Specimen::new("account/privacy-delete", &leave(true, &["Tracker", "Wiki"], "", none())),
        Specimen::new("account/privacy-delete-wrong-address", &leave(true, &["Tracker"], "", wrong)),
        Specimen::new("account/privacy-delete-refused", &leave(true, &[], words(Reason::LastOperator), none())),
        Specimen::new("account/closed-deactivated", &left(false)),
        Specimen::new("account/closed-to-be-deleted", &left(true)),
        Specimen::new("account/privacy-export", &export(Shown::Nothing)),
        Specimen::new(
            "account/privacy-export-working",
            &export(Shown::Working { discard: discard(), done: 7, parts: 20 }),
        ),
        Specimen::new("account/privacy-export-ready", &export(ready())),
        Specimen::new("account/privacy-export-too-many", &too_many),
        Specimen::new("account/privacy-export-failed", &export(Shown::Failed)),
        Specimen::new("account/privacy", &overview()),
        Specimen::new("account/privacy-some-hidden", &some_hidden),
        Specimen::new("account/privacy-visibility", &see(FormErrors::none())),
        Specimen::new(
            "account/privacy-visibility-refused",
            &see(FormErrors::one("see-email", "Choose one of the list.")),
        ),
    ]
}
