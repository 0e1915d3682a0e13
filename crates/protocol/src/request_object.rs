//! The members of a request object (OpenID Connect Core §6.1; RFC 9101 §4): parameters with the types of JSON.

use crate::parameters::{MAX_VALUE_BYTES, is_refused_in_value};
use serde_json::{Map, Value};

/// The `typ` by which an object says that it is one of RFC 9101 (§10.8).
pub const REQUEST_OBJECT_TYPE: &str = "oauth-authz-req+jwt";

/// Why a member cannot be used. Its name is one of ours; nothing of its value is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    /// Another JSON type than the one that the parameter has.
    #[error("{name} must be {kind}")]
    Type {
        /// The member.
        name: &'static str,
        /// The type that it should have.
        kind: &'static str,
    },
    /// NUL or another control character, as in [`crate::parameters::ParametersError::ControlCharacter`].
    #[error("{0} has a control character")]
    ControlCharacter(&'static str),
    /// More than [`MAX_VALUE_BYTES`].
    #[error("{0} is longer than 16384 bytes")]
    TooLong(&'static str),
}

/// A member that occurs once, as the text that the parameter would have been; `None` when it is absent or empty.
pub(crate) fn text(members: &Map<String, Value>, name: &'static str) -> Result<Option<String>, MemberError> {
    let Some(value) = members.get(name) else { return Ok(None) };
    let text = match (name, value) {
        ("max_age", Value::Number(seconds)) if seconds.is_u64() => seconds.to_string(),
        ("max_age", _) => return Err(MemberError::Type { name, kind: "a whole number" }),
        ("claims" | "registration", Value::Object(_)) => value.to_string(),
        ("claims" | "registration", _) => return Err(MemberError::Type { name, kind: "a JSON object" }),
        (_, Value::String(text)) => text.clone(),
        _ => return Err(MemberError::Type { name, kind: "a string" }),
    };
    legal(name, text).map(|text| Some(text).filter(|text| !text.is_empty()))
}

/// A member that is one text or several.
pub(crate) fn texts(members: &Map<String, Value>, name: &'static str) -> Result<Vec<String>, MemberError> {
    let wrong = MemberError::Type { name, kind: "a string or an array of strings" };
    let values = match members.get(name) {
        None => &[][..],
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
    };
    let texts = values.iter().map(|value| legal(name, value.as_str().ok_or(wrong)?.to_owned()));
    texts.filter(|text| text.as_ref().map_or(true, |text| !text.is_empty())).collect()
}

fn legal(name: &'static str, text: String) -> Result<String, MemberError> {
    if text.len() > MAX_VALUE_BYTES {
        Err(MemberError::TooLong(name))
    } else if text.chars().any(is_refused_in_value) {
        Err(MemberError::ControlCharacter(name))
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AuthorizationRequest;
    use crate::authorize::SINGLE_PARAMETERS;
    use serde_json::json;

    fn read(members: Value) -> Result<AuthorizationRequest, MemberError> {
        AuthorizationRequest::from_object(members.as_object().unwrap())
    }

    #[test]
    fn members_become_parameters() {
        let request = read(json!({
            "client_id": "a", "max_age": 0, "claims": { "userinfo": { "name": null } }, "nonce": "", "iss": 1,
            "resource": ["x", "y"], "registration": {}, "scope": "openid\ttab",
        }))
        .unwrap();
        assert_eq!(request.client_id.as_deref(), Some("a"));
        assert_eq!(request.max_age().unwrap(), Some(0));
        assert!(request.claims().unwrap().in_userinfo("name").is_some());
        assert_eq!((request.nonce, request.registration.as_deref()), (None, Some("{}")));
        assert_eq!(request.resource, ["x", "y"]);
        assert_eq!(read(json!({ "resource": "x" })).unwrap().resource, ["x"]);
        assert_eq!(read(json!({})).unwrap(), AuthorizationRequest::default());
    }

    #[test]
    fn no_member_has_another_type_than_its_own() {
        for name in SINGLE_PARAMETERS {
            for value in [json!(null), json!(true), json!(["x"]), json!(1.5), json!(-1)] {
                let error = read(json!({ *name: value })).unwrap_err();
                assert!(matches!(error, MemberError::Type { name: told, .. } if told == *name), "{name}: {error}");
            }
        }
        for wrong in
            [json!({ "max_age": "1" }), json!({ "claims": "{}" }), json!({ "scope": {} }), json!({ "state": 1 })]
        {
            assert!(read(wrong).is_err());
        }
        for wrong in [json!({ "resource": 1 }), json!({ "resource": ["x", 1] }), json!({ "resource": {} })] {
            assert!(read(wrong).is_err());
        }
    }

    /// What no parameter may hold cannot come in this way either: a database would choke on NUL.
    #[test]
    fn no_member_holds_what_a_parameter_may_not() {
        assert_eq!(read(json!({ "state": "a\u{0}b" })), Err(MemberError::ControlCharacter("state")));
        assert_eq!(read(json!({ "resource": ["\u{1b}"] })), Err(MemberError::ControlCharacter("resource")));
        let long = "x".repeat(MAX_VALUE_BYTES + 1);
        assert_eq!(read(json!({ "nonce": long })), Err(MemberError::TooLong("nonce")));
        assert_eq!(read(json!({ "claims": { "userinfo": { long: null } } })), Err(MemberError::TooLong("claims")));
        // JSON writes it as an escape, which the claims are read from again.
        assert!(read(json!({ "claims": { "userinfo": { "a\u{0}": null } } })).is_ok());
    }

    #[test]
    fn what_the_object_says_wins() {
        let inside = read(json!({ "state": "inside", "resource": "inside" })).unwrap();
        let outside = read(json!({ "state": "outside", "nonce": "outside", "resource": "outside" })).unwrap();
        let both = inside.clone().or(outside.clone());
        assert_eq!((both.state.as_deref(), both.nonce.as_deref()), (Some("inside"), Some("outside")));
        assert_eq!(both.resource, ["inside"]);
        assert_eq!(AuthorizationRequest::default().or(outside.clone()), outside);
    }
}
