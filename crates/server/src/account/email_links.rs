//! The pages behind the links of a change of e-mail: confirm it at the new address, take it back at the old one.
//! Opening a page spends nothing; its button does.

use super::{page, prove};
use account::credential::password::Password;
use account::credential::reconfirm::Proof;
use account::email_change::{self, Confirmed, PendingChange, Undone};
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
#[template(path = "server/account/email_confirm.html")]
pub(super) struct ConfirmPage {
    pub page: Page,
    pub new_address: String,
    pub token: String,
    /// Nobody is logged in here as that account.
    pub asks_password: bool,
}

#[derive(Template)]
#[template(path = "server/account/email_undo.html")]
pub(super) struct UndoPage {
    pub page: Page,
    pub old_address: String,
    pub token: String,
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

pub(super) async fn show_confirm(
    site: Data<Site>,
    visitor: Visitor,
    Query(link): Query<Link>,
) -> Result<HttpResponse, Failure> {
    let (token, change) = find(&site, &link.token).await?;
    Ok(view_confirm(&site, &visitor, &token, &change, FormErrors::none()).answer(PageKind::Interaction))
}

async fn find(site: &Site, token: &str) -> Result<(Token, PendingChange), Failure> {
    let token = Token::parse(token).ok_or_else(dead_link)?;
    let (asked, now) = (token.clone(), site.accounts.now());
    let change = site.accounts.read(move |conn| email_change::to_confirm(conn, &asked, now)).await?;
    Ok((token, change.ok_or_else(dead_link)?))
}

fn dead_link() -> Failure {
    Failure::with_status(
        StatusCode::GONE,
        "link_expired",
        "This link was used already, was cancelled, or is more than 24 hours old.",
        "Look at your account, and ask for the change once more if it still shows the old address.",
    )
    .with_way_on("/account/email", "Go to your e-mail address")
}

fn is_logged_in(visitor: &Visitor, change: &PendingChange) -> bool {
    visitor.session.as_ref().and_then(|session: &Session| session.login_of(&change.account_id)).is_some()
}

fn view_confirm(
    site: &Site,
    visitor: &Visitor,
    token: &Token,
    change: &PendingChange,
    errors: FormErrors,
) -> ConfirmPage {
    ConfirmPage {
        page: Page { person: None, errors, ..page(site, visitor, "Confirm your new address", "") },
        new_address: change.new_address.clone(),
        token: token.reveal().to_owned(),
        asks_password: !is_logged_in(visitor, change),
    }
}

pub(super) async fn confirm(
    site: Data<Site>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let (token, change) = find(&site, &typed.token).await?;
    let mut proof = None;
    if !is_logged_in(&visitor, &change) {
        let typed = typed.password.unwrap_or_else(|| Password::typed(""));
        match prove(&site, &visitor, &change.account_id, typed, "password").await? {
            Ok(right) => proof = Some(right),
            Err(errors) => {
                let view = view_confirm(&site, &visitor, &token, &change, errors);
                return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Interaction));
            }
        }
    }
    match carry_out(&site, &visitor, change, token, proof).await? {
        Confirmed::Changed => Ok(visitor.see_other("/account?done=email-changed")),
        Confirmed::LinkIsDead => Err(dead_link()),
        Confirmed::Taken => Err(Failure::with_status(
            StatusCode::CONFLICT,
            "address_taken",
            "In the meantime this address has become another account's.",
            "Your old address stays in use. Choose another new one, or free this one in the account that has it.",
        )
        .with_way_on("/account/email", "Go to your e-mail address")),
    }
}

async fn carry_out(
    site: &Site,
    visitor: &Visitor,
    change: PendingChange,
    token: Token,
    proof: Option<Proof>,
) -> Result<Confirmed, Failure> {
    let (domain, url) = (site.accounts.clone(), site.public_url.as_str().to_owned());
    let actor = visitor.actor.as_account(&change.account_id);
    let confirmed = site.accounts.write(&actor, move |tx| {
        if let Some(proof) = &proof
            && !proof.still_holds(tx)?
        {
            return Ok(Confirmed::LinkIsDead);
        }
        email_change::confirm(tx, &domain.key, &url, &change.account_id, &token)
    });
    Ok(confirmed.await?)
}

pub(super) async fn show_undo(
    site: Data<Site>,
    visitor: Visitor,
    Query(link): Query<Link>,
) -> Result<HttpResponse, Failure> {
    let token = Token::parse(&link.token).ok_or_else(dead_undo)?;
    let (asked, now) = (token.clone(), site.accounts.now());
    let found = site.accounts.read(move |conn| email_change::to_undo(conn, &asked, now)).await?;
    let view = UndoPage {
        page: Page { person: None, ..page(&site, &visitor, "Take the change back", "") },
        old_address: found.ok_or_else(dead_undo)?,
        token: token.reveal().to_owned(),
    };
    Ok(view.answer(PageKind::Interaction))
}

fn dead_undo() -> Failure {
    Failure::with_status(
        StatusCode::GONE,
        "link_expired",
        "This link was used already, was replaced, or is more than 7 days old.",
        "If somebody else uses your account, ask whoever runs this service for help.",
    )
    .with_way_on("/login", "Log in")
}

/// Takes the change back, without a log-in: the owner may be locked out. On to a new password.
pub(super) async fn undo(site: Data<Site>, visitor: Visitor, Form(typed): Form<Link>) -> Result<HttpResponse, Failure> {
    let token = Token::parse(&typed.token).ok_or_else(dead_undo)?;
    match site.accounts.write(&visitor.actor, move |tx| email_change::undo(tx, &token)).await? {
        Undone::Restored(link) => Ok(visitor.see_other(&format!("/recover/password?token={}&undone=1", link.reveal()))),
        Undone::LinkIsDead => Err(dead_undo()),
        Undone::Taken => Err(Failure::with_status(
            StatusCode::CONFLICT,
            "address_taken",
            "In the meantime your old address has become another account's.",
            "Ask whoever runs this service for help.",
        )),
    }
}
