//! `/login/two-step/lost`: phone, keys and recovery codes are gone. After the right password the removal of the second
//! steps is asked for, and waits a week.

use super::two_step::half_of;
use crate::journey::{self, Way};
use account::clock::to_the_minute;
use account::second_step_reset::{self, Asked, Helper};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::{self, Interaction};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

/// The page.
pub(super) const PATH: &str = "/login/two-step/lost";

#[derive(Template)]
#[template(path = "server/login/lost.html")]
pub(super) struct LostPage {
    pub page: Page,
    pub email: String,
    /// `?interaction=…`.
    pub query: String,
    pub state: State,
}

/// What the page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// It can be asked for.
    Asks,
    /// It was asked for, and waits until then.
    Waits(String),
    /// The waiting is over: the link is in the mail.
    Ready,
    /// Whoever manages the account helps.
    Administrator,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn show(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let Some(half) = half_of(&site, &on) else { return Ok(visitor.see_other(&interaction::resume_path(&on.id))) };
    let (account, now) = (half.account.clone(), site.accounts.now());
    let found = site.accounts.read(move |conn| {
        let helper = second_step_reset::helper(conn, &account)?;
        Ok((helper, second_step_reset::pending(conn, &account, now)?))
    });
    let state = match found.await? {
        (Helper::Administrator, _) => State::Administrator,
        (_, None) => State::Asks,
        (_, Some(ready_at)) if ready_at <= now => State::Ready,
        (_, Some(ready_at)) => State::Waits(to_the_minute(ready_at)),
    };
    Ok(view(&site, &provider, &visitor, &on, state).answer(PageKind::Interaction))
}

fn view(site: &Site, provider: &Provider, visitor: &Visitor, on: &Interaction, state: State) -> LostPage {
    LostPage {
        page: journey::page(site, provider, visitor, on, "Lost everything?"),
        email: on.email().unwrap_or_default().to_owned(),
        query: journey::with(&on.id, ""),
        state,
    }
}

pub(super) async fn ask(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let (waiting, url) = (on.clone(), site.public_url.as_str().to_owned());
    let asked = site.accounts.write(&visitor.actor, move |tx| match interaction::half(tx, &waiting)? {
        Some(half) => second_step_reset::ask(tx, &url, &half),
        None => Ok(Asked::Void),
    });
    match asked.await? {
        Asked::Waits(_) => Ok(visitor.see_other(&journey::with(&on.id, PATH))),
        Asked::Administrator => {
            let view = view(&site, &provider, &visitor, &on, State::Administrator);
            Ok(view.answer_with(StatusCode::CONFLICT, PageKind::Interaction))
        }
        Asked::Void => Ok(visitor.see_other(&interaction::resume_path(&on.id))),
    }
}
