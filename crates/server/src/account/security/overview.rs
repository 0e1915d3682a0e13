//! The overview: password, second steps, recovery codes.

use super::super::{own_account, page};
use super::{PATH, path_of, used};
use account::credential::{passkey, password, recovery_code, totp};
use account::protection;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Notice, Page, Render};
use web::{Failure, Query, Site, Visitor};

#[derive(Template)]
#[template(path = "server/account/security.html")]
pub(super) struct SecurityPage {
    pub page: Page,
    pub has_password: bool,
    /// Whether logging in takes a second step.
    pub is_on: bool,
    pub apps: Vec<AppLine>,
    /// How many passkeys; none where they cannot be used.
    pub passkeys: Option<i64>,
    /// Recovery codes that are left.
    pub codes_left: i64,
}

/// An app in the list.
pub(super) struct AppLine {
    pub name: String,
    pub href: String,
    pub used: String,
}

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: Option<String>,
}

pub(super) async fn show(
    site: Data<Site>,
    visitor: Visitor,
    Query(query): Query<Done>,
) -> Result<HttpResponse, Failure> {
    let id = own_account(&site, &visitor, PATH).await?.id;
    let able = site.passkeys.is_some();
    let found = site.accounts.read(move |conn| {
        let (phc, apps) = (password::find(conn, &id)?, totp::list(conn, &id)?);
        let passkeys = if able { Some(passkey::count(conn, &id)?) } else { None };
        Ok((phc.is_some(), apps, passkeys, protection::is_on(conn, &id)?, recovery_code::left(conn, &id)?))
    });
    let (has_password, apps, passkeys, is_on, codes_left) = found.await?;
    let mut page = page(&site, &visitor, "Security", PATH);
    page.notices.extend(query.done.as_deref().and_then(told).map(Notice::success));
    let line = |app: &totp::App| AppLine { name: app.name.clone(), href: path_of(&app.id), used: used(app) };
    let apps = apps.iter().map(line).collect();
    Ok(SecurityPage { page, has_password, is_on, apps, passkeys, codes_left }.answer(PageKind::Own))
}

/// What was done on the page before.
fn told(done: &str) -> Option<&'static str> {
    Some(match done {
        "password" => "Your password is changed. Other browsers and devices were logged out.",
        "app-added" => "The app is added. Its codes count from now on.",
        "app-moved" => "The new app took the place of the old one, whose codes do not count any more.",
        "app-renamed" => "The app has its new name.",
        "app-removed" => "The app is removed. Its codes do not count any more.",
        "two-step-off" => "Two-step verification is off. Your password alone logs in from now on.",
        _ => return None,
    })
}
