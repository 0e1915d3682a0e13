//! What every page shares: [`Page`] is the `page` that the layouts in `templates/shared/` show, [`Render`] turns a
//! template into an answer with the headers of its kind.
//!
//! A page is one struct with `page: Page` and one template that extends `shared/base.html` (the log-in column),
//! `shared/account_layout.html` or `shared/admin_layout.html`; the components are macros in `shared/ui.html`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::assets;
use crate::headers::PageKind;

/// The part of a page that its layout shows. Fields left empty show nothing.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Heading of the page and, before the installation's name, title of the window.
    pub title: String,
    /// BCP 47 language of the text.
    pub lang: String,
    /// Name of the installation, as in the setting `brand.name`.
    pub brand_name: String,
    /// Picture that replaces our mark.
    pub brand_logo_url: Option<String>,
    /// Where the link "Help" leads.
    pub support_url: Option<String>,
    /// Value of the hidden input `csrf` of every form.
    pub csrf: String,
    /// Who is logged in, or logging in.
    pub person: Option<PersonBadge>,
    /// Whether the person's menu offers the console.
    pub is_operator: bool,
    /// The kind of window that the product opened, as a class of the layout: `popup`, `touch`, or nothing.
    pub display: &'static str,
    /// The product that asked for the log-in.
    pub client: Option<ClientBadge>,
    /// Where the button `cancel` posts to; none: no such button.
    pub cancel_action: Option<String>,
    /// What happened before: "Your name is saved."
    pub notices: Vec<Notice>,
    /// What to mend in the form of this page.
    pub errors: FormErrors,
    /// Side list of account pages and console.
    pub sections: Vec<Section>,
}

impl Page {
    /// A page in English with this heading, for an installation of this name.
    pub fn new(title: impl Into<String>, brand_name: impl Into<String>) -> Self {
        Self { title: title.into(), brand_name: brand_name.into(), lang: "en".to_owned(), ..Self::default() }
    }

    /// The address of a file below `static/`, for templates.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::asset_url(name)
    }

    /// The label of the section shown now, for the narrow layout.
    pub fn current_section(&self) -> &str {
        self.sections.iter().find(|section| section.current).map_or("Sections", |section| &section.label)
    }

    /// "Cancel" alone leaves open where it leads.
    pub fn cancel_label(&self) -> String {
        match &self.client {
            Some(client) => format!("Cancel and return to {}", client.name),
            None => "Cancel".to_owned(),
        }
    }
}

/// A person, as the bar and the log-in pages show them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonBadge {
    /// Display name; may be empty.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Picture; none: initials.
    pub avatar_url: Option<String>,
}

impl PersonBadge {
    /// The first letters of the first and the last word of the name, or of the address: "AE".
    pub fn initials(&self) -> String {
        let source = if self.name.trim().is_empty() { &self.email } else { &self.name };
        account::profile::avatar::initials(source)
    }
}

/// A client, as the log-in and consent pages show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientBadge {
    /// `client_name`, or the client's id.
    pub name: String,
    /// `logo_uri`; only https, or http on loopback.
    pub logo_uri: Option<String>,
    /// `policy_uri`; only http and https.
    pub policy_uri: Option<String>,
    /// `tos_uri`; only http and https.
    pub tos_uri: Option<String>,
    /// The host it returns to, when nobody vouches for the client (RFC 7591 §5).
    pub unverified_host: Option<String>,
}

impl ClientBadge {
    /// Whether there is a policy or terms to link to.
    pub fn has_links(&self) -> bool {
        self.policy_uri.is_some() || self.tos_uri.is_some()
    }
}

/// Something to tell at the top of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How it looks and how it is announced.
    pub kind: NoticeKind,
    /// One or two sentences, plain text.
    pub text: String,
}

impl Notice {
    /// Something was done.
    pub fn success(text: impl Into<String>) -> Self {
        Self { kind: NoticeKind::Success, text: text.into() }
    }

    /// Something to know.
    pub fn info(text: impl Into<String>) -> Self {
        Self { kind: NoticeKind::Info, text: text.into() }
    }

    /// Something to be careful about.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { kind: NoticeKind::Warning, text: text.into() }
    }

    /// Something failed that is not about a field of the form.
    pub fn error(text: impl Into<String>) -> Self {
        Self { kind: NoticeKind::Error, text: text.into() }
    }
}

/// The kinds of [`Notice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something to know.
    Info,
    /// Something was done.
    Success,
    /// Something to be careful about.
    Warning,
    /// Something failed.
    Error,
}

impl NoticeKind {
    /// Its class in the stylesheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// Its ARIA role: a failure interrupts, everything else waits.
    pub fn role(self) -> &'static str {
        if self == Self::Error { "alert" } else { "status" }
    }
}

/// What to mend in a form, in the order of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors(Vec<FieldError>);

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Id of the input; empty: about the whole form.
    pub field: String,
    /// What to do: "Write your e-mail address like name@example.com."
    pub message: String,
}

impl FormErrors {
    /// Nothing to mend.
    pub fn none() -> Self {
        Self::default()
    }

    /// One thing, about one field.
    pub fn one(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    /// One thing, about the whole form: "The address or the password is not right."
    pub fn form(message: impl Into<String>) -> Self {
        Self::one("", message)
    }

    /// Adds one more.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), message: message.into() });
    }

    /// Whether the field has to be mended.
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|error| error.field == field)
    }

    /// What to mend in the field; empty when nothing.
    pub fn of(&self, field: &str) -> &str {
        self.0.iter().find(|error| error.field == field).map_or("", |error| &error.message)
    }

    /// Whether there is nothing to mend.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether no single field is to blame: the summary then is the plain sentence.
    pub fn only_about_the_form(&self) -> bool {
        self.0.iter().all(|error| error.field.is_empty())
    }

    /// In the order of the form.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a FormErrors {
    type Item = &'a FieldError;
    type IntoIter = std::slice::Iter<'a, FieldError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// An entry of the side list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Path of the page.
    pub href: String,
    /// Its name.
    pub label: String,
    /// Whether it is the page shown, or one below it.
    pub current: bool,
}

impl Section {
    /// The list of `(path, label)` with the entry at path `current` marked.
    pub fn list(entries: &[(&str, &str)], current: &str) -> Vec<Self> {
        let section = |&(href, label): &(&str, &str)| Self {
            href: href.to_owned(),
            label: label.to_owned(),
            current: href == current,
        };
        entries.iter().map(section).collect()
    }
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
}

/// What the error page tells: the person above, the developer in the details.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorView {
    /// Stable code in English: `invalid_redirect_uri`.
    pub code: String,
    /// For the person: what happened.
    pub what_happened: String,
    /// For the person: what to do next.
    pub what_to_do: String,
    /// A way on, as the page's one button.
    pub way_on: Option<Link>,
    /// For the developer: which check failed, with its specification.
    pub check: String,
    /// For the developer: how to mend it.
    pub how_to_mend: String,
    /// Finds the entry in the log.
    pub request_id: String,
}

/// `shared/error.html`: `main#error-page` with the code in `data-error` and in the text.
#[derive(Debug, Clone, Template)]
#[template(path = "shared/error.html")]
pub struct ErrorPage {
    /// The shared part.
    pub page: Page,
    /// What to tell.
    pub error: ErrorView,
}

/// Turns a template into an answer.
pub trait Render: Template + Sized {
    /// The page with status 200.
    fn answer(&self, kind: PageKind) -> HttpResponse {
        self.answer_with(StatusCode::OK, kind)
    }

    /// The page with another status: 422 for a refused form, 400 for an error page.
    fn answer_with(&self, status: StatusCode, kind: PageKind) -> HttpResponse {
        match self.render() {
            Ok(html) => {
                let mut answer = HttpResponse::build(status);
                kind.apply(&mut answer);
                answer.content_type("text/html; charset=utf-8").body(html)
            }
            Err(error) => {
                tracing::error!(%error, template = std::any::type_name::<Self>(), "a page could not be rendered");
                HttpResponse::InternalServerError()
                    .content_type("text/plain; charset=utf-8")
                    .body("Something went wrong on our side. Please try again.")
            }
        }
    }
}

impl<T: Template> Render for T {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_name_or_the_address() {
        let cases = [
            ("Alice Example", "AE"),
            ("Alice", "A"),
            ("Ana Maria de Souza", "AS"),
            ("  ", "Z"),
            ("øyvind (ops)", "ØO"),
            ("李 小龍", "李小"),
        ];
        for (name, expected) in cases {
            let person = PersonBadge { name: name.into(), email: "zoe@example.test".into(), avatar_url: None };
            assert_eq!(person.initials(), expected, "{name}");
        }
    }

    #[test]
    fn the_error_page_names_its_code_and_escapes_what_it_is_told() {
        let error = ErrorView {
            code: "invalid_redirect_uri".into(),
            check: "redirect_uri <script>".into(),
            request_id: "r-1".into(),
            ..ErrorView::default()
        };
        let answer = ErrorPage { page: Page::new("This link does not work", "Latchkey"), error };
        let html = answer.render().expect("renders");
        assert!(html.contains(r#"<main id="error-page" data-error="invalid_redirect_uri">"#), "{html}");
        assert!(html.contains("<code>invalid_redirect_uri</code>"));
        assert!(!html.contains("<script>"));
        let answer = answer.answer_with(StatusCode::BAD_REQUEST, PageKind::Interaction);
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert_eq!(answer.headers().get("cache-control").expect("header"), "no-store");
    }
}
