//! What each page of Latchkey shares: base page, assets, security headers, forms, cookies, limits, failures.
//!
//! A handler of a page takes [`Visitor`] (who asks, from where, with which session), perhaps [`Form`] or [`Query`], and
//! answers with a page or a redirect, or with a [`Failure`], which [`around`] turns into the error page.

pub mod around;
pub mod assets;
mod browser_state;
mod carried;
pub mod components;
#[cfg(test)]
mod contrast_tests;
pub mod cookie;
pub mod csrf;
pub mod failure;
pub mod form;
pub mod gallery;
pub mod headers;
pub mod logo;
pub mod metrics;
pub mod page;
mod person;
pub mod site;
pub mod specimen;
pub mod visitor;

pub use around::around;
pub use failure::Failure;
pub use form::{Form, Query};
pub use metrics::Metrics;
pub use site::{Brand, PublicUrl, Site};
pub use visitor::{Visitor, local_path};
