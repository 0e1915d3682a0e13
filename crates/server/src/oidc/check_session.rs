//! The page that products frame to hear that somebody logged in or out (OpenID Connect Session Management §3.2, §3.3).

use ::web::cookie::state_name;
use ::web::page::Page;
use ::web::{Failure, Site};
use actix_web::HttpResponse;
use actix_web::web::{Data, ServiceConfig, get};
use askama::Template;
use oidc::endpoints;

/// Anybody may frame it, which is what it is for: it shows nothing, and answers who knows a `session_state` for its own
/// origin.
const POLICY: &str = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'";

/// Adds the page.
pub fn configure(routes: &mut ServiceConfig) {
    routes.route(endpoints::CHECK_SESSION, get().to(show));
}

#[derive(Template)]
#[template(path = "server/logout/check_session.html")]
struct CheckSessionPage {
    page: Page,
    cookie: &'static str,
}

async fn show(site: Data<Site>) -> Result<HttpResponse, Failure> {
    let page = Page::new("Session", site.brand.name.clone());
    let cookie = state_name(site.public_url.is_https());
    let html = CheckSessionPage { page, cookie }.render().map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(HttpResponse::Ok()
        .insert_header(("Content-Security-Policy", POLICY))
        .insert_header(("Cache-Control", "no-cache"))
        .content_type("text/html; charset=utf-8")
        .body(html))
}
