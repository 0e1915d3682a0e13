//! The pages of API tokens in each of their states.

use super::make::{MadePage, MakePage};
use super::{ListPage, RevokePage, Row, words};
use account::api_token::TokenScope;
use std::collections::BTreeMap;
use web::page::{FormErrors, Notice, Page};
use web::specimen::Specimen;

fn row(n: u8, name: &str, is_over: bool) -> Row {
    Row {
        id: format!("0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c5{n}"),
        name: name.into(),
        beginning: "lk_pat_4fQz".into(),
        opens: TokenScope::ALL.into_iter().take(usize::from(n)).map(words).collect(),
        made: "2026-11-24 09:12 UTC".into(),
        ends: "2027-11-24 09:12 UTC".into(),
        is_over,
        last_used: (n > 1).then(|| "2026-11-25 17:40 UTC".into()),
    }
}

/// The specimens of this room; `page` makes one with a title.
pub(in crate::account) fn specimens(page: impl Fn(&str) -> Page) -> Vec<Specimen> {
    let list = |rows, notice: Option<Notice>| {
        let mut page = page("API tokens");
        page.notices.extend(notice);
        ListPage::of(page, rows)
    };
    let rows = || {
        vec![
            row(1, "Backup", false),
            row(3, "The-report-that-runs-each-Monday-morning-on-the-old-build-server", false),
            row(2, "Laptop", true),
        ]
    };
    let typed: BTreeMap<String, String> =
        [("name", ""), ("days", "400"), ("form", "x")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let mut errors = FormErrors::one("name", "Write a name, such as what the token is for.");
    errors.add("days", "Write a number from 1 to 365.");
    errors.add("scope-openid", "Choose at least one thing that the token may do.");
    let mut form = MakePage::fresh(page("New API token"));
    form.form = "specimen".into();
    let revoke = |name: Option<&str>, count| RevokePage {
        page: page("Revoke this token?"),
        action: "/account/tokens/revoke-all".into(),
        name: name.map(str::to_owned),
        beginning: "lk_pat_4fQz".into(),
        last_used: Some("2026-11-25 17:40 UTC".into()),
        count,
    };
    let token = "lk_pat_4fQzT1c9kW0vYh2NdE7sBxuGq6mLr8aPjZoIy3RtXfK5CUb2wPzeS";
    let made = MadePage {
        page: page("Your token is made"),
        token: token.into(),
        name: "Backup".into(),
        ends: "2027-11-24 09:12 UTC".into(),
        example: format!("curl -H 'Authorization: Bearer {token}' https://id.example.test/oauth2/userinfo"),
    };
    vec![
        Specimen::new("account/tokens", &list(rows(), Some(Notice::success("The token is revoked.")))),
        Specimen::new("account/tokens-none", &list(Vec::new(), None)),
        Specimen::new("account/token-new", &form),
        Specimen::new("account/token-refused", &MakePage::refused(page("New API token"), &typed, errors)),
        Specimen::new("account/token-made", &made),
        Specimen::new("account/token-revoke", &revoke(Some("Backup"), 1)),
        Specimen::new("account/tokens-revoke-all", &revoke(None, 3)),
    ]
}
