//! `/account/privacy`: who sees what of a person, the file of all that is held, and the way out.

mod export;
mod leave;
mod visibility;

use crate::support::{Chromium, Provider};

/// Both widths that the pages are made for: a phone's and a desk's.
const WIDTHS: [u32; 2] = [390, 1280];

/// A browser window of this width, on the log-in page of the provider, and then logged in.
async fn window(provider: &Provider, width: u32) -> Chromium {
    let window = Chromium::start(width, 900).await;
    window.open(&format!("{}/account", provider.url)).await;
    window.type_into("email", crate::log_in::ALICE).await;
    window.click("continue").await;
    window.type_into("password", crate::log_in::PASSWORD).await;
    window.click("log-in").await;
    window.find("email-address").await;
    let wide = window.page.execute("return window.innerWidth", vec![]).await.expect("a script");
    assert_eq!(wide, serde_json::json!(width));
    window
}

/// Nothing on the page is wider than the window.
async fn fits(window: &Chromium) {
    let script = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth";
    let fits = window.page.execute(script, vec![]).await.expect("a script");
    assert_eq!(fits, serde_json::Value::Bool(true), "{}", window.describe().await);
}
