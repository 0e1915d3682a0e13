//! The person whose log-in is in use, as the bar of each page shows them.

use crate::page::PersonBadge;
use account::session::person;
use account::{AccountId, Conn, Error};

/// Name, address, picture, and whether the console is open to them.
pub(crate) struct Person {
    badge: PersonBadge,
    pub(crate) operator: bool,
}

impl Person {
    pub(crate) fn badge(&self) -> PersonBadge {
        self.badge.clone()
    }
}

pub(crate) fn find(conn: &mut Conn, account: &AccountId) -> Result<Option<Person>, Error> {
    let found = person(conn, account)?;
    Ok(found.map(|person| Person {
        badge: PersonBadge {
            name: person.name,
            email: person.email,
            avatar_url: person.avatar_id.map(|id| format!("/avatar/{id}/64")),
        },
        operator: person.operator,
    }))
}
