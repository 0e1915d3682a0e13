//! A log-in that leaves nothing else to ask for: the grant in the same write.

use super::{Granted, ValidatedRequest, grant};
use crate::ProviderSettings;
use crate::interaction::{self, Demands, Interaction, NextStep, Questions, next_step};
use account::Tx;
use account::session::{Login, Session};
use db::Result;

/// In the write in which somebody logged in within an interaction: ends it and grants what the client asked for, when
/// [`next_step`] has nothing else to ask of `session` as it is now. Returns `None`, and has noted the log-in, when it has:
/// the visitor is sent on and it is asked anew.
pub fn grant_at_once(
    tx: &mut Tx<'_>,
    request: &ValidatedRequest,
    interaction: &Interaction,
    session: &Session,
    login: &Login,
    settings: &ProviderSettings,
) -> Result<Option<Granted>> {
    let demands = Demands::of(request);
    let questions = Questions::of(&demands, Some(&request.client.client_id));
    let known = questions.ask(tx.conn, &login.account_id)?;
    let progress = interaction.progress.authenticated_by(login);
    match next_step(&demands, &progress, Some(session), &known, tx.now) {
        // Of two that try, one ends it. The other is told so where it is sent.
        NextStep::Done(used, allowed) if used.id == login.id => match interaction::finish(tx, interaction)? {
            true => grant(tx, request, login, &allowed, settings).map(Some),
            false => Ok(None),
        },
        _ => {
            interaction::note_authenticated(tx, interaction, login)?;
            Ok(None)
        }
    }
}
