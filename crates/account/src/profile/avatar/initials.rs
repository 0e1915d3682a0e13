//! The picture of who has uploaded none: initials on a colour, as SVG.

use super::Size;
use crate::AccountId;
use crate::secret::sha256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Backgrounds on which white text has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).
const COLOURS: [&str; 12] = [
    "#1f5fbf", "#2b6a4d", "#8a3b12", "#7a2e8a", "#a3244f", "#0f6a7a", "#5a4a9c", "#6b5a10", "#9c2f2f", "#34566e",
    "#3f6212", "#7c3f5d",
];

/// The most letters in one picture.
const MAX_LETTERS: usize = 3;

/// Initials and their colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initials {
    letters: String,
    colour: usize,
}

/// The first letters of the first and the last word of a name: "AE". Empty when there is neither letter nor digit.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).take(MAX_LETTERS).collect()
}

impl Initials {
    /// The first letters of the first and the last word of the name, on a colour that the account keeps for life.
    pub fn of(id: &AccountId, name: &str) -> Self {
        let letters = initials(name);
        Self { letters, colour: usize::from(sha256(id.as_str().as_bytes())[0]) % COLOURS.len() }
    }

    /// As in an address: `initials-<colour>-<letters in base64url>`.
    pub fn encoded(&self) -> String {
        format!("initials-{}-{}", self.colour, URL_SAFE_NO_PAD.encode(&self.letters))
    }

    /// Reads [`Initials::encoded`]. Returns `None` for anything that it does not make.
    pub fn parse(text: &str) -> Option<Self> {
        let (colour, letters) = text.strip_prefix("initials-")?.split_once('-')?;
        let letters = String::from_utf8(URL_SAFE_NO_PAD.decode(letters).ok()?).ok()?;
        let fits = letters.chars().count() <= MAX_LETTERS && letters.chars().all(char::is_alphanumeric);
        let colour = COLOURS.iter().enumerate().find(|(i, _)| i.to_string() == colour).map(|(i, _)| i)?;
        fits.then_some(Self { letters, colour })
    }

    /// The picture. Its text is letters and digits only, so nothing in it needs escaping; without any, a figure is drawn.
    pub fn svg(&self, size: Size) -> String {
        let side = size.pixels();
        let colour = COLOURS[self.colour];
        let inside = if self.letters.is_empty() {
            r##"<circle cx="32" cy="25" r="11" fill="#fff"/><path d="M11 60a21 21 0 0 1 42 0z" fill="#fff"/>"##
                .to_owned()
        } else {
            let font = if self.letters.chars().count() > 2 { 20 } else { 26 };
            format!(
                r##"<text x="32" y="32" dy="0.35em" text-anchor="middle" fill="#fff" font-family="system-ui, sans-serif" font-size="{font}" font-weight="600">{}</text>"##,
                self.letters
            )
        };
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 64 64"><rect width="64" height="64" fill="{colour}"/>{inside}</svg>"##
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use db::Timestamp;

    fn luminance(hex: &str) -> f64 {
        let part = |i: usize| {
            let value = f64::from(u8::from_str_radix(&hex[i..i + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    #[test]
    fn white_letters_can_be_read_on_every_colour() {
        for colour in COLOURS {
            let contrast = 1.05 / (luminance(colour) + 0.05);
            assert!(contrast >= 4.5, "{colour}: {contrast}");
        }
    }

    #[test]
    fn initials_come_back_from_their_address() {
        let id = AccountId::new(Timestamp::from_seconds(0));
        for (name, letters) in
            [("Alice Example", "AE"), ("øyvind", "Ø"), ("李 小龍", "李小"), ("<b> &amp;", "BA"), ("…", "")]
        {
            let initials = Initials::of(&id, name);
            assert_eq!(initials.letters, letters, "{name}");
            assert_eq!(Initials::parse(&initials.encoded()), Some(initials), "{name}");
        }
    }

    #[test]
    fn nothing_but_initials_can_be_asked_for() {
        let word = URL_SAFE_NO_PAD.encode("WORD");
        let markup = URL_SAFE_NO_PAD.encode("<b>");
        for text in [
            "initials-12-QUU",
            "initials-01-QUU",
            "initials-1",
            "initials-1-%",
            &format!("initials-1-{word}"),
            &format!("initials-1-{markup}"),
        ] {
            assert_eq!(Initials::parse(text), None, "{text}");
        }
    }
}
