//! A client that registers itself, and a web server that holds its documents.

use super::Provider;
use account::Actor;
use account::secret::Token;
use actix_web::web::{Data, to};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use oidc::registration::initial_token;
use reqwest::{Client, Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// What came back.
pub struct Told {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Told {
    /// Status and error code.
    pub fn error(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["error"].as_str().unwrap_or_default())
    }

    /// The text of a member.
    #[track_caller]
    pub fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_else(|| panic!("{name}: {}", self.body))
    }
}

impl Provider {
    /// An initial access token.
    pub async fn initial_token(&self, uses: u32, days: u32) -> String {
        let secret = Token::generate();
        let shown = secret.reveal().to_owned();
        let issued = self
            .accounts
            .write(&Actor::command(), move |tx| initial_token::issue(tx, &secret, "a test", uses, days))
            .await;
        issued.expect("written");
        shown
    }

    /// Registers a client at the endpoint, with an initial access token when there is one.
    pub async fn register_self(&self, token: Option<&str>, metadata: &Value) -> Told {
        let url = format!("{}/oauth2/register", self.url);
        tell(Method::POST, &url, token, Some(metadata.to_string())).await
    }
}

/// One request with a bearer token and a JSON body.
pub async fn tell(method: Method, url: &str, token: Option<&str>, body: Option<String>) -> Told {
    let mut request = Client::new().request(method, url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body);
    }
    let answer = request.send().await.expect("an answer");
    let (status, headers) = (answer.status(), answer.headers().clone());
    let text = answer.text().await.expect("a body");
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{text}");
    Told { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
}

/// What most of the clients here register.
pub fn plain() -> Value {
    json!({ "client_name": "Tracker", "redirect_uris": ["https://tracker.example.test/callback"] })
}

/// [`plain`] with more.
pub fn with(more: Value) -> Value {
    let mut metadata = plain();
    metadata.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    metadata
}

/// Documents by path, and how often each was asked for.
type Documents = Arc<Mutex<HashMap<String, (Value, usize)>>>;

/// A web server on this machine with a client's documents.
pub struct Documentary {
    /// Its address, without a slash at the end.
    pub url: String,
    documents: Documents,
    handle: actix_web::dev::ServerHandle,
}

impl Documentary {
    /// Starts it.
    pub fn start() -> Self {
        let documents = Documents::default();
        let (shared, (send, receive)) = (documents.clone(), std::sync::mpsc::channel());
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = move || App::new().app_data(Data::new(shared.clone())).default_service(to(show));
                let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0)).expect("a port");
                let port = server.addrs()[0].port();
                let server = server.disable_signals().run();
                send.send((port, server.handle())).expect("the test waits");
                server.await.expect("it ends well");
            });
        });
        let (port, handle) = receive.recv().expect("it started");
        Self { url: format!("http://127.0.0.1:{port}"), documents, handle }
    }

    /// Puts a document at a path, and returns its address.
    pub fn put(&self, path: &str, document: Value) -> String {
        let mut documents = self.documents.lock().expect("not poisoned");
        let asked = documents.get(path).map_or(0, |(_, asked)| *asked);
        documents.insert(path.to_owned(), (document, asked));
        format!("{}{path}", self.url)
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.documents.lock().expect("not poisoned").get(path).map_or(0, |(_, asked)| *asked)
    }
}

impl Drop for Documentary {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn show(request: HttpRequest, documents: Data<Documents>) -> HttpResponse {
    match documents.lock().expect("not poisoned").get_mut(request.path()) {
        Some((document, asked)) => {
            *asked += 1;
            HttpResponse::Ok().json(document)
        }
        None => HttpResponse::NotFound().finish(),
    }
}
