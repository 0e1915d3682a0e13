use super::claims::judge;
use account::Timestamp;
use serde_json::json;

const ISSUER: &str = "https://id.example.test";

/// Issuer, audience and times may be absent; a wrong one never passes.
#[test]
fn what_an_object_says_of_itself_must_be_right() {
    let now = Timestamp::from_seconds(1_000_000);
    for good in [
        json!({}),
        json!({ "iss": "web", "aud": ISSUER, "exp": 1_000_060, "iat": 1_000_000, "nbf": 999_990.5 }),
        json!({ "aud": ["https://other.example.test", ISSUER] }),
        json!({ "exp": 999_971 }),
        json!({ "nbf": 1_000_030 }),
        json!({ "sub": "alice" }),
    ] {
        assert_eq!(judge(good.as_object().unwrap(), "web", ISSUER, now), Ok(()), "{good}");
    }
    for (bad, said) in [
        (json!({ "iss": "other" }), "iss"),
        (json!({ "iss": ["web"] }), "iss"),
        (json!({ "iss": null }), "iss"),
        (json!({ "sub": "web" }), "sub"),
        (json!({ "aud": "https://id.example.test/" }), "aud"),
        (json!({ "aud": [] }), "aud"),
        (json!({ "aud": [[ISSUER]] }), "aud"),
        (json!({ "exp": 999_970 }), "expired"),
        (json!({ "exp": -1 }), "expired"),
        (json!({ "exp": "1000060" }), "exp must be a number"),
        (json!({ "nbf": 1_000_031 }), "nbf"),
        (json!({ "iat": 1e300 }), "iat"),
        (json!({ "iat": null }), "iat"),
    ] {
        let why = judge(bad.as_object().unwrap(), "web", ISSUER, now).unwrap_err();
        assert!(why.contains(said), "{bad}: {why}");
    }
}
