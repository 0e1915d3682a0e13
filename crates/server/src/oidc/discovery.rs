//! The metadata document at both of its addresses (OpenID Connect Discovery §4, RFC 8414 §3).

use super::api;
use actix_web::web::{Data, ServiceConfig, get, head};
use actix_web::{HttpRequest, HttpResponse};
use oidc::discovery::MAX_AGE_SECONDS;
use oidc::{Provider, endpoints};

/// Adds the endpoint.
pub fn configure(routes: &mut ServiceConfig) {
    for path in [endpoints::OPENID_CONFIGURATION, endpoints::AUTHORIZATION_SERVER] {
        routes.service(api::any_origin(path, "GET").route(get().to(show)).route(head().to(show)));
    }
}

async fn show(request: HttpRequest, provider: Data<Provider>) -> HttpResponse {
    api::document(&request, provider.discovery(), MAX_AGE_SECONDS)
}
