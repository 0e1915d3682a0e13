//! `/login/closed`: the owner of an account that they deactivated, or want deleted, has logged in. Nothing else opens by
//! that log-in until they say that they want the account back.

use crate::journey::{self, Way};
use account::AccountId;
use account::clock::to_the_minute;
use account::closure::{self, Closure};
use account::session::{self, LoginId};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Page, Render};
use web::{Failure, Form, Query, Site, Visitor, cookie};

pub(super) const PATH: &str = "/login/closed";

/// The page.
#[derive(Template)]
#[template(path = "server/login/closed.html")]
pub(super) struct ClosedPage {
    pub page: Page,
    /// When the account is erased, where that is wanted.
    pub erase_at: Option<String>,
    pub label: &'static str,
    pub other: &'static str,
    pub query: String,
}

impl ClosedPage {
    pub(super) fn new(page: Page, closure: &Closure, query: String) -> Self {
        let (label, other) = match closure.erase_at {
            Some(_) => ("Keep my account", "Let it be deleted"),
            None => ("Activate my account", "Leave it deactivated"),
        };
        Self { page, erase_at: closure.erase_at.map(to_the_minute), label, other, query }
    }
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    choice: Choice,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Choice {
    Keep,
    Leave,
}

/// The closed account that this browser has just logged in to.
pub(super) async fn waiting(
    request: &HttpRequest,
    site: &Site,
) -> Result<Option<(LoginId, AccountId, Closure)>, Failure> {
    let Some(token) = cookie::read(request, cookie::Kind::Session, site.public_url.is_https()) else {
        return Ok(None);
    };
    let (now, lifetimes) = (site.accounts.now(), site.lifetimes);
    let found = site.accounts.read(move |conn| {
        let Some((_, login, account)) = closure::waiting_login(conn, &token.hash(), now, &lifetimes)? else {
            return Ok(None);
        };
        Ok(closure::of(conn, &account)?.map(|closure| (login, account, closure)))
    });
    Ok(found.await?)
}

pub(super) async fn show(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let Some((.., closure)) = waiting(&request, &site).await? else {
        return Ok(visitor.see_other(&interaction::resume_path(&on.id)));
    };
    let title =
        if closure.erase_at.is_some() { "Your account is to be deleted" } else { "Your account is deactivated" };
    let page = journey::page(&site, &provider, &visitor, &on, title);
    Ok(ClosedPage::new(page, &closure, journey::with(&on.id, "")).answer(PageKind::Interaction))
}

pub(super) async fn decide(
    request: HttpRequest,
    site: Data<Site>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(chosen): Form<Chosen>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let resume = interaction::resume_path(&on.id);
    let Some((login, account, _)) = waiting(&request, &site).await? else { return Ok(visitor.see_other(&resume)) };
    let (domain, actor) = (site.accounts.clone(), visitor.actor.as_account(&account));
    match chosen.choice {
        Choice::Keep => {
            site.accounts.write(&actor, move |tx| closure::reopen(tx, &domain.key, &account)).await?;
        }
        Choice::Leave => {
            site.accounts.write(&actor, move |tx| session::end_login(tx, &login)).await?;
            if visitor.session.is_none() {
                visitor.clear_session(&site);
            }
        }
    }
    Ok(visitor.see_other(&resume))
}
