//! The main job, in a real browser: sign up, verify, log in once, enter three products, log out of all
//! by one log-out.

use crate::support::{Chromium, Provider};
use demo::apps::Product;

const EMAIL: &str = "alice@example.test";
const PASSWORD: &str = "a quiet harbour at dawn";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_up_and_enters_three_products_without_a_second_prompt() {
    let provider = Provider::start_with(|settings| settings.fetch.allow_private_networks = true).await;
    let products = provider.products().await;
    let browser = Chromium::start(1280, 900).await;

    browser.open(products.url(Product::Tracker)).await;
    browser.click("log-in").await;
    assert_eq!(browser.text("client-name").await, "Tracker");
    browser.click("sign-up").await;
    browser.type_into("email", EMAIL).await;
    browser.type_into("name", "Alice Example").await;
    browser.type_into("password", PASSWORD).await;
    browser.click("sign-up").await;
    browser.find("code").await;
    let mail = provider.mails.wait_for(|mail| mail.is_to(EMAIL)).await;
    browser.type_into("code", &six_digits(&mail.text)).await;
    browser.click("verify").await;

    // The destination was kept: back in Tracker, logged in.
    assert_eq!(browser.text("person-name").await, "Alice Example");
    assert!(browser.url().await.starts_with(products.url(Product::Tracker)), "{}", browser.describe().await);
    for (link, product) in [("go-wiki", Product::Wiki), ("go-desk", Product::Desk)] {
        browser.click(link).await;
        assert_eq!(browser.text("person-name").await, "Alice Example");
        assert!(browser.has("person-avatar").await);
        assert!(browser.url().await.starts_with(products.url(product)), "{}", browser.describe().await);
    }

    // Log-out in one product ends the session at the provider, and in the other products: the next log-in asks again.
    browser.click("log-out").await;
    browser.find("logged-out").await;
    // Wiki and Tracker were told, too: their cookies are still there and open nothing.
    for product in [Product::Wiki, Product::Tracker] {
        browser.open(products.url(product)).await;
        browser.find("log-in").await;
        assert!(!browser.has("person-name").await, "{}", browser.describe().await);
    }
    browser.open(&format!("{}/account", provider.url)).await;
    browser.type_into("email", EMAIL).await;
    browser.click("continue").await;
    browser.type_into("password", PASSWORD).await;
    browser.click("log-in").await;
    assert_eq!(browser.text("email-address").await, EMAIL);
    browser.close().await;
}

/// The code in a mail: its only run of six digits that stands alone.
fn six_digits(text: &str) -> String {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.into_iter().find(|run| run.len() == 6).expect("a code of six digits").to_owned()
}
