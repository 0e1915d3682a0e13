//! JSON in a text column.

use serde::{Serialize, de::DeserializeOwned};

/// A value kept as JSON text. In a row struct use `#[diesel(serialize_as = String)]` / `#[diesel(deserialize_as = String)]`
/// on a field of this type; the row is then inserted by value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize> From<Json<T>> for String {
    fn from(json: Json<T>) -> String {
        serde_json::to_string(&json.0).expect("our own types serialise to JSON: maps have string keys")
    }
}

impl<T: DeserializeOwned> TryFrom<String> for Json<T> {
    type Error = serde_json::Error;
    fn try_from(text: String) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&text).map(Json)
    }
}
