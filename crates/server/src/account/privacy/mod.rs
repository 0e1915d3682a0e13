//! `/account/privacy`: who sees what of a person.

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
        .service(resource(visibility::PATH).route(get().to(visibility::show)).route(post().to(visibility::save)));
}
