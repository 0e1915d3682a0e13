//! `/account/security`: what keeps others out of the account, at a glance; and its second steps, each on pages of its
//! own.

mod add_app;
mod app;
mod overview;
mod recovery_codes;
mod specimens;

pub(super) use specimens::specimens;

use super::own_account_freshly;
use account::account::Account;
use account::credential::totp::{self, App, AppId};
use account::{AccountId, clock};
use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post, resource};
use web::{Failure, Site, Visitor};

/// The overview, and the entry of the side list.
pub(super) const PATH: &str = "/account/security";
const ADD: &str = "/account/security/apps/add";
const CODES: &str = "/account/security/recovery-codes";

/// Adds the routes of this room.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .service(resource(PATH).route(get().to(overview::show)))
        .service(resource(ADD).route(get().to(add_app::show)).route(post().to(add_app::begin)))
        .service(resource("/account/security/apps/confirm").route(post().to(add_app::confirm)))
        .service(resource("/account/security/apps/{id}").route(get().to(app::show)))
        .service(resource("/account/security/apps/{id}/rename").route(post().to(app::rename)))
        .service(resource("/account/security/apps/{id}/move").route(post().to(app::begin_move)))
        .service(
            resource("/account/security/apps/{id}/remove")
                .route(get().to(app::ask_remove))
                .route(post().to(app::remove)),
        )
        .service(resource(CODES).route(get().to(recovery_codes::show)).route(post().to(recovery_codes::make)));
}

/// The account, of somebody who proved just now who they are.
async fn owner(site: &Site, visitor: &Visitor, path: &str) -> Result<Account, Failure> {
    own_account_freshly(site, visitor, path).await
}

/// The account's own app of this id.
async fn own_app(site: &Site, account: &AccountId, id: &str) -> Result<App, Failure> {
    let id = AppId::parse(id).ok_or_else(no_such_app)?;
    let account = account.clone();
    let found = site.accounts.read(move |conn| totp::find(conn, &account, &id)).await?;
    found.ok_or_else(no_such_app)
}

fn no_such_app() -> Failure {
    Failure::with_status(
        StatusCode::NOT_FOUND,
        "not_found",
        "Your account has no such authenticator app.",
        "It may have been removed in the meantime. Look at the apps that you have.",
    )
    .with_way_on(PATH, "Go to Security")
}

fn path_of(app: &AppId) -> String {
    format!("/account/security/apps/{app}")
}

/// When an app was last used, in words.
fn used(app: &App) -> String {
    match app.last_used_at {
        Some(at) => format!("Last used {}", clock::to_the_minute(at)),
        None => format!("Added {}, not used yet", clock::to_the_minute(app.added_at)),
    }
}
