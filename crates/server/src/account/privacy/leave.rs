//! `/account/privacy/deactivate` and `/account/privacy/delete`: leaving, for a while or for good.

use super::SECTION;
use crate::account::{fresh_account, page};
use account::account::Account;
use account::clock::to_the_minute;
use account::closure::{self, GRACE_SECONDS, Reason};
use account::email::Email;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use oidc::Provider;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

pub(super) const DEACTIVATE: &str = "/account/privacy/deactivate";
pub(super) const DELETE: &str = "/account/privacy/delete";
/// What is shown to whoever has just left.
pub(super) const LEFT: &str = "/account/closed";

#[derive(Template)]
#[template(path = "server/account/privacy/leave.html")]
pub(super) struct LeavePage {
    pub page: Page,
    /// For good, or for a while.
    pub deletes: bool,
    pub email: String,
    /// When it would be erased.
    pub erase_at: String,
    /// The products that the account was used with, by their names.
    pub products: Vec<String>,
    /// Why it cannot be done now; empty: it can.
    pub refusal: &'static str,
}

#[derive(Template)]
#[template(path = "server/account/privacy/left.html")]
pub(super) struct LeftPage {
    pub page: Page,
    pub deletes: bool,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
pub(super) struct What {
    #[serde(default)]
    what: Option<String>,
}

/// Why, and what to do.
pub(super) fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::NotActive => "Your account is closed already.",
        Reason::LastOperator => {
            "You are the only operator of this service, and somebody has to look after it. Make another person an \
             operator first: run latchkey admin invite with their e-mail address."
        }
        Reason::Managed => "Your organisation manages this account. Ask its administrator.",
    }
}

pub(super) async fn show_deactivate(
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
) -> Result<HttpResponse, Failure> {
    let account = fresh_account(&site, &visitor, DEACTIVATE).await?;
    Ok(view(&site, &provider, &visitor, account, false).await?.answer(PageKind::Own))
}

pub(super) async fn show_delete(
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
) -> Result<HttpResponse, Failure> {
    let account = fresh_account(&site, &visitor, DELETE).await?;
    Ok(view(&site, &provider, &visitor, account, true).await?.answer(PageKind::Own))
}

async fn view(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    account: Account,
    deletes: bool,
) -> Result<LeavePage, Failure> {
    let (email, erase_at) = (account.email.address.clone(), site.accounts.now().plus_seconds(GRACE_SECONDS));
    let found = site
        .accounts
        .read(move |conn| Ok((closure::may_leave(conn, &account)?, closure::products(conn, &account.id)?)));
    let (may, products) = found.await?;
    let name = |id: String| provider.clients.find(&id).map_or(id, |client| client.name([]).to_owned());
    let title = if deletes { "Delete your account" } else { "Deactivate your account" };
    Ok(LeavePage {
        page: page(site, visitor, title, SECTION),
        deletes,
        email,
        erase_at: to_the_minute(erase_at),
        products: products.into_iter().map(name).collect(),
        refusal: may.err().map_or("", words),
    })
}

pub(super) async fn deactivate(
    site: Data<Site>,
    visitor: Visitor,
    Form(Nothing {}): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = fresh_account(&site, &visitor, DEACTIVATE).await?;
    let (domain, link) = (site.accounts.clone(), closure::login_link(site.public_url.as_str()));
    let id = account.id;
    let done = site.accounts.write(&visitor.actor, move |tx| closure::deactivate(tx, &domain.key, &id, &link)).await?;
    gone(&site, &visitor, done, DEACTIVATE, "deactivation")
}

pub(super) async fn delete(
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let account = fresh_account(&site, &visitor, DELETE).await?;
    let is_meant = Email::parse(&typed.email).is_ok_and(|email| email.normalized() == account.email.normalized);
    if !is_meant {
        let mut view = view(&site, &provider, &visitor, account, true).await?;
        view.page.errors = FormErrors::one("email", "This is not the address above. Type that one, letter by letter.");
        return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own));
    }
    let (domain, link) = (site.accounts.clone(), closure::login_link(site.public_url.as_str()));
    let id = account.id;
    let done =
        site.accounts.write(&visitor.actor, move |tx| closure::ask_deletion(tx, &domain.key, &id, &link)).await?;
    gone(&site, &visitor, done, DELETE, "deletion")
}

/// The log-ins have ended with the change; the cookie goes too, unless somebody else is logged in by it.
fn gone(
    site: &Site,
    visitor: &Visitor,
    done: Result<(), Reason>,
    path: &str,
    what: &str,
) -> Result<HttpResponse, Failure> {
    if let Err(reason) = done {
        let refused =
            Failure::with_status(StatusCode::CONFLICT, "cannot_leave", "Your account stays as it is.", words(reason));
        return Err(refused.with_way_on(path, "Go back"));
    }
    if visitor.session.as_ref().is_none_or(|session| session.logins.len() < 2) {
        visitor.clear_session(site);
    }
    Ok(visitor.see_other(&format!("{LEFT}?what={what}")))
}

/// What comes next, for whoever is logged out by now; it tells nothing about anybody.
pub(super) async fn left(
    site: Data<Site>,
    visitor: Visitor,
    Query(query): Query<What>,
) -> Result<HttpResponse, Failure> {
    let deletes = query.what.as_deref() == Some("deletion");
    let title = if deletes { "Your account will be deleted" } else { "Your account is deactivated" };
    let page = Page { person: None, is_operator: false, ..visitor.page(&site, title) };
    Ok(LeftPage { page, deletes }.answer(PageKind::Own))
}
