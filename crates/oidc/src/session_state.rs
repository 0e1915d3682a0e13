//! `session_state` in the answer to an authorization request (OpenID Connect Session Management §2, §3.2).

use account::secret::{Token, sha256};
use url::Url;

/// The value for a client at this redirect URI, in a browser of this state: a hash and its salt. `None` where no page of
/// the client could ask: an application on a device has no origin.
pub fn of(client_id: &str, redirect_uri: &str, browser_state: &str) -> Option<String> {
    let origin = Url::parse(redirect_uri).ok()?.origin();
    if !origin.is_tuple() {
        return None;
    }
    let salt = Token::generate();
    Some(salted(client_id, &origin.ascii_serialization(), browser_state, salt.reveal()))
}

/// As `static/js/check-session.js` computes it again.
fn salted(client_id: &str, origin: &str, browser_state: &str, salt: &str) -> String {
    let hash = sha256(format!("{client_id} {origin} {browser_state} {salt}").as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hash}.{salt}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_hash_over_client_origin_and_state_with_its_salt() {
        let value = salted("app", "https://app.example.test", "state", "salt");
        assert_eq!(value, "2c3b597d3fdf877e982156904c4967a8627deaa029290a55d460c67048f60afd.salt");
    }

    #[test]
    fn each_answer_has_another_and_none_has_a_space() {
        let make = || of("app", "https://app.example.test/cb?x=1", "state").expect("a web page");
        assert_ne!(make(), make());
        assert!(!make().contains(' '));
        assert_eq!(of("app", "com.example.app:/cb", "state"), None);
    }
}
