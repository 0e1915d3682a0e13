//! Lost everything: from the page of the second step to a log-in with the password alone, and how the owner stops it.

use crate::console::operator;
use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::support::{Browser, Provider, Shown};
use crate::two_step::{Scene, enrol, scene};
use ::account::account::AccountStatus;
use ::account::second_step_reset::notice_due;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
const BOB: &str = "bob@example.test";
const LOST: &str = "/login/two-step/lost";

async fn ask(scene: &Scene, browser: &Browser) -> Shown {
    let shown = scene.two_step_page(browser).await;
    let shown = browser.open(&shown.link("lost-everything")).await;
    browser.click(shown.expect(LOST), "ask-removal", &[]).await
}

/// Days go by, with the node looking for what is due.
async fn wait(scene: &Scene, days: u32) {
    scene.provider.clock.advance(DAY * days);
    notice_due(&scene.provider.accounts, &scene.provider.url).await.expect("told");
}

/// The link to this page in the newest mail of this subject.
async fn link(scene: &Scene, subject: &str, page: &str) -> String {
    let mail = scene.provider.mails.wait_for(|mail| mail.is_to(ALICE) && mail.subject.contains(subject)).await;
    let begin = format!("{page}?token=");
    let found = mail.text.split_whitespace().find(|word| word.contains(&begin));
    found.unwrap_or_else(|| panic!("no link to {page} in {}", mail.text)).to_owned()
}

#[tokio::test]
async fn after_a_week_the_password_alone_logs_in_and_a_new_step_can_be_added() {
    let scene = scene().await;
    let browser = scene.provider.browser();
    let shown = ask(&scene, &browser).await;
    assert!(shown.expect(LOST).has("removal-waits") && !shown.has("ask-removal"));
    link(&scene, "is to be removed", "/recover/second-step/stop").await;
    assert!(session_of(&scene.provider, &browser).is_none(), "asking logs nobody in");
    wait(&scene, 6).await;
    link(&scene, "Tomorrow", "/recover/second-step/stop").await;
    wait(&scene, 1).await;
    let remove = link(&scene, "Remove two-step", "/recover/second-step").await;
    let shown = browser.open(&remove).await;
    let wrong = browser.click(&shown, "remove-second-steps", &[("password", "a guess")]).await;
    assert!(wrong.status.as_u16() == 422 && wrong.has("password-error"));
    let done = browser.click(&wrong, "remove-second-steps", &[("password", PASSWORD)]).await;
    assert!(done.has("second-steps-removed"), "{}", done.brief());
    assert!(session_of(&scene.provider, &browser).is_none(), "removing logs nobody in");
    let again = browser.click(&wrong, "remove-second-steps", &[("password", PASSWORD)]).await;
    assert_eq!(again.error_code().as_deref(), Some("link_expired"));
    log_in(&browser, ALICE, PASSWORD).await.expect("/account");
    assert_eq!(browser.open("/account/security").await.text("two-step"), "Off");
}

#[tokio::test]
async fn the_link_in_the_notice_stops_it() {
    let scene = scene().await;
    let browser = scene.provider.browser();
    ask(&scene, &browser).await;
    let stop = link(&scene, "is to be removed", "/recover/second-step/stop").await;
    // Opening it stops nothing (mail scanners open links); its button does, in any browser.
    let owner = scene.provider.browser();
    let shown = owner.open(&stop).await;
    assert!(owner.open(&stop).await.has("stop-removal"));
    assert!(owner.click(&shown, "stop-removal", &[]).await.has("removal-stopped"));
    assert_eq!(owner.open(&stop).await.error_code().as_deref(), Some("link_expired"));
    wait(&scene, 8).await;
    let mails = scene.provider.mails.wait_for(|mail| mail.subject.contains("stays")).await;
    assert!(mails.text.contains("stopped"));
    scene.two_step_page(&scene.provider.browser()).await;
}

#[tokio::test]
async fn a_log_in_with_the_second_step_stops_it() {
    let scene = scene().await;
    let thief = scene.provider.browser();
    ask(&scene, &thief).await;
    let owner = scene.provider.browser();
    let shown = scene.two_step_page(&owner).await;
    owner.click(&shown, "verify", &[("code", &scene.code())]).await.expect("/account");
    scene.provider.mails.wait_for(|mail| mail.is_to(ALICE) && mail.subject.contains("stays")).await;
    let shown = scene.two_step_page(&thief).await;
    assert!(thief.open(&shown.link("lost-everything")).await.has("ask-removal"));
}

#[tokio::test]
async fn an_operator_resets_with_a_reason() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    let bob = account(&provider, BOB, AccountStatus::Active).await;
    enrol(&provider, &bob).await;
    let path = format!("/admin/accounts/{bob}");
    let shown = browser.open(&path).await;
    assert_eq!(shown.text("two-step").trim(), "On");
    let shown = browser.open(&shown.link("reset-second-steps")).await;
    let refused = browser.click(&shown, "reset", &[("reason", " ")]).await;
    assert!(refused.status.as_u16() == 422 && refused.has("reason-error"));
    let done = browser.click(&refused, "reset", &[("reason", "lost his phone <b>")]).await;
    assert!(done.expect(&path).plain().contains("lost his phone <b>") && !done.has("reset-second-steps"));
    let mail = provider.mails.wait_for(|mail| mail.is_to(BOB) && mail.subject.contains("was removed")).await;
    assert!(!mail.text.contains("lost his phone"), "the reason is for operators");
    log_in(&provider.browser(), BOB, PASSWORD).await.expect("/account");
    let again = browser.click(&refused, "reset", &[("reason", "x")]).await;
    assert_eq!(again.error_code().as_deref(), Some("state_changed"));
}

/// Losing power between any two steps leaves an account that can log in, by its second step or, at the end, without.
#[tokio::test]
async fn between_any_two_steps_the_account_can_log_in() {
    let scene = scene().await;
    let browser = scene.provider.browser();
    let thief = scene.provider.browser();
    let mut steps = 0;
    for step in ["asked", "reminded", "ready"] {
        match step {
            "asked" => drop(ask(&scene, &thief).await),
            "reminded" => wait(&scene, 6).await,
            _ => wait(&scene, 1).await,
        }
        // Whatever was written is read back from the file: another node, opened now, lets the owner in with the app.
        let other = ::account::Accounts::new(
            scene.provider.database.open(),
            scene.provider.clock.clone(),
            ::account::secret::InstallationKey::new(&[42; 32]),
        );
        let (id, code) = (scene.alice.clone(), scene.code());
        let actor = ::account::Actor::system();
        let works = other.write(&actor, move |tx| ::account::credential::totp::spend(tx, &id, &code));
        assert!(works.await.expect("written"), "{step}");
        steps += 1;
    }
    assert_eq!(steps, 3);
    let shown = scene.two_step_page(&browser).await;
    browser.click(&shown, "verify", &[("code", &scene.code())]).await.expect("/account");
}
