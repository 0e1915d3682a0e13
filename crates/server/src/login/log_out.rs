//! `/logout`: out of every account in this browser, after a click (a link alone must not do it).

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::DEFAULT_PATH;
use oidc::logout::Ending;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Page, PersonBadge, Render};
use web::{Failure, Form, Site, Visitor};

use crate::oidc::logout;
use crate::{ended, journey};

/// The page that asks.
#[derive(Template)]
#[template(path = "server/login/log_out.html")]
pub(super) struct LogOutPage {
    pub page: Page,
    /// Who is logged in.
    pub persons: Vec<PersonBadge>,
}

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    choice: String,
}

/// Asks, on behalf of a product when the address carries its request; or, when nobody is logged in, says so.
pub(super) async fn ask(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
) -> Result<HttpResponse, Failure> {
    if !request.query_string().is_empty() {
        return logout::ask_on_behalf(&request, &visitor, &site, &provider).await;
    }
    let Some(session) = &visitor.session else {
        return Ok(ended::leave(&site, &visitor, Vec::new(), None));
    };
    let persons = journey::persons_of(&site, session.logins.clone()).await?;
    let page = Page { person: None, is_operator: false, ..visitor.page(&site, "Log out?") };
    let persons = persons.into_iter().map(|(_, person)| person).collect();
    Ok(LogOutPage { page, persons }.answer(PageKind::Interaction))
}

/// Ends the session, or stays.
pub(super) async fn log_out(
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Form(Choice { choice }): Form<Choice>,
) -> Result<HttpResponse, Failure> {
    if choice == "stay" {
        return Ok(visitor.see_other(DEFAULT_PATH));
    }
    let frames = match visitor.session.clone() {
        Some(session) => ended::end(&site, &provider, &visitor, Ending::Session(session), None).await?,
        None => Vec::new(),
    };
    visitor.clear_session(&site);
    // The page itself, where products have to be loaded: only this answer knows them.
    Ok(ended::leave(&site, &visitor, frames, Some("/logout")))
}
