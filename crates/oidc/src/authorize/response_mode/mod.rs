//! How an answer gets back to the client: by redirect or by a form (Multiple Response Types §2.1; Form Post Response
//! Mode; `iss` in each of them, RFC 9207 §2).

mod form_post;
mod query;

pub use form_post::FormPost;

use super::ReplyTo;
use protocol::{OAuthError, Placement, ResponseMode};

/// An answer ready to be sent through the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// A redirect to this address.
    Redirect(String),
    /// A page with a form that posts itself.
    FormPost(FormPost),
}

/// The answer with what the client asked for.
pub(super) fn success<'a>(reply_to: &'a ReplyTo, fields: Vec<(&'a str, &'a str)>, issuer: &'a str) -> Delivery {
    deliver(reply_to, fields, issuer)
}

/// The answer with an error.
pub fn error(reply_to: &ReplyTo, error: &OAuthError, issuer: &str) -> Delivery {
    let mut fields = vec![("error", error.code().as_str())];
    if !error.description().is_empty() {
        fields.push(("error_description", error.description()));
    }
    deliver(reply_to, fields, issuer)
}

fn deliver<'a>(reply_to: &'a ReplyTo, mut fields: Vec<(&'a str, &'a str)>, issuer: &'a str) -> Delivery {
    if let Some(state) = &reply_to.state {
        fields.push(("state", state));
    }
    fields.push(("iss", issuer));
    match reply_to.mode {
        ResponseMode::Query => query::deliver(reply_to, Placement::Query, &fields),
        ResponseMode::Fragment => query::deliver(reply_to, Placement::Fragment, &fields),
        ResponseMode::FormPost => form_post::deliver(reply_to, &fields),
    }
}
