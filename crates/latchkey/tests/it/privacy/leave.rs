//! Leaving: deactivated by its owner, deleted by its owner (rows 1.38 to 1.42), and coming back.

use super::{WIDTHS, fits, window};
use crate::console::operator;
use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::support::{Browser, Listener, Provider, Shown};
use account::account::{AccountStatus, find};
use account::closure::erase_due;
use account::holdings::{HOLDINGS, NOT_ABOUT_PEOPLE};
use account::profile::{Changes, change_claims};
use account::{AccountId, Actor};
use diesel::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

const DAY: u64 = 24 * 3600;

async fn begin() -> (Provider, Browser, AccountId) {
    let provider = Provider::start().await;
    let alice = account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    (provider, browser, alice)
}

async fn delete(browser: &Browser) -> Shown {
    let shown = browser.open("/account/privacy/delete").await;
    browser.click(shown.expect("/account/privacy/delete"), "delete-account", &[("email", "Alice@example.test")]).await
}

async fn deactivate(browser: &Browser) -> Shown {
    let shown = browser.open("/account/privacy/deactivate").await;
    browser.click(&shown, "deactivate-account", &[]).await
}

fn status(provider: &Provider, id: &AccountId) -> Option<AccountStatus> {
    provider.accounts.db.read_blocking(|conn| find(conn, id)).expect("read").map(|account| account.status)
}

async fn erased(provider: &Provider) -> usize {
    erase_due(&provider.accounts, &provider.url).await.expect("the database answers")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_deactivated_the_account_opens_it_again_by_logging_in() {
    let (provider, browser, alice) = begin().await;
    let shown = deactivate(&browser).await;
    assert!(shown.expect("/account/closed").has("left") && shown.plain().contains("deactivated"));
    assert_eq!(status(&provider, &alice), Some(AccountStatus::Deactivated));
    assert!(session_of(&provider, &browser).is_none());
    provider.mails.wait_for(|mail| mail.is_to(ALICE) && mail.subject.contains("deactivated")).await;
    // The log-in opens one page and nothing else.
    let shown = log_in(&browser, ALICE, PASSWORD).await;
    assert!(shown.expect("/login/closed").has("keep-account"));
    browser.open("/account").await.expect("/login/closed");
    let again = browser.click(&shown, "leave-closed", &[]).await;
    again.expect("/login");
    assert_eq!(status(&provider, &alice), Some(AccountStatus::Deactivated));
    let shown = log_in(&browser, ALICE, PASSWORD).await;
    browser.click(&shown, "keep-account", &[]).await.expect("/account");
    assert_eq!(status(&provider, &alice), Some(AccountStatus::Active));
    provider.mails.wait_for(|mail| mail.is_to(ALICE) && mail.subject.contains("active again")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_learns_nothing_of_a_closed_account() {
    let (provider, browser, _) = begin().await;
    delete(&browser).await;
    let shown = log_in(&provider.browser(), ALICE, "wrong").await;
    assert_eq!(shown.status.as_u16(), 422);
    assert!(!shown.plain().contains("delet"), "{}", shown.brief());
}

/// Rows 1.38 and 1.41: on the way to a product too, and back to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_is_cancelled_on_the_way_to_a_product() {
    let provider = Provider::start_with(|settings| settings.fetch.allow_private_networks = true).await;
    let (alice, browser) = (account(&provider, ALICE, AccountStatus::Active).await, provider.browser());
    log_in(&browser, ALICE, PASSWORD).await;
    let listener = Listener::start();
    let more = json!({ "backchannel_logout_uri": listener.url, "backchannel_logout_session_required": true });
    let party = provider.register(true, more).await;
    let code = party.code(&browser, &[("scope", "openid offline_access")]).await;
    let (_, tokens) = party.exchange(&code).await;
    let shown = browser.open("/account/privacy/delete").await;
    assert!(shown.text("products").contains("Tracker"), "{}", shown.brief());
    assert!(delete(&browser).await.expect("/account/closed").plain().contains("14 days"));
    // Products hear of it at once, and what they hold is worth nothing.
    assert_eq!(listener.wait_for(1).await.len(), 1);
    let refresh = tokens["refresh_token"].as_str().unwrap_or_default();
    assert_eq!(party.refresh(refresh).await.0.as_u16(), 400);
    assert_eq!(party.userinfo(tokens["access_token"].as_str().expect("a token")).await.0.as_u16(), 401);
    provider.wait(Duration::from_secs(5 * DAY));
    let login = browser.open(&party.authorize_url(&[])).await;
    let password = browser.click(login.expect("/login"), "continue", &[("email", ALICE)]).await;
    let shown = browser.click(&password, "log-in", &[("password", PASSWORD)]).await;
    assert!(shown.expect("/login/closed").has("erase-at"));
    let back = browser.click(&shown, "keep-account", &[]).await;
    party.exchange(&party.code_of(&back)).await;
    assert_eq!(status(&provider, &alice), Some(AccountStatus::Active));
    provider.wait(Duration::from_secs(15 * DAY));
    assert_eq!(erased(&provider).await, 0);
    provider.mails.wait_for(|mail| mail.is_to(ALICE) && mail.subject.contains("is kept")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forgotten_password_does_not_cost_the_account() {
    let (provider, browser, alice) = begin().await;
    delete(&browser).await;
    let shown = browser.open("/recover").await;
    browser.click(&shown, "send", &[("email", ALICE)]).await;
    let mail =
        provider.mails.wait_for(|mail| mail.is_to(ALICE) && mail.subject.contains("Choose a new password")).await;
    let link = (*mail.links().first().expect("a link")).to_owned();
    let shown = browser.open(&link).await;
    browser.click(&shown, "save", &[("password", "another plinth gumbo")]).await;
    let shown = log_in(&browser, ALICE, "another plinth gumbo").await;
    browser.click(shown.expect("/login/closed"), "keep-account", &[]).await;
    assert_eq!(status(&provider, &alice), Some(AccountStatus::Active));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_address_has_to_be_typed() {
    let (provider, browser, alice) = begin().await;
    let shown = browser.open("/account/privacy/delete").await;
    for typed in ["", "bob@example.test", "alice"] {
        let refused = browser.click(&shown, "delete-account", &[("email", typed)]).await;
        assert_eq!(refused.status.as_u16(), 422);
        assert!(refused.has("email-error"));
    }
    assert_eq!(status(&provider, &alice), Some(AccountStatus::Active));
    // A forged form changes nothing either.
    let forged = browser.post("/account/privacy/delete", &[("email", ALICE)]).await;
    assert_eq!(forged.status.as_u16(), 403);
    assert_eq!(status(&provider, &alice), Some(AccountStatus::Active));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_operator_is_told_why_not_and_what_to_do() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    for path in ["/account/privacy/delete", "/account/privacy/deactivate"] {
        let shown = browser.open(path).await;
        assert!(shown.text("refusal").contains("latchkey admin invite"), "{}", shown.brief());
        assert!(!shown.has("delete-account") && !shown.has("deactivate-account"));
    }
    let csrf = browser.open("/account/privacy/visibility").await.form_with("save").fields;
    let csrf = csrf.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone();
    let forced = browser.post("/account/privacy/deactivate", &[("csrf", &csrf)]).await;
    assert_eq!((forced.status.as_u16(), forced.error_code().as_deref()), (409, Some("cannot_leave")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_shows_when_and_keeps_the_account_on_its_owners_behalf() {
    let provider = Provider::start().await;
    let console = operator(&provider).await;
    let bob = account(&provider, "bob@example.test", AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, "bob@example.test", PASSWORD).await;
    let shown = browser.open("/account/privacy/delete").await;
    browser.click(&shown, "delete-account", &[("email", "bob@example.test")]).await.expect("/account/closed");
    let shown = console.open(&format!("/admin/accounts/{bob}")).await;
    assert!(shown.text("leaving").contains("erased on"), "{}", shown.brief());
    let asked = console.open(&shown.link("reactivate")).await;
    let kept = console.click(&asked, "reactivate", &[]).await;
    assert!(kept.plain().contains("Deletion cancelled"), "{}", kept.brief());
    assert_eq!(status(&provider, &bob), Some(AccountStatus::Active));
    provider.mails.wait_for(|mail| mail.is_to("bob@example.test") && mail.text.contains("operator cancelled")).await;
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Text)]
    row: String,
}

/// Every row of every table, as text.
fn everything(provider: &Provider) -> String {
    let tables = HOLDINGS.iter().map(|holding| holding.table).chain(NOT_ABOUT_PEOPLE.iter().map(|(table, _)| *table));
    let read = |conn: &mut db::Conn| {
        let mut text = String::new();
        for table in tables {
            let rows: Vec<Row> = match conn {
                db::Conn::Postgres(_) => {
                    diesel::sql_query(format!("SELECT CAST({table} AS TEXT) AS row FROM {table}")).load(conn)?
                }
                db::Conn::Sqlite(_) => {
                    let columns: Vec<Row> =
                        diesel::sql_query(format!("SELECT name AS row FROM pragma_table_info('{table}')"))
                            .load(conn)?;
                    let columns: Vec<String> = columns
                        .iter()
                        .map(|Row { row }| {
                            format!(
                                "coalesce(iif(typeof(\"{row}\") = 'blob', hex(\"{row}\"), CAST(\"{row}\" AS TEXT)), '')"
                            )
                        })
                        .collect();
                    diesel::sql_query(format!("SELECT {} AS row FROM {table}", columns.join(" || ' ' || ")))
                        .load(conn)?
                }
            };
            rows.iter().for_each(|row| text.push_str(&format!("{table}: {}\n", row.row)));
        }
        Ok(text)
    };
    provider.accounts.db.read_blocking(read).expect("read")
}

/// The door of a closed account has the locks of any other: the second step too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_account_is_not_opened_without_its_second_step() {
    let s = crate::two_step::scene().await;
    let browser = s.provider.browser();
    s.log_in(&browser).await.expect("/account");
    delete(&browser).await.expect("/account/closed");
    let shown = s.two_step_page(&browser).await;
    browser.open("/login/closed").await;
    assert_eq!(status(&s.provider, &s.alice), Some(AccountStatus::Deactivated));
    let shown = browser.click(&shown, "verify", &[("code", &s.code())]).await;
    browser.click(shown.expect("/login/closed"), "keep-account", &[]).await.expect("/account");
    assert_eq!(status(&s.provider, &s.alice), Some(AccountStatus::Active));
}

/// A browser that was left open is not enough, neither to leave nor to take everything along.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_in_of_a_while_ago_has_to_be_proved_again() {
    let (provider, browser, alice) = begin().await;
    let delete = browser.open("/account/privacy/delete").await;
    let deactivate = browser.open("/account/privacy/deactivate").await;
    let export = browser.open("/account/privacy/export").await;
    provider.wait(Duration::from_secs(601));
    for (shown, button) in [(&delete, "delete-account"), (&deactivate, "deactivate-account"), (&export, "ask-export")] {
        browser.click(shown, button, &[("email", ALICE)]).await.expect("/login/password");
    }
    assert_eq!(status(&provider, &alice), Some(AccountStatus::Active));
    let file = "/account/privacy/export/0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55";
    browser.open(file).await.expect("/login/password");
    let shown = browser.open("/account/privacy/delete").await;
    let back = browser.click(shown.expect("/login/password"), "log-in", &[("password", PASSWORD)]).await;
    back.expect("/account/privacy/delete");
}

/// Row 1.39: after the erasure nothing in the database tells who it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_erasure_nothing_tells_who_it_was() {
    let (provider, browser, alice) = begin().await;
    let name = account::account::DisplayName::parse("Alicia Uncommonname").expect("a name");
    let typed: BTreeMap<String, String> = [("given_name".to_owned(), "Alicia".to_owned())].into();
    let (changes, id) = (Changes::read(&typed).expect("good"), alice.clone());
    provider
        .accounts
        .write(&Actor::system(), move |tx| {
            account::profile::rename(tx, &id, &name)?;
            change_claims(tx, &id, &changes)
        })
        .await
        .expect("written");
    let party = provider.third_party().await;
    let shown = browser.open(&party.authorize_url(&[("scope", "openid profile email")])).await;
    browser.click(&shown, "allow", &[]).await;
    log_in(&provider.browser(), ALICE, "wrong").await;
    let shown = browser.open("/account/email/change").await;
    let more = [("email", "alice@elsewhere.test"), ("password", PASSWORD)];
    browser.click(&shown, "save", &more).await.expect("/account/email");
    let shown = browser.open("/account/privacy/export").await;
    browser.click(&shown, "ask-export", &[]).await;
    provider.mails.wait_for(|mail| mail.subject.contains("data")).await;
    delete(&browser).await.expect("/account/closed");
    assert!(everything(&provider).contains(ALICE));
    provider.wait(Duration::from_secs(14 * DAY + 60));
    // Somebody tries the address at the last moment.
    let stranger = provider.browser();
    let shown = stranger.open("/login").await;
    stranger.click(&shown, "continue", &[("email", ALICE)]).await;
    assert_eq!(erased(&provider).await, 1);
    let last = provider.mails.wait_for(|mail| mail.is_to(ALICE) && mail.subject.ends_with("is deleted")).await;
    assert!(last.text.contains("last mail") || last.text.contains("We forget this address"), "{}", last.text);
    let mut kept = everything(&provider);
    for _ in 0..400 {
        if !kept.contains(ALICE) {
            break;
        }
        // The note that the last mail was taken is still being written.
        tokio::time::sleep(Duration::from_millis(10)).await;
        kept = everything(&provider);
    }
    assert!(!kept.to_lowercase().contains("616c696365"), "alice, in bytes: {kept}");
    for trace in ["alice", "Alice", "Alicia", "Uncommonname", "elsewhere", "Test/1.0", "127.0.0.1"] {
        assert!(!kept.contains(trace), "{trace} in: {kept}");
    }
    assert!(kept.contains(alice.as_str()), "the id stays, so that it is never given again");
    assert!(kept.contains("account.erased") && kept.contains("Former user"));
    // The address is free, and whoever has it is somebody else.
    let again = account(&provider, ALICE, AccountStatus::Active).await;
    assert_ne!(again, alice);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_is_asked_for_and_taken_back_in_a_real_browser() {
    for width in WIDTHS {
        let provider = Provider::start().await;
        let alice = account(&provider, ALICE, AccountStatus::Active).await;
        let window = window(&provider, width).await;
        window.open(&format!("{}/account/privacy", provider.url)).await;
        window.click("delete").await;
        fits(&window).await;
        window.type_into("email", ALICE).await;
        window.click("delete-account").await;
        window.find("left").await;
        fits(&window).await;
        assert_eq!(status(&provider, &alice), Some(AccountStatus::Deactivated));
        window.click("log-in").await;
        window.type_into("email", ALICE).await;
        window.click("continue").await;
        window.type_into("password", PASSWORD).await;
        window.click("log-in").await;
        window.find("erase-at").await;
        fits(&window).await;
        window.click("keep-account").await;
        window.find("email-address").await;
        window.close().await;
        assert_eq!(status(&provider, &alice), Some(AccountStatus::Active));
    }
}
