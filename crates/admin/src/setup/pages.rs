//! The page behind the link, and its specimens.

use askama::Template;
use web::page::{FormErrors, Page, PersonBadge};
use web::specimen::Specimen;

/// What the page asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scene {
    /// Make an account; the address of an invitation stands fast.
    Create { email: String, name: String, is_fixed: bool },
    /// The address has an account: log in with it.
    LogIn { email: String },
    /// Somebody else is logged in.
    OtherAccount { email: String },
    /// The account that is logged in becomes an operator.
    Accept,
    /// The address has an account that is deactivated.
    Deactivated { email: String },
}

impl Scene {
    pub fn title(&self) -> &'static str {
        match self {
            Self::Create { is_fixed: false, .. } => "Set up this service",
            _ => "Become an operator",
        }
    }
}

#[derive(Template)]
#[template(path = "admin/setup/set_up.html")]
pub(super) struct SetUpPage {
    page: Page,
    scene: Scene,
    token: String,
}

impl SetUpPage {
    pub fn new(page: Page, scene: Scene, token: &str) -> Self {
        Self { page, scene, token: token.to_owned() }
    }
}

/// The page in each of its states.
pub fn specimens() -> Vec<Specimen> {
    let email = || "olga@example.test".to_owned();
    let page = |scene: Scene, person: Option<&str>, errors: FormErrors| {
        let person = person.map(|name| PersonBadge {
            name: name.to_owned(),
            email: format!("{}@example.test", name.to_lowercase()),
            avatar_url: None,
        });
        let page = Page { csrf: "specimen".to_owned(), person, errors, ..Page::new(scene.title(), "Latchkey") };
        SetUpPage::new(page, scene, "specimen")
    };
    let create = |email: &str, is_fixed| Scene::Create { email: email.to_owned(), name: String::new(), is_fixed };
    let mut wrong = FormErrors::one("email", "Write your e-mail address like name@example.com.");
    wrong.add("password", "Use at least 8 characters.");
    vec![
        Specimen::new("setup/first-operator", &page(create("", false), None, FormErrors::none())),
        Specimen::new("setup/first-operator-wrong", &page(create("olga", false), None, wrong)),
        Specimen::new("setup/invited", &page(create(&email(), true), None, FormErrors::none())),
        Specimen::new("setup/log-in", &page(Scene::LogIn { email: email() }, None, FormErrors::none())),
        Specimen::new(
            "setup/other-account",
            &page(Scene::OtherAccount { email: email() }, Some("Bob"), FormErrors::none()),
        ),
        Specimen::new("setup/accept", &page(Scene::Accept, Some("Olga"), FormErrors::none())),
        Specimen::new("setup/deactivated", &page(Scene::Deactivated { email: email() }, None, FormErrors::none())),
    ]
}
