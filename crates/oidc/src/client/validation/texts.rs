//! Texts that people read.

use super::Problems;
use protocol::ClientMetadata;

const MAX_NAME_CHARACTERS: usize = 100;
const MAX_CONTACTS: usize = 20;
const MAX_VERSION_CHARACTERS: usize = 200;

pub(super) fn check(metadata: &mut ClientMetadata, problems: &mut Problems) {
    if let Some(name) = &mut metadata.client_name {
        *name = name.trim().to_owned();
        check_name("client_name", name, problems);
    }
    for (tag, name) in metadata.localised("client_name") {
        check_name(&format!("client_name#{tag}"), name, problems);
    }
    if let Some(contacts) = &metadata.contacts {
        if contacts.len() > MAX_CONTACTS {
            problems.add("contacts", format!("at most {MAX_CONTACTS} addresses"));
        }
        for contact in contacts {
            let right = contact.len() <= 254 && contact.contains('@') && !contact.chars().any(char::is_control);
            problems.unless(right, "contacts", "write e-mail addresses, like team@example.com");
        }
    }
    for (field, text) in [("software_id", &metadata.software_id), ("software_version", &metadata.software_version)] {
        let right = text.as_ref().is_none_or(|text| is_plain(text) && text.chars().count() <= MAX_VERSION_CHARACTERS);
        problems.unless(right, field, "at most 200 characters, on one line");
    }
}

fn check_name(field: &str, name: &str, problems: &mut Problems) {
    let characters = name.chars().count();
    let right = (1..=MAX_NAME_CHARACTERS).contains(&characters) && is_plain(name);
    problems.unless(right, field, "write the product's name: 1 to 100 characters, on one line");
}

/// No control characters, and none that turn the direction of the text around or hide: a name must not be able to
/// rewrite the sentence that it stands in.
fn is_plain(text: &str) -> bool {
    let hidden = |c: char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    !text.chars().any(|c| c.is_control() || hidden(c))
}
