//! `/account/security/recovery-codes`: how many are left, and new ones, shown once.

use super::super::page;
use super::{CODES, PATH, owner};
use account::account::Account;
use account::credential::recovery_code::{self, RecoveryCode};
use account::protection;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Page, Render};
use web::{Failure, Form, Site, Visitor};

#[derive(Template)]
#[template(path = "server/account/security/recovery_codes.html")]
pub(super) struct LeftPage {
    pub page: Page,
    pub is_on: bool,
    pub left: i64,
}

/// The codes, this once.
#[derive(Template)]
#[template(path = "server/account/security/codes.html")]
pub(super) struct CodesPage {
    pub page: Page,
    pub email: String,
    pub codes: Vec<String>,
}

impl CodesPage {
    pub(super) fn of(page: Page, account: &Account, codes: &[RecoveryCode]) -> Self {
        let codes = codes.iter().map(|code| code.reveal().to_string()).collect();
        Self { page, email: account.email.address.clone(), codes }
    }
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn show(site: Data<Site>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let id = owner(&site, &visitor, CODES).await?.id;
    let found =
        site.accounts.read(move |conn| Ok((protection::is_on(conn, &id)?, recovery_code::left(conn, &id)?))).await?;
    let page = page(&site, &visitor, "Recovery codes", PATH);
    Ok(LeftPage { page, is_on: found.0, left: found.1 }.answer(PageKind::Own))
}

/// The answer is the page itself: the codes are kept nowhere that a further page could read them from.
pub(super) async fn make(site: Data<Site>, visitor: Visitor, Form(_): Form<Nothing>) -> Result<HttpResponse, Failure> {
    let account = owner(&site, &visitor, CODES).await?;
    let id = account.id.clone();
    let Some(codes) = site.accounts.write(&visitor.actor, move |tx| protection::make_codes(tx, &id)).await? else {
        return Ok(visitor.see_other(CODES));
    };
    let page = page(&site, &visitor, "Your recovery codes", PATH);
    Ok(CodesPage::of(page, &account, &codes).answer(PageKind::Own))
}
