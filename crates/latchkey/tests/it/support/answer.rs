//! The answer of the authorization endpoint, however it travels.

use super::{Provider, Shown};
use serde_json::Value;

/// Where the parameters of an answer stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the query.
    Query,
    /// In the fragment.
    Fragment,
    /// In a form that posts itself.
    Form,
}

/// An answer to the client.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Where it goes, without the answer.
    pub to: String,
    /// Where its parameters stand.
    pub place: Place,
    /// Its parameters, in order.
    pub parameters: Vec<(String, String)>,
}

impl Shown {
    /// The answer that the browser is carrying to the client.
    #[track_caller]
    pub fn answer(&self) -> Answer {
        if self.has("form-post") {
            let form = self.form_with("go-on");
            assert_eq!(form.method, "post");
            return Answer { to: form.action, place: Place::Form, parameters: form.fields };
        }
        assert_eq!(self.status.as_u16(), 303, "no answer: {}", self.brief());
        let (place, (to, text)) = match (self.url.split_once('#'), self.url.split_once('?')) {
            (Some(parts), _) => (Place::Fragment, parts),
            (None, Some(parts)) => (Place::Query, parts),
            (None, None) => panic!("no answer: {}", self.brief()),
        };
        let parameters = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        Answer { to: to.to_owned(), place, parameters }
    }
}

impl Answer {
    /// A parameter; `None` when it is not there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that must be there.
    #[track_caller]
    pub fn expect(&self, name: &str) -> &str {
        self.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    /// The names of all parameters, in order.
    pub fn names(&self) -> Vec<&str> {
        self.parameters.iter().map(|(name, _)| name.as_str()).collect()
    }
}

impl Provider {
    /// The claims of a JWT of ours, its signature checked.
    #[track_caller]
    pub fn claims(&self, token: &str) -> Value {
        let keys = self.node.provider.keys.current();
        Value::Object(keys.verifying().verify(token, &jose::SigningAlgorithm::ALL).expect("a token of ours").claims)
    }
}
