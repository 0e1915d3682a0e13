//! Codes as people type them: with spaces and dashes from wherever they copied them, in wide digits, in capitals.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// What is read of a typed code, in bytes: far more than any code has.
const LONGEST: usize = 100;

/// The characters that count, in their plain form: without white space, dashes and what does not show. `None` when it is too long for a
/// code.
pub(super) fn characters(typed: &str) -> Option<Zeroizing<String>> {
    if typed.len() > LONGEST {
        return None;
    }
    // Room enough from the start: NFKC makes some characters much longer, and no copy is to be left behind by growing.
    let mut plain = Zeroizing::new(String::with_capacity(typed.len() * 18));
    plain.extend(typed.nfkc().filter(|c| !is_decoration(*c)));
    Some(plain)
}

/// White space, hyphens and dashes, and characters without width that copying brings along.
fn is_decoration(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{2060}' | '\u{2212}' | '\u{feff}')
}
