//! Which passwords are taken.

use super::{BreachedList, Password};
use zxcvbn::feedback::{Suggestion, Warning};

/// The fewest characters of a password.
pub const SHORTEST: usize = 8;
/// The most characters of a password.
pub const LONGEST: usize = 256;

/// How many characters are scored: the time of scoring grows fast with the length, and a hundred are beyond guessing.
const SCORED: usize = 100;

/// Words that somebody who guesses would try first.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    words: Vec<String>,
}

impl Hints {
    /// The address, the name and the installation's name, and their parts.
    pub fn new(email: &str, name: &str, brand: &str) -> Self {
        let mut words = Vec::new();
        for text in [email, name, brand] {
            let text: String = text.chars().take(SCORED).collect();
            words.extend(
                text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 2).map(str::to_owned),
            );
            words.push(text);
        }
        Self { words }
    }
}

/// Why a password is refused; the text says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Fewer than 8 characters.
    #[error("Use at least 8 characters.")]
    TooShort,
    /// More than 256 characters.
    #[error("Use at most 256 characters.")]
    TooLong,
    /// It was published in a data breach (the operator's list).
    #[error("This password has appeared in a data breach, so others know it. Choose a different one.")]
    Breached,
    /// It would be guessed soon.
    #[error("{0}")]
    TooWeak(&'static str),
}

/// How strong a password is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strength {
    /// 0 (guessed at once; refused) to 4; 0 and 1 are refused.
    pub score: u8,
    /// A word or a sentence about it.
    pub text: String,
}

/// Whether a password may be taken.
pub(super) fn check(password: &Password, hints: &Hints, breached: Option<&BreachedList>) -> Result<(), Refusal> {
    match password.length() {
        0..SHORTEST => return Err(Refusal::TooShort),
        SHORTEST..=LONGEST => {}
        _ => return Err(Refusal::TooLong),
    }
    if breached.is_some_and(|list| list.contains(password)) {
        return Err(Refusal::Breached);
    }
    match score(password, hints) {
        (0 | 1, why) => Err(Refusal::TooWeak(why)),
        _ => Ok(()),
    }
}

/// How strong a password is, refusals included.
pub(super) fn strength(password: &Password, hints: &Hints, breached: Option<&BreachedList>) -> Strength {
    if let Err(refusal) = check(password, hints, breached) {
        return Strength { score: u8::from(matches!(refusal, Refusal::TooWeak(_))), text: refusal.to_string() };
    }
    let score = score(password, hints).0;
    let text = match score {
        2 => "Fair. Another word would make it stronger.",
        3 => "Good.",
        _ => "Strong.",
    };
    Strength { score, text: text.to_owned() }
}

/// The score of 0 to 4 by zxcvbn, and what to do about a low one.
fn score(password: &Password, hints: &Hints) -> (u8, &'static str) {
    let text = password.reveal();
    let end = text.char_indices().nth(SCORED).map_or(text.len(), |(end, _)| end);
    let words: Vec<&str> = hints.words.iter().map(String::as_str).collect();
    let entropy = zxcvbn::zxcvbn(&text[..end], &words);
    let feedback = entropy.feedback();
    let why = match (feedback.and_then(|f| f.warning()), feedback.map_or(&[][..], |f| f.suggestions())) {
        (Some(warning), _) => of_warning(warning),
        (None, suggestions) => of_suggestions(suggestions),
    };
    (entropy.score().into(), why)
}

fn of_warning(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            "Rows and patterns of keys are guessed early. Use a few uncommon words instead."
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            "Repeated characters are guessed early. Use a few different words instead."
        }
        Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword => {
            "Many people use this password, so it is guessed early. Use a few uncommon words instead."
        }
        Warning::ThisIsSimilarToACommonlyUsedPassword => {
            "This is close to a password that many people use. Use a few uncommon words instead."
        }
        Warning::SequencesLikeAbcAreEasyToGuess => {
            "Sequences such as abc or 6543 are guessed early. Use a few uncommon words instead."
        }
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => {
            "Dates and years are guessed early. Use a few uncommon words instead."
        }
        Warning::AWordByItselfIsEasyToGuess => "A word by itself is guessed early. Add two or three uncommon words.",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            "Names are guessed early. Add two or three uncommon words."
        }
    }
}

fn of_suggestions(suggestions: &[Suggestion]) -> &'static str {
    if suggestions.contains(&Suggestion::PredictableSubstitutionsDontHelpVeryMuch) {
        return "Signs in the place of letters help little. Add two or three uncommon words.";
    }
    "This password is guessed early. Add two or three uncommon words."
}
