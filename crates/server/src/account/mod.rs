//! `/account`: the account in its owner's hands. Profile, personal details, password, e-mail address, API tokens; and the
//! pictures that products show.

mod activity;
mod addresses;
mod apps;
mod details;
mod devices;
mod email;
mod email_links;
pub(crate) mod passkeys;
mod password;
mod picture;
mod privacy;
mod profile;
mod security;
mod specimens;
mod tokens;
mod upload;

pub use activity::words::{HIDDEN as ACTIVITY_HIDDEN, WORDS as ACTIVITY_WORDS};
pub(crate) use privacy::field_in_words;
pub use specimens::specimens;

use account::account::Account;
use account::credential::password::Busy;
use account::credential::reconfirm::{self, Proof, Reconfirmed};
use account::{AccountId, credential::password::Password};
use actix_web::web::{ServiceConfig, get, head, post, resource};
use web::page::{FormErrors, Page, Section};
use web::{Failure, Site, Visitor};

/// Adds the routes of this room.
pub fn configure(routes: &mut ServiceConfig) {
    privacy::configure(routes);
    passkeys::configure(routes);
    routes
        .service(resource("/account").route(get().to(profile::show)).route(post().to(profile::save)))
        .service(resource("/account/avatar/remove").route(post().to(profile::remove_photo)))
        .service(resource("/account/details").route(get().to(details::show)).route(post().to(details::save)))
        .configure(security::configure)
        .service(
            resource("/account/security/password").route(get().to(password::show)).route(post().to(password::save)),
        )
        .service(resource(email::PATH).route(get().to(email::show)).route(post().to(email::ask)))
        .service(resource(devices::PATH).route(get().to(devices::show)))
        .service(resource("/account/devices/end").route(post().to(devices::end)))
        .service(resource("/account/devices/end-others").route(post().to(devices::end_others)))
        .service(resource("/account/devices/ask-again").route(post().to(devices::ask_again)))
        .service(resource("/account/devices/forget").route(post().to(devices::forget)))
        .service(resource(apps::PATH).route(get().to(apps::show)))
        .service(resource("/account/apps/remove").route(post().to(apps::remove)))
        .service(resource(activity::PATH).route(get().to(activity::show)))
        .service(
            resource(activity::NOT_ME_PATH).route(get().to(activity::show_not_me)).route(post().to(activity::lock)),
        )
        .service(resource(activity::LOCKED_PATH).route(get().to(activity::show_locked)))
        .service(resource("/account/email/cancel").route(post().to(email::cancel)))
        .service(
            resource("/account/email/confirm")
                .route(get().to(email_links::show_confirm))
                .route(post().to(email_links::confirm)),
        )
        .service(
            resource("/account/email/undo").route(get().to(email_links::show_undo)).route(post().to(email_links::undo)),
        )
        .service(resource("/avatar/{name}/{size}").route(get().to(picture::serve)).route(head().to(picture::serve)));
    addresses::configure(routes);
    tokens::configure(routes);
}

/// The pages of the side list.
const SECTIONS: &[(&str, &str)] = &[
    ("/account", "Profile"),
    ("/account/details", "Personal details"),
    ("/account/security", "Security"),
    ("/account/devices", "Devices"),
    ("/account/apps", "Connected apps"),
    ("/account/activity", "Activity"),
    ("/account/tokens", "API tokens"),
    ("/account/privacy", "Privacy"),
];

/// A page of this room, in the section at `section`.
fn page(site: &Site, visitor: &Visitor, title: &str, section: &str) -> Page {
    Page { sections: Section::list(SECTIONS, section), ..visitor.page(site, title) }
}

/// The account of the log-in in use; without one, a way to the log-in page that comes back to `path`.
async fn own_account(site: &Site, visitor: &Visitor, path: &str) -> Result<Account, Failure> {
    let id = visitor.login_or_go(path)?.account_id.clone();
    active(site, id, path).await
}

/// [`own_account`] for what the account's security hangs on: of somebody who proved within the last ten minutes who
/// they are ([`Visitor::fresh_login_or_go`]).
async fn own_account_freshly(site: &Site, visitor: &Visitor, path: &str) -> Result<Account, Failure> {
    let id = visitor.fresh_login_or_go(site, path).await?.account_id.clone();
    active(site, id, path).await
}

async fn active(site: &Site, id: AccountId, path: &str) -> Result<Account, Failure> {
    let found = site.accounts.read(move |conn| account::account::find(conn, &id)).await?;
    found.filter(Account::is_active).ok_or_else(|| Failure::log_in_first(path))
}

/// [`own_account`], of somebody who proved within the last minutes who they are; else a way to do so that comes back to
/// `path`.
async fn fresh_account(site: &Site, visitor: &Visitor, path: &str) -> Result<Account, Failure> {
    visitor.fresh_login_or_go(site, path).await?;
    own_account(site, visitor, path).await
}

/// Checks a typed password of the account; what is wrong is said about the field `field`.
async fn prove(
    site: &Site,
    visitor: &Visitor,
    account: &AccountId,
    typed: Password,
    field: &str,
) -> Result<Result<Proof, FormErrors>, Failure> {
    let outcome = reconfirm::reconfirm(&site.accounts, &visitor.actor, account, typed, site.throttle).await?;
    Ok(match outcome.map_err(|_: Busy| Failure::Busy(Busy::RETRY_AFTER_SECONDS))? {
        Reconfirmed::Right(proof) => Ok(proof),
        Reconfirmed::Wrong => Err(FormErrors::one(field, "This is not your password. Check it and try again.")),
        Reconfirmed::Wait(seconds) => Err(FormErrors::one(field, wait_words(seconds))),
        Reconfirmed::NoPassword => Err(FormErrors::one(
            field,
            "Your account has no password yet. Log out, then choose \"Forgot your password?\".",
        )),
    })
}

/// How long to wait, in words.
pub(crate) fn wait_words(seconds: i64) -> String {
    let time = match seconds {
        1 => "1 second".to_owned(),
        2..120 => format!("{seconds} seconds"),
        _ => format!("{} minutes", (seconds + 59) / 60),
    };
    format!("There were too many tries. Wait {time}, then try again.")
}
