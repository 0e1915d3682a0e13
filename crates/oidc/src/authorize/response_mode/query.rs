//! `query` and `fragment`: a redirect (RFC 6749 §4.1.2; a query that the redirect URI has of its own is kept, §3.1.2).

use super::Delivery;
use crate::authorize::ReplyTo;
use protocol::{Placement, append_parameters};

pub(super) fn deliver(reply_to: &ReplyTo, placement: Placement, fields: &[(&str, &str)]) -> Delivery {
    Delivery::Redirect(append_parameters(&reply_to.redirect_uri, placement, fields.iter().copied()))
}
