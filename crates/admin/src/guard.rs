//! Who may enter the console.

use account::AccountId;
use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use std::future::Future;
use std::pin::Pin;
use url::form_urlencoded;
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
        let form = risky_form(request.path());
        let site = request.app_data::<Data<Site>>().cloned();
        let risky = form.and_then(|form| Some((site?, form)));
        Box::pin(async move {
            let visitor = visitor.await?;
            let account = visitor.login_or_go(&destination)?.account_id.clone();
            if !visitor.is_operator() {
                return Err(not_for_this_account(&destination));
            }
            if let Some((site, form)) = risky {
                visitor.fresh_login_or_go(&site, &form).await?;
            }
            Ok(Self { visitor, account })
        })
    }
}

/// What is done on these paths of the console only within ten minutes after a proof of who the operator is, with the
/// page that has the form where the path itself has none. A `*` stands for one segment.
const RISKY: &[(&str, &str)] = &[
    ("/admin/accounts/*/deactivate", ""),
    ("/admin/accounts/*/reactivate", ""),
    ("/admin/register-client", ""),
    ("/admin/clients/*/edit", ""),
    ("/admin/clients/*/secret", ""),
    ("/admin/clients/*/delete", ""),
    ("/admin/clients/*/disable", "/admin/clients/*"),
    ("/admin/clients/*/enable", "/admin/clients/*"),
    ("/admin/clients/*/verify", "/admin/clients/*"),
    ("/admin/clients/*/unverify", "/admin/clients/*"),
    ("/admin/registration-tokens", ""),
    ("/admin/registration-tokens/*/revoke", "/admin/registration-tokens"),
];

/// For a risky path, the path of the page with its form.
fn risky_form(path: &str) -> Option<String> {
    let segments: Vec<&str> = path.split('/').collect();
    let (_, form) = RISKY.iter().find(|(pattern, _)| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        pattern.len() == segments.len() && pattern.iter().zip(&segments).all(|(p, s)| *p == "*" || p == s)
    })?;
    if form.is_empty() {
        return Some(path.to_owned());
    }
    // The star of a form's page stands where that of the path stands.
    let parts = form.split('/').zip(&segments).map(|(part, segment)| if part == "*" { segment } else { part });
    Some(parts.collect::<Vec<_>>().join("/"))
}

/// No page for the account in use; another one of the same person may do.
fn not_for_this_account(destination: &str) -> Failure {
    let to: String = form_urlencoded::byte_serialize(destination.as_bytes()).collect();
    Failure::with_status(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is no page at this address for the account that you use now.",
        "Check the address, or switch to another account if you have one that may see it.",
    )
    .with_way_on(&format!("/choose-account?to={to}"), "Switch account")
}

/// Where to come back to after the log-in: a page that was posted to cannot be gone back to.
fn destination(request: &HttpRequest) -> String {
    let here = request.uri().path_and_query().map(|path| path.as_str().to_owned());
    here.filter(|_| request.method() == Method::GET).unwrap_or_else(|| "/admin".to_owned())
}

#[cfg(test)]
mod tests {
    use super::risky_form;

    #[test]
    fn risky_acts_lead_back_to_the_page_with_their_form() {
        for (path, form) in [
            ("/admin", None),
            ("/admin/clients", None),
            ("/admin/clients/tracker", None),
            ("/admin/clients/tracker/secret", Some("/admin/clients/tracker/secret")),
            ("/admin/clients/tracker/disable", Some("/admin/clients/tracker")),
            ("/admin/clients/a%2Fb/disable", Some("/admin/clients/a%2Fb")),
            ("/admin/accounts/1/deactivate", Some("/admin/accounts/1/deactivate")),
            ("/admin/registration-tokens/1/revoke", Some("/admin/registration-tokens")),
            ("/admin/mail/1/retry", None),
        ] {
            assert_eq!(risky_form(path).as_deref(), form, "{path}");
        }
    }
}
