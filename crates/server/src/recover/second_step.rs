//! The links of who has lost every second step: one stops the removal, the other carries it out, with the password.
//! Opening a page spends nothing; its button does.

use crate::account::wait_words;
use account::account::Account;
use account::credential::password::{Busy, Password};
use account::credential::reconfirm::{self, Reconfirmed};
use account::second_step_reset;
use account::secret::Token;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

#[derive(Template)]
#[template(path = "server/recover/second_step.html")]
pub(super) struct RemovePage {
    pub page: Page,
    pub email: String,
    pub token: String,
}

#[derive(Template)]
#[template(path = "server/recover/stop.html")]
pub(super) struct StopPage {
    pub page: Page,
    pub token: String,
    /// Whether it is stopped.
    pub done: bool,
}

#[derive(Template)]
#[template(path = "server/recover/second_step_removed.html")]
pub(super) struct RemovedPage {
    pub page: Page,
}

#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    token: String,
    password: Password,
}

fn page(site: &Site, visitor: &Visitor, title: &str) -> Page {
    Page { person: None, is_operator: false, ..visitor.page(site, title) }
}

fn dead_link() -> Failure {
    Failure::with_status(
        StatusCode::GONE,
        "link_expired",
        "This link was used already, was stopped, or is too old.",
        "Log in. If your second steps are still lost, ask for their removal once more.",
    )
    .with_way_on("/login", "Log in")
}

async fn owner(site: &Site, token: &str) -> Result<(Token, Account), Failure> {
    let token = Token::parse(token).ok_or_else(dead_link)?;
    let (asked, now) = (token.clone(), site.accounts.now());
    let owner = site.accounts.read(move |conn| second_step_reset::owner(conn, &asked, now)).await?;
    Ok((token, owner.ok_or_else(dead_link)?))
}

pub(super) async fn show(
    site: Data<Site>,
    visitor: Visitor,
    Query(link): Query<Link>,
) -> Result<HttpResponse, Failure> {
    let (token, owner) = owner(&site, &link.token).await?;
    Ok(view(&site, &visitor, &token, &owner, FormErrors::none()).answer(PageKind::Interaction))
}

fn view(site: &Site, visitor: &Visitor, token: &Token, owner: &Account, errors: FormErrors) -> RemovePage {
    RemovePage {
        page: Page { errors, ..page(site, visitor, "Remove two-step verification") },
        email: owner.email.address.clone(),
        token: token.reveal().to_owned(),
    }
}

pub(super) async fn redeem(
    site: Data<Site>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let (token, owner) = owner(&site, &typed.token).await?;
    let checked =
        reconfirm::reconfirm(&site.accounts, &visitor.actor, &owner.id, typed.password, site.throttle).await?;
    let problem = match checked.map_err(|_: Busy| Failure::Busy(Busy::RETRY_AFTER_SECONDS))? {
        Reconfirmed::Right(proof) => {
            let spent = move |tx: &mut account::Tx<'_>| second_step_reset::redeem(tx, &token, &proof);
            if !site.accounts.write(&visitor.actor.as_account(&owner.id), spent).await? {
                return Err(dead_link());
            }
            return Ok(RemovedPage { page: page(&site, &visitor, "Removed") }.answer(PageKind::Interaction));
        }
        Reconfirmed::Wrong => "This is not your password. Check it and try again.".to_owned(),
        Reconfirmed::Wait(seconds) => wait_words(seconds),
        Reconfirmed::NoPassword => {
            "Your account has no password. Choose one with \"Forgot your password?\" first.".to_owned()
        }
    };
    let view = view(&site, &visitor, &token, &owner, FormErrors::one("password", problem));
    Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Interaction))
}

pub(super) async fn show_stop(
    site: Data<Site>,
    visitor: Visitor,
    Query(link): Query<Link>,
) -> Result<HttpResponse, Failure> {
    let token = Token::parse(&link.token).ok_or_else(dead_link)?;
    let (asked, now) = (token.clone(), site.accounts.now());
    if !site.accounts.read(move |conn| second_step_reset::can_be_cancelled(conn, &asked, now)).await? {
        return Err(dead_link());
    }
    let page = page(&site, &visitor, "Stop the removal?");
    Ok(StopPage { page, token: token.reveal().to_owned(), done: false }.answer(PageKind::Interaction))
}

pub(super) async fn stop(site: Data<Site>, visitor: Visitor, Form(link): Form<Link>) -> Result<HttpResponse, Failure> {
    let token = Token::parse(&link.token).ok_or_else(dead_link)?;
    if !site.accounts.write(&visitor.actor, move |tx| second_step_reset::cancel_by_link(tx, &token)).await? {
        return Err(dead_link());
    }
    let page = page(&site, &visitor, "Stopped");
    Ok(StopPage { page, token: String::new(), done: true }.answer(PageKind::Interaction))
}
