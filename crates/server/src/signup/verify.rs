//! `/verify-email`: the result of a sign-up, and the code from the mail.

use super::enter::Entry;
use super::{links, page, query, wait, way_on};
use crate::journey::Way;
use account::sign_up::{self, CodeState, Delivery, Refused, Sent, Verification};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::{self, DEFAULT_PATH, Interaction};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

/// The page. It is the same whether or not the address had an account.
#[derive(Template)]
#[template(path = "server/signup/verify.html")]
pub(super) struct VerifyPage {
    pub page: Page,
    pub address: String,
    pub code_is_open: bool,
    pub code_over: &'static str,
    pub delivery: &'static str,
    pub delivery_words: &'static str,
    pub query: String,
    pub again: String,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    interaction: Option<String>,
    sent: Option<String>,
}

impl Asked {
    fn way(&self) -> Way {
        Way { interaction: self.interaction.clone(), ..Way::default() }
    }
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn show(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let on = way_on(&site, &visitor, &request, &asked.way()).await?;
    let Some(here) = latest(&site, &visitor).await? else { return Ok(elsewhere(&visitor, on.as_ref())) };
    let mut view = view(&site, &provider, &visitor, on.as_ref(), &here);
    if asked.sent.is_some() {
        view.page.notices.push(Notice::success("We sent another mail. Use the code of that one."));
    }
    Ok(view.answer(PageKind::Interaction))
}

/// What this browser waits to confirm.
pub(super) async fn latest(site: &Site, visitor: &Visitor) -> Result<Option<Verification>, Failure> {
    let (browser, now) = (visitor.browser_hash().to_vec(), site.accounts.now());
    Ok(site.accounts.read(move |conn| sign_up::latest_of_browser(conn, &browser, now)).await?)
}

/// Nothing waits here: on to where the visitor was going, or to the page that sends a mail.
fn elsewhere(visitor: &Visitor, on: Option<&Interaction>) -> HttpResponse {
    match (visitor.login(), on) {
        (Some(_), Some(on)) => visitor.see_other(&interaction::resume_path(&on.id)),
        (Some(_), None) => visitor.see_other(DEFAULT_PATH),
        (None, on) => visitor.see_other(&format!("/verify-email/resend{}", query(on))),
    }
}

pub(super) fn view(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    on: Option<&Interaction>,
    here: &Verification,
) -> VerifyPage {
    let page = page(site, provider, visitor, on, "Confirm your address");
    of(page, here.address.clone(), here.code_state(site.accounts.now()), here.delivery, query(on))
}

pub(super) fn of(page: Page, address: String, code: CodeState, delivery: Delivery, query: String) -> VerifyPage {
    let code_over = match code {
        CodeState::Open => "",
        CodeState::Expired => {
            "The code was good for 15 minutes, which are over. Use the link, or ask for another mail."
        }
        CodeState::UsedUp => "The code was mistyped five times, so it is void. Use the link, or ask for another mail.",
    };
    let (state, words) = match delivery {
        Delivery::Queued => {
            ("queued", "The mail waits to be sent. Load this page again in a minute to see whether it left.")
        }
        Delivery::Accepted => {
            ("accepted", "The mail is sent. If it does not arrive within a few minutes, look into the spam folder too.")
        }
        Delivery::Failed => ("failed", "The mail could not be delivered. Check that the address is right."),
    };
    VerifyPage {
        page,
        address,
        code_is_open: code == CodeState::Open,
        code_over,
        delivery: state,
        delivery_words: words,
        again: format!("/verify-email/again{query}"),
        query,
    }
}

/// Takes the code.
pub(super) async fn take(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let (entry, accounts) = (Entry::of(&site, &visitor), site.accounts.clone());
    let outcome = site.accounts.write(&visitor.actor, move |tx| {
        match sign_up::confirm_by_code(tx, &accounts.key, &entry.browser_hash, &typed.code)? {
            Ok(confirmed) => entry.enter(tx, &confirmed).map(Ok),
            Err(refused) => Ok(Err(refused)),
        }
    });
    let refused = match outcome.await? {
        Ok(entered) => return Ok(entered.go(&visitor)),
        Err(refused) => refused,
    };
    let on = way_on(&site, &visitor, &request, &way).await?;
    let Some(here) = latest(&site, &visitor).await? else { return Ok(elsewhere(&visitor, on.as_ref())) };
    let mut view = view(&site, &provider, &visitor, on.as_ref(), &here);
    if let Refused::WrongCode(left) = refused {
        view.page.errors = FormErrors::one("code", wrong(left));
    }
    Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Interaction))
}

pub(super) fn wrong(left: i64) -> String {
    let tries = if left == 1 { "1 try is".to_owned() } else { format!("{left} tries are") };
    format!("This is not the code of the latest mail to this address. {tries} left.")
}

/// Sends another mail.
pub(super) async fn again(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let on = way_on(&site, &visitor, &request, &way).await?;
    let Some(here) = latest(&site, &visitor).await? else { return Ok(elsewhere(&visitor, on.as_ref())) };
    send_again(&site, &provider, &visitor, on.as_ref(), here).await
}

pub(super) async fn send_again(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    on: Option<&Interaction>,
    here: Verification,
) -> Result<HttpResponse, Failure> {
    let (accounts, links, throttle, sending) = (site.accounts.clone(), links(site), site.throttle, here.clone());
    let sent = site
        .accounts
        .write(&visitor.actor, move |tx| sign_up::resend_here(tx, &accounts.key, &sending, &links, throttle));
    match sent.await? {
        Sent::Done => {
            let query = query(on);
            let separator = if query.is_empty() { '?' } else { '&' };
            Ok(visitor.see_other(&format!("/verify-email{query}{separator}sent=1")))
        }
        Sent::Wait(seconds) => Ok(wait(view(site, provider, visitor, on, &here), seconds)),
    }
}
