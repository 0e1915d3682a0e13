//! `/admin/mail`: a mail server that refuses is seen, and nothing is lost.

use super::operator;
use crate::log_in::account;
use crate::support::Provider;
use account::account::AccountStatus;

#[tokio::test]
async fn a_failing_mail_server_is_visible_and_a_mail_can_be_tried_again() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    let bob = account(&provider, "bob@example.test", AccountStatus::Active).await;
    assert!(browser.open("/admin/mail?state=failed").await.plain().contains("No mail is in this state"));
    provider.mails.refuse_next(1);
    let ask = browser.open(&format!("/admin/accounts/{bob}/deactivate")).await;
    browser.click(&ask, "deactivate", &[("reason", "left")]).await;
    provider.mails.wait_until_refused().await;
    // The refusal was said; that it is written down follows.
    let page = loop {
        let page = browser.open("/admin/mail?state=queued").await;
        if page.has("mail-trouble") {
            break page;
        }
        tokio::task::yield_now().await;
    };
    assert!(page.text("mail-trouble").contains("451"), "{}", page.brief());
    assert!(browser.open("/admin").await.has("mail-trouble"));
    let retry = page.body.split("id=\"").find(|part| part.starts_with("retry-")).expect("a button");
    let retry = retry[..retry.find('"').expect("a quote")].to_owned();
    browser.click(&page, &retry, &[]).await.expect("/admin/mail");
    provider.mails.wait_for(|mail| mail.is_to("bob@example.test")).await;
}
