//! The pages of this room in each of their states.

use super::choose_account::{Choice, ChooseAccountPage};
use super::closed::ClosedPage;
use super::identifier::IdentifierPage;
use super::log_out::LogOutPage;
use super::lost::{LostPage, State};
use super::passkey;
use super::password::{self, PasswordPage};
use super::two_step::{self, Asks, TwoStepPage};
use account::Timestamp;
use account::closure::Closure;
use account::credential::passkey::Refusal;
use account::email::EmailProblem;
use account::session;
use web::components::{sample_client, sample_person};
use web::page::{ClientBadge, FormErrors, Page, PersonBadge};
use web::specimen::Specimen;

/// Every page of this room in each of its states.
pub fn specimens() -> Vec<Specimen> {
    vec![
        Specimen::new("login/lost", &lost(State::Asks)),
        Specimen::new("login/lost-waits", &lost(State::Waits("2026-12-01 09:12 UTC".into()))),
        Specimen::new("login/lost-ready", &lost(State::Ready)),
        Specimen::new("login/lost-administrator", &lost(State::Administrator)),
        Specimen::new("login/email", &identifier(page("Log in"), "")),
        Specimen::new("login/email-of-product", &identifier(asked("Log in"), "")),
        Specimen::new("login/email-hint", &identifier(asked("Log in"), "alice@example.test")),
        Specimen::new("login/email-wrong", &mistyped()),
        Specimen::new("login/email-without-sign-up", &without_sign_up()),
        Specimen::new("login/email-in-popup", &identifier(Page { display: "popup", ..asked("Log in") }, "")),
        Specimen::new("login/email-for-touch", &identifier(Page { display: "touch", ..asked("Log in") }, "")),
        Specimen::new("login/password", &password(page("Enter your password"))),
        Specimen::new("login/password-of-product", &password(asked("Enter your password"))),
        Specimen::new("login/password-of-unverified-product", &password(unverified())),
        Specimen::new("login/password-wrong", &refused(password::WRONG)),
        Specimen::new("login/password-wait", &refused(&password::wait(900))),
        Specimen::new("login/password-unconfirmed", &refused(&password::unconfirmed(600))),
        Specimen::new("login/password-deactivated", &refused(password::DEACTIVATED)),
        Specimen::new("login/two-step", &two_step(page("Two-step verification"), Asks::AppCode)),
        Specimen::new("login/two-step-of-product", &two_step(asked("Two-step verification"), Asks::AppCode)),
        Specimen::new("login/two-step-wrong", &wrong_code(Asks::AppCode, two_step::WRONG_APP)),
        Specimen::new("login/two-step-recovery-code", &two_step(asked("Two-step verification"), Asks::RecoveryCode)),
        Specimen::new("login/two-step-recovery-wrong", &wrong_code(Asks::RecoveryCode, two_step::WRONG_RECOVERY)),
        Specimen::new("login/two-step-mail", &two_step(asked("Two-step verification"), Asks::MailedCode)),
        Specimen::new("login/two-step-mail-wrong", &wrong_code(Asks::MailedCode, two_step::WRONG_MAIL)),
        Specimen::new("login/two-step-passkey", &two_step(asked("Two-step verification"), Asks::Passkey)),
        Specimen::new("login/two-step-passkey-refused", &refused_passkey()),
        Specimen::new("login/email-passkey-refused", &unknown_passkey()),
        Specimen::new("login/two-step-wait", &too_many_codes()),
        Specimen::new("login/closed", &closed(page("Your account is deactivated"), None)),
        Specimen::new("login/closed-to-be-deleted", &closed(asked("Your account is to be deleted"), Some(START))),
        Specimen::new("login/password-full", &refused(password::FULL)),
        Specimen::new("login/password-void", &refused(password::VOID)),
        Specimen::new("login/choose-account", &choose(page("Choose an account"))),
        Specimen::new("login/choose-account-of-product", &choose(asked("Choose an account"))),
        Specimen::new("login/choose-account-full", &full()),
        Specimen::new("login/log-out", &log_out(vec![sample_person()])),
        Specimen::new("login/log-out-of-several", &log_out(persons())),
    ]
}

const START: Timestamp = Timestamp::from_seconds(1_795_000_000);

fn closed(page: Page, erase_at: Option<Timestamp>) -> ClosedPage {
    ClosedPage::new(page, &Closure { asked_at: START, erase_at }, "?interaction=sample".into())
}

fn page(title: &str) -> Page {
    Page { csrf: "sample".into(), ..Page::new(title, "Latchkey") }
}

fn asked(title: &str) -> Page {
    let cancel_action = Some("/oauth2/authorize/cancel?interaction=sample".into());
    Page { client: Some(sample_client()), cancel_action, ..page(title) }
}

fn unverified() -> Page {
    let client = ClientBadge { unverified_host: Some("app.example.test".into()), ..sample_client() };
    Page { client: Some(client), ..asked("Enter your password") }
}

fn identifier(page: Page, email: &str) -> IdentifierPage {
    IdentifierPage {
        page,
        email: email.into(),
        query: "?interaction=sample".into(),
        sign_up_enabled: true,
        passkeys: true,
    }
}

fn mistyped() -> IdentifierPage {
    let errors = FormErrors::one("email", EmailProblem::Form.to_string());
    identifier(Page { errors, ..asked("Log in") }, "alice.example.test")
}

fn without_sign_up() -> IdentifierPage {
    IdentifierPage { sign_up_enabled: false, passkeys: false, ..identifier(page("Log in"), "") }
}

fn password(page: Page) -> PasswordPage {
    PasswordPage { page, email: "alice@example.test".into(), query: "?interaction=sample".into(), passkeys: true }
}

fn refused(message: &str) -> PasswordPage {
    password(Page { errors: FormErrors::form(message), ..asked("Enter your password") })
}

fn two_step(page: Page, asks: Asks) -> TwoStepPage {
    TwoStepPage {
        page,
        email: "alice@example.test".into(),
        query: "?interaction=sample".into(),
        asks,
        offers_app_code: asks == Asks::RecoveryCode,
        offers_recovery_code: asks == Asks::AppCode || asks == Asks::Passkey,
        offers_passkey: asks == Asks::AppCode,
        can_be_lost: asks != Asks::MailedCode,
        resend: "/login/two-step/mail?interaction=sample".into(),
    }
}

fn lost(state: State) -> LostPage {
    LostPage {
        page: asked("Lost everything?"),
        email: "alice@example.test".into(),
        query: "?interaction=sample".into(),
        state,
    }
}

fn wrong_code(asks: Asks, message: &str) -> TwoStepPage {
    two_step(Page { errors: FormErrors::one("code", message), ..asked("Two-step verification") }, asks)
}

fn refused_passkey() -> TwoStepPage {
    let errors = FormErrors::form(passkey::words(Refusal::Suspended));
    two_step(Page { errors, ..asked("Two-step verification") }, Asks::Passkey)
}

fn unknown_passkey() -> IdentifierPage {
    identifier(Page { errors: FormErrors::form(passkey::words(Refusal::Unknown)), ..asked("Log in") }, "")
}

fn too_many_codes() -> TwoStepPage {
    let errors = FormErrors::form(two_step::wait(3600));
    two_step(Page { errors, ..asked("Two-step verification") }, Asks::AppCode)
}

fn persons() -> Vec<PersonBadge> {
    let name = "Bartholomew Featherstonehaugh-Cholmondeley".to_owned();
    let email = "bartholomew.featherstonehaugh@department.subsidiary.example.test".to_owned();
    vec![sample_person(), PersonBadge { name, email, avatar_url: None }]
}

fn choose(page: Page) -> ChooseAccountPage {
    let choices = persons().into_iter().map(|person| Choice { login: "sample".into(), person }).collect();
    ChooseAccountPage { page, choices, query: "?interaction=sample".into(), is_full: false }
}

fn full() -> ChooseAccountPage {
    let choice = |_| Choice { login: "sample".into(), person: sample_person() };
    let page = page("Choose an account");
    ChooseAccountPage {
        page,
        choices: (0..session::MOST_ACCOUNTS).map(choice).collect(),
        query: String::new(),
        is_full: true,
    }
}

fn log_out(persons: Vec<PersonBadge>) -> LogOutPage {
    LogOutPage { page: page("Log out?"), persons }
}
