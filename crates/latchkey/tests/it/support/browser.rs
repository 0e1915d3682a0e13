//! A browser without script: keeps cookies, follows redirects on the provider's pages, fills forms by the ids of their
//! buttons. It stops where a redirect leaves the provider.

use super::html::{self, Form};
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Method, StatusCode};
use std::sync::Mutex;

/// What a browser shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its address; when it left the provider, that address was not visited.
    pub url: String,
    /// The last status; 303 when the browser was sent elsewhere.
    pub status: StatusCode,
    /// The last answer's headers.
    pub headers: HeaderMap,
    /// The page.
    pub body: String,
}

impl Shown {
    /// A parameter of the address's query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(&self.url).expect("an address");
        url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
    }

    /// The path of the address.
    pub fn path(&self) -> String {
        url::Url::parse(&self.url).expect("an address").path().to_owned()
    }

    /// Whether an element with this id is on the page.
    pub fn has(&self, id: &str) -> bool {
        html::tags(&self.body).iter().any(|tag| tag.get("id") == id)
    }

    /// The text of an element.
    #[track_caller]
    pub fn text(&self, id: &str) -> String {
        html::text_of(&self.body, id).unwrap_or_else(|| panic!("no #{id} on {}", self.brief()))
    }

    /// The whole page as text.
    pub fn plain(&self) -> String {
        html::plain(&self.body)
    }

    /// The address of a link.
    #[track_caller]
    pub fn link(&self, id: &str) -> String {
        let tag = html::tags(&self.body).into_iter().find(|tag| tag.get("id") == id);
        tag.unwrap_or_else(|| panic!("no link #{id} on {}", self.brief())).get("href").to_owned()
    }

    /// The form that has an element (a button, an input) with this id.
    #[track_caller]
    pub fn form_with(&self, id: &str) -> Form {
        let form = html::forms(&self.body).into_iter().find(|form| form.ids.iter().any(|i| i == id));
        form.unwrap_or_else(|| panic!("no form with #{id} on {}", self.brief()))
    }

    /// The code of the error page; `None` on any other page.
    pub fn error_code(&self) -> Option<String> {
        let main = html::tags(&self.body).into_iter().find(|tag| tag.get("id") == "error-page")?;
        Some(main.get("data-error").to_owned())
    }

    /// Asserts that it is the page at this path, with status 200.
    #[track_caller]
    pub fn expect(&self, path: &str) -> &Self {
        assert_eq!((self.path().as_str(), self.status.as_u16()), (path, 200), "{}", self.brief());
        self
    }

    /// Address, status and text, for messages of failed tests.
    pub fn brief(&self) -> String {
        let text: String = self.plain().chars().take(1500).collect();
        format!("{} ({}): {text}", self.url, self.status)
    }
}

/// One browser with its cookies.
pub struct Browser {
    base: String,
    client: reqwest::Client,
    cookies: Mutex<Vec<(String, String)>>,
}

impl Browser {
    /// A browser without cookies that knows pages below `base`.
    pub fn new(base: &str) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent("Mozilla/5.0 (X11; Linux x86_64) Test/1.0")
            .build()
            .expect("a client");
        Self { base: base.to_owned(), client, cookies: Mutex::default() }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("cookies").iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())
    }

    /// Puts a cookie in the browser, as an attacker on a sibling host might.
    pub fn plant_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().expect("cookies");
        cookies.retain(|(n, _)| n != name);
        cookies.push((name.to_owned(), value.to_owned()));
    }

    /// Forgets all cookies.
    pub fn forget_cookies(&self) {
        self.cookies.lock().expect("cookies").clear();
    }

    /// Opens an address or a path and follows redirects.
    pub async fn open(&self, address: &str) -> Shown {
        self.go(Method::GET, address, None, &[]).await
    }

    /// Clicks the submit button with this id, after filling in fields by name.
    #[track_caller]
    pub fn click<'a>(
        &'a self,
        shown: &'a Shown,
        button: &'a str,
        fill: &'a [(&'a str, &'a str)],
    ) -> impl std::future::Future<Output = Shown> + 'a {
        let form = shown.form_with(button);
        assert_eq!(form.method, "post", "#{button} is in a form that posts");
        async move {
            let mut fields = form.fields.clone();
            for (name, value) in fill {
                match fields.iter_mut().find(|(n, _)| n == name) {
                    Some(field) => field.1 = (*value).to_owned(),
                    None => fields.push(((*name).to_owned(), (*value).to_owned())),
                }
            }
            if let Some((_, name, value)) = form.buttons.iter().find(|(id, name, _)| id == button && !name.is_empty()) {
                fields.push((name.clone(), value.clone()));
            }
            let action = if form.action.is_empty() { shown.url.clone() } else { self.join(&shown.url, &form.action) };
            let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            self.post(&action, &pairs).await
        }
    }

    /// Posts fields as they are and follows redirects.
    pub async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Shown {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.go(Method::POST, address, Some(body), &[]).await
    }

    /// Sends any request with further headers and follows redirects.
    pub async fn go(&self, method: Method, address: &str, body: Option<String>, headers: &[(&str, &str)]) -> Shown {
        let mut shown = self.once(method, &self.join(&self.base, address), body, headers).await;
        for _ in 0..15 {
            let Some(location) = shown.headers.get(LOCATION).and_then(|l| l.to_str().ok()) else { return shown };
            let next = self.join(&shown.url, location);
            if !next.starts_with(&format!("{}/", self.base)) {
                shown.url = next;
                return shown;
            }
            shown = self.once(Method::GET, &next, None, &[]).await;
        }
        panic!("redirected for ever: {}", shown.brief());
    }

    /// One request, no redirect followed.
    pub async fn once(&self, method: Method, url: &str, body: Option<String>, headers: &[(&str, &str)]) -> Shown {
        let mut request = self.client.request(method, self.join(&self.base, url));
        let cookies: Vec<String> =
            self.cookies.lock().expect("cookies").iter().map(|(n, v)| format!("{n}={v}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.keep(request).await
    }

    /// Sends a request that the caller made, with this browser's cookies.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Shown {
        let cookies: Vec<String> =
            self.cookies.lock().expect("cookies").iter().map(|(n, v)| format!("{n}={v}")).collect();
        self.keep(request.header("cookie", cookies.join("; "))).await
    }

    /// The client, to make such a request with.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    async fn keep(&self, request: reqwest::RequestBuilder) -> Shown {
        let answer = request.send().await.expect("the provider answers");
        let (url, status, headers) = (answer.url().to_string(), answer.status(), answer.headers().clone());
        for line in headers.get_all("set-cookie") {
            let line = line.to_str().expect("ascii");
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').expect("a cookie");
            if attributes.contains("Max-Age=0") {
                self.cookies.lock().expect("cookies").retain(|(n, _)| n != name);
            } else {
                self.plant_cookie(name, value);
            }
        }
        let body = answer.text().await.expect("a body");
        assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{url}: {}", html::plain(&body));
        Shown { url, status, headers, body }
    }

    fn join(&self, here: &str, there: &str) -> String {
        url::Url::parse(here).and_then(|base| base.join(there)).expect("an address").to_string()
    }
}
