//! Signing up and confirming the e-mail address. What these pages must never tell, and to whom they must never give an
//! account: [`account::sign_up`].

mod enter;
mod link;
mod resend;
mod sign_up;
mod specimens;
mod verify;

pub use specimens::specimens;

use crate::journey::{self, Way};
use ::web::headers::PageKind;
use ::web::page::{Notice, Page, Render};
use ::web::{Failure, Site, Visitor};
use account::sign_up::Links;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc::Provider;
use oidc::interaction::Interaction;

/// The addresses of this room.
pub fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/signup", web::get().to(sign_up::show))
        .route("/signup", web::post().to(sign_up::take))
        .route("/verify-email", web::get().to(verify::show))
        .route("/verify-email", web::post().to(verify::take))
        .route("/verify-email/again", web::post().to(verify::again))
        .route("/verify-email/resend", web::get().to(resend::show))
        .route("/verify-email/resend", web::post().to(resend::take))
        .route("/verify-email/confirm", web::get().to(link::show))
        .route("/verify-email/confirm", web::post().to(link::take));
}

/// The interaction that a page belongs to, while there is one: a confirmation is good without.
async fn way_on(
    site: &Site,
    visitor: &Visitor,
    request: &HttpRequest,
    way: &Way,
) -> Result<Option<Interaction>, Failure> {
    match journey::find(site, visitor, request, way.interaction.as_deref()).await {
        Ok(on) => Ok(Some(on)),
        Err(Failure::Refused(..)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// A page of this room: of the product that asked, when one did.
fn page(site: &Site, provider: &Provider, visitor: &Visitor, on: Option<&Interaction>, title: &str) -> Page {
    match on {
        Some(on) => journey::page(site, provider, visitor, on, title),
        None => Page { person: None, is_operator: false, ..visitor.page(site, title) },
    }
}

/// `?interaction=…`, which every link of a page takes along; empty without one.
fn query(on: Option<&Interaction>) -> String {
    on.map_or_else(String::new, |on| journey::with(&on.id, ""))
}

fn links(site: &Site) -> Links {
    Links::under(site.public_url.as_str())
}

/// Too many mails were asked for.
fn wait(mut view: impl Render + HasPage, seconds: i64) -> HttpResponse {
    view.page().notices.push(Notice::error(wait_words(seconds)));
    let mut answer = view.answer_with(StatusCode::TOO_MANY_REQUESTS, PageKind::Interaction);
    answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    answer
}

fn wait_words(seconds: i64) -> String {
    let time = match seconds {
        1 => "1 second".to_owned(),
        2..120 => format!("{seconds} seconds"),
        _ => format!("{} minutes", (seconds + 59) / 60),
    };
    format!("There were too many tries. Wait {time}, then try again.")
}

/// A view whose shared part can be changed.
trait HasPage {
    fn page(&mut self) -> &mut Page;
}

macro_rules! has_page {
    ($($view:ty),*) => { $(impl HasPage for $view { fn page(&mut self) -> &mut Page { &mut self.page } })* };
}
has_page!(sign_up::SignUpPage, verify::VerifyPage, resend::ResendPage, link::ConfirmPage);
