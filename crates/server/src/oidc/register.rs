//! Dynamic client registration (RFC 7591) and its management (RFC 7592).

use super::api;
use account::throttle::{self, Purpose, Subject};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload, ServiceConfig, delete, get, post, put};
use actix_web::{HttpRequest, HttpResponse};
use oidc::registration::{self, MAX_BODY_BYTES, Refusal, Request, manage};
use oidc::{Provider, endpoints};
use protocol::{Endpoint, ErrorCode, OAuthError};
use web::Site;

/// When to come again after the installation was full, in seconds.
const FULL_SECONDS: i64 = 3600;

/// Adds the endpoints.
pub fn configure(routes: &mut ServiceConfig) {
    routes.service(api::any_origin(endpoints::REGISTER, "POST").route(post().to(register)));
    let own = api::any_origin(&format!("{}/{{client_id}}", endpoints::REGISTER), "GET, PUT, DELETE");
    routes.service(own.route(get().to(read)).route(put().to(replace)).route(delete().to(remove)));
}

async fn register(request: HttpRequest, payload: Payload, site: Data<Site>, provider: Data<Provider>) -> HttpResponse {
    if !provider.settings.registration.is_offered() {
        return closed();
    }
    let body = match body(&request, payload).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let subjects = subjects(&request, &site);
    let asked = Request { token: bearer(&request), body: &body, subjects: &subjects };
    match registration::register(&provider, asked, api::circumstances(&request)()).await {
        Ok(information) => api::answer(StatusCode::CREATED).json(information.into_json()),
        Err(refusal) => refused(&request, &refusal),
    }
}

async fn read(request: HttpRequest, provider: Data<Provider>, client_id: Path<String>) -> HttpResponse {
    match manage::read(&provider, &client_id, bearer(&request)).await {
        Ok(information) => api::json(&information.into_json()),
        Err(refusal) => refused(&request, &refusal),
    }
}

async fn replace(
    request: HttpRequest,
    payload: Payload,
    site: Data<Site>,
    provider: Data<Provider>,
    client_id: Path<String>,
) -> HttpResponse {
    let body = match body(&request, payload).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let subjects = subjects(&request, &site);
    let asked = Request { token: bearer(&request), body: &body, subjects: &subjects };
    match manage::replace(&provider, &client_id, asked, api::circumstances(&request)()).await {
        Ok(information) => api::json(&information.into_json()),
        Err(refusal) => refused(&request, &refusal),
    }
}

async fn remove(request: HttpRequest, provider: Data<Provider>, client_id: Path<String>) -> HttpResponse {
    match manage::delete(&provider, &client_id, bearer(&request), api::circumstances(&request)()).await {
        Ok(()) => api::answer(StatusCode::NO_CONTENT).finish(),
        Err(refusal) => refused(&request, &refusal),
    }
}

/// The token of the header `Authorization: Bearer TOKEN` (RFC 6750 §2.1); another scheme brings none.
fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = api::authorization(request)?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn subjects(request: &HttpRequest, site: &Site) -> Vec<Subject> {
    if !site.throttle {
        return Vec::new();
    }
    let address = api::circumstances(request)().address;
    throttle::subjects(&site.accounts.key, Purpose::Registration, None, address)
}

/// The body of a JSON request.
async fn body(request: &HttpRequest, payload: Payload) -> Result<Vec<u8>, HttpResponse> {
    let wrong =
        |status, sentence: &str| api::answer(status).json(OAuthError::new(ErrorCode::InvalidClientMetadata, sentence));
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(wrong(StatusCode::BAD_REQUEST, "send the metadata as application/json"));
    }
    match payload.to_bytes_limited(MAX_BODY_BYTES).await {
        Ok(Ok(body)) => Ok(body.to_vec()),
        Ok(Err(_)) => Err(wrong(StatusCode::BAD_REQUEST, "the body cannot be read")),
        Err(_) => Err(wrong(StatusCode::PAYLOAD_TOO_LARGE, "the body is longer than 65536 bytes")),
    }
}

/// As if there was nothing at the address.
fn closed() -> HttpResponse {
    let sentence = "clients are registered by the operator here";
    api::answer(StatusCode::NOT_FOUND).json(OAuthError::new(ErrorCode::AccessDenied, sentence))
}

fn refused(request: &HttpRequest, refusal: &Refusal) -> HttpResponse {
    let busy = |status, seconds: i64, sentence: &str| {
        let error = OAuthError::new(ErrorCode::TemporarilyUnavailable, sentence);
        api::answer(status).insert_header((header::RETRY_AFTER, seconds)).json(error)
    };
    match refusal {
        Refusal::Told(error) => {
            let status = StatusCode::from_u16(error.status(Endpoint::Registration));
            api::answer(status.unwrap_or(StatusCode::BAD_REQUEST)).json(error)
        }
        Refusal::Token(presented) => {
            let sentence = match presented {
                true => "the token is not known here, spent, expired or revoked, or the client is gone",
                false => "this needs a token in the header Authorization, as Bearer TOKEN",
            };
            let error = OAuthError::new(ErrorCode::InvalidToken, sentence);
            // Somebody who did not try gets no error code in the challenge (RFC 6750 §3.1).
            let challenge = if *presented { error.bearer_challenge() } else { "Bearer realm=\"latchkey\"".to_owned() };
            api::answer(StatusCode::UNAUTHORIZED).insert_header((header::WWW_AUTHENTICATE, challenge)).json(error)
        }
        Refusal::Wait(seconds) => {
            busy(StatusCode::TOO_MANY_REQUESTS, *seconds, "too many registrations from your network; come again later")
        }
        Refusal::Full => {
            let sentence = "too many clients registered themselves and are not used; come again later";
            busy(StatusCode::SERVICE_UNAVAILABLE, FULL_SECONDS, sentence)
        }
        Refusal::Database(cause) => {
            tracing::error!(request_id = %web::visitor::request_id(request), %cause, "a protocol endpoint failed");
            let error = OAuthError::new(ErrorCode::ServerError, "something went wrong on our side; try again");
            api::answer(StatusCode::INTERNAL_SERVER_ERROR).json(error)
        }
    }
}
