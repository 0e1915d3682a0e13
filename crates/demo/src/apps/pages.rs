//! The products' pages.

use super::login::Login;
use super::product::{Entry, Product};
use super::provider::{Failure, Person};
use actix_web::http::StatusCode;
use askama::Template;

/// What stands above each page.
pub(super) struct Bar<'a> {
    pub(super) product: Product,
    pub(super) siblings: &'a [(Product, String)],
    pub(super) person: Option<Face<'a>>,
}

/// The person in the bar.
pub(super) struct Face<'a> {
    pub(super) name: &'a str,
    pub(super) picture: Option<&'a str>,
}

impl Face<'_> {
    /// For a person without a picture.
    fn initials(&self) -> String {
        self.name
            .split_whitespace()
            .filter_map(|word| word.chars().next())
            .take(2)
            .flat_map(char::to_uppercase)
            .collect()
    }
}

impl<'a> Bar<'a> {
    pub(super) fn new(login: &'a Login, person: Option<&'a Person>) -> Self {
        let person = person.map(|person| Face {
            name: &person.name,
            // From elsewhere the content security policy would not let it through.
            picture: person.picture.as_ref().filter(|it| it.origin() == login.issuer.origin()).map(url::Url::as_str),
        });
        Self { product: login.product, siblings: &login.siblings, person }
    }
}

#[derive(Template)]
#[template(path = "apps/welcome.html")]
pub(super) struct Welcome<'a> {
    pub(super) bar: Bar<'a>,
}

/// Tracker's and Desk's first page.
#[derive(Template)]
#[template(path = "apps/list.html")]
pub(super) struct List<'a> {
    pub(super) bar: Bar<'a>,
    pub(super) name: &'a str,
}

/// An issue or a request.
#[derive(Template)]
#[template(path = "apps/entry.html")]
pub(super) struct Show<'a> {
    pub(super) bar: Bar<'a>,
    pub(super) name: &'a str,
    pub(super) entry: &'static Entry,
}

/// A page of the wiki.
#[derive(Template)]
#[template(path = "apps/article.html")]
pub(super) struct Article<'a> {
    pub(super) bar: Bar<'a>,
    pub(super) entry: &'static Entry,
}

#[derive(Template)]
#[template(path = "apps/logged_out.html")]
pub(super) struct LoggedOut<'a> {
    pub(super) bar: Bar<'a>,
    /// Whether the provider confirmed its log-out, too.
    pub(super) everywhere: bool,
}

#[derive(Template)]
#[template(path = "apps/missing.html")]
pub(super) struct Missing<'a> {
    pub(super) bar: Bar<'a>,
}

/// A log-in, or a form, that came to nothing.
#[derive(Template)]
#[template(path = "apps/failed.html")]
pub(super) struct Failed<'a> {
    pub(super) bar: Bar<'a>,
    pub(super) code: &'a str,
    pub(super) heading: &'a str,
    pub(super) text: &'a str,
    /// What the provider said, or which check failed: for the product's developer.
    pub(super) detail: &'a str,
    pub(super) retry: String,
}

impl<'a> Failed<'a> {
    pub(super) fn stale(bar: Bar<'a>) -> (StatusCode, Self) {
        let failed = Self {
            bar,
            code: "stale_log_in",
            heading: "This log-in is over",
            text: "It was used already, took longer than ten minutes, or began in another browser.",
            detail: "",
            retry: "/log-in".to_owned(),
        };
        (StatusCode::BAD_REQUEST, failed)
    }

    pub(super) fn foreign_form(bar: Bar<'a>) -> (StatusCode, Self) {
        let failed = Self {
            bar,
            code: "foreign_form",
            heading: "Nothing was done",
            text: "The form was sent from another site. If you meant it, press the button here again.",
            detail: "",
            retry: String::new(),
        };
        (StatusCode::FORBIDDEN, failed)
    }

    pub(super) fn by(bar: Bar<'a>, failure: &'a Failure, retry: String) -> (StatusCode, Self) {
        let (status, code, heading, text, detail) = match failure {
            Failure::Unreachable => (
                StatusCode::BAD_GATEWAY,
                "provider_unreachable",
                "The log-in service does not answer",
                "It may be starting. Try again in a moment.",
                "",
            ),
            Failure::Refused(code, description) if code == "access_denied" => (
                StatusCode::FORBIDDEN,
                code.as_str(),
                "You are not logged in",
                "The log-in was cancelled, or this product was not allowed.",
                description.as_str(),
            ),
            Failure::Refused(code, description) => (
                StatusCode::BAD_GATEWAY,
                code.as_str(),
                "The log-in did not work",
                "The log-in service turned the product's request down. Try again; if it stays, tell the product's makers.",
                description.as_str(),
            ),
            Failure::NotBelieved(check) => (
                StatusCode::BAD_GATEWAY,
                "not_verified",
                "The log-in could not be verified",
                "What came back did not pass a check, so you were not logged in. Try again.",
                *check,
            ),
        };
        (status, Self { bar, code, heading, text, detail, retry })
    }
}
