//! The userinfo endpoint (OpenID Connect Core §5.3, RFC 6750).

use super::api;
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::{Data, Payload, ServiceConfig, get, post};
use actix_web::{HttpRequest, HttpResponse};
use oidc::tokens::TokenError;
use oidc::tokens::userinfo::{self, UserInfo};
use oidc::{Provider, endpoints};
use protocol::{Endpoint, ErrorCode, OAuthError};

/// Adds the endpoint.
pub fn configure(routes: &mut ServiceConfig) {
    let resource = api::any_origin(endpoints::USERINFO, "GET, POST");
    routes.service(resource.route(get().to(answer)).route(post().to(answer)));
}

async fn answer(request: HttpRequest, payload: Payload, provider: Data<Provider>) -> HttpResponse {
    match claims(&request, payload, &provider).await {
        Ok(Some(UserInfo::Json(claims))) => api::json(&claims),
        Ok(Some(UserInfo::Jwt(token))) => api::answer(StatusCode::OK).content_type("application/jwt").body(token),
        // Somebody who did not try gets no error code (RFC 6750 §3.1).
        Ok(None) => api::answer(StatusCode::UNAUTHORIZED)
            .insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"latchkey\""))
            .finish(),
        Err(error) => refusal(&request, &error),
    }
}

async fn claims(request: &HttpRequest, payload: Payload, provider: &Provider) -> Result<Option<UserInfo>, TokenError> {
    match token(request, payload).await? {
        Some(token) => userinfo::answer(provider, &token).await.map(Some),
        None => Ok(None),
    }
}

/// The access token: in the header, or in the body of a POST (RFC 6750 §2.1, §2.2); never in the query (§2.3), where logs
/// and histories keep it.
async fn token(request: &HttpRequest, payload: Payload) -> Result<Option<String>, TokenError> {
    let refuse = |sentence: &str| TokenError::Refused(OAuthError::new(ErrorCode::InvalidRequest, sentence));
    let in_header = match api::authorization(request) {
        None => None,
        Some(value) => {
            let (scheme, token) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
            if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
                return Err(refuse("the Authorization header is not of the form: Bearer TOKEN"));
            }
            Some(token.trim().to_owned())
        }
    };
    let has_form = *request.method() == Method::POST && request.headers().contains_key(header::CONTENT_TYPE);
    if !has_form {
        return Ok(in_header);
    }
    // A POST with the token in its header may carry anything, or nothing.
    let parameters = match api::read_form(request, payload).await {
        Err(_) if in_header.is_some() => return Ok(in_header),
        parameters => parameters?,
    };
    api::each_once(&parameters, &["access_token"])?;
    match (in_header, parameters.get("access_token")) {
        (Some(_), Some(_)) => Err(refuse("the access token was sent in two ways")),
        (in_header, in_body) => Ok(in_header.or(in_body.map(str::to_owned))),
    }
}

fn refusal(request: &HttpRequest, error: &TokenError) -> HttpResponse {
    let error = api::failure(request, error);
    let status = StatusCode::from_u16(error.status(Endpoint::Resource)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = api::answer(status);
    if status != StatusCode::INTERNAL_SERVER_ERROR {
        let mut challenge = error.bearer_challenge();
        if error.code() == ErrorCode::InsufficientScope {
            challenge.push_str(", scope=\"openid\"");
        }
        answer.insert_header((header::WWW_AUTHENTICATE, challenge));
    }
    answer.json(error)
}
