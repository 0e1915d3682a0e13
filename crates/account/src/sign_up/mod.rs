//! Signing up, and confirming the e-mail address.
//!
//! What must hold:
//! - Nobody learns here whether an address has an account. A sign-up with an address in use takes the same steps, shows
//!   the same page, and mails the owner; the row behind that page has no account, so no code and no link opens it.
//! - Nobody confirms a stranger's password (pre-hijacking). The link confirms in the browser that signed up, or after
//!   the password of the sign-up was typed; the code in that browser alone. Asking for another mail binds nothing to the
//!   browser that asks.
//! - An unverified account enters nothing, gives way to a new sign-up with its address, and goes after a week.

mod confirm;
mod model;
mod resend;
mod start;
mod store;
#[cfg(test)]
mod tests;

pub use confirm::{confirm_by_code, confirm_by_link, look_at_link};
pub use model::{
    CODE_SECONDS, CODE_TRIES, CodeState, Confirmed, Delivery, LINK_SECONDS, LinkView, Links, Refused, STALE_SECONDS,
    Sent, Verification, VerificationId,
};
pub use resend::{resend, resend_here, verify_here};
pub use start::{SignUp, sign_up};
pub use store::{latest_of_browser, remove_stale};
