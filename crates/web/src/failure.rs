//! What goes wrong on a page, and how the person is told.

use crate::page::{ErrorView, Link};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};

/// A request that ends without what it asked for. [`crate::around`] shows it as the error page.
#[derive(Debug)]
pub enum Failure {
    /// The person is told what happened; the status fits.
    Refused(StatusCode, Box<ErrorView>),
    /// Somebody has to log in first, and then comes back to this local path.
    LogInFirst(String),
    /// Somebody has to prove who they are, however they are logged in, and then comes back to this local path.
    ProveFirst(String),
    /// Too much to do right now: 503 with `Retry-After`, in seconds.
    Busy(u32),
    /// Ours to mend. The cause is logged, the person is not told it.
    Internal(String),
}

impl Failure {
    /// A refusal with status 400. `code` is stable English, the two sentences are for the person.
    pub fn refused(code: &str, what_happened: &str, what_to_do: &str) -> Self {
        Self::with_status(StatusCode::BAD_REQUEST, code, what_happened, what_to_do)
    }

    /// A refusal with another status.
    pub fn with_status(status: StatusCode, code: &str, what_happened: &str, what_to_do: &str) -> Self {
        let view = ErrorView {
            code: code.to_owned(),
            what_happened: what_happened.to_owned(),
            what_to_do: what_to_do.to_owned(),
            ..ErrorView::default()
        };
        Self::Refused(status, Box::new(view))
    }

    /// There is no such page, or it is none of the visitor's business.
    pub fn not_found() -> Self {
        Self::with_status(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is no page at this address.",
            "Check the address, or go on to your account.",
        )
        .with_way_on("/account", "Go to your account")
    }

    /// See [`Failure::LogInFirst`].
    pub fn log_in_first(path: &str) -> Self {
        Self::LogInFirst(path.to_owned())
    }

    /// See [`Failure::ProveFirst`].
    pub fn prove_first(path: &str) -> Self {
        Self::ProveFirst(path.to_owned())
    }

    /// Adds what the developer of a product needs: the check that failed and how to mend it.
    pub fn with_details(mut self, check: &str, how_to_mend: &str) -> Self {
        if let Self::Refused(_, view) = &mut self {
            view.check = check.to_owned();
            view.how_to_mend = how_to_mend.to_owned();
        }
        self
    }

    /// Adds a way on.
    pub fn with_way_on(mut self, href: &str, label: &str) -> Self {
        if let Self::Refused(_, view) = &mut self {
            view.way_on = Some(Link { href: href.to_owned(), label: label.to_owned() });
        }
        self
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(status, _) => *status,
            Self::LogInFirst(_) | Self::ProveFirst(_) => StatusCode::SEE_OTHER,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn view(&self) -> Option<ErrorView> {
        let view = |code: &str, what_happened: &str, what_to_do: &str| ErrorView {
            code: code.into(),
            what_happened: what_happened.into(),
            what_to_do: what_to_do.into(),
            ..ErrorView::default()
        };
        match self {
            Self::Refused(_, view) => Some((**view).clone()),
            Self::LogInFirst(_) | Self::ProveFirst(_) => None,
            Self::Busy(_) => Some(view(
                "temporarily_unavailable",
                "Too many people are logging in at this moment.",
                "Nothing is lost. Wait a few seconds and try again.",
            )),
            Self::Internal(_) => Some(view(
                "server_error",
                "Something went wrong on our side.",
                "Try again. If it happens again, tell whoever runs this service the request id below.",
            )),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(status, view) => write!(f, "{status}: {}", view.code),
            Self::LogInFirst(_) => f.write_str("not logged in"),
            Self::ProveFirst(_) => f.write_str("no fresh log-in"),
            Self::Busy(_) => f.write_str("busy"),
            Self::Internal(cause) => f.write_str(cause),
        }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status());
        match self {
            Self::LogInFirst(path) => {
                answer.insert_header((header::LOCATION, format!("/login?to={}", encoded(path))));
            }
            Self::ProveFirst(path) => {
                answer.insert_header((header::LOCATION, format!("/login?fresh=1&to={}", encoded(path))));
            }
            Self::Busy(seconds) => {
                answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
            }
            Self::Refused(..) | Self::Internal(_) => {}
        }
        let mut response = answer.finish();
        if let Some(view) = self.view() {
            response.extensions_mut().insert(view);
        }
        response
    }
}

fn encoded(path: &str) -> String {
    url::form_urlencoded::byte_serialize(path.as_bytes()).collect()
}

impl<E> From<E> for Failure
where
    E: Into<account::Error>,
{
    fn from(error: E) -> Self {
        Self::Internal(error.into().to_string())
    }
}
