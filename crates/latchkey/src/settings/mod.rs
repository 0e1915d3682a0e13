//! What the operator can say: `latchkey.toml`, overridden by the environment, read once at start.
//!
//! Every key of every section is in [`keys`], every section's shape and defaults in [`sections`]; [`load`] merges file and
//! environment, and [`check`] holds the rules that concern more than one key. All that is wrong is reported at once,
//! each line saying what to write instead. Names are those of the design, §7.2, and are never renamed.

mod check;
pub mod keys;
mod load;
mod problem;
mod sections;
#[cfg(test)]
mod tests;
pub mod value;

pub use load::{DEFAULT_FILE, load};
pub use problem::{Problem, Problems};
pub use sections::{
    Brand, Database, Fetch, Geo, Limits, Mail, Password, Registration, Secrets, Server, Settings, SignUp, Tokens,
};
