//! `/logout`: out of every account in this browser, after a click (a link alone must not do it).

use account::session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use oidc::interaction::DEFAULT_PATH;
use oidc::logout::{self, Ending};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Page, PersonBadge, Render};
use web::{Failure, Form, Site, Visitor};

use crate::journey;

/// The page that asks.
#[derive(Template)]
#[template(path = "server/login/log_out.html")]
pub(super) struct LogOutPage {
    pub page: Page,
    /// Who is logged in.
    pub persons: Vec<PersonBadge>,
}

/// The page afterwards: `main#logged-out`.
#[derive(Template)]
#[template(path = "server/login/logged_out.html")]
pub(super) struct LoggedOutPage {
    pub page: Page,
}

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    choice: String,
}

/// Asks; or, when nobody is logged in, says so.
pub(super) async fn ask(site: Data<Site>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let Some(session) = &visitor.session else {
        return Ok(LoggedOutPage { page: visitor.page(&site, "You are logged out") }.answer(PageKind::Interaction));
    };
    let persons = journey::persons_of(&site, session.logins.clone()).await?;
    let page = Page { person: None, is_operator: false, ..visitor.page(&site, "Log out?") };
    let persons = persons.into_iter().map(|(_, person)| person).collect();
    Ok(LogOutPage { page, persons }.answer(PageKind::Interaction))
}

/// Ends the session, or stays.
pub(super) async fn log_out(
    site: Data<Site>,
    visitor: Visitor,
    Form(Choice { choice }): Form<Choice>,
) -> Result<HttpResponse, Failure> {
    if choice == "stay" {
        return Ok(visitor.see_other(DEFAULT_PATH));
    }
    if let Some(session) = visitor.session.clone() {
        end(&site, &visitor, session).await?;
    }
    visitor.clear_session();
    Ok(visitor.see_other("/logout"))
}

async fn end(site: &Site, visitor: &Visitor, session: Session) -> Result<(), Failure> {
    let ending = Ending::Session(session.clone());
    site.accounts.write(&visitor.actor, move |tx| logout::end(tx, &session, &ending, None)).await?;
    Ok(())
}
