//! What must not be possible, tried on every route alike: each theme goes through the list of all routes and pages.

mod csrf;
mod element_ids;
mod enumeration;
mod headers;
mod input;
mod log_injection;
mod page_weight;
mod parameters;
mod raw;
mod routes;
mod tokens;

use crate::support::{Shown, html};

/// The CSRF token of a page's forms.
#[track_caller]
pub fn csrf_of(shown: &Shown) -> String {
    let fields = html::forms(&shown.body).into_iter().flat_map(|form| form.fields);
    fields.into_iter().find(|(name, _)| name == "csrf").unwrap_or_else(|| panic!("no form: {}", shown.brief())).1
}
