//! A product's addresses for log-outs: keeps what comes to them, and answers as it is told.

use actix_web::web::{Bytes, Data, to};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

/// What came: method, path with query, cookies, content type, body.
#[derive(Debug, Clone)]
pub struct Posted {
    pub method: String,
    pub path: String,
    pub cookies: String,
    pub content_type: String,
    pub body: String,
}

impl Posted {
    /// The token of a well-made log-out: the only field.
    #[track_caller]
    pub fn token(&self) -> &str {
        assert_eq!(self.content_type, "application/x-www-form-urlencoded");
        let token = self.body.strip_prefix("logout_token=").expect("only a logout_token");
        assert!(!token.contains('&'), "{}", self.body);
        token
    }
}

#[derive(Default)]
struct State {
    posted: Mutex<Vec<Posted>>,
    status: AtomicU16,
    hangs: AtomicBool,
}

/// The running address. It stops with this value.
pub struct Listener {
    /// Its origin.
    pub origin: String,
    /// Where it listens for the back channel.
    pub url: String,
    state: Arc<State>,
    handle: actix_web::dev::ServerHandle,
}

impl Listener {
    /// Starts one that says 200.
    pub fn start() -> Self {
        let state = Arc::new(State { status: AtomicU16::new(200), ..State::default() });
        let (shared, (send, receive)) = (state.clone(), std::sync::mpsc::channel());
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = move || App::new().app_data(Data::from(shared.clone())).default_service(to(take));
                let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0)).expect("a port");
                let port = server.addrs()[0].port();
                let server = server.disable_signals().shutdown_timeout(0).run();
                send.send((port, server.handle())).expect("the test waits");
                server.await.expect("it ends well");
            });
        });
        let (port, handle) = receive.recv().expect("it started");
        let origin = format!("http://127.0.0.1:{port}");
        Self { url: format!("{origin}/backchannel"), origin, state, handle }
    }

    /// Answers with this status from now on.
    pub fn answer(&self, status: u16) {
        self.state.status.store(status, Ordering::SeqCst);
    }

    /// Answers nothing at all from now on.
    pub fn hang(&self) {
        self.state.hangs.store(true, Ordering::SeqCst);
    }

    /// What came so far.
    pub fn posted(&self) -> Vec<Posted> {
        self.state.posted.lock().expect("not poisoned").clone()
    }

    /// The paths that were asked for by GET, without what browsers ask for by themselves.
    pub fn gets(&self) -> Vec<String> {
        let gets = self.posted().into_iter().filter(|one| one.method == "GET" && one.path != "/favicon.ico");
        gets.map(|one| one.path).collect()
    }

    /// What came, once there are so many.
    pub async fn wait_for(&self, number: usize) -> Vec<Posted> {
        for _ in 0..2000 {
            let posted = self.posted();
            if posted.len() >= number {
                return posted;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("{} of {number} came", self.posted().len());
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn take(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    let header =
        |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    state.posted.lock().expect("not poisoned").push(Posted {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        cookies: header("cookie"),
        content_type: header("content-type"),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    if state.hangs.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    let status = state.status.load(Ordering::SeqCst);
    HttpResponse::build(actix_web::http::StatusCode::from_u16(status).expect("a status"))
        .content_type("text/html")
        .body("<!doctype html><title>Product</title><p id=\"here\">here</p>")
}
