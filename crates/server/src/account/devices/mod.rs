//! `/account/devices`: where the account is logged in, and which browsers it logged in with. Each can be ended or
//! forgotten by its owner; nobody else's can.

mod page;

pub(super) use page::{capitalised, from, specimens};

use super::{own_account, page as account_page};
use account::AccountId;
use account::audit::{self, Target};
use account::login::devices;
use account::login::remembered::{self, Remembered, RememberedId};
use account::session::{self, LoginId};
use actix_web::HttpResponse;
use actix_web::web::Data;
use page::{DevicesPage, Seen};
use serde::Deserialize;
use serde_json::json;
use web::headers::PageKind;
use web::page::{Notice, Render};
use web::{Failure, Form, Query, Site, Visitor};

pub(super) const PATH: &str = "/account/devices";

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    login: String,
}

#[derive(Deserialize)]
pub(super) struct Known {
    #[serde(default)]
    device: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn show(
    site: Data<Site>,
    visitor: Visitor,
    Query(query): Query<Done>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let (id, domain) = (account.id.clone(), site.accounts.clone());
    let (now, lifetimes) = (site.accounts.now(), site.lifetimes);
    let read = site.accounts.read(move |conn| {
        let places = session::browsers_of(conn, &id, now, &lifetimes)?;
        let known = devices::list(conn, &domain.key, &id, now)?;
        Ok((places, known, remembered::list(conn, &id, now)?))
    });
    let (places, known, remembered) = read.await?;
    let seen = Seen {
        session: visitor.session.as_ref().map(|session| session.id.clone()),
        device: visitor.device_token().map(|token| devices::page_id(&site.accounts.key, &token.hash())),
        places: &site.places,
    };
    let known_as = |device: &Remembered| devices::page_id(&site.accounts.key, &device.token_hash);
    let remembered = remembered.into_iter().map(|device| (known_as(&device), device)).collect();
    let mut page = account_page(&site, &visitor, "Devices", PATH);
    page.notices.extend(query.done.as_deref().and_then(notice));
    Ok(DevicesPage::new(page, places, known, remembered, &seen).answer(PageKind::Own))
}

/// What was done before this page was shown.
fn notice(done: &str) -> Option<Notice> {
    match done {
        "ended" => Some(Notice::success("You are logged out there. The products that you used there are being told.")),
        "others" => Some(Notice::success("You are logged out everywhere else. The products are being told.")),
        "forgotten" => Some(Notice::success("This browser is a stranger from now on.")),
        "asked-again" => Some(Notice::success("This browser is asked for the second step from now on.")),
        "gone" => Some(Notice::info("This had ended already.")),
        _ => None,
    }
}

/// Ends one of the account's log-ins, in another browser.
pub(super) async fn end(site: Data<Site>, visitor: Visitor, Form(which): Form<Which>) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let Some(login) = LoginId::parse(&which.login) else { return Ok(done(&visitor, "gone")) };
    if visitor.session.as_ref().is_some_and(|session| session.logins.iter().any(|own| own.id == login)) {
        // Here the way out is the log-out, which clears this browser too.
        return Ok(visitor.see_other("/logout"));
    }
    let ended = site.accounts.write(&visitor.actor, move |tx| {
        let ended = session::end_own_login(tx, &account.id, &login)?;
        if ended {
            record(tx, &account.id, "one", 1)?;
        }
        Ok(ended)
    });
    Ok(done(&visitor, if ended.await? { "ended" } else { "gone" }))
}

/// Ends the account's log-ins in all other browsers.
pub(super) async fn end_others(
    site: Data<Site>,
    visitor: Visitor,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let Some(keep) = visitor.session.as_ref().map(|session| session.id.clone()) else {
        return Err(Failure::log_in_first(PATH));
    };
    let ended = site.accounts.write(&visitor.actor, move |tx| {
        let ended = session::end_all(tx, &account.id, Some(&keep))?.len();
        if ended > 0 {
            record(tx, &account.id, "all others", ended)?;
        }
        Ok(ended)
    });
    Ok(done(&visitor, if ended.await? > 0 { "others" } else { "gone" }))
}

/// Forgets a browser that the account logged in with.
pub(super) async fn forget(
    site: Data<Site>,
    visitor: Visitor,
    Form(known): Form<Known>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let forgotten = site.accounts.write(&visitor.actor, move |tx| devices::forget(tx, &account.id, &known.device));
    Ok(done(&visitor, if forgotten.await? { "forgotten" } else { "gone" }))
}

/// Asks for the second step again, in a browser that was spared it.
pub(super) async fn ask_again(
    site: Data<Site>,
    visitor: Visitor,
    Form(known): Form<Known>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let Some(id) = RememberedId::parse(&known.device) else { return Ok(done(&visitor, "gone")) };
    let forgotten = site.accounts.write(&visitor.actor, move |tx| remembered::forget(tx, &account.id, &id));
    Ok(done(&visitor, if forgotten.await? { "asked-again" } else { "gone" }))
}

fn done(visitor: &Visitor, what: &str) -> HttpResponse {
    visitor.see_other(&format!("{PATH}?done={what}"))
}

fn record(tx: &mut account::Tx<'_>, account: &AccountId, which: &str, count: usize) -> Result<(), account::Error> {
    let details = json!({ "reason": "devices", "which": which, "count": count });
    audit::record(tx, "session.ended_elsewhere", Target::account(account), details)
}
