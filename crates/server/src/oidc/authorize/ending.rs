//! How an interaction ends where a log-in is completed.
//!
//! When nothing else is left to ask for, the client's answer is granted in the very write that made the log-in, and the
//! browser goes straight back to the client: a request and a durable commit less than by way of the resume path. It is
//! the same pure function that decides. Everything else (consent, a page of ours, a refusal) is left to the resume path.

use super::{accept_again, answer};
use account::login::LoggedIn;
use account::session::{self, Session};
use account::{Error, Tx};
use actix_web::HttpResponse;
use oidc::authorize::{self, Granted, ValidatedRequest};
use oidc::interaction::{self, Interaction};
use oidc::tokens::Recipient;
use oidc::{Provider, ProviderSettings};
use std::sync::Arc;
use web::{Failure, Site, Visitor};

/// What to do when the log-in of an interaction is complete. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Ending {
    on: Interaction,
    grantable: Option<Arc<Grantable>>,
}

/// A request that the client may have an answer to, and what the answer needs.
struct Grantable {
    request: ValidatedRequest,
    recipient: Option<Recipient>,
    settings: ProviderSettings,
}

/// What was granted, and who is logged in in this browser now.
#[derive(Debug)]
pub(crate) struct Ended {
    granted: Granted,
    session: Session,
}

impl Ending {
    /// Gathers what an answer needs, before the log-in is decided upon.
    pub(crate) async fn of(provider: &Provider, on: &Interaction) -> Self {
        Self { on: on.clone(), grantable: grantable(provider, on).await.map(Arc::new) }
    }

    /// In the write that completed the log-in: notes it, or, where nothing else is left to do, ends the interaction.
    pub(crate) fn reach(&self, tx: &mut Tx<'_>, logged_in: &LoggedIn) -> Result<Option<Ended>, Error> {
        let login = &logged_in.login;
        if let Some(Grantable { request, settings, .. }) = self.grantable.as_deref()
            && let Some(session) = session::find(tx.conn, &logged_in.session.hash(), tx.now, &settings.lifetimes)?
        {
            let actor = tx.actor.as_account(&login.account_id);
            let granted =
                tx.acting_as(&actor, |tx| authorize::grant_at_once(tx, request, &self.on, &session, login, settings))?;
            return Ok(granted.map(|granted| Ended { granted, session }));
        }
        interaction::note_authenticated(tx, &self.on, login).map(|_| None)
    }

    /// After that write: the new cookies, and on to the client or to whatever is next.
    pub(crate) fn answer(
        self,
        site: &Site,
        provider: &Provider,
        visitor: &Visitor,
        logged_in: &LoggedIn,
        ended: Option<Ended>,
    ) -> Result<HttpResponse, Failure> {
        visitor.set_session(&logged_in.session);
        visitor.set_device(&logged_in.device);
        let (Some(grantable), Some(Ended { granted, session })) = (self.grantable, ended) else {
            return Ok(visitor.see_other(&interaction::resume_path(&self.on.id)));
        };
        let state = visitor.new_browser_state(site, Some(&session));
        let recipient = grantable.recipient.clone();
        let delivery = authorize::success(provider, &grantable.request, &granted, recipient, Some(&state));
        answer::deliver(delivery.map_err(|error| Failure::Internal(error.to_string()))?, site)
    }
}

async fn grantable(provider: &Provider, on: &Interaction) -> Option<Grantable> {
    let request = accept_again(provider, on)?.ok()?;
    let recipient = authorize::recipient(provider, &request).await.ok()?;
    Some(Grantable { request, recipient, settings: provider.settings.clone() })
}
