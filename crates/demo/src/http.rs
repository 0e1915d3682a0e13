//! What every page of the demo shares on HTTP: how it is sent, and what may post to it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use askama::Template;
use std::io;
use std::net::{SocketAddr, TcpListener};

/// Listens on a loopback address, so that a port in use is known before anything starts.
///
/// # Errors
/// The error names the listener and its address; `InvalidInput` when the address is not a loopback one.
pub(crate) fn listen(who: &str, address: SocketAddr) -> io::Result<TcpListener> {
    if !address.ip().is_loopback() {
        let message = format!("{who} belongs to the demo and listens on loopback only, not on {address}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{who} cannot listen on {address}: {error}"));
    let listener = TcpListener::bind(address).map_err(named)?;
    listener.set_nonblocking(true).map_err(named)?;
    Ok(listener)
}

/// A page. Never stored by the browser, because it changes with the session.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> HttpResponse {
    match template.render() {
        Ok(html) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(html),
        Err(error) => {
            tracing::error!(%error, "a page of the demo could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// "See other": the answer to a form, and the way to the provider.
pub(crate) fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// Whether a POST comes from a page of `origin`. One of `Origin` and `Sec-Fetch-Site` has to be there: every
/// browser sends one of them with a form, and SameSite cookies do not tell the demo's ports apart.
pub(crate) fn is_from(origin: &str, headers: &HeaderMap) -> bool {
    let value = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (value(header::ORIGIN), value(header::HeaderName::from_static("sec-fetch-site"))) {
        (Some(claimed), site) => claimed == origin && site.is_none_or(|site| site == "same-origin"),
        (None, site) => site == Some("same-origin"),
    }
}

/// The one style sheet, for the products and the mail catcher.
pub(crate) fn style_sheet() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(include_str!("../assets/style.css"))
}
