//! `/verify-email/confirm`: what the link of the mail opens.

use super::enter::{Entered, Entry};
use super::{page, wait};
use account::credential::password::{self, Busy, Password, Phc};
use account::secret::Token;
use account::sign_up::{self, LinkView, Refused};
use account::throttle::{self, Purpose, Subject, Verdict};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use oidc::Provider;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

/// The page.
#[derive(Template)]
#[template(path = "server/signup/confirm.html")]
pub(super) struct ConfirmPage {
    pub page: Page,
    pub address: String,
    pub token: String,
    pub same_browser: bool,
}

/// The page of a link that confirms nothing any more.
#[derive(Template)]
#[template(path = "server/signup/over.html")]
pub(super) struct OverPage {
    pub page: Page,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    token: String,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    token: String,
    password: Option<Password>,
}

pub(super) const WRONG: &str = "This is not the password of the sign-up. Check it and try again, or sign up anew.";

/// Shows the page. Confirms nothing: mail scanners open links.
pub(super) async fn show(
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let token = Token::parse(&asked.token);
    let Some((token, link)) = look(&site, &visitor, token).await? else {
        return Ok(over(&site, &provider, &visitor));
    };
    Ok(view(&site, &provider, &visitor, &token, &link).answer(PageKind::Interaction))
}

async fn look(site: &Site, visitor: &Visitor, token: Option<Token>) -> Result<Option<(Token, LinkView)>, Failure> {
    let Some(token) = token else { return Ok(None) };
    let (browser, now, sought) = (visitor.browser_hash().to_vec(), site.accounts.now(), token.clone());
    let found = site.accounts.read(move |conn| sign_up::look_at_link(conn, &sought, &browser, now)).await?;
    Ok(found.map(|link| (token, link)))
}

fn view(site: &Site, provider: &Provider, visitor: &Visitor, token: &Token, link: &LinkView) -> ConfirmPage {
    ConfirmPage {
        page: page(site, provider, visitor, None, "Confirm your address"),
        address: link.address.clone(),
        token: token.reveal().to_owned(),
        same_browser: link.is_same_browser,
    }
}

fn over(site: &Site, provider: &Provider, visitor: &Visitor) -> HttpResponse {
    let page = page(site, provider, visitor, None, "This link no longer works");
    OverPage { page }.answer_with(StatusCode::GONE, PageKind::Interaction)
}

/// The click: confirms, in the browser that signed up or after its password.
pub(super) async fn take(
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let token = Token::parse(&typed.token);
    let Some((token, link)) = look(&site, &visitor, token).await? else {
        return Ok(over(&site, &provider, &visitor));
    };
    let verified = match typed.password.filter(|_| !link.is_same_browser) {
        None => None,
        Some(password) => match verify(&site, &visitor, &link, password).await? {
            Checked::Matches(phc) => Some(phc),
            Checked::Wrong => None,
            Checked::Wait(seconds) => return Ok(wait(view(&site, &provider, &visitor, &token, &link), seconds)),
        },
    };
    match confirm(&site, &visitor, token.clone(), verified).await? {
        Ok(entered) => Ok(entered.go(&visitor)),
        Err(Refused::PasswordNeeded) => {
            let mut view = view(&site, &provider, &visitor, &token, &link);
            view.page.errors = FormErrors::one("password", WRONG);
            Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Interaction))
        }
        Err(_) => Ok(over(&site, &provider, &visitor)),
    }
}

async fn confirm(
    site: &Site,
    visitor: &Visitor,
    token: Token,
    verified: Option<Phc>,
) -> Result<Result<Entered, Refused>, Failure> {
    let entry = Entry::of(site, visitor);
    let outcome = site.accounts.write(&visitor.actor, move |tx| {
        match sign_up::confirm_by_link(tx, &token, &entry.browser_hash, verified.as_ref())? {
            Ok(confirmed) => entry.enter(tx, &confirmed).map(Ok),
            Err(refused) => Ok(Err(refused)),
        }
    });
    Ok(outcome.await?)
}

enum Checked {
    Matches(Phc),
    Wrong,
    Wait(i64),
}

/// Checks the password of the sign-up; wrong ones are counted like codes.
async fn verify(site: &Site, visitor: &Visitor, link: &LinkView, password: Password) -> Result<Checked, Failure> {
    let subjects: Vec<Subject> = match site.throttle {
        true => {
            let tried = Some(link.account_id.as_str());
            throttle::subjects(&site.accounts.key, Purpose::CodeTry, tried, visitor.actor.address)
        }
        false => Vec::new(),
    };
    let (account, now, looked) = (link.account_id.clone(), site.accounts.now(), subjects.clone());
    let read =
        site.accounts.read(move |conn| Ok((throttle::check(conn, &looked, now)?, password::find(conn, &account)?)));
    let (verdict, phc) = read.await?;
    if let Verdict::Wait(seconds) = verdict {
        return Ok(Checked::Wait(seconds));
    }
    let checked = site.accounts.passwords.verify(password, phc.clone()).await;
    let checked = checked.map_err(|Busy| Failure::Busy(Busy::RETRY_AFTER_SECONDS))?;
    if let Some(phc) = phc.filter(|_| checked.matches) {
        return Ok(Checked::Matches(phc));
    }
    let counted = site.accounts.write(&visitor.actor, move |tx| {
        subjects.iter().try_for_each(|subject| throttle::count(tx, subject).map(drop))
    });
    counted.await?;
    Ok(Checked::Wrong)
}
