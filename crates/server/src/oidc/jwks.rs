//! Our public keys (RFC 7517 §5, OpenID Connect Core §10.1).

use super::api;
use actix_web::web::{Data, ServiceConfig, get, head};
use actix_web::{HttpRequest, HttpResponse};
use oidc::keys::JWKS_MAX_AGE_SECONDS;
use oidc::{Provider, endpoints};

/// Adds the endpoint.
pub fn configure(routes: &mut ServiceConfig) {
    routes.service(api::any_origin(endpoints::JWKS, "GET").route(get().to(show)).route(head().to(show)));
}

async fn show(request: HttpRequest, provider: Data<Provider>) -> HttpResponse {
    api::document(&request, provider.keys.published().await.jwks(), JWKS_MAX_AGE_SECONDS)
}
