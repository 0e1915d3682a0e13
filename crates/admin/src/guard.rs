//! Who may enter the console.

use account::AccountId;
use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest};
use std::future::Future;
use std::pin::Pin;
use web::page::{Page, Section};
use web::{Failure, Site, Visitor};

/// A visitor who is an operator. Every handler of the console takes one, so that no page is open to others: a visitor
/// who is not logged in goes to the log-in page first, anybody else finds no page here.
pub struct Operator {
    /// The visitor.
    pub visitor: Visitor,
    /// The operator's account.
    pub account: AccountId,
}

/// The sections of the console: path and label.
const SECTIONS: &[(&str, &str)] = &[
    ("/admin", "Overview"),
    ("/admin/accounts", "Accounts"),
    ("/admin/clients", "Clients"),
    ("/admin/mail", "Mail"),
    ("/admin/log-outs", "Log-outs"),
];

impl Operator {
    /// A page of the console, in the section at path `section`.
    pub fn page(&self, site: &Site, title: &str, section: &str) -> Page {
        Page { sections: sections(section), ..self.visitor.page(site, title) }
    }
}

/// The side list of the console with the entry at path `current` marked.
pub fn sections(current: &str) -> Vec<Section> {
    Section::list(SECTIONS, current)
}

impl FromRequest for Operator {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visitor = Visitor::from_request(request, payload);
        let destination = destination(request);
        Box::pin(async move {
            let visitor = visitor.await?;
            let account = visitor.login_or_go(&destination)?.account_id.clone();
            if visitor.is_operator() { Ok(Self { visitor, account }) } else { Err(Failure::not_found()) }
        })
    }
}

/// Where to come back to after the log-in: a page that was posted to cannot be gone back to.
fn destination(request: &HttpRequest) -> String {
    let here = request.uri().path_and_query().map(|path| path.as_str().to_owned());
    here.filter(|_| request.method() == Method::GET).unwrap_or_else(|| "/admin".to_owned())
}
