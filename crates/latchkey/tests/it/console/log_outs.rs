//! `/admin/log-outs`: a product that does not take its log-outs is seen, and can be told again.

use super::operator;
use crate::support::{Listener, Provider};
use serde_json::json;

#[tokio::test]
async fn a_product_that_does_not_listen_is_visible_and_can_be_told_again() {
    let provider = Provider::start_with(|settings| settings.fetch.allow_private_networks = true).await;
    let console = operator(&provider).await;
    assert!(console.open("/admin/log-outs").await.plain().contains("No log-out yet"));
    let listener = Listener::start();
    let party = provider.register(true, json!({ "backchannel_logout_uri": listener.url })).await;
    let browser = provider.browser();
    let bob = provider.person("bob@example.test").await;
    provider.log_in(&browser, &bob).await;
    party.exchange(&party.code(&browser, &[]).await).await;
    listener.answer(503);
    let page = browser.open("/logout").await;
    browser.click(&page, "log-out", &[]).await;
    // The browser went on; that the attempt failed is written down then.
    let page = loop {
        let page = console.open("/admin/log-outs?state=waiting").await;
        if page.has("log-out-trouble") {
            break page;
        }
        tokio::task::yield_now().await;
    };
    assert!(page.plain().contains("the client answered with status 503"), "{}", page.brief());
    assert!(page.plain().contains("bob@example.test"), "{}", page.brief());
    assert!(console.open("/admin").await.has("log-out-trouble"));
    listener.answer(200);
    let retry = page.body.split("id=\"").find(|part| part.starts_with("retry-")).expect("a button");
    let retry = retry[..retry.find('"').expect("a quote")].to_owned();
    let after = console.click(&page, &retry, &[]).await;
    assert_eq!(after.path(), "/admin/log-outs");
    assert_eq!(listener.wait_for(2).await.len(), 2);
    let heard = loop {
        let page = console.open("/admin/log-outs?state=delivered").await;
        if page.plain().contains("bob@example.test") {
            break page;
        }
        tokio::task::yield_now().await;
    };
    assert!(!heard.has("log-out-trouble"), "{}", heard.brief());
    // Pressed once more from a page that was left open: told plainly, and nothing is sent.
    assert_eq!(console.click(&page, &retry, &[]).await.error_code().as_deref(), Some("log_out_not_waiting"));
    assert_eq!(
        console.open("/admin/log-outs?state=failed").await.plain().matches("No log-out is in this state").count(),
        1
    );
}
