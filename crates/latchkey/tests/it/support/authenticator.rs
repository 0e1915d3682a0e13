//! Chromium's virtual authenticator, by the WebDriver extension of Web Authentication §11.

use super::Chromium;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// An authenticator that Chromium makes believe to have.
pub struct Authenticator {
    id: String,
}

#[derive(Debug)]
struct Command {
    method: Method,
    path: String,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!("session/{}/{}", session_id.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (self.method.clone(), self.body.as_ref().map(Value::to_string))
    }
}

impl Chromium {
    async fn webauthn(&self, method: Method, path: String, body: Option<Value>) -> Value {
        let path = format!("webauthn/{path}");
        let done = self.page.issue_cmd(Command { method, path: path.clone(), body }).await;
        done.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Gives the browser an authenticator in the device that verifies its person and keeps passkeys; `more` changes that.
    pub async fn authenticator(&self, more: Value) -> Authenticator {
        let mut options = json!({
            "protocol": "ctap2_1", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserConsenting": true, "isUserVerified": true,
        });
        options.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let id = self.webauthn(Method::POST, "authenticator".to_owned(), Some(options)).await;
        Authenticator { id: id.as_str().expect("an id").to_owned() }
    }

    /// Makes the browser say, on pages opened from now on, that it offers no passkeys in fields: the test presses buttons.
    pub async fn without_autofill(&self) {
        let source = "if (window.PublicKeyCredential) { PublicKeyCredential.isConditionalMediationAvailable = \
            function () { return Promise.resolve(false); }; }";
        let body = json!({ "cmd": "Page.addScriptToEvaluateOnNewDocument", "params": { "source": source } });
        let command = Command { method: Method::POST, path: "goog/cdp/execute".to_owned(), body: Some(body) };
        self.page.issue_cmd(command).await.expect("it is told");
    }

    /// The passkeys in an authenticator.
    pub async fn passkeys_in(&self, authenticator: &Authenticator) -> Vec<Value> {
        let path = format!("authenticator/{}/credentials", authenticator.id);
        self.webauthn(Method::GET, path, None).await.as_array().expect("a list").clone()
    }

    /// Whether the authenticator recognises its person from now on.
    pub async fn recognise(&self, authenticator: &Authenticator, recognised: bool) {
        let path = format!("authenticator/{}/uv", authenticator.id);
        self.webauthn(Method::POST, path, Some(json!({ "isUserVerified": recognised }))).await;
    }

    /// Takes the authenticator away.
    pub async fn unplug(&self, authenticator: Authenticator) {
        self.webauthn(Method::DELETE, format!("authenticator/{}", authenticator.id), None).await;
    }
}
