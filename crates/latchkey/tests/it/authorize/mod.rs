//! The authorization endpoint (RFC 6749 §4.1; OpenID Connect Core §3.1.2).

mod answers;
pub mod anything;
mod attacks;
mod interactions;
mod requests;

use crate::support::{Browser, Provider, Shown};
use diesel::prelude::*;

/// Rows in the tables `interactions` and `grants`.
async fn rows(provider: &Provider) -> (i64, i64) {
    let read = provider.accounts.read(|conn| {
        let interactions = db::schema::interactions::table.count().get_result(conn)?;
        Ok((interactions, db::schema::grants::table.count().get_result(conn)?))
    });
    read.await.expect("read")
}

/// One request, no redirect followed: status and `Location`.
async fn location(browser: &Browser, url: &str) -> (u16, String) {
    let shown = browser.once(reqwest::Method::GET, url, None, &[]).await;
    (shown.status.as_u16(), header(&shown, "location"))
}

fn header(shown: &Shown, name: &str) -> String {
    shown.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
