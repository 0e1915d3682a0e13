//! `/admin` and `/admin/accounts`.

use super::operator;
use crate::log_in::{PASSWORD, account, log_in};
use crate::support::Provider;
use account::account::AccountStatus;

const BOB: &str = "bob@example.test";

#[tokio::test]
async fn an_account_is_found_deactivated_and_activated_again() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    let bob = account(&provider, BOB, AccountStatus::Active).await;
    let bobs = provider.browser();
    log_in(&bobs, BOB, PASSWORD).await;

    let list = browser.open("/admin/accounts?q=BOB@&state=active").await;
    let path = format!("/admin/accounts/{bob}");
    assert!(list.body.contains(&format!("href=\"{path}\"")), "{}", list.brief());
    assert!(browser.open("/admin/accounts?q=nobody").await.plain().contains("No account fits"));
    let page = browser.open(&path).await;
    assert!(page.plain().contains("1 in use"), "{}", page.brief());

    let ask = browser.open(&page.link("deactivate")).await;
    let refused = browser.click(&ask, "deactivate", &[("reason", "  ")]).await;
    assert_eq!(refused.status, 422);
    let done = browser.click(&refused, "deactivate", &[("reason", "left the company <b>")]).await;
    assert_eq!((done.path(), done.status.as_u16()), (path.clone(), 200), "{}", done.brief());
    assert!(done.plain().contains("left the company <b>") && !done.body.contains("company <b>"), "{}", done.brief());
    assert_eq!(bobs.open("/account").await.path(), "/login");
    let mail = provider.mails.wait_for(|mail| mail.is_to(BOB)).await;
    assert!(!mail.text.contains("left the company"), "the reason is for operators: {}", mail.text);
    // A second one finds it done.
    let again = browser.click(&ask, "deactivate", &[("reason", "again")]).await;
    assert_eq!(again.error_code().as_deref(), Some("state_changed"));

    let ask = browser.open(&done.link("reactivate")).await;
    let done = browser.click(&ask, "reactivate", &[]).await;
    assert!(done.plain().contains("The account is active again"), "{}", done.brief());
    log_in(&bobs, BOB, PASSWORD).await;
}

#[tokio::test]
async fn operators_cannot_deactivate_themselves() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    let overview = browser.open("/admin").await;
    overview.expect("/admin");
    let list = browser.open("/admin/accounts?role=operator").await;
    let mine = list.body.split("href=\"").find_map(|part| part.strip_prefix("/admin/accounts/")).expect("a link");
    let path = format!("/admin/accounts/{}", &mine[..36]);
    assert!(!browser.open(&path).await.has("deactivate"));
    let asked = browser.open(&format!("{path}/deactivate")).await;
    assert_eq!(asked.error_code().as_deref(), Some("own_account"));
    let csrf = overview_csrf(&browser.open("/admin/register-client").await);
    let forced = browser.post(&format!("{path}/deactivate"), &[("csrf", &csrf), ("reason", "x")]).await;
    assert_eq!(forced.error_code().as_deref(), Some("own_account"));
    let forged = browser.post(&format!("{path}/deactivate"), &[("csrf", "forged"), ("reason", "x")]).await;
    assert_eq!(forged.status, 403);
}

fn overview_csrf(page: &crate::support::Shown) -> String {
    let form = page.form_with("save");
    form.fields.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone()
}

#[tokio::test]
async fn the_pages_are_for_operators_alone() {
    let provider = Provider::start().await;
    let bob = account(&provider, BOB, AccountStatus::Active).await;
    let stranger = provider.browser();
    assert_eq!(stranger.open("/admin").await.path(), "/login");
    log_in(&stranger, BOB, PASSWORD).await;
    let own = format!("/admin/accounts/{bob}");
    for path in ["/admin", "/admin/accounts", "/admin/mail", "/admin/log-outs", &own] {
        assert_eq!(stranger.open(path).await.error_code().as_deref(), Some("not_found"), "{path}");
    }
}

#[tokio::test]
async fn addresses_that_name_no_account_are_no_failure_of_ours() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    for path in ["/admin/accounts/x", "/admin/accounts/01934f6a-0000-7000-8000-000000000000", "/admin/accounts/%00"] {
        assert_eq!(browser.open(path).await.error_code().as_deref(), Some("not_found"), "{path}");
    }
    for query in ["?after=x", "?before=%F0%9F%98%80", "?state=nonsense", "?q=%25_%5C%27"] {
        assert_eq!(browser.open(&format!("/admin/accounts{query}")).await.status, 200, "{query}");
    }
    assert_eq!(browser.open("/admin/accounts?q=%FF").await.status, 400);
}
