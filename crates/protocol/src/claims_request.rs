//! The `claims` parameter: single claims asked for by name (OpenID Connect Core §5.5).

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What the `claims` parameter says. Members other than `userinfo` and `id_token` are ignored, as §5.5 demands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// Claims asked for at the userinfo endpoint.
    #[serde(default, deserialize_with = "null_is_empty", skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, Option<ClaimRequest>>,
    /// Claims asked for in the ID token.
    #[serde(default, deserialize_with = "null_is_empty", skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, Option<ClaimRequest>>,
}

/// How one claim is asked for (§5.5.1). Asked for by `null`, it is simply voluntary.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// Whether the task of the visitor needs it. An essential claim that we do not have is still no error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The one value wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The values wanted, best first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<Value>>,
}

impl ClaimsRequest {
    /// Reads the JSON text of the parameter.
    ///
    /// # Errors
    /// A sentence on where the JSON is not what §5.5 describes: an `invalid_request`.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        // By way of an object: what `Deserialize` derives would take the members from an array as well.
        let object: serde_json::Map<String, Value> = serde_json::from_str(json)?;
        serde_json::from_value(Value::Object(object))
    }

    /// The claims whose names `keep` says yes to.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(&str) -> bool) -> Self {
        let kept = |claims: &BTreeMap<String, Option<ClaimRequest>>| {
            claims.iter().filter(|(name, _)| keep(name)).map(|(name, how)| (name.clone(), how.clone())).collect()
        };
        Self { userinfo: kept(&self.userinfo), id_token: kept(&self.id_token) }
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// How the claim is asked for in the ID token: `None` when it is not, a default request when by `null`.
    pub fn in_id_token(&self, claim: &str) -> Option<ClaimRequest> {
        self.id_token.get(claim).map(|request| request.clone().unwrap_or_default())
    }

    /// How the claim is asked for at userinfo: `None` when it is not, a default request when by `null`.
    pub fn in_userinfo(&self, claim: &str) -> Option<ClaimRequest> {
        self.userinfo.get(claim).map(|request| request.clone().unwrap_or_default())
    }
}

impl ClaimRequest {
    /// Whether the value is one that was wanted; any is, when none was named.
    pub fn accepts(&self, value: &Value) -> bool {
        match (&self.value, &self.values) {
            (None, None) => true,
            (one, many) => one.as_ref() == Some(value) || many.as_ref().is_some_and(|many| many.contains(value)),
        }
    }

    /// The values wanted, `value` first, when they are strings (`acr`, `sub`).
    pub fn wanted_strings(&self) -> impl Iterator<Item = &str> {
        self.value.iter().chain(self.values.iter().flatten()).filter_map(Value::as_str)
    }
}

fn null_is_empty<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Option<ClaimRequest>>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_the_example_of_the_specification() {
        let request = ClaimsRequest::parse(
            r#"{"userinfo":{"given_name":{"essential":true},"nickname":null,"http://example.info/claims/groups":null},
                "id_token":{"auth_time":{"essential":true},"acr":{"values":["urn:mace:incommon:iap:silver"]}},
                "other": 7}"#,
        )
        .unwrap();
        assert!(request.in_userinfo("given_name").unwrap().essential);
        assert_eq!(request.in_userinfo("nickname"), Some(ClaimRequest::default()));
        assert_eq!(request.in_userinfo("email"), None);
        let acr = request.in_id_token("acr").unwrap();
        assert_eq!(acr.wanted_strings().collect::<Vec<_>>(), ["urn:mace:incommon:iap:silver"]);
        assert!(acr.accepts(&json!("urn:mace:incommon:iap:silver")) && !acr.accepts(&json!("1")));
        let again = serde_json::to_string(&request).unwrap();
        assert_eq!(ClaimsRequest::parse(&again).unwrap(), request);
    }

    #[test]
    fn nonsense_is_an_error_and_null_is_nothing() {
        assert!(ClaimsRequest::parse(r#"{"userinfo":null}"#).unwrap().is_empty());
        for bad in [
            "",
            "[1]",
            "7",
            r#"{"userinfo":[]}"#,
            r#"{"id_token":{"acr":5}}"#,
            r#"{"id_token":{"acr":{"essential":"yes"}}}"#,
        ] {
            assert!(ClaimsRequest::parse(bad).is_err(), "{bad}");
        }
        let deep = "[".repeat(5000);
        assert!(ClaimsRequest::parse(&format!(r#"{{"x":{deep}"#)).is_err());
    }
}
