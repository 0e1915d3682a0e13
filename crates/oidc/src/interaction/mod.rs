//! Interactions: an authorization request, or a wish to reach a page of ours, on its way through log-in and consent.
//!
//! An interaction belongs to the browser that began it and lives for an hour. Whoever holds an [`Interaction`] has
//! shown that it is theirs: [`find`] is the only way to one. The pages note what the visitor did ([`note_email`],
//! [`note_half`], [`note_authenticated`], [`note_account_chosen`], [`note_consented`]) and send the visitor back to [`resume_path`],
//! which asks anew what comes next. [`finish`] happens once.

pub mod consent;
mod known;
mod model;
mod next_step;
#[cfg(test)]
mod next_step_tests;
mod permission;
mod store;
#[cfg(test)]
mod tests;

pub use consent::ConsentPolicy;
pub use known::Questions;
pub use model::{Interaction, InteractionId, Kind, Progress};
pub use next_step::{Demands, Known, NextStep, candidate, next_step};
pub use permission::Permission;
pub use store::{ADOPT, find};

use account::login::HalfLogin;
use account::session::{Login, LoginId};
use account::{AccountId, Tx};
use db::Result;
use protocol::AuthorizationRequest;

/// Seconds that an interaction lives.
pub const LIFETIME_SECONDS: i64 = 3600;

/// Where a visitor without another destination goes.
pub const DEFAULT_PATH: &str = "/account";

/// The path to which each page sends the visitor when its part is done.
pub fn resume_path(id: &InteractionId) -> String {
    format!("/oauth2/authorize/resume?interaction={id}")
}

/// The path to which the button `cancel` of the pages posts.
pub fn cancel_path(id: &InteractionId) -> String {
    format!("/oauth2/authorize/cancel?interaction={id}")
}

/// Begins an interaction that ends at a page of ours. A `path` that is not local (a second slash, a scheme) becomes
/// [`DEFAULT_PATH`]: no open redirect.
pub fn begin_local(tx: &mut Tx<'_>, browser_hash: &[u8], path: &str) -> Result<InteractionId> {
    store::insert(tx, browser_hash, &Kind::Local(local(path)), &Progress::default())
}

/// [`begin_local`] for a page that asks for a fresh proof of who the visitor is.
pub fn begin_step_up(tx: &mut Tx<'_>, browser_hash: &[u8], path: &str) -> Result<InteractionId> {
    store::insert(tx, browser_hash, &Kind::StepUp(local(path)), &Progress::default())
}

fn local(path: &str) -> String {
    if is_local(path) { path } else { DEFAULT_PATH }.to_owned()
}

/// Begins an interaction for an authorization request that was found valid. The request is kept as it was sent and
/// judged anew on each step, so that a client that was disabled meanwhile gets nothing.
///
/// `browser_hash` is `None` for a cross-site POST, which comes without cookies: the first browser to follow the
/// redirect then owns the interaction.
pub fn begin_authorization(
    tx: &mut Tx<'_>,
    browser_hash: Option<&[u8]>,
    request: &AuthorizationRequest,
    progress: &Progress,
) -> Result<InteractionId> {
    store::insert(tx, browser_hash.unwrap_or(ADOPT), &Kind::Authorization(Box::new(request.clone())), progress)
}

/// Gives an interaction that came by a cross-site POST to the browser that followed its redirect. Returns whether it
/// was still without one.
pub fn adopt(tx: &mut Tx<'_>, id: &InteractionId, browser_hash: &[u8]) -> Result<bool> {
    store::adopt(tx, id, browser_hash)
}

/// The visitor said who they are: the identifier step of the log-in. `None` forgets it ("not you").
pub fn note_email(tx: &mut Tx<'_>, interaction: &Interaction, email: Option<&str>) -> Result<bool> {
    let email = email.map(str::to_owned);
    store::update_progress(tx, &interaction.id, |progress| {
        progress.email = email.clone();
        progress.half = None;
    })
}

/// The visitor proved the first step of a log-in, and the second is demanded; `None`: it counts no more.
pub fn note_half(tx: &mut Tx<'_>, interaction: &Interaction, half: Option<&HalfLogin>) -> Result<bool> {
    store::update_progress(tx, &interaction.id, |progress| progress.half = half.cloned())
}

/// The log-in of which the second step is still to be proved, as the interaction keeps it at this moment: to be read in
/// the write that completes it.
pub fn half(tx: &mut Tx<'_>, interaction: &Interaction) -> Result<Option<HalfLogin>> {
    Ok(store::progress(tx, &interaction.id)?.and_then(|progress| progress.half))
}

/// The visitor logged in, or proved again who they are, within this interaction: call it in the write that did so.
pub fn note_authenticated(tx: &mut Tx<'_>, interaction: &Interaction, login: &Login) -> Result<bool> {
    store::update_progress(tx, &interaction.id, |progress| *progress = progress.authenticated_by(login))
}

/// The visitor chose one of the accounts that are logged in here. `None` takes the choice back, so that somebody else
/// can log in.
pub fn note_account_chosen(tx: &mut Tx<'_>, interaction: &Interaction, login: Option<&LoginId>) -> Result<bool> {
    store::update_progress(tx, &interaction.id, |progress| {
        progress.authenticated &= progress.login.as_ref() == login;
        progress.login = login.cloned();
        progress.use_another = login.is_none();
        progress.half = None;
    })
}

/// The visitor allowed the client this.
pub fn note_consented(
    tx: &mut Tx<'_>,
    interaction: &Interaction,
    account: &AccountId,
    allowed: &Permission,
) -> Result<bool> {
    store::update_progress(tx, &interaction.id, |progress| {
        progress.consented = Some((account.clone(), allowed.clone()));
    })
}

/// Ends the interaction. Of two requests that try, one is told `true`, and that one may answer the client.
pub fn finish(tx: &mut Tx<'_>, interaction: &Interaction) -> Result<bool> {
    store::finish(tx, &interaction.id)
}

/// Whether a path leads to a page of ours, whatever a browser makes of it.
fn is_local(path: &str) -> bool {
    path.len() <= 2000
        && path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}
