//! What each page of Latchkey shares: base page, assets, security headers, forms, cookies, limits, failures.

pub mod assets;
pub mod components;
#[cfg(test)]
mod contrast_tests;
pub mod gallery;
pub mod headers;
pub mod page;
pub mod specimen;
