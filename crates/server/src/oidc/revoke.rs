//! The revocation endpoint (RFC 7009).

use super::api;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc::client::authentication::{Presented, authenticate};
use oidc::tokens::{TokenError, revoke};
use oidc::{Provider, endpoints};
use protocol::token::SINGLE_PARAMETERS;
use protocol::{ErrorCode, OAuthError, TokenRequest};

/// Adds the endpoint.
pub fn configure(routes: &mut ServiceConfig) {
    api::post(routes, endpoints::REVOKE, answer);
}

async fn answer(request: HttpRequest, payload: Payload, provider: Data<Provider>) -> HttpResponse {
    match take_back(&request, payload, &provider).await {
        Ok(()) => api::answer(StatusCode::OK).finish(),
        Err(error) => api::refusal(&request, &error),
    }
}

async fn take_back(request: &HttpRequest, payload: Payload, provider: &Provider) -> Result<(), TokenError> {
    let parameters = api::read_form(request, payload).await?;
    api::each_once(&parameters, SINGLE_PARAMETERS)?;
    let form = TokenRequest::from_parameters(&parameters);
    let presented =
        Presented { authorization: api::authorization(request), request: &form, endpoint: endpoints::REVOKE };
    let client = authenticate(provider, presented, api::circumstances(request)).await?;
    let Some(token) = form.token.as_deref() else {
        return Err(OAuthError::new(ErrorCode::InvalidRequest, "token is missing").into());
    };
    Ok(revoke::revoke(provider, &client, token, api::circumstances(request)).await?)
}
