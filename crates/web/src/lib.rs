//! What each page of Latchkey shares: base page, assets, security headers, forms, cookies, limits, failures.

pub mod assets;
pub mod headers;
pub mod page;
