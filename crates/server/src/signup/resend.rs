//! `/verify-email/resend`: another mail, for whoever comes from the log-in page.

use super::verify::{latest, send_again};
use super::{links, page, query, wait, way_on};
use crate::journey::Way;
use account::email::Email;
use account::sign_up::{self, Sent};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::Interaction;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

/// The page.
#[derive(Template)]
#[template(path = "server/signup/resend.html")]
pub(super) struct ResendPage {
    pub page: Page,
    pub email: String,
    pub query: String,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    interaction: Option<String>,
    sent: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
}

pub(super) const SENT: &str = "If an account with that address waits to be confirmed, another mail is on its way. \
    Open its link, or type its code in the browser that you signed up in.";

pub(super) async fn show(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let on = way_on(&site, &visitor, &request, &Way { interaction: asked.interaction, ..Way::default() }).await?;
    let email = on.as_ref().and_then(Interaction::suggested_email).unwrap_or_default().to_owned();
    let mut view = view(&site, &provider, &visitor, on.as_ref(), email);
    if asked.sent.is_some() {
        view.page.notices.push(Notice::success(SENT));
    }
    Ok(view.answer(PageKind::Interaction))
}

fn view(site: &Site, provider: &Provider, visitor: &Visitor, on: Option<&Interaction>, email: String) -> ResendPage {
    ResendPage { page: page(site, provider, visitor, on, "Send the confirmation mail again"), email, query: query(on) }
}

pub(super) async fn take(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let on = way_on(&site, &visitor, &request, &way).await?;
    let email = match Email::parse(&typed.email) {
        Ok(email) => email,
        Err(problem) => {
            let mut view = view(&site, &provider, &visitor, on.as_ref(), typed.email);
            view.page.errors = FormErrors::one("email", problem.to_string());
            return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Interaction));
        }
    };
    // What this browser itself waits to confirm: the same as the button on that page, whatever is behind it.
    if let Some(here) = latest(&site, &visitor).await?
        && Email::parse(&here.address).is_ok_and(|address| address.normalized() == email.normalized())
    {
        return send_again(&site, &provider, &visitor, on.as_ref(), here).await;
    }
    let (accounts, links, throttle) = (site.accounts.clone(), links(&site), site.throttle);
    let sent =
        site.accounts.write(&visitor.actor, move |tx| sign_up::resend(tx, &accounts.key, &email, &links, throttle));
    match sent.await? {
        Sent::Done => {
            let query = query(on.as_ref());
            let separator = if query.is_empty() { '?' } else { '&' };
            Ok(visitor.see_other(&format!("/verify-email/resend{query}{separator}sent=1")))
        }
        Sent::Wait(seconds) => Ok(wait(view(&site, &provider, &visitor, on.as_ref(), typed.email), seconds)),
    }
}
