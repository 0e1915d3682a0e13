//! `/recover`: back in by mail when the password is forgotten.
//!
//! Whatever address is typed, the answer is the same, in words and in time. The link in the mail opens a page that
//! takes a new password and leads to the log-in page: recovery replaces the password and nothing else of a log-in.

mod ask;
mod new_password;
mod second_step;
mod specimens;

pub use specimens::specimens;

use crate::journey::{self, Way};
use actix_web::HttpRequest;
use actix_web::web::{ServiceConfig, get, post, resource};
use oidc::Provider;
use oidc::interaction::Interaction;
use web::page::Page;
use web::{Site, Visitor};

/// Adds the routes of this room.
pub fn configure(routes: &mut ServiceConfig) {
    routes
        .service(resource("/recover").route(get().to(ask::show)).route(post().to(ask::take)))
        .service(
            resource("/recover/second-step").route(get().to(second_step::show)).route(post().to(second_step::redeem)),
        )
        .service(
            resource("/recover/second-step/stop")
                .route(get().to(second_step::show_stop))
                .route(post().to(second_step::stop)),
        )
        .service(resource("/recover/sent").route(get().to(ask::sent)))
        .service(
            resource("/recover/password").route(get().to(new_password::show)).route(post().to(new_password::take)),
        );
}

/// The interaction that the visitor is on, if it still leads anywhere: recovery works without one.
async fn on_the_way(site: &Site, visitor: &Visitor, request: &HttpRequest, way: &Way) -> Option<Interaction> {
    journey::find(site, visitor, request, way.interaction.as_deref()).await.ok()
}

/// A page of this room, on the way to a product or not.
fn page(site: &Site, provider: &Provider, visitor: &Visitor, on: Option<&Interaction>, title: &str) -> Page {
    match on {
        Some(on) => journey::page(site, provider, visitor, on, title),
        None => Page { person: None, is_operator: false, ..visitor.page(site, title) },
    }
}

/// `?interaction=…`, or nothing.
fn query(on: Option<&Interaction>) -> String {
    on.map(|on| journey::with(&on.id, "")).unwrap_or_default()
}
