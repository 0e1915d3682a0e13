//! `/account/privacy`: who sees what of a person, what is held about them, and the way out.

mod export;
mod leave;
mod overview;
mod specimens;
mod visibility;

pub(super) use specimens::specimens;
pub(crate) use visibility::label as field_in_words;

use actix_web::web::{ServiceConfig, get, post, resource};

/// The section of the side list.
pub(super) const SECTION: &str = "/account/privacy";

/// Adds the routes of this room.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .service(resource(SECTION).route(get().to(overview::show)))
        .service(resource(visibility::PATH).route(get().to(visibility::show)).route(post().to(visibility::save)))
        .service(resource(export::PATH).route(get().to(export::show)).route(post().to(export::ask)))
        .service(resource("/account/privacy/export/{id}").route(get().to(export::fetch)))
        .service(resource("/account/privacy/export/{id}/discard").route(post().to(export::discard)))
        .service(
            resource(leave::DEACTIVATE).route(get().to(leave::show_deactivate)).route(post().to(leave::deactivate)),
        )
        .service(resource(leave::DELETE).route(get().to(leave::show_delete)).route(post().to(leave::delete)))
        .service(resource(leave::LEFT).route(get().to(leave::left)));
}
