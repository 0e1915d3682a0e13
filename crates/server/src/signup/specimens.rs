//! The pages of this room in each of their states.

use super::link::{self, ConfirmPage, OverPage};
use super::resend::{self, ResendPage};
use super::sign_up::{ClosedPage, SignUpPage};
use super::verify::{self, VerifyPage};
use super::wait_words;
use account::account::NameProblem;
use account::credential::password::Refusal;
use account::email::EmailProblem;
use account::sign_up::{CodeState, Delivery};
use web::components::sample_client;
use web::page::{FormErrors, Notice, Page};
use web::specimen::Specimen;

/// Every page of this room in each of its states.
pub fn specimens() -> Vec<Specimen> {
    vec![
        Specimen::new("signup/form", &sign_up(page("Sign up"))),
        Specimen::new("signup/form-of-product", &sign_up(asked("Sign up"))),
        Specimen::new("signup/form-mistyped", &mistyped()),
        Specimen::new("signup/form-wait", &sign_up(with_wait(asked("Sign up")))),
        Specimen::new("signup/closed", &ClosedPage { page: asked("Sign-up is closed"), login: "/login".into() }),
        Specimen::new("signup/verify-queued", &verify(CodeState::Open, Delivery::Queued)),
        Specimen::new("signup/verify-accepted", &verify(CodeState::Open, Delivery::Accepted)),
        Specimen::new("signup/verify-failed", &verify(CodeState::Open, Delivery::Failed)),
        Specimen::new("signup/verify-wrong-code", &wrong_code()),
        Specimen::new("signup/verify-code-expired", &verify(CodeState::Expired, Delivery::Accepted)),
        Specimen::new("signup/verify-code-used-up", &verify(CodeState::UsedUp, Delivery::Accepted)),
        Specimen::new("signup/verify-sent-again", &sent_again()),
        Specimen::new("signup/resend", &resend(asked(RESEND))),
        Specimen::new("signup/resend-sent", &resend_sent()),
        Specimen::new("signup/resend-wait", &resend(with_wait(page(RESEND)))),
        Specimen::new("signup/link", &confirm(page(CONFIRM), true)),
        Specimen::new("signup/link-elsewhere", &confirm(page(CONFIRM), false)),
        Specimen::new("signup/link-elsewhere-wrong", &confirm_wrong()),
        Specimen::new("signup/link-over", &OverPage { page: page("This link no longer works") }),
    ]
}

const CONFIRM: &str = "Confirm your address";
const RESEND: &str = "Send the confirmation mail again";

fn page(title: &str) -> Page {
    Page { csrf: "sample".into(), ..Page::new(title, "Latchkey") }
}

fn asked(title: &str) -> Page {
    let cancel_action = Some("/oauth2/authorize/cancel?interaction=sample".into());
    Page { client: Some(sample_client()), cancel_action, ..page(title) }
}

fn with_wait(page: Page) -> Page {
    Page { notices: vec![Notice::error(wait_words(300))], ..page }
}

fn sign_up(page: Page) -> SignUpPage {
    let query = "?interaction=sample".into();
    SignUpPage { page, email: "alice@example.test".into(), name: "Alice Example".into(), query }
}

fn mistyped() -> SignUpPage {
    let mut errors = FormErrors::one("email", EmailProblem::Form.to_string());
    errors.add("name", NameProblem::Missing.to_string());
    errors.add("password", Refusal::TooShort.to_string());
    let page = Page { errors, ..asked("Sign up") };
    SignUpPage { email: "alice.example.test".into(), name: String::new(), ..sign_up(page) }
}

fn verify(code: CodeState, delivery: Delivery) -> VerifyPage {
    verify::of(asked(CONFIRM), "alice@example.test".into(), code, delivery, "?interaction=sample".into())
}

fn wrong_code() -> VerifyPage {
    let mut view = verify(CodeState::Open, Delivery::Accepted);
    view.page.errors = FormErrors::one("code", verify::wrong(4));
    view
}

fn sent_again() -> VerifyPage {
    let mut view = verify(CodeState::Open, Delivery::Queued);
    view.page.notices.push(Notice::success("We sent another mail. Use the code of that one."));
    view
}

fn resend(page: Page) -> ResendPage {
    ResendPage { page, email: String::new(), query: "?interaction=sample".into() }
}

fn resend_sent() -> ResendPage {
    resend(Page { notices: vec![Notice::success(resend::SENT)], ..page(RESEND) })
}

fn confirm(page: Page, same_browser: bool) -> ConfirmPage {
    ConfirmPage { page, address: "alice@example.test".into(), token: "sample".into(), same_browser }
}

fn confirm_wrong() -> ConfirmPage {
    confirm(Page { errors: FormErrors::one("password", link::WRONG), ..page(CONFIRM) }, false)
}
