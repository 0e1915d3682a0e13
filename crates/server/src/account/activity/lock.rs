//! "This was not me": what it does, the button, and the page afterwards.

use super::PATH;
use crate::account::{own_account, page as account_page};
use account::revocation;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Page, Render};
use web::{Failure, Form, Site, Visitor};

pub(in crate::account) const NOT_ME_PATH: &str = "/account/activity/not-me";
/// Nobody is logged in there any more, so the page needs no log-in.
pub(in crate::account) const LOCKED_PATH: &str = "/account/activity/locked";

#[derive(Template)]
#[template(path = "server/account/not_me.html")]
pub(super) struct NotMePage {
    pub page: Page,
    /// Where the link goes.
    pub email: String,
}

#[derive(Template)]
#[template(path = "server/account/locked.html")]
pub(super) struct LockedPage {
    pub page: Page,
}

#[derive(Deserialize)]
pub(in crate::account) struct Nothing {}

pub(in crate::account) async fn show_not_me(site: Data<Site>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, NOT_ME_PATH).await?;
    let page = account_page(&site, &visitor, "This was not me", PATH);
    Ok(NotMePage { page, email: account.email.address }.answer(PageKind::Own))
}

/// Locks the door. Without a proof of who it is: who finds a thief in the account must be fast, and the way back in is
/// the owner's mailbox.
pub(in crate::account) async fn lock(
    site: Data<Site>,
    visitor: Visitor,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, NOT_ME_PATH).await?;
    let (id, url) = (account.id.clone(), site.public_url.as_str().to_owned());
    if !site.accounts.write(&visitor.actor, move |tx| revocation::lock(tx, &url, &id)).await? {
        return Err(Failure::log_in_first(PATH));
    }
    // Others who are logged in in this browser stay.
    let mut rest = visitor.session.clone();
    if let Some(session) = &mut rest {
        session.logins.retain(|login| login.account_id != account.id);
    }
    match rest.filter(|session| !session.logins.is_empty()) {
        Some(session) => visitor.set_browser_state(&site, Some(&session)),
        None => visitor.clear_session(&site),
    }
    Ok(visitor.see_other(LOCKED_PATH))
}

pub(in crate::account) async fn show_locked(site: Data<Site>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let page = Page { person: None, is_operator: false, ..visitor.page(&site, "Your account is locked") };
    Ok(LockedPage { page }.answer(PageKind::Interaction))
}
