//! The pages of recovery in each of their states.

use super::ask::{AskPage, SentPage};
use super::new_password::NewPasswordPage;
use super::second_step::{RemovePage, RemovedPage, StopPage};
use web::components::sample_client;
use web::page::{FormErrors, Notice, Page};
use web::specimen::Specimen;

/// The specimens of this room.
pub fn specimens() -> Vec<Specimen> {
    let on_the_way = |title: &str| Page {
        csrf: "specimen".into(),
        client: Some(sample_client()),
        cancel_action: Some("/oauth2/authorize/cancel?interaction=sample".into()),
        ..Page::new(title, "Latchkey")
    };
    let alone = |title: &str| Page { csrf: "specimen".into(), ..Page::new(title, "Latchkey") };
    let ask = |page: Page, email: &str| AskPage { page, email: email.into(), query: "?interaction=1".into() };
    let title = "Choose a new password";
    let misspelt = FormErrors::one("email", "Write your e-mail address like name@example.com.");
    let wait = FormErrors::form(crate::account::wait_words(90));
    let weak = FormErrors::one("password", "A word by itself is guessed early. Add two or three uncommon words.");
    let new = |page: Page| NewPasswordPage { page, email: "alice@example.test".into(), token: "specimen".into() };
    let undone = Notice::success("Your e-mail address is alice@example.test again, and everybody was logged out.");
    let remove = |errors: FormErrors| RemovePage {
        page: Page { errors, ..alone("Remove two-step verification") },
        email: "alice@example.test".into(),
        token: "specimen".into(),
    };
    let wrong = FormErrors::one("password", "This is not your password. Check it and try again.");
    let stop = |title: &str, done| StopPage { page: alone(title), token: "specimen".into(), done };
    vec![
        Specimen::new("recover/second-step", &remove(FormErrors::none())),
        Specimen::new("recover/second-step-wrong-password", &remove(wrong)),
        Specimen::new("recover/second-step-removed", &RemovedPage { page: alone("Removed") }),
        Specimen::new("recover/second-step-stop", &stop("Stop the removal?", false)),
        Specimen::new("recover/second-step-stopped", &stop("Stopped", true)),
        Specimen::new("recover/ask", &ask(alone(title), "")),
        Specimen::new("recover/ask-on-the-way", &ask(on_the_way(title), "alice@example.test")),
        Specimen::new("recover/ask-misspelt", &ask(Page { errors: misspelt, ..alone(title) }, "alice@")),
        Specimen::new("recover/ask-too-often", &ask(Page { errors: wait, ..alone(title) }, "alice@example.test")),
        Specimen::new("recover/sent", &SentPage { page: alone("Look into your mail"), query: "?interaction=1".into() }),
        Specimen::new("recover/new-password", &new(alone(title))),
        Specimen::new("recover/new-password-weak", &new(Page { errors: weak, ..alone(title) })),
        Specimen::new("recover/new-password-undone", &new(Page { notices: vec![undone], ..alone(title) })),
    ]
}
