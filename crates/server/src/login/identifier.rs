//! `/login`: who is it?

use super::closed;
use crate::journey::{self, Way};
use account::email::Email;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::{self, DEFAULT_PATH, Interaction};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Page, Render};
use web::{Failure, Form, Query, Site, Visitor, local_path};

/// The page.
#[derive(Template)]
#[template(path = "server/login/identifier.html")]
pub(super) struct IdentifierPage {
    pub page: Page,
    /// What the field holds.
    pub email: String,
    /// `?interaction=…`, which every link of the page takes along.
    pub query: String,
    pub sign_up_enabled: bool,
    /// Whether passkeys are possible here.
    pub passkeys: bool,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
}

/// What was done before this page was shown.
#[derive(Deserialize)]
pub(super) struct Before {
    #[serde(default)]
    saved: Option<String>,
}

/// Shows the page. Without an interaction one begins, which leads to `to`; whoever is logged in goes there at once.
pub(super) async fn show(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Query(before): Query<Before>,
) -> Result<HttpResponse, Failure> {
    if way.interaction.is_none() {
        let to = way.to.as_deref().and_then(local_path).unwrap_or_else(|| DEFAULT_PATH.to_owned());
        if way.fresh.is_some() {
            let id = journey::begin_step_up(&site, &visitor, &to).await?;
            return Ok(visitor.see_other(&interaction::resume_path(&id)));
        }
        if visitor.login().is_some() {
            return Ok(visitor.see_other(&to));
        }
        let id = journey::begin(&site, &visitor, &to).await?;
        return Ok(visitor.see_other(&journey::with(&id, "/login")));
    }
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    // Whoever closed the account and has just logged in is asked whether they want it back.
    if visitor.login().is_none() && closed::waiting(&request, &site).await?.is_some() {
        return Ok(visitor.see_other(&journey::with(&on.id, closed::PATH)));
    }
    let email = suggestion(&site, &visitor, &on).await?;
    let mut view = view(&site, &provider, &visitor, &on, email);
    if before.saved.as_deref() == Some("password") {
        view.page.notices.push(Notice::success("Your new password is saved. Log in with it."));
    }
    Ok(view.answer(PageKind::Interaction))
}

/// The address that was typed before, or else that the client hints at, or else of whoever has to log in again.
async fn suggestion(site: &Site, visitor: &Visitor, on: &Interaction) -> Result<String, Failure> {
    if let Some(email) = on.suggested_email() {
        return Ok(email.to_owned());
    }
    let Some(session) = visitor.session.as_ref().filter(|_| !on.progress.use_another) else {
        return Ok(String::new());
    };
    let chosen = session.logins.iter().find(|login| Some(&login.id) == on.progress.login.as_ref());
    let only = session.logins.first().filter(|_| session.logins.len() == 1);
    let logins = chosen.or(only).cloned().into_iter().collect();
    let persons = journey::persons_of(site, logins).await?;
    Ok(persons.into_iter().next().map(|(_, person)| person.email).unwrap_or_default())
}

fn view(site: &Site, provider: &Provider, visitor: &Visitor, on: &Interaction, email: String) -> IdentifierPage {
    IdentifierPage {
        page: journey::page(site, provider, visitor, on, "Log in"),
        email,
        query: journey::with(&on.id, ""),
        sign_up_enabled: site.sign_up_enabled,
        passkeys: site.passkeys.is_some(),
    }
}

/// The page once more, after a passkey that was not taken.
pub(super) async fn refuse(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    on: &Interaction,
    status: StatusCode,
    message: &str,
) -> Result<HttpResponse, Failure> {
    let email = suggestion(site, visitor, on).await?;
    let mut view = view(site, provider, visitor, on, email);
    view.page.errors = FormErrors::form(message);
    Ok(view.answer_with(status, PageKind::Interaction))
}

/// Takes the address; whether an account has it, this step tells nobody.
pub(super) async fn take(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let email = match Email::parse(&typed.email) {
        Ok(email) => email,
        Err(problem) => {
            let mut view = view(&site, &provider, &visitor, &on, typed.email);
            view.page.errors = FormErrors::one("email", problem.to_string());
            return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Interaction));
        }
    };
    journey::keep_typed(&site, &visitor, &on, email.address()).await?;
    Ok(visitor.see_other(&journey::with(&on.id, "/login/password")))
}
