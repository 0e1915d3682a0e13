//! `/recover/password`: the page behind the link in the mail.

use super::page;
use crate::journey;
use account::credential::password::{Busy, Hints, Password, Phc};
use account::recovery::{self, LinkOwner, Redeemed};
use account::secret::Token;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::{self, DEFAULT_PATH, InteractionId};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

#[derive(Template)]
#[template(path = "server/recover/new_password.html")]
pub(super) struct NewPasswordPage {
    pub page: Page,
    /// Whose password: shown, and kept by password managers.
    pub email: String,
    pub token: String,
}

#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
    /// Set when a change of e-mail was just taken back.
    #[serde(default)]
    undone: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    token: String,
    password: Password,
}

pub(super) async fn show(
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(link): Query<Link>,
) -> Result<HttpResponse, Failure> {
    let (token, owner) = find(&site, &link.token).await?;
    let mut view = view(&site, &provider, &visitor, &token, &owner);
    if link.undone.is_some() {
        view.page.notices.push(Notice::success(format!(
            "Your e-mail address is {} again, and everybody was logged out. Whoever changed it knew your password: \
             choose a new one now.",
            owner.email
        )));
    }
    Ok(view.answer(PageKind::Interaction))
}

/// The link and its owner, or the page that says that it is dead.
async fn find(site: &Site, token: &str) -> Result<(Token, LinkOwner), Failure> {
    let token = Token::parse(token).ok_or_else(dead_link)?;
    let (asked, now) = (token.clone(), site.accounts.now());
    let owner = site.accounts.read(move |conn| recovery::owner(conn, &asked, now)).await?;
    Ok((token, owner.ok_or_else(dead_link)?))
}

fn dead_link() -> Failure {
    Failure::with_status(
        StatusCode::GONE,
        "link_expired",
        "This link was used already, was replaced, or is more than 60 minutes old.",
        "Ask for a new link. It takes a minute.",
    )
    .with_way_on("/recover", "Ask for a new link")
}

fn view(site: &Site, provider: &Provider, visitor: &Visitor, token: &Token, owner: &LinkOwner) -> NewPasswordPage {
    NewPasswordPage {
        page: page(site, provider, visitor, None, "Choose a new password"),
        email: owner.email.clone(),
        token: token.reveal().to_owned(),
    }
}

pub(super) async fn take(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let (token, owner) = find(&site, &typed.token).await?;
    let hints = Hints::new(&owner.email, &owner.name, &site.brand.name);
    let chosen = site.accounts.passwords.choose(typed.password, hints).await;
    let phc = match chosen.map_err(|_: Busy| Failure::Busy(Busy::RETRY_AFTER_SECONDS))? {
        Ok(phc) => phc,
        Err(refusal) => {
            let mut view = view(&site, &provider, &visitor, &token, &owner);
            view.page.errors = FormErrors::one("password", refusal.to_string());
            return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Interaction));
        }
    };
    match redeem(&site, &visitor, token, phc).await? {
        Redeemed::LinkIsDead => Err(dead_link()),
        Redeemed::Saved { return_to } => go_on(&request, &site, &visitor, owner, return_to).await,
    }
}

async fn redeem(site: &Site, visitor: &Visitor, token: Token, phc: Phc) -> Result<Redeemed, Failure> {
    let domain = site.accounts.clone();
    let redeemed = site.accounts.write(&visitor.actor, move |tx| recovery::redeem(tx, &domain.key, &token, &phc));
    Ok(redeemed.await?)
}

/// To the log-in page: on the way that the visitor was on when the password was missing, if it was begun in this
/// browser and is not over, else on a way to the account.
async fn go_on(
    request: &HttpRequest,
    site: &Site,
    visitor: &Visitor,
    owner: LinkOwner,
    return_to: Option<String>,
) -> Result<HttpResponse, Failure> {
    let interaction = return_to.as_deref().and_then(interaction_of);
    let on = match journey::find(site, visitor, request, interaction.as_ref().map(InteractionId::as_str)).await {
        Ok(on) => on,
        Err(_) => {
            let id = journey::begin(site, visitor, DEFAULT_PATH).await?;
            journey::find(site, visitor, request, Some(id.as_str())).await?
        }
    };
    let next = format!("{}&saved=password", journey::with(&on.id, "/login"));
    site.accounts.write(&visitor.actor, move |tx| interaction::note_email(tx, &on, Some(&owner.email))).await?;
    Ok(visitor.see_other(&next))
}

fn interaction_of(path: &str) -> Option<InteractionId> {
    path.split_once("?interaction=").and_then(|(_, id)| InteractionId::parse(id))
}
