//! Behind the link that went to an added address. Opening the page spends nothing; its button does.

use crate::account::{page, prove};
use account::addresses::{self, Confirmed, Waiting};
use account::credential::password::Password;
use account::credential::reconfirm::Proof;
use account::secret::Token;
use account::session::Session;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

#[derive(Template)]
#[template(path = "server/account/addresses/confirm.html")]
pub(super) struct ConfirmPage {
    pub page: Page,
    pub address: String,
    pub token: String,
    /// Nobody is logged in here as that account.
    pub asks_password: bool,
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
    #[serde(default)]
    password: Option<Password>,
}

pub(super) async fn show(
    site: Data<Site>,
    visitor: Visitor,
    Query(link): Query<Link>,
) -> Result<HttpResponse, Failure> {
    let (token, waiting) = find(&site, &link.token).await?;
    Ok(view(&site, &visitor, &token, &waiting, FormErrors::none()).answer(PageKind::Interaction))
}

async fn find(site: &Site, token: &str) -> Result<(Token, Waiting), Failure> {
    let token = Token::parse(token).ok_or_else(dead_link)?;
    let (asked, now) = (token.clone(), site.accounts.now());
    let waiting = site.accounts.read(move |conn| addresses::to_confirm(conn, &asked, now)).await?;
    Ok((token, waiting.ok_or_else(dead_link)?))
}

fn dead_link() -> Failure {
    Failure::with_status(
        StatusCode::GONE,
        "link_expired",
        "This link was used already, was cancelled, or is more than 24 hours old.",
        "Look at your addresses, and ask for another mail if this one is not confirmed yet.",
    )
    .with_way_on(super::PATH, "Show your addresses")
}

fn is_logged_in(visitor: &Visitor, waiting: &Waiting) -> bool {
    visitor.session.as_ref().and_then(|session: &Session| session.login_of(&waiting.account_id)).is_some()
}

fn view(site: &Site, visitor: &Visitor, token: &Token, waiting: &Waiting, errors: FormErrors) -> ConfirmPage {
    ConfirmPage {
        page: Page { person: None, errors, ..page(site, visitor, "Confirm your address", "") },
        address: waiting.address.clone(),
        token: token.reveal().to_owned(),
        asks_password: !is_logged_in(visitor, waiting),
    }
}

pub(super) async fn confirm(
    site: Data<Site>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let (token, waiting) = find(&site, &typed.token).await?;
    let mut proof: Option<Proof> = None;
    if !is_logged_in(&visitor, &waiting) {
        let typed = typed.password.unwrap_or_else(|| Password::typed(""));
        match prove(&site, &visitor, &waiting.account_id, typed, "password").await? {
            Ok(right) => proof = Some(right),
            Err(errors) => {
                let view = view(&site, &visitor, &token, &waiting, errors);
                return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Interaction));
            }
        }
    }
    let actor = visitor.actor.as_account(&waiting.account_id);
    let confirmed = site.accounts.write(&actor, move |tx| {
        if let Some(proof) = &proof
            && !proof.still_holds(tx)?
        {
            return Ok(Confirmed::LinkIsDead);
        }
        addresses::confirm(tx, &waiting.account_id, &token)
    });
    match confirmed.await? {
        Confirmed::Added => Ok(visitor.see_other("/account/email?done=added")),
        Confirmed::LinkIsDead => Err(dead_link()),
        Confirmed::Taken => Err(Failure::with_status(
            StatusCode::CONFLICT,
            "address_taken",
            "In the meantime this address has become another account's.",
            "Nothing is changed. Choose another one, or free this one in the account that has it.",
        )
        .with_way_on(super::PATH, "Show your addresses")),
    }
}
