//! Request parameters in the form `application/x-www-form-urlencoded`, from a query or a body (RFC 6749 §3.1, §3.2,
//! appendix B). Read strictly: whatever is not clean UTF-8 within the limits is refused before anyone looks at it.

/// Longest query or body that is read, in bytes.
pub const MAX_TOTAL_BYTES: usize = 64 * 1024;
/// Most parameters in one request.
pub const MAX_PARAMETERS: usize = 100;
/// Longest single value (or name), in bytes after decoding.
pub const MAX_VALUE_BYTES: usize = 16 * 1024;

/// Why a query or body could not be read. Each is an `invalid_request`; none quotes what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParametersError {
    /// More than [`MAX_TOTAL_BYTES`].
    #[error("the request has more than 65536 bytes of parameters")]
    TooLong,
    /// More than [`MAX_PARAMETERS`].
    #[error("the request has more than 100 parameters")]
    TooMany,
    /// A name or value of more than [`MAX_VALUE_BYTES`].
    #[error("a parameter is longer than 16384 bytes")]
    ValueTooLong,
    /// A `%` that two hexadecimal digits do not follow.
    #[error("a parameter has a percent sign that two hexadecimal digits do not follow")]
    BadEscape,
    /// Decoded bytes that are not UTF-8.
    #[error("a parameter is not UTF-8")]
    NotUtf8,
    /// NUL or another control character (tab and line ends are allowed in values: `claims` is JSON).
    #[error("a parameter has a control character")]
    ControlCharacter,
}

/// The parameters of one request, in the order sent.
///
/// It does not print its values (passwords, codes and assertions travel here): `Debug` shows the names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Reads a query (without the `?`) or a form body.
    ///
    /// # Errors
    /// See [`ParametersError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ParametersError> {
        if bytes.len() > MAX_TOTAL_BYTES {
            return Err(ParametersError::TooLong);
        }
        let mut pairs = Vec::new();
        for piece in bytes.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()) {
            if pairs.len() == MAX_PARAMETERS {
                return Err(ParametersError::TooMany);
            }
            let (name, value) = match piece.iter().position(|byte| *byte == b'=') {
                Some(at) => (&piece[..at], &piece[at + 1..]),
                None => (piece, &[][..]),
            };
            let (name, value) = (form_decode(name)?, form_decode(value)?);
            if name.len() > MAX_VALUE_BYTES || value.len() > MAX_VALUE_BYTES {
                return Err(ParametersError::ValueTooLong);
            }
            if name.chars().any(char::is_control) || value.chars().any(is_refused_in_value) {
                return Err(ParametersError::ControlCharacter);
            }
            pairs.push((name, value));
        }
        Ok(Self { pairs })
    }

    /// The value of a parameter; the first one if it was sent twice. An empty value counts as absent (RFC 6749 §3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_all(name).next()
    }

    /// All values of a parameter that may be repeated, such as `resource` (RFC 8707 §2), without the empty ones.
    pub fn get_all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.pairs.iter().filter(move |(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// Whether the parameter was sent at all, even empty.
    pub fn contains(&self, name: &str) -> bool {
        self.pairs.iter().any(|(n, _)| n == name)
    }

    /// The first parameter, known or not, that occurs a second time; also when one of the two is empty.
    pub fn duplicate(&self) -> Option<&str> {
        self.find_duplicate(|_| true)
    }

    /// The first parameter out of `known` that occurs a second time: an `invalid_request` (RFC 6749 §3.1), while
    /// parameters that nobody knows are ignored, repeated or not.
    pub fn duplicate_among(&self, known: &[&str]) -> Option<&str> {
        self.find_duplicate(|name| known.contains(&name))
    }

    fn find_duplicate(&self, counts: impl Fn(&str) -> bool) -> Option<&str> {
        self.pairs
            .iter()
            .enumerate()
            .find(|(at, (name, _))| counts(name) && self.pairs[..*at].iter().any(|(earlier, _)| earlier == name))
            .map(|(_, (name, _))| name.as_str())
    }

    /// All pairs as sent, empty values too.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.pairs.iter().map(|(name, _)| name)).finish()
    }
}

pub(crate) fn is_refused_in_value(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\n' | '\r')
}

/// Decodes one name or value: `+` is a space, `%XX` a byte, and the whole must be UTF-8.
///
/// # Errors
/// `BadEscape` and `NotUtf8`.
pub fn form_decode(encoded: &[u8]) -> Result<String, ParametersError> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let [high, low, tail @ ..] = tail else { return Err(ParametersError::BadEscape) };
                rest = tail;
                hex(*high)? << 4 | hex(*low)?
            }
            other => *other,
        });
    }
    String::from_utf8(decoded).map_err(|_| ParametersError::NotUtf8)
}

fn hex(digit: u8) -> Result<u8, ParametersError> {
    match (digit as char).to_digit(16) {
        Some(value) => Ok(value as u8),
        None => Err(ParametersError::BadEscape),
    }
}

/// Encodes one name or value so that both readings, as a form and as a part of a URI, give it back: everything but
/// the unreserved characters of RFC 3986 §2.3 becomes `%XX`.
pub fn form_encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(byte as char);
        } else {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            encoded.push('%');
            encoded.push(DIGITS[usize::from(byte >> 4)] as char);
            encoded.push(DIGITS[usize::from(byte & 15)] as char);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_pairs_and_decodes_them() {
        let p = Parameters::parse(b"a=1&b=x+y%20z&c=%C3%A9&d&e=&&f=1=2").unwrap();
        assert_eq!(p.get("a"), Some("1"));
        assert_eq!(p.get("b"), Some("x y z"));
        assert_eq!(p.get("c"), Some("é"));
        assert_eq!(p.get("d"), None);
        assert_eq!(p.get("e"), None);
        assert_eq!(p.get("f"), Some("1=2"));
        assert!(p.contains("d") && !p.contains("g"));
    }

    #[test]
    fn a_known_parameter_twice_is_found_and_an_unknown_one_is_not() {
        let p = Parameters::parse(b"x=1&x=2&resource=a&resource=b&state=s&state=").unwrap();
        assert_eq!(p.duplicate(), Some("x"));
        assert_eq!(p.duplicate_among(&["state", "scope"]), Some("state"));
        assert_eq!(p.duplicate_among(&["scope"]), None);
        assert_eq!(p.get_all("resource").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn what_is_not_clean_is_refused() {
        use ParametersError::*;
        for (input, error) in [
            ("a=%", BadEscape),
            ("a=%4", BadEscape),
            ("a=%zz", BadEscape),
            ("a=%+1", BadEscape),
            ("a=%ff", NotUtf8),
            ("%C3=1", NotUtf8),
            ("a=%ed%a0%80", NotUtf8),
            ("a=%00", ControlCharacter),
            ("a=%7f", ControlCharacter),
            ("a=%C2%85", ControlCharacter),
            ("a%0a=1", ControlCharacter),
        ] {
            assert_eq!(Parameters::parse(input.as_bytes()), Err(error), "{input}");
        }
        assert!(Parameters::parse(b"claims=%7B%0D%0A%09%7D").is_ok());
    }

    #[test]
    fn limits_hold_at_their_edges() {
        assert!(Parameters::parse("a=1&".repeat(100).as_bytes()).is_ok());
        assert_eq!(Parameters::parse("a=1&".repeat(101).as_bytes()), Err(ParametersError::TooMany));
        assert!(Parameters::parse(format!("a={}", "x".repeat(MAX_VALUE_BYTES)).as_bytes()).is_ok());
        let long = format!("a={}", "x".repeat(MAX_VALUE_BYTES + 1));
        assert_eq!(Parameters::parse(long.as_bytes()), Err(ParametersError::ValueTooLong));
        assert_eq!(Parameters::parse(&[b'&'; MAX_TOTAL_BYTES + 1]), Err(ParametersError::TooLong));
    }

    #[test]
    fn values_are_not_printed() {
        let p = Parameters::parse(b"client_secret=hunter2").unwrap();
        assert_eq!(format!("{p:?}"), r#"["client_secret"]"#);
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_fail_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(p) = Parameters::parse(&bytes) {
                let _ = (p.duplicate(), p.get("a"), format!("{p:?}"));
            }
        }

        #[test]
        fn encoding_is_undone_by_decoding(value in any::<String>()) {
            prop_assert_eq!(form_decode(form_encode(&value).as_bytes()), Ok(value));
        }
    }
}
