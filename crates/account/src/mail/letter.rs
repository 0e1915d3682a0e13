//! How a mail looks: text and HTML from one list of parts, so that both say the same.

use askama::Template;

/// What stands around every mail, and which installation its links lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// Name of the installation.
    pub brand_name: String,
    /// Its address, without a trailing slash.
    pub public_url: String,
    /// Where people find help (`https:` or `mailto:`).
    pub support_url: Option<String>,
}

impl Letterhead {
    /// The address of a page of this installation; `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }
}

/// A mail in words.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject, on one line.
    pub subject: String,
    /// The line that mailboxes show beside the subject.
    pub preheader: String,
    /// The body, from top to bottom.
    pub parts: Vec<Part>,
}

/// A piece of the body.
#[derive(Clone, PartialEq, Eq)]
pub enum Part {
    /// A paragraph.
    Text(String),
    /// What to click, with its address.
    Button {
        /// What it does.
        label: &'static str,
        /// Where it leads.
        link: String,
    },
    /// A code to type.
    Code(String),
    /// Facts, each with its label.
    Facts(Vec<(&'static str, String)>),
}

/// A mail as it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, on one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
}

#[derive(Template)]
#[template(path = "mail/letter.txt", whitespace = "preserve")]
struct Text<'a> {
    letter: &'a Letter,
    head: &'a Letterhead,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    letter: &'a Letter,
    head: &'a Letterhead,
}

impl Letter {
    /// Renders it.
    pub fn render(&self, head: &Letterhead) -> Rendered {
        const WHY: &str = "the templates write into a string and call nothing that fails";
        let letter = self;
        Rendered {
            subject: one_line(&self.subject),
            text: Text { letter, head }.render().expect(WHY),
            html: Html { letter, head }.render().expect(WHY),
        }
    }
}

/// The text without line breaks and other control characters: nothing that is put in a header can end it.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
