//! Input at the door: forms and queries, within limits, strictly UTF-8, each field once.

use crate::cookie::{self, Kind};
use crate::{Failure, Site, csrf};
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};

/// Bytes that a form may have.
const FORM_BYTES: usize = 64 * 1024;
/// Fields that a form or query may have.
const FIELDS: usize = 200;

/// A posted form: at most 64 KiB of UTF-8, no field twice, from a page of ours shown to this browser (CSRF).
pub struct Form<T>(pub T);

/// The query of an address, as strictly read.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move {
            let body = read_body(&request, payload.await.map_err(|_| malformed("the body"))?).await?;
            let fields = fields(&body)?;
            let presented = fields.iter().find(|(name, _)| name == "csrf").map_or("", |(_, value)| value.as_str());
            check_csrf(&request, presented)?;
            parse(&body).map(Self)
        })
    }
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = request.query_string();
        ready(fields(query).and_then(|_| parse(query)).map(Self))
    }
}

/// Refuses a POST that does not come from a page of ours. `presented` is the form's field `csrf`; multipart forms call
/// this themselves.
pub fn check_csrf(request: &HttpRequest, presented: &str) -> Result<(), Failure> {
    let site =
        request.app_data::<web::Data<Site>>().ok_or_else(|| Failure::Internal("the site is not wired".into()))?;
    if csrf::is_foreign(request, site.public_url.as_str()) {
        return Err(Failure::with_status(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "This form was sent from another site.",
            "Nothing was done. Go back to the page you came from and start again from there.",
        ));
    }
    let Some(browser) = cookie::read(request, Kind::Browser, site.public_url.is_https()) else {
        return Err(Failure::with_status(
            StatusCode::FORBIDDEN,
            "cookies_blocked",
            "Your browser did not send our cookie, so we cannot tell that this form is yours.",
            "Allow cookies for this site in your browser's settings, go back, load the page again and send it once more.",
        ));
    };
    if csrf::matches(&site.accounts.key, &browser, presented) {
        return Ok(());
    }
    Err(Failure::with_status(
        StatusCode::FORBIDDEN,
        "stale_form",
        "This page was open for too long, or it belongs to another browser window.",
        "Nothing was done. Go back, load the page again and send it once more.",
    ))
}

async fn read_body(request: &HttpRequest, payload: web::Payload) -> Result<String, Failure> {
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !media_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return Err(malformed("the media type of the body"));
    }
    let read = payload.to_bytes_limited(FORM_BYTES).await.map_err(|_| {
        Failure::with_status(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "The form holds more than we accept.",
            "Go back, shorten what you typed, and send it again.",
        )
    })?;
    let bytes = read.map_err(|_| malformed("the body"))?;
    String::from_utf8(bytes.to_vec()).map_err(|_| malformed("the encoding of the body"))
}

/// Splits and decodes, refusing what is not UTF-8, NUL characters, and fields that come twice.
fn fields(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name)?, decode(value)?);
        if fields.len() >= FIELDS {
            return Err(malformed("the number of fields"));
        }
        if fields.iter().any(|(other, _)| *other == name) {
            return Err(malformed("a field that occurs twice"));
        }
        fields.push((name, value));
    }
    Ok(fields)
}

fn decode(text: &str) -> Result<String, Failure> {
    let text = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&text).decode_utf8().map_err(|_| malformed("the encoding"))?;
    if decoded.contains('\0') { Err(malformed("a NUL character")) } else { Ok(decoded.into_owned()) }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    web::Query::<T>::from_query(text).map(web::Query::into_inner).map_err(|error| {
        tracing::debug!(%error, "a form or query did not fit");
        malformed("a field that is missing or has another form")
    })
}

fn malformed(what: &str) -> Failure {
    Failure::refused(
        "invalid_request",
        "The page was asked for in a way that it does not understand.",
        "Go back, load the page again and try once more.",
    )
    .with_details(
        &format!("Reading the request: {what}."),
        "Send each field once, as UTF-8, with the names of the form.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_strictly() {
        let read = fields("a=1&b=x+y&c=%C3%A4").expect("good");
        assert_eq!(read[1].1, "x y");
        assert_eq!(read[2].1, "ä");
        for bad in ["a=1&a=2", "a=%FF", "a=%00"] {
            assert!(fields(bad).is_err(), "{bad}");
        }
    }
}
