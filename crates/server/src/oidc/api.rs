//! What the JSON endpoints share: reading a form, telling who asks, answering. They look at no cookie.

use account::{Actor, ActorKind};
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::{Data, Payload, ServiceConfig, resource, route};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, HttpResponseBuilder, Resource, Responder};
use oidc::document::Document;
use oidc::tokens::TokenError;
use protocol::parameters::MAX_TOTAL_BYTES;
use protocol::{Endpoint, ErrorCode, OAuthError, Parameters};
use serde::Serialize;
use web::Site;

/// How long browsers may keep the answer to a preflight, in seconds.
const PREFLIGHT_SECONDS: &str = "3600";

/// Adds an endpoint that is asked by POST only.
pub(super) fn post<F, Args>(routes: &mut ServiceConfig, path: &str, handler: F)
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    routes.service(any_origin(path, "POST").route(actix_web::web::post().to(handler)));
}

/// A resource that scripts of any origin may ask, without cookies; other methods than `allowed` get a 405 in JSON.
pub(super) fn any_origin(path: &str, allowed: &'static str) -> Resource {
    let preflight = move || async move {
        HttpResponse::NoContent()
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, allowed))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS))
            .finish()
    };
    let refused = move || async move {
        let error = OAuthError::new(ErrorCode::InvalidRequest, format!("this endpoint is asked by {allowed}"));
        answer(StatusCode::METHOD_NOT_ALLOWED).insert_header((header::ALLOW, allowed)).json(error)
    };
    resource(path).route(route().method(Method::OPTIONS).to(preflight)).default_service(route().to(refused))
}

/// An answer that nobody keeps (RFC 6749 §5.1) and scripts of any origin may read.
pub(super) fn answer(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    answer
}

/// A JSON answer.
pub(super) fn json(body: &impl Serialize) -> HttpResponse {
    answer(StatusCode::OK).json(body)
}

/// A form that was posted, read strictly.
pub(super) async fn read_form(request: &HttpRequest, payload: Payload) -> Result<Parameters, TokenError> {
    let refuse = |sentence: &str| TokenError::Refused(OAuthError::new(ErrorCode::InvalidRequest, sentence));
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(refuse("send the parameters as application/x-www-form-urlencoded"));
    }
    let body = match payload.to_bytes_limited(MAX_TOTAL_BYTES).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Err(refuse("the body cannot be read")),
        Err(_) => return Err(refuse("the body is longer than 65536 bytes")),
    };
    Parameters::parse(&body).map_err(|error| refuse(&error.to_string()))
}

/// Refuses a known parameter that was sent twice (RFC 6749 §3.1).
pub(super) fn each_once(parameters: &Parameters, known: &[&str]) -> Result<(), TokenError> {
    match parameters.duplicate_among(known) {
        None => Ok(()),
        Some(name) => Err(OAuthError::new(ErrorCode::InvalidRequest, format!("{name} was sent more than once")).into()),
    }
}

/// The header `Authorization`; one that is not ASCII is no proof of anything.
pub(super) fn authorization(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default())
}

/// From where a request comes, for the domain; made when something is written.
pub(super) fn circumstances(request: &HttpRequest) -> impl Fn() -> Actor {
    || {
        let trusted = request.app_data::<Data<Site>>().map(|site| site.trusted_proxies.as_slice()).unwrap_or_default();
        Actor {
            kind: ActorKind::Anonymous,
            address: web::visitor::address(request, trusted),
            user_agent: String::new(),
            request_id: web::visitor::request_id(request),
        }
    }
}

/// The answer to a failure; what is ours to mend is logged under the request's id, and not told.
pub(super) fn failure(request: &HttpRequest, error: &TokenError) -> OAuthError {
    let cause: &dyn std::fmt::Display = match error {
        TokenError::Refused(error) => {
            tracing::debug!(request_id = %web::visitor::request_id(request), error = %error, "a client was refused");
            return error.clone();
        }
        TokenError::Database(db) => db,
        TokenError::Signing(_) | TokenError::NoKey(_) => error,
    };
    tracing::error!(request_id = %web::visitor::request_id(request), %cause, "a protocol endpoint failed");
    OAuthError::new(ErrorCode::ServerError, "something went wrong on our side; try again")
}

/// An error at an endpoint with client authentication (RFC 6749 §5.2).
pub(super) fn refusal(request: &HttpRequest, error: &TokenError) -> HttpResponse {
    let error = failure(request, error);
    let status = StatusCode::from_u16(error.status(Endpoint::Token)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = answer(status);
    if status == StatusCode::UNAUTHORIZED {
        answer.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"latchkey\", charset=\"UTF-8\""));
    }
    answer.json(error)
}

/// A public document, with its entity tag.
pub(super) fn document(request: &HttpRequest, document: &Document, max_age: i64) -> HttpResponse {
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|known| known == "*" || known.split(',').any(|tag| same(tag, &document.etag)));
    let mut answer = HttpResponse::build(if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    answer
        .insert_header((header::CACHE_CONTROL, format!("public, max-age={max_age}")))
        .insert_header((header::ETAG, document.etag.as_str()))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    if unchanged {
        return answer.finish();
    }
    answer.content_type("application/json").body(document.body.clone())
}

/// Weak comparison (RFC 9110 §13.1.2).
fn same(tag: &str, own: &str) -> bool {
    tag.trim().trim_start_matches("W/") == own
}
