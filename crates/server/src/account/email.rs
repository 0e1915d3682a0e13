//! `/account/email/change`: ask for another primary e-mail address, in place of the one in use.

use super::{own_account, own_account_freshly, page, prove, wait_words};
use account::account::Account;
use account::credential::password::Password;
use account::credential::reconfirm::Proof;
use account::email::Email;
use account::email_change::{self, Asked};
use account::throttle::{self, Purpose, Subject};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Site, Visitor};

pub(super) const PATH: &str = "/account/email/change";

#[derive(Template)]
#[template(path = "server/account/email.html")]
pub(super) struct EmailPage {
    pub page: Page,
    /// The address in use.
    pub current: String,
    /// The address that waits to be confirmed.
    pub pending: Option<String>,
    /// What the field holds.
    pub typed: String,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
    password: Password,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn show(site: Data<Site>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let account = own_account_freshly(&site, &visitor, PATH).await?;
    Ok(view(&site, &visitor, &account, String::new()).await?.answer(PageKind::Own))
}

async fn view(site: &Site, visitor: &Visitor, account: &Account, typed: String) -> Result<EmailPage, Failure> {
    let (id, now) = (account.id.clone(), site.accounts.now());
    let pending = site.accounts.read(move |conn| email_change::pending(conn, &id, now)).await?;
    Ok(EmailPage {
        page: page(site, visitor, "Replace your address", "/account"),
        current: account.email.address.clone(),
        pending: pending.map(|change| change.new_address),
        typed,
    })
}

pub(super) async fn ask(site: Data<Site>, visitor: Visitor, Form(typed): Form<Typed>) -> Result<HttpResponse, Failure> {
    let account = own_account_freshly(&site, &visitor, PATH).await?;
    let mut errors = FormErrors::none();
    let email = Email::parse(&typed.email).map_err(|problem| errors.add("email", problem.to_string())).ok();
    if let Some(email) = email {
        match prove(&site, &visitor, &account.id, typed.password, "password").await? {
            Err(wrong) => errors = wrong,
            Ok(proof) => match note(&site, &visitor, email, proof).await? {
                Some(Asked::Noted) => return Ok(visitor.see_other(super::addresses::PATH)),
                Some(Asked::Same) => errors.add("email", "This is your address already. Write another one."),
                Some(Asked::Wait(seconds)) => errors.add("", wait_words(seconds)),
                Some(Asked::NotActive) => return Err(Failure::log_in_first(PATH)),
                None => {
                    errors.add("password", "Your password was changed in the meantime. Type the one that is in use.")
                }
            },
        }
    }
    let mut view = view(&site, &visitor, &account, typed.email).await?;
    view.page.errors = errors;
    Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own))
}

/// Notes the wish. `None`: the password is not the one any more that was typed.
async fn note(site: &Site, visitor: &Visitor, email: Email, proof: Proof) -> Result<Option<Asked>, Failure> {
    let (domain, url) = (site.accounts.clone(), site.public_url.as_str().to_owned());
    let mut throttled = Vec::new();
    if site.throttle {
        let (key, of) = (&site.accounts.key, Purpose::EmailChangeMail);
        throttled = throttle::subjects(key, of, Some(email.normalized()), visitor.actor.address);
        // One account does not send mails to many addresses either.
        throttled.push(Subject::of(key, of, proof.account().as_str()));
    }
    let asked = site.accounts.write(&visitor.actor, move |tx| {
        if !proof.still_holds(tx)? {
            return Ok(None);
        }
        email_change::ask(tx, &domain.key, &url, proof.account(), &email, &throttled).map(Some)
    });
    Ok(asked.await?)
}

pub(super) async fn cancel(
    site: Data<Site>,
    visitor: Visitor,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    site.accounts.write(&visitor.actor, move |tx| email_change::cancel(tx, &account.id)).await?;
    Ok(visitor.see_other("/account/email?done=cancelled"))
}
