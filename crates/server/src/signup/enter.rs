//! After the confirmation: logged in, and on to where the visitor was going.

use crate::journey;
use account::audit::{self, Target};
use account::login::{self, Entering};
use account::second_step::{self, Circumstances, Demand};
use account::secret::Token;
use account::session::Authentication;
use account::sign_up::Confirmed;
use account::{Error, Tx};
use actix_web::HttpResponse;
use oidc::interaction::{self, DEFAULT_PATH, Interaction, InteractionId};
use web::{Site, Visitor};

/// What a browser brings along when it confirms.
pub(super) struct Entry {
    pub browser_hash: Vec<u8>,
    entering: Entering,
}

/// Where the browser goes now, and its new cookies of session and device.
pub(super) struct Entered {
    cookies: Option<(Token, Token)>,
    path: String,
}

impl Entry {
    pub fn of(site: &Site, visitor: &Visitor) -> Self {
        Self { browser_hash: visitor.browser_hash().to_vec(), entering: journey::entering(site, visitor) }
    }

    /// Logs in, in the transaction that confirmed, and tells the interaction that waits for it.
    pub fn enter(&self, tx: &mut Tx<'_>, confirmed: &Confirmed) -> Result<Entered, Error> {
        let account = &confirmed.account_id;
        if self.entering.has_no_room_for(account) {
            // The account is ready; the page says how to make room for it.
            return Ok(Entered { cookies: None, path: "/choose-account".to_owned() });
        }
        // An account that nobody could log in to yet has no second step. Should it have one, it is not passed by here.
        if second_step::demanded(tx.conn, account, Circumstances::default())? != Demand::Nothing {
            return Ok(Entered { cookies: None, path: "/login".to_owned() });
        }
        let entered = login::enter(tx, &self.entering, account, Authentication::password())?;
        let login = &entered.login;
        let details = serde_json::json!({ "login": login.id, "amr": login.amr, "by": "verification" });
        audit::record(tx, "login.succeeded", Target::account(account), details)?;
        let waiting = self.waiting(tx, confirmed)?;
        let path = match &waiting {
            Some(on) if !on.is_over && interaction::note_authenticated(tx, on, login)? => {
                interaction::resume_path(&on.id)
            }
            // Its hour is over, or it began in another browser: what remains is a page of ours.
            Some(on) => on.local_path().unwrap_or(DEFAULT_PATH).to_owned(),
            None => DEFAULT_PATH.to_owned(),
        };
        Ok(Entered { cookies: Some((entered.session, entered.device)), path })
    }

    fn waiting(&self, tx: &mut Tx<'_>, confirmed: &Confirmed) -> Result<Option<Interaction>, Error> {
        let id = confirmed.return_to.as_deref().and_then(|path| path.rsplit_once('=')).map(|(_, id)| id);
        let Some(id) = id.and_then(InteractionId::parse) else { return Ok(None) };
        interaction::find(tx.conn, &id, &self.browser_hash, tx.now)
    }
}

impl Entered {
    pub fn go(&self, visitor: &Visitor) -> HttpResponse {
        if let Some((session, device)) = &self.cookies {
            visitor.set_session(session);
            visitor.set_device(device);
        }
        visitor.see_other(&self.path)
    }
}
