//! kill -9 under load loses nothing that was acknowledged.

use super::process::Installation;
use crate::support::Browser;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

const ROUNDS: usize = 20;
/// Acknowledged writes after which the process is killed, different each round.
const WRITES: usize = 8;
const WRITERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_loses_nothing_that_was_acknowledged() {
    let installation = Installation::new();
    let mut process = installation.serve();
    let link = process.line("/setup?token=").trim().to_owned();
    let browser = Browser::new(&installation.url);
    let page = browser.open(&link).await;
    let fill = [("email", "olga@example.test"), ("name", "Olga Operator"), ("password", "four uncommon words here")];
    browser.click(&page, "set-up", &fill).await.expect("/admin");
    let form = browser.open("/admin/register-client").await.form_with("save");
    let mut fields = form.fields.clone();
    fields.retain(|(name, _)| !["client_id", "client_name", "redirect_uris"].contains(&name.as_str()));
    let load = Arc::new(Load::new(&installation.url, &browser, fields));

    let mut all = Vec::new();
    for round in 0..ROUNDS {
        let acknowledged = load.until(round, WRITES + round % 5, || process.signal("KILL")).await;
        assert!(process.end().code().is_none(), "it ended by the signal");
        assert!(acknowledged.len() >= WRITES, "round {round}");
        process = installation.serve();
        for id in &acknowledged {
            let shown = browser.open(&format!("/admin/clients/{id}")).await;
            assert_eq!(shown.status, 200, "{id} was acknowledged in round {round} and is gone: {}", shown.brief());
        }
        all.extend(acknowledged);
    }
    let last = browser.open(&format!("/admin/clients/{}", all[0])).await;
    assert_eq!(last.status, 200, "the first one is still there");
}

/// Registers clients, as fast as they are acknowledged.
struct Load {
    client: reqwest::Client,
    address: String,
    cookies: String,
    fields: Vec<(String, String)>,
}

impl Load {
    fn new(base: &str, browser: &Browser, fields: Vec<(String, String)>) -> Self {
        let cookie = |name: &str| format!("{name}={}", browser.cookie(name).expect("a cookie"));
        Self {
            client: reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client"),
            address: format!("{base}/admin/register-client"),
            cookies: [cookie("latchkey-session"), cookie("latchkey-browser")].join("; "),
            fields,
        }
    }

    /// Writes from several sides; calls `enough` in the midst of it, after `count` acknowledgements, and goes on until
    /// nobody answers. Returns the ids that were acknowledged.
    async fn until(self: &Arc<Self>, round: usize, count: usize, enough: impl FnOnce()) -> Vec<String> {
        let (written, reached) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (load, written, reached) = (self.clone(), written.clone(), reached.clone());
                tokio::spawn(async move {
                    let mut acknowledged = Vec::new();
                    for n in 0.. {
                        let id = format!("c{round}-{writer}-{n}");
                        if !load.register(&id).await {
                            break;
                        }
                        acknowledged.push(id);
                        if written.fetch_add(1, Ordering::SeqCst) + 1 == count {
                            reached.notify_one();
                        }
                    }
                    acknowledged
                })
            })
            .collect();
        reached.notified().await;
        enough();
        let mut all = Vec::new();
        for writer in writers {
            all.extend(writer.await.expect("a writer"));
        }
        all
    }

    /// Whether the registration was acknowledged.
    async fn register(&self, id: &str) -> bool {
        let body = {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(&self.fields);
            form.append_pair("client_id", id).append_pair("client_name", id);
            form.append_pair("redirect_uris", "https://tracker.example.test/callback").finish()
        };
        let request = self.client.post(&self.address).header("cookie", &self.cookies);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => true,
            Ok(answer) => panic!("{}: {}", answer.status(), answer.text().await.unwrap_or_default()),
            Err(_) => false,
        }
    }
}
