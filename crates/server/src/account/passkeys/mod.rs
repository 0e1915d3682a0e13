//! `/account/security/passkeys`: the passkeys and security keys of an account. One is added with the help of
//! `js/passkey.js`: it asks for a challenge, has the browser make a passkey, and sends the form with what came of it.

mod manage;
mod specimens;

pub(super) use specimens::specimens;

use super::{own_account, own_account_freshly, page};
use account::clock::to_the_day;
use account::credential::passkey::{self, Answer, Enrolment, Offered, Passkey, RelyingParty};
use account::credential::recovery_code;
use account::{AccountId, Timestamp};
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, ServiceConfig, get, post, resource};
use askama::Template;
use serde::Deserialize;
use serde_json::json;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

const SECTION: &str = "/account/security";
const PATH: &str = "/account/security/passkeys";

/// Adds the routes of this room.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .service(resource(PATH).route(get().to(show)).route(post().to(add)))
        .service(resource("/account/security/passkeys/challenge").route(post().to(challenge)))
        .service(
            resource("/account/security/passkeys/{id}").route(get().to(manage::show)).route(post().to(manage::rename)),
        )
        .service(
            resource("/account/security/passkeys/{id}/remove")
                .route(get().to(manage::show_removal))
                .route(post().to(manage::remove)),
        );
}

#[derive(Template)]
#[template(path = "server/account/passkeys/list.html")]
pub(super) struct ListPage {
    pub page: Page,
    pub passkeys: Vec<Entry>,
    /// There are as many as there may be.
    pub full: bool,
    /// Whether something is left to log in with when all passkeys are lost.
    pub has_codes: bool,
}

/// A passkey in the list.
pub(super) struct Entry {
    pub id: String,
    pub name: String,
    /// What kind it is, in words.
    pub kind: &'static str,
    pub added: String,
    /// Empty: never.
    pub last_used: String,
    pub suspended: bool,
}

impl Entry {
    fn of(passkey: Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            kind: kind(&passkey),
            added: to_the_day(passkey.created_at),
            last_used: passkey.last_used_at.map(|at: Timestamp| to_the_day(at)).unwrap_or_default(),
            suspended: passkey.suspended_at.is_some(),
            name: passkey.name,
        }
    }
}

fn kind(passkey: &Passkey) -> &'static str {
    match (passkey.verifies_person, passkey.synced) {
        (true, true) => "Passkey, on all devices that share it",
        (true, false) => "Passkey, on one device or key",
        (false, _) => "Security key, as a second step only",
    }
}

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
pub(super) struct Made {
    #[serde(default)]
    challenge: String,
    #[serde(default)]
    credential: String,
}

/// The installation as authenticators know it; where passkeys cannot be used there are no such pages.
fn party(site: &Site) -> Result<&RelyingParty, Failure> {
    site.passkeys.as_ref().ok_or_else(Failure::not_found)
}

pub(super) async fn show(
    site: Data<Site>,
    visitor: Visitor,
    Query(query): Query<Done>,
) -> Result<HttpResponse, Failure> {
    party(&site)?;
    let account = own_account(&site, &visitor, PATH).await?;
    let mut view = view(&site, &visitor, account.id, FormErrors::none()).await?;
    let notice = match query.done.as_deref() {
        Some("added") => "Your passkey is added. Give it another name if you like.",
        Some("renamed") => "The name is saved.",
        Some("removed") => "The passkey is removed. Nobody can log in with it any more.",
        _ => return Ok(view.answer(PageKind::Own)),
    };
    view.page.notices.push(Notice::success(notice));
    Ok(view.answer(PageKind::Own))
}

async fn view(site: &Site, visitor: &Visitor, account: AccountId, errors: FormErrors) -> Result<ListPage, Failure> {
    let read =
        move |conn: &mut account::Conn| Ok((passkey::list(conn, &account)?, recovery_code::left(conn, &account)?));
    let (found, codes) = site.accounts.read(read).await?;
    Ok(ListPage {
        page: Page { errors, ..page(site, visitor, "Passkeys and security keys", SECTION) },
        full: found.len() >= passkey::MOST,
        has_codes: codes > 0,
        passkeys: found.into_iter().map(Entry::of).collect(),
    })
}

/// A challenge for the script.
pub(super) async fn challenge(
    site: Data<Site>,
    visitor: Visitor,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let party = party(&site)?;
    let account = own_account_freshly(&site, &visitor, PATH).await?;
    let (actor, browser) = (&visitor.actor, visitor.browser_hash());
    let offered = passkey::begin_enrolment(&site.accounts, party, actor, &account.id, browser).await?;
    Ok(offered.map_or_else(|| refuse(StatusCode::CONFLICT, FULL), |offered| offer(&offered)))
}

const FULL: &str = "Your account has as many passkeys as it may have. Remove one that you do not use.";

/// What the script gets.
pub(crate) fn offer(offered: &Offered) -> HttpResponse {
    let body = json!({ "challenge": offered.challenge, "options": offered.options });
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

/// What the script shows instead.
pub(crate) fn refuse(status: StatusCode, message: &str) -> HttpResponse {
    let body = json!({ "message": message });
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

pub(super) async fn add(site: Data<Site>, visitor: Visitor, Form(made): Form<Made>) -> Result<HttpResponse, Failure> {
    let party = party(&site)?;
    let account = own_account_freshly(&site, &visitor, PATH).await?;
    let outcome = match Answer::of_form(&made.challenge, &made.credential) {
        Some(answer) => {
            let (actor, browser) = (&visitor.actor, visitor.browser_hash());
            passkey::finish_enrolment(&site.accounts, party, actor, &account.id, browser, &answer).await?
        }
        None => Enrolment::NotGenuine,
    };
    let words = match outcome {
        Enrolment::Added(_) => return Ok(visitor.see_other("/account/security/passkeys?done=added")),
        Enrolment::Stale => "That took more than five minutes, or it was sent twice. Start again.",
        Enrolment::NotGenuine => "Your browser did not make a passkey that we can use. Try again, or use another one.",
        Enrolment::AlreadyThere => "This key belongs to an account already. Use another one.",
        Enrolment::NotNow => FULL,
    };
    let view = view(&site, &visitor, account.id, FormErrors::form(words)).await?;
    Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own))
}
