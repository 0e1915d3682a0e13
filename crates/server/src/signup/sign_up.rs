//! `/signup`: a new account.

use super::{links, page, query, wait};
use crate::journey::{self, Way};
use account::account::DisplayName;
use account::credential::password::{Busy, Hints, Password};
use account::email::Email;
use account::sign_up::{self, Sent, SignUp};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::{self, DEFAULT_PATH, Interaction};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Query, Site, Visitor, local_path};

/// The page.
#[derive(Template)]
#[template(path = "server/signup/sign_up.html")]
pub(super) struct SignUpPage {
    pub page: Page,
    pub email: String,
    pub name: String,
    pub query: String,
}

/// The page while the operator has closed the sign-up.
#[derive(Template)]
#[template(path = "server/signup/closed.html")]
pub(super) struct ClosedPage {
    pub page: Page,
    pub login: String,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
    password: Password,
}

pub(super) async fn show(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
) -> Result<HttpResponse, Failure> {
    if way.interaction.is_none() {
        let to = way.to.as_deref().and_then(local_path).unwrap_or_else(|| DEFAULT_PATH.to_owned());
        let id = journey::begin(&site, &visitor, &to).await?;
        return Ok(visitor.see_other(&journey::with(&id, "/signup")));
    }
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    if !site.sign_up_enabled {
        return Ok(closed(&site, &provider, &visitor, &on));
    }
    let email = on.suggested_email().unwrap_or_default().to_owned();
    Ok(view(&site, &provider, &visitor, &on, email, String::new()).answer(PageKind::Interaction))
}

fn closed(site: &Site, provider: &Provider, visitor: &Visitor, on: &Interaction) -> HttpResponse {
    let page = page(site, provider, visitor, Some(on), "Sign-up is closed");
    let login = journey::with(&on.id, "/login");
    ClosedPage { page, login }.answer_with(StatusCode::FORBIDDEN, PageKind::Interaction)
}

fn view(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    on: &Interaction,
    email: String,
    name: String,
) -> SignUpPage {
    let page = page(site, provider, visitor, Some(on), "Sign up");
    SignUpPage { page, email, name, query: query(Some(on)) }
}

pub(super) async fn take(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    if !site.sign_up_enabled {
        return Ok(closed(&site, &provider, &visitor, &on));
    }
    let mut errors = FormErrors::none();
    let email = Email::parse(&typed.email).map_err(|problem| errors.add("email", problem.to_string())).ok();
    let name = DisplayName::parse(&typed.name).map_err(|problem| errors.add("name", problem.to_string())).ok();
    // Judged and hashed whether or not the address has an account: the time tells nothing.
    let hints = Hints::new(&typed.email, &typed.name, &site.brand.name);
    let chosen = site.accounts.passwords.choose(typed.password, hints).await;
    let chosen = chosen.map_err(|Busy| Failure::Busy(Busy::RETRY_AFTER_SECONDS))?;
    let phc = chosen.map_err(|refusal| errors.add("password", refusal.to_string())).ok();
    let (Some(email), Some(name), Some(phc)) = (email, name, phc) else {
        let mut view = view(&site, &provider, &visitor, &on, typed.email, typed.name);
        view.page.errors = errors;
        return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Interaction));
    };
    let new = SignUp {
        email,
        name,
        phc,
        browser_hash: visitor.browser_hash().to_vec(),
        return_to: Some(interaction::resume_path(&on.id)),
        links: links(&site),
        throttle: site.throttle,
    };
    let (accounts, waiting) = (site.accounts.clone(), on.clone());
    let sent = site.accounts.write(&visitor.actor, move |tx| {
        let sent = sign_up::sign_up(tx, &accounts.key, &new)?;
        interaction::note_email(tx, &waiting, Some(new.email.address()))?;
        Ok(sent)
    });
    match sent.await? {
        Sent::Done => Ok(visitor.see_other(&journey::with(&on.id, "/verify-email"))),
        Sent::Wait(seconds) => Ok(wait(view(&site, &provider, &visitor, &on, typed.email, typed.name), seconds)),
    }
}
