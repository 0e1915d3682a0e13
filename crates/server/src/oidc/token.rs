//! The token endpoint (RFC 6749 §3.2).

use super::api;
use actix_web::web::{Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc::client::authentication::{Presented, authenticate};
use oidc::tokens::TokenError;
use oidc::{Provider, endpoints, grants};
use protocol::token::SINGLE_PARAMETERS;
use protocol::{TokenRequest, TokenResponse};

/// Adds the endpoint.
pub fn configure(routes: &mut ServiceConfig) {
    api::post(routes, endpoints::TOKEN, answer);
}

async fn answer(request: HttpRequest, payload: Payload, provider: Data<Provider>) -> HttpResponse {
    match redeem(&request, payload, &provider).await {
        Ok(tokens) => api::json(&tokens),
        Err(error) => api::refusal(&request, &error),
    }
}

async fn redeem(request: &HttpRequest, payload: Payload, provider: &Provider) -> Result<TokenResponse, TokenError> {
    let parameters = api::read_form(request, payload).await?;
    api::each_once(&parameters, SINGLE_PARAMETERS)?;
    let form = TokenRequest::from_parameters(&parameters);
    let presented =
        Presented { authorization: api::authorization(request), request: &form, endpoint: endpoints::TOKEN };
    let client = authenticate(provider, presented, api::circumstances(request)).await?;
    grants::redeem(provider, &client, &form, api::circumstances(request)).await
}
