//! What operators do with accounts: find, see, deactivate, reactivate.

mod deactivate;
mod model;
mod reset;
mod store;
#[cfg(test)]
mod tests;

pub use deactivate::{LONGEST_REASON, Refused, deactivate, reactivate};
pub use model::{AccountLine, Counts, Details, Direction, EmailLine, Entry, Filter, Found};
pub use reset::reset_second_steps;
pub use store::{PER_PAGE, counts, find, see};
