//! What has to be known of an account before it is decided what comes next.

use super::{Demands, Known, consent};
use account::{AccountId, second_step};
use db::{Conn, Result};

/// Which of what can be [`Known`] makes a difference: nothing else is read.
#[derive(Debug, Clone)]
pub struct Questions {
    /// The client, when it matters what it was allowed before.
    client_id: Option<String>,
    /// Whether it matters to which level the account can be proved.
    level: bool,
}

impl Questions {
    /// The questions that demands raise, of this client if one asks.
    pub fn of(demands: &Demands<'_>, client_id: Option<&str>) -> Self {
        Self {
            client_id: client_id.filter(|_| demands.heeds_remembered_consent()).map(str::to_owned),
            level: !demands.are_met_by_a_password(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.client_id.is_none() && !self.level
    }

    /// Answers them.
    pub fn ask(&self, conn: &mut Conn, account: &AccountId) -> Result<Known> {
        let mut known = Known::default();
        if let Some(client_id) = &self.client_id {
            known.remembered = consent::remembered(conn, account, client_id)?;
        }
        if self.level {
            known.reachable = second_step::reachable(conn, account)?;
        }
        Ok(known)
    }
}
