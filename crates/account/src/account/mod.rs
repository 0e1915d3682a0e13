//! Accounts: a person's identity here, its primary e-mail address, its status.

mod claims;
mod model;
mod name;
mod store;
#[cfg(test)]
mod tests;

pub use claims::Claims;
pub use model::{Account, AccountStatus, AvatarId, EmailId, NewAccount, PrimaryEmail};
pub use name::{DisplayName, NameProblem};
pub use store::{
    create, delete_unverified, find, find_by_email, find_holder, mark_verified, primary_email, set_status,
    verified_addresses,
};
