//! The square that apps scan (QR code, ISO/IEC 18004).

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;
use std::fmt::Write;
use zeroize::Zeroizing;

/// Light modules around the square, which scanners need.
const QUIET: usize = 4;

/// A text as a square of dark and light modules. Does not print: it shows a secret.
pub struct Square {
    size: usize,
    path: Zeroizing<String>,
}

impl Square {
    /// Draws a text. `None` when it is too long for any square (about 2,300 bytes).
    pub fn of(text: &str) -> Option<Self> {
        let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
        let mut path = Zeroizing::new(String::with_capacity(code.size * code.size * 8));
        for row in 0..code.size {
            let mut column = 0;
            while column < code.size {
                let dark = |column: usize| code[row].get(column).is_some_and(|module| module.value());
                let length = (column..code.size).take_while(|column| dark(*column)).count();
                if length > 0 {
                    // Writing to a string does not fail.
                    let _ = write!(path, "M{} {}h{length}v1h-{length}z", column + QUIET, row + QUIET);
                }
                column += length + 1;
            }
        }
        Some(Self { size: code.size + 2 * QUIET, path })
    }

    /// Its width and height in modules, with the quiet zone.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The dark modules, as the `d` of an SVG path.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl std::fmt::Debug for Square {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Square(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_has_its_three_finders_and_a_quiet_zone() {
        let square = Square::of("otpauth://totp/Example:alice%40example.test?secret=IFAUCQKB&issuer=Example").unwrap();
        let far = square.size() - QUIET - 7;
        for (x, y) in [(QUIET, QUIET), (far, QUIET), (QUIET, far)] {
            assert!(square.path().contains(&format!("M{x} {y}h7v1h-7z")), "a finder at {x} {y}");
        }
        assert!(!square.path().contains("M0 ") && square.path().len() < 12_000, "{}", square.path().len());
        assert!(Square::of(&"x".repeat(5000)).is_none());
    }
}
