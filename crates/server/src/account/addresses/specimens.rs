//! The pages of the addresses in each of their states.

use super::add::AddPage;
use super::confirm::ConfirmPage;
use super::{AdditionId, Address, ListPage, RemovePage, Waiting};
use account::account::EmailId;
use account::{AccountId, Timestamp};
use web::page::{FormErrors, Notice, Page};
use web::specimen::Specimen;

const AT: Timestamp = Timestamp::from_seconds(1_795_000_000);

fn address(n: u8, address: &str) -> Address {
    let id = EmailId::parse(&format!("0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c5{n}")).expect("it has the form of an id");
    Address { id, address: address.into(), is_primary: n == 0, verified_at: Some(AT) }
}

/// The specimens of this room; `page` makes one with a title.
pub(in crate::account) fn specimens(page: impl Fn(&str) -> Page) -> Vec<Specimen> {
    let list = |many: bool, replacement: Option<&str>| {
        let mut addresses = vec![address(0, "alice@example.test")];
        let mut waiting = Vec::new();
        let mut page = page("E-mail addresses");
        if many {
            addresses.push(address(1, "alice.margarete.von.der.lindenallee@a-rather-long-company-name.example.test"));
            waiting.push(Waiting {
                id: AdditionId::new(AT),
                account_id: AccountId::new(AT),
                address: "alice@new.example".into(),
            });
            page.notices.push(Notice::success("The mail is on its way. Open the link in it within 24 hours."));
        }
        ListPage { page, addresses, waiting, replacement: replacement.map(str::to_owned) }
    };
    let add = |errors: FormErrors| AddPage { page: Page { errors, ..page("Add an address") }, typed: String::new() };
    let confirm = |asks_password, errors| ConfirmPage {
        page: Page { csrf: "specimen".into(), errors, ..Page::new("Confirm your address", "Latchkey") },
        address: "alice@new.example".into(),
        token: "specimen".into(),
        asks_password,
    };
    let wrong = || FormErrors::one("password", "This is not your password. Check it and try again.");
    let remove = RemovePage {
        page: page("Remove this address?"),
        id: address(1, "").id.to_string(),
        address: "alice@old.example".into(),
    };
    vec![
        Specimen::new("account/email", &list(false, None)),
        Specimen::new("account/email-many", &list(true, None)),
        Specimen::new("account/email-waits", &list(false, Some("alice@new.example"))),
        Specimen::new("account/email-add", &add(FormErrors::none())),
        Specimen::new(
            "account/email-add-refused",
            &add(FormErrors::one("email", "Write your e-mail address like name@example.com.")),
        ),
        Specimen::new("account/email-remove", &remove),
        Specimen::new("account/email-added", &confirm(false, FormErrors::none())),
        Specimen::new("account/email-added-wrong-password", &confirm(true, wrong())),
    ]
}
