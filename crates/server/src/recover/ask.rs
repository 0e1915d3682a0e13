//! `/recover`: which address? And `/recover/sent`: look into your mail.

use super::{on_the_way, page, query};
use crate::journey::Way;
use account::email::Email;
use account::recovery::{self, Asked};
use account::throttle::{self, Purpose};
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::{self, Interaction};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::Instant;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

/// Every answer takes this long. An address with an account costs two rows more than one without, some hundred
/// microseconds; this hides them.
const ANSWER_AFTER: Duration = Duration::from_millis(120);

#[derive(Template)]
#[template(path = "server/recover/ask.html")]
pub(super) struct AskPage {
    pub page: Page,
    pub email: String,
    /// `?interaction=…`, which the form and the links take along.
    pub query: String,
}

#[derive(Template)]
#[template(path = "server/recover/sent.html")]
pub(super) struct SentPage {
    pub page: Page,
    pub query: String,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
}

pub(super) async fn show(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
) -> Result<HttpResponse, Failure> {
    let on = on_the_way(&site, &visitor, &request, &way).await;
    let email = on.as_ref().and_then(Interaction::suggested_email).unwrap_or("").to_owned();
    Ok(view(&site, &provider, &visitor, on.as_ref(), email).answer(PageKind::Interaction))
}

fn view(site: &Site, provider: &Provider, visitor: &Visitor, on: Option<&Interaction>, email: String) -> AskPage {
    AskPage { page: page(site, provider, visitor, on, "Choose a new password"), email, query: query(on) }
}

pub(super) async fn take(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let answer_at = Instant::now() + ANSWER_AFTER;
    let on = on_the_way(&site, &visitor, &request, &way).await;
    let again = |status, errors| {
        let mut view = view(&site, &provider, &visitor, on.as_ref(), typed.email.clone());
        view.page.errors = errors;
        view.answer_with(status, PageKind::Interaction)
    };
    let email = match Email::parse(&typed.email) {
        Ok(email) => email,
        Err(problem) => {
            return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, FormErrors::one("email", problem.to_string())));
        }
    };
    let asked = ask(&site, &visitor, email, on.as_ref()).await?;
    tokio::time::sleep_until(answer_at).await;
    Ok(match asked {
        Asked::Noted => visitor.see_other(&format!("/recover/sent{}", query(on.as_ref()))),
        Asked::Wait(seconds) => {
            let message = crate::account::wait_words(seconds);
            let mut answer = again(StatusCode::TOO_MANY_REQUESTS, FormErrors::form(message));
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            answer
        }
    })
}

async fn ask(site: &Site, visitor: &Visitor, email: Email, on: Option<&Interaction>) -> Result<Asked, Failure> {
    let accounts = &site.accounts;
    let throttled = if site.throttle {
        throttle::subjects(&accounts.key, Purpose::RecoveryMail, Some(email.normalized()), visitor.actor.address)
    } else {
        Vec::new()
    };
    let return_to = on.map(|on| interaction::resume_path(&on.id));
    let (domain, url) = (accounts.clone(), site.public_url.as_str().to_owned());
    let asked = accounts.write(&visitor.actor, move |tx| {
        recovery::ask(tx, &domain.key, &url, &email, return_to.as_deref(), &throttled)
    });
    Ok(asked.await?)
}

pub(super) async fn sent(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
) -> Result<HttpResponse, Failure> {
    let on = on_the_way(&site, &visitor, &request, &way).await;
    let page = page(&site, &provider, &visitor, on.as_ref(), "Look into your mail");
    Ok(SentPage { page, query: query(on.as_ref()) }.answer(PageKind::Interaction))
}
