//! The pages of this room, and their specimens.

use super::{SECTION, TokenForm};
use crate::guard::sections;
use account::clock::to_the_minute;
use askama::Template;
use oidc::registration::Mode;
use oidc::registration::initial_token::InitialToken;
use web::components::sample_person;
use web::page::{FormErrors, Page};
use web::specimen::Specimen;

/// A token in the list.
pub(super) struct Row {
    pub id: String,
    pub note: String,
    pub uses_left: i64,
    pub ends: String,
}

impl Row {
    pub fn of(token: &InitialToken) -> Self {
        Self {
            id: token.id.to_string(),
            note: token.note.clone(),
            uses_left: token.uses_left,
            ends: to_the_minute(token.expires_at),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/registration_tokens/list.html")]
pub(super) struct ListPage {
    pub page: Page,
    pub mode: Mode,
    pub form: TokenForm,
    pub rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "admin/registration_tokens/issued.html")]
pub(super) struct IssuedPage {
    pub page: Page,
    pub token: String,
    pub endpoint: String,
}

/// The specimens of this room.
pub fn specimens() -> Vec<Specimen> {
    let page = |title: &str| Page {
        csrf: "specimen".into(),
        person: Some(sample_person()),
        is_operator: true,
        sections: sections(SECTION),
        ..Page::new(title, "Latchkey")
    };
    let row = |n: i64| Row {
        id: format!("0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c5{n}"),
        note: if n == 1 { String::new() } else { "Team Desk, for their test installation".into() },
        uses_left: n * 3,
        ends: "2026-11-27 09:30 UTC".into(),
    };
    let list = |mode, rows, refused: bool| {
        let mut page = page("Registration tokens");
        let mut form = TokenForm::default();
        if refused {
            form.uses = "many".into();
            page.errors = FormErrors::one("uses", "Write a number from 1 to 1000000.");
        }
        ListPage { page, mode, form, rows }
    };
    vec![
        Specimen::new("console/registration-tokens", &list(Mode::Token, vec![row(1), row(2)], false)),
        Specimen::new("console/registration-tokens-none", &list(Mode::Open, Vec::new(), false)),
        Specimen::new("console/registration-tokens-closed", &list(Mode::Closed, Vec::new(), false)),
        Specimen::new("console/registration-tokens-refused", &list(Mode::Token, vec![row(1)], true)),
        Specimen::new(
            "console/registration-token-made",
            &IssuedPage {
                page: page("The token is made"),
                token: "6w6ElTi1qSg4vQ0J2yGc7yXr5bq0sLhWm3n8Zk1d9fU".into(),
                endpoint: "https://login.example.test/oauth2/register".into(),
            },
        ),
    ]
}
