//! The privacy pages in each of their states.

use super::SECTION;
use super::overview::OverviewPage;
use super::visibility::{VisibilityPage, label};
use crate::account::specimens::page;
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
    vec![
        Specimen::new("account/privacy", &overview()),
        Specimen::new("account/privacy-some-hidden", &some_hidden),
        Specimen::new("account/privacy-visibility", &see(FormErrors::none())),
        Specimen::new(
            "account/privacy-visibility-refused",
            &see(FormErrors::one("see-email", "Choose one of the list.")),
        ),
    ]
}
