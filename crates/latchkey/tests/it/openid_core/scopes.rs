//! Scopes and their claims (§5.4).

use super::{ALL, scene};
use protocol::scope::claims_of;
use serde_json::Value;

/// oidcc-scope-profile, oidcc-scope-email, oidcc-scope-address, oidcc-scope-phone, oidcc-scope-all: every claim of the
/// scope at userinfo, none of them in the ID token; the other way round where no access token is issued.
#[tokio::test]
async fn each_scope_brings_each_of_its_claims_to_the_right_place() {
    let s = scene().await;
    let browser = s.browser().await;
    for response_type in ALL {
        for scope in
            ["openid profile", "openid email", "openid address", "openid phone", "openid profile email address phone"]
        {
            let came = s.ask(&browser, response_type, &[("scope", scope)]).await;
            let expected: Vec<&str> = scope.split(' ').flat_map(claims_of).copied().collect();
            let (full, empty) = match &came.person {
                Some(person) => (person, Some(&came.id_token)),
                None => (&came.id_token, None),
            };
            for claim in protocol::claims::STANDARD_CLAIMS.iter().map(|(name, _)| *name).filter(|name| *name != "sub") {
                assert_eq!(
                    full[claim] != Value::Null,
                    expected.contains(&claim),
                    "{claim} by {scope}, {response_type}"
                );
                assert!(empty.is_none_or(|claims| claims[claim] == Value::Null), "{claim} in the ID token");
            }
            assert_eq!(full["sub"], s.alice.as_str());
        }
    }
    assert_eq!(claims_of("profile").len(), 14);
}

/// Whatever is in the ID token beyond the standard's own claims was asked for.
#[tokio::test]
async fn an_id_token_has_nothing_that_nobody_asked_for() {
    let s = scene().await;
    let browser = s.browser().await;
    for response_type in ALL {
        let came = s.ask(&browser, response_type, &[]).await;
        for claim in came.id_token.as_object().unwrap().keys() {
            let own =
                ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "c_hash", "sid"];
            assert!(own.contains(&claim.as_str()), "{claim}");
        }
        assert_eq!(came.id_token["nonce"], "a-nonce");
    }
}

/// A scope that nobody knows is ignored (RFC 6749 §3.3), and a token for less is told to be one.
#[tokio::test]
async fn an_unknown_scope_is_ignored_and_the_answer_says_what_was_granted() {
    let s = scene().await;
    let browser = s.browser().await;
    let came = s.ask(&browser, "id_token token", &[("scope", "openid shoes email")]).await;
    assert_eq!(came.answer.get("scope"), Some("openid email"));
    let came = s.ask(&browser, "id_token token", &[("scope", "email openid")]).await;
    assert_eq!(came.answer.get("scope"), None, "the same, in another order");
}
