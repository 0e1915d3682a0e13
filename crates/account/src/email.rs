//! E-mail addresses.

use email_address::{EmailAddress, Options};
use unicode_normalization::UnicodeNormalization;

/// The longest address that mail can carry, in bytes (RFC 5321 §4.5.3.1.3 less the brackets).
const LONGEST: usize = 254;

/// An e-mail address: one that mail can be sent to, and that can be compared.
///
/// Two addresses are the same when their [`Email::normalized`] forms are. Quoted local parts, comments and addresses
/// at an IP number are refused: nobody has one, and they are read differently by different programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    address: String,
    normalized: String,
}

/// Why a text is no address that we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailProblem {
    /// Nothing was written.
    #[error("Write your e-mail address.")]
    Missing,
    /// It does not have the form of an address.
    #[error("Write your e-mail address like name@example.com.")]
    Form,
    /// It is longer than 254 bytes.
    #[error("This address is longer than mail can carry.")]
    TooLong,
}

impl Email {
    /// Takes what a person typed.
    pub fn parse(text: &str) -> Result<Self, EmailProblem> {
        let address: String = text.trim().nfc().collect();
        if address.is_empty() {
            return Err(EmailProblem::Missing);
        }
        if address.len() > LONGEST {
            return Err(EmailProblem::TooLong);
        }
        if address.chars().any(|c| c.is_whitespace() || is_invisible(c) || "\"()<>[]\\,;:%".contains(c)) {
            return Err(EmailProblem::Form);
        }
        let options = Options::default().without_display_text().without_domain_literal();
        let parsed = EmailAddress::parse_with_options(&address, options).map_err(|_| EmailProblem::Form)?;
        let domain = comparable_domain(parsed.domain()).ok_or(EmailProblem::Form)?;
        let local: String = parsed.local_part().to_lowercase().nfc().collect();
        let normalized = format!("{local}@{domain}");
        if normalized.len() > LONGEST {
            return Err(EmailProblem::TooLong);
        }
        Ok(Self { address, normalized })
    }

    /// The address as it was typed: this is what mail is sent to and what is shown.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The address in lower case with its domain in ASCII (RFC 5891): this is what is compared.
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// The domain, in lower case and ASCII.
    pub fn domain(&self) -> &str {
        self.normalized.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.address)
    }
}

/// The domain in ASCII. `None` for an IP number in any of its forms, and for a lone word other than `localhost`.
fn comparable_domain(domain: &str) -> Option<String> {
    match url::Host::parse(domain).ok()? {
        url::Host::Domain(ascii) if ascii == "localhost" => Some(ascii),
        url::Host::Domain(ascii) => {
            (ascii.contains('.') && ascii.len() <= 253 && ascii.split('.').all(is_label)).then_some(ascii)
        }
        _ => None,
    }
}

/// RFC 1123 §2.1.
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Characters that show nothing, or that turn the text around: a name or an address with them pretends to be another.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_without_case_and_with_their_domain_in_ascii() {
        let cases = [
            (" Alice@Example.COM ", "Alice@Example.COM", "alice@example.com"),
            ("a.b+tag@sub.example.test", "a.b+tag@sub.example.test", "a.b+tag@sub.example.test"),
            ("zoe@Bücher.example", "zoe@Bücher.example", "zoe@xn--bcher-kva.example"),
            ("ZOE\u{308}@example.test", "ZO\u{cb}@example.test", "zo\u{eb}@example.test"),
            ("root@localhost", "root@localhost", "root@localhost"),
        ];
        for (typed, address, normalized) in cases {
            let email = Email::parse(typed).expect(typed);
            assert_eq!((email.address(), email.normalized()), (address, normalized));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("a@{}.test", "b".repeat(250));
        let cases = [
            ("", EmailProblem::Missing),
            ("   ", EmailProblem::Missing),
            ("alice", EmailProblem::Form),
            ("alice@", EmailProblem::Form),
            ("@example.test", EmailProblem::Form),
            ("alice@example", EmailProblem::Form),
            ("alice@example.test.", EmailProblem::Form),
            ("alice@-example.test", EmailProblem::Form),
            ("al ice@example.test", EmailProblem::Form),
            ("alice@exa%6dple.test", EmailProblem::Form),
            ("\"alice\"@example.test", EmailProblem::Form),
            ("Alice <alice@example.test>", EmailProblem::Form),
            ("alice@[192.0.2.1]", EmailProblem::Form),
            ("alice@192.0.2.1", EmailProblem::Form),
            ("alice@0x7f.1", EmailProblem::Form),
            ("alice@example.test\r\nBcc: eve@example.test", EmailProblem::Form),
            ("alice\u{0}@example.test", EmailProblem::Form),
            ("ali\u{200b}ce@example.test", EmailProblem::Form),
            ("alice@a@example.test", EmailProblem::Form),
            (&long, EmailProblem::TooLong),
        ];
        for (text, problem) in cases {
            assert_eq!(Email::parse(text), Err(problem), "{text:?}");
        }
    }
}
