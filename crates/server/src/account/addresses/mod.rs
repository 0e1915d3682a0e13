//! `/account/email`: the addresses of the account. One is primary; each that is confirmed logs in. Another one is added
//! in [`add`], confirmed in [`confirm`]; the primary one is replaced in one step in [`super::email`].

mod add;
mod confirm;
mod specimens;

pub(super) use specimens::specimens;

use super::{own_account, own_account_freshly, page, wait_words};
use account::account::EmailId;
use account::addresses::{self, AdditionId, Address, Asked, MAX_ADDRESSES, Removed, Waiting};
use account::email::Email;
use account::throttle::{self, Purpose, Subject};
use account::{AccountId, email_change};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, get, post, resource};
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Notice, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

pub(super) const PATH: &str = "/account/email";
/// The entry of the side list that these pages belong to.
const SECTION: &str = "/account";

/// Adds the routes of this room.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .service(resource(PATH).route(get().to(list)))
        .service(resource(add::PATH).route(get().to(add::show)).route(post().to(add::add)))
        .service(resource("/account/email/added").route(get().to(confirm::show)).route(post().to(confirm::confirm)))
        .service(resource("/account/email/waiting/{id}/resend").route(post().to(resend)))
        .service(resource("/account/email/waiting/{id}/cancel").route(post().to(cancel)))
        .service(resource("/account/email/{id}/primary").route(post().to(make_primary)))
        .service(resource("/account/email/{id}/remove").route(get().to(ask_remove)).route(post().to(remove)));
}

#[derive(Template)]
#[template(path = "server/account/addresses/list.html")]
struct ListPage {
    page: Page,
    addresses: Vec<Address>,
    waiting: Vec<Waiting>,
    /// The address that waits to replace the primary one.
    replacement: Option<String>,
}

impl ListPage {
    /// Whether another one may be added.
    fn may_add(&self) -> bool {
        i64::try_from(self.addresses.len() + self.waiting.len()).is_ok_and(|count| count < MAX_ADDRESSES)
    }
}

#[derive(Template)]
#[template(path = "server/account/addresses/remove.html")]
struct RemovePage {
    page: Page,
    id: String,
    address: String,
}

#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    done: Option<String>,
}

#[derive(Deserialize)]
struct Nothing {}

fn notice(done: &str) -> Option<Notice> {
    Some(match done {
        "cancelled" => Notice::success("The change is cancelled. Your address stays as it is."),
        "sent" => Notice::success("The mail is on its way. Open the link in it within 24 hours."),
        "added" => Notice::success("The address is confirmed. You can log in with it from now on."),
        "addition-cancelled" => Notice::success("The address is not added. Its link does not work any more."),
        "primary" => Notice::success("Products see this address from now on, and our mails go there."),
        "removed" => Notice::success("The address is removed. Nobody logs in with it any more."),
        _ => return None,
    })
}

async fn list(site: Data<Site>, visitor: Visitor, Query(query): Query<Done>) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let notices = query.done.as_deref().and_then(notice).into_iter().collect();
    Ok(view(&site, &visitor, account.id, notices).await?.answer(PageKind::Own))
}

async fn view(site: &Site, visitor: &Visitor, id: AccountId, notices: Vec<Notice>) -> Result<ListPage, Failure> {
    let now = site.accounts.now();
    let (addresses, waiting, replacement) = site
        .accounts
        .read(move |conn| {
            let waiting = addresses::waiting(conn, &id, now)?;
            Ok((addresses::list(conn, &id)?, waiting, email_change::pending(conn, &id, now)?))
        })
        .await?;
    let page = Page { notices, ..page(site, visitor, "E-mail addresses", SECTION) };
    Ok(ListPage { page, addresses, waiting, replacement: replacement.map(|change| change.new_address) })
}

/// Under what mails to an added address are counted: the address, the network, and the account, which does not send
/// mails to many addresses either.
fn throttled(site: &Site, visitor: &Visitor, account: &AccountId, email: &Email) -> Vec<Subject> {
    if !site.throttle {
        return Vec::new();
    }
    let (key, of) = (&site.accounts.key, Purpose::EmailChangeMail);
    let mut throttled = throttle::subjects(key, of, Some(email.normalized()), visitor.actor.address);
    throttled.push(Subject::of(key, of, account.as_str()));
    throttled
}

async fn resend(
    site: Data<Site>,
    visitor: Visitor,
    id: Path<String>,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let id = AdditionId::parse(&id).ok_or_else(gone)?;
    let (owner, waits, now) = (account.id.clone(), id.clone(), site.accounts.now());
    let waiting = site.accounts.read(move |conn| addresses::waiting(conn, &owner, now)).await?;
    let address = waiting.into_iter().find(|waiting| waiting.id == waits).ok_or_else(gone)?.address;
    let subjects = Email::parse(&address).map(|email| throttled(&site, &visitor, &account.id, &email));
    let (subjects, owner) = (subjects.unwrap_or_default(), account.id.clone());
    let url = site.public_url.as_str().to_owned();
    let asked =
        site.accounts.write(&visitor.actor, move |tx| addresses::resend(tx, &url, &owner, &id, &subjects)).await?;
    match asked {
        Asked::Noted => Ok(visitor.see_other("/account/email?done=sent")),
        Asked::Wait(seconds) => {
            let view = view(&site, &visitor, account.id, vec![Notice::error(wait_words(seconds))]).await?;
            Ok(view.answer_with(StatusCode::TOO_MANY_REQUESTS, PageKind::Own))
        }
        Asked::NotActive => Err(Failure::log_in_first(PATH)),
        Asked::Own | Asked::TooMany | Asked::Gone => Err(gone()),
    }
}

async fn cancel(
    site: Data<Site>,
    visitor: Visitor,
    id: Path<String>,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let id = AdditionId::parse(&id).ok_or_else(gone)?;
    match site.accounts.write(&visitor.actor, move |tx| addresses::cancel(tx, &account.id, &id)).await? {
        true => Ok(visitor.see_other("/account/email?done=addition-cancelled")),
        false => Err(gone()),
    }
}

async fn make_primary(
    site: Data<Site>,
    visitor: Visitor,
    id: Path<String>,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = own_account_freshly(&site, &visitor, PATH).await?;
    let (id, url) = (EmailId::parse(&id).ok_or_else(gone)?, site.public_url.as_str().to_owned());
    let made = site.accounts.write(&visitor.actor, move |tx| addresses::make_primary(tx, &url, &account.id, &id));
    match made.await? {
        true => Ok(visitor.see_other("/account/email?done=primary")),
        false => Err(gone()),
    }
}

async fn ask_remove(site: Data<Site>, visitor: Visitor, id: Path<String>) -> Result<HttpResponse, Failure> {
    let account = own_account_freshly(&site, &visitor, PATH).await?;
    let id = EmailId::parse(&id).ok_or_else(gone)?;
    let addresses = site.accounts.read(move |conn| addresses::list(conn, &account.id)).await?;
    let found = addresses.into_iter().find(|address| address.id == id && !address.is_primary);
    let address = found.ok_or_else(gone)?;
    let page = page(&site, &visitor, "Remove this address?", SECTION);
    Ok(RemovePage { page, id: address.id.to_string(), address: address.address }.answer(PageKind::Own))
}

async fn remove(
    site: Data<Site>,
    visitor: Visitor,
    id: Path<String>,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = own_account_freshly(&site, &visitor, PATH).await?;
    let id = EmailId::parse(&id).ok_or_else(gone)?;
    match site.accounts.write(&visitor.actor, move |tx| addresses::remove(tx, &account.id, &id)).await? {
        Removed::Done => Ok(visitor.see_other("/account/email?done=removed")),
        Removed::NotThere => Err(gone()),
        Removed::IsPrimary => Err(Failure::with_status(
            StatusCode::CONFLICT,
            "address_is_primary",
            "This is your primary address, which an account cannot be without.",
            "Make another address the primary one first, or replace this one.",
        )
        .with_way_on(PATH, "Show your addresses")),
    }
}

fn gone() -> Failure {
    Failure::with_status(
        StatusCode::NOT_FOUND,
        "address_not_found",
        "Your account has no such address to do this with.",
        "It was removed or cancelled before, or its time is over.",
    )
    .with_way_on(PATH, "Show your addresses")
}
