//! Logging in and out: who it is, the password, the second step, which of several accounts, back to the product, and out again.
//!
//! Every page belongs to an interaction and, when its part is done, sends the visitor back to the interaction's resume
//! path, which asks anew what comes next. Where a log-in leaves nothing else to ask for, its own write ends the interaction.

mod choose_account;
mod closed;
mod identifier;
mod log_out;
mod lost;
mod passkey;
mod password;
mod specimens;
mod strength;
mod two_step;

pub use specimens::specimens;
pub use strength::StrengthLimit;
pub(crate) use two_step::begin_without_a_password;

use actix_web::web::{self, ServiceConfig};

/// The addresses of this room.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(web::redirect("/", "/account").see_other())
        .route("/login", web::get().to(identifier::show))
        .route("/login", web::post().to(identifier::take))
        .route("/login/password", web::get().to(password::show))
        .route("/login/password", web::post().to(password::take))
        .route(two_step::PATH, web::get().to(two_step::show))
        .route(two_step::PATH, web::post().to(two_step::take))
        .route(two_step::RECOVERY_PATH, web::get().to(two_step::show_recovery))
        .route(two_step::RECOVERY_PATH, web::post().to(two_step::take_recovery))
        .route(lost::PATH, web::get().to(lost::show))
        .route(lost::PATH, web::post().to(lost::ask))
        .route(two_step::MAIL_PATH, web::post().to(two_step::send))
        .route(closed::PATH, web::get().to(closed::show))
        .route(closed::PATH, web::post().to(closed::decide))
        .route("/login/passkey", web::post().to(passkey::take))
        .route("/login/passkey/challenge", web::post().to(passkey::challenge))
        .route("/login/password/passkey", web::post().to(passkey::take_again))
        .route(passkey::TWO_STEP_PATH, web::get().to(two_step::show_passkey))
        .route(passkey::TWO_STEP_PATH, web::post().to(passkey::take_second))
        .route("/login/two-step/passkey/challenge", web::post().to(passkey::challenge_second))
        .route("/choose-account", web::get().to(choose_account::show))
        .route("/choose-account", web::post().to(choose_account::take))
        .route("/password-strength", web::post().to(strength::judge))
        .route("/logout", web::get().to(log_out::ask))
        .route("/logout", web::post().to(log_out::log_out));
}
