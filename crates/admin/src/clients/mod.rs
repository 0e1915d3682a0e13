//! Clients in the console: find, register, edit, a new secret, switch off, delete.
//!
//! A secret is shown once, on the page that answers the form: it is kept nowhere in a form that could be shown again.

mod advanced;
mod edit;
mod form;
mod list;
mod remove;
mod secret;
mod show;
mod specimens;
#[cfg(test)]
mod tests;

pub use specimens::specimens;

use ::web::Failure;
use actix_web::web::{self, ServiceConfig};
use oidc::{Client, Provider};
use std::sync::Arc;

/// The section of the console that these pages belong to.
const SECTION: &str = "/admin/clients";

/// The addresses of this room.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/admin/clients", web::get().to(list::page))
        .route("/admin/register-client", web::get().to(edit::new_page))
        .route("/admin/register-client", web::post().to(edit::register))
        .route("/admin/clients/{client_id}", web::get().to(show::page))
        .route("/admin/clients/{client_id}/edit", web::get().to(edit::edit_page))
        .route("/admin/clients/{client_id}/edit", web::post().to(edit::save))
        .route("/admin/clients/{client_id}/secret", web::get().to(secret::page))
        .route("/admin/clients/{client_id}/secret", web::post().to(secret::renew))
        .route("/admin/clients/{client_id}/disable", web::post().to(remove::disable))
        .route("/admin/clients/{client_id}/enable", web::post().to(remove::enable))
        .route("/admin/clients/{client_id}/verify", web::post().to(remove::verify))
        .route("/admin/clients/{client_id}/unverify", web::post().to(remove::unverify))
        .route("/admin/clients/{client_id}/delete", web::get().to(remove::page))
        .route("/admin/clients/{client_id}/delete", web::post().to(remove::delete));
}

/// The path of a client's page. Ids are safe in paths: validation sees to it.
pub(crate) fn path_of(client_id: &str) -> String {
    format!("{SECTION}/{client_id}")
}

/// The client as the database has it now, whatever node changed it.
async fn find(provider: &Provider, client_id: &str) -> Result<Arc<Client>, Failure> {
    provider.clients.refresh(&provider.accounts).await?;
    provider.clients.find(client_id).ok_or_else(gone)
}

/// Somebody deleted it, or it never was.
fn gone() -> Failure {
    Failure::with_status(
        actix_web::http::StatusCode::NOT_FOUND,
        "client_not_found",
        "There is no client with this id.",
        "Somebody may have deleted it. Look in the list of clients.",
    )
    .with_way_on(SECTION, "Show all clients")
}
