//! The introspection endpoint (RFC 7662).

use super::api;
use actix_web::web::{Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc::client::authentication::{Presented, authenticate};
use oidc::tokens::{TokenError, introspect};
use oidc::{Provider, endpoints};
use protocol::token::SINGLE_PARAMETERS;
use protocol::{ErrorCode, IntrospectionResponse, OAuthError, TokenRequest};

/// Adds the endpoint.
pub fn configure(routes: &mut ServiceConfig) {
    api::post(routes, endpoints::INTROSPECT, answer);
}

async fn answer(request: HttpRequest, payload: Payload, provider: Data<Provider>) -> HttpResponse {
    match look(&request, payload, &provider).await {
        Ok(found) => api::json(&found),
        Err(error) => api::refusal(&request, &error),
    }
}

async fn look(
    request: &HttpRequest,
    payload: Payload,
    provider: &Provider,
) -> Result<IntrospectionResponse, TokenError> {
    let parameters = api::read_form(request, payload).await?;
    api::each_once(&parameters, SINGLE_PARAMETERS)?;
    let form = TokenRequest::from_parameters(&parameters);
    let presented =
        Presented { authorization: api::authorization(request), request: &form, endpoint: endpoints::INTROSPECT };
    let client = authenticate(provider, presented, api::circumstances(request)).await?;
    if client.is_public() {
        // RFC 7662 §2.1: else anybody could try tokens out.
        return Err(OAuthError::new(ErrorCode::InvalidClient, "introspection needs a client that authenticates").into());
    }
    let Some(token) = form.token.as_deref() else {
        return Err(OAuthError::new(ErrorCode::InvalidRequest, "token is missing").into());
    };
    Ok(introspect::answer(provider, &client, token).await?)
}
