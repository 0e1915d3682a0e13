//! A real headless Chromium, driven by its own ChromeDriver.

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A browser window of its own profile. Call [`Chromium::close`] at the end; what is left is killed with this value.
pub struct Chromium {
    /// The window.
    pub page: Client,
    driver: Child,
    _profile: tempfile::TempDir,
}

/// Starts ChromeDriver; also the port it took. It takes a free one of IPv4 and then the same of IPv6, and gives up when
/// somebody has that one: then it is started anew.
fn start_driver() -> (Child, u16) {
    let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
    for _ in 0..5 {
        let mut driver = Command::new(&program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{program} does not start ({e}); install Debian's chromium-driver"));
        let lines = BufReader::new(driver.stdout.take().expect("piped")).lines();
        let port = lines
            .map_while(Result::ok)
            .filter_map(|line| line.rsplit_once("on port ").and_then(|(_, p)| p.trim_end_matches('.').parse().ok()))
            // The first line repeats what was asked for.
            .find(|port: &u16| *port != 0);
        if let Some(port) = port {
            return (driver, port);
        }
        driver.wait().expect("it ended");
    }
    panic!("ChromeDriver ended five times without a port");
}

impl Chromium {
    /// Starts one, `width` by `height` CSS pixels.
    pub async fn start(width: u32, height: u32) -> Self {
        let (driver, port) = start_driver();
        let profile = tempfile::tempdir().expect("a folder");
        let size = format!("--window-size={width},{height}");
        let data = format!("--user-data-dir={}", profile.path().display());
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-sync",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-dev-shm-usage",
            &size,
            &data,
        ];
        let mut options = json!({"args": arguments});
        if width < 500 {
            // A window has 500 pixels at least; a phone is what Chromium pretends to be.
            options["mobileEmulation"] =
                json!({"deviceMetrics": {"width": width, "height": height, "pixelRatio": 2.0, "touch": true}});
        }
        let capabilities = json!({"goog:chromeOptions": options});
        let capabilities = capabilities.as_object().expect("an object").clone();
        let page = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts");
        Self { page, driver, _profile: profile }
    }

    /// Opens an address.
    pub async fn open(&self, url: &str) {
        self.page.goto(url).await.expect("the page opens");
    }

    /// The element with this id, once it is there.
    pub async fn find(&self, id: &str) -> Element {
        let found = self.page.wait().for_element(Locator::Id(id)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("no #{id}: {error}\n{}", self.describe().await),
        }
    }

    /// Whether there is an element with this id now.
    pub async fn has(&self, id: &str) -> bool {
        !self.page.find_all(Locator::Id(id)).await.expect("asked").is_empty()
    }

    /// Clicks the element with this id.
    pub async fn click(&self, id: &str) {
        if let Err(error) = self.find(id).await.click().await {
            panic!("#{id} cannot be clicked: {error}\n{}", self.describe().await);
        }
    }

    /// Types into the field with this id, in place of what stands there.
    pub async fn type_into(&self, id: &str, text: &str) {
        let field = self.find(id).await;
        field.clear().await.expect("cleared");
        field.send_keys(text).await.expect("typed");
    }

    /// Waits until the page shows these words.
    pub async fn wait_for_text(&self, words: &str) {
        for _ in 0..200 {
            if self.describe().await.contains(words) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{words:?} did not come\n{}", self.describe().await);
    }

    /// The text of the element with this id.
    pub async fn text(&self, id: &str) -> String {
        self.find(id).await.text().await.expect("text")
    }

    /// The address shown.
    pub async fn url(&self) -> String {
        self.page.current_url().await.expect("an address").to_string()
    }

    /// Errors that the console shows: blocked by CSP, missing files, script errors.
    pub async fn describe(&self) -> String {
        let text = self.page.execute("return document.body ? document.body.innerText : ''", vec![]).await;
        let text = text.ok().and_then(|t| t.as_str().map(str::to_owned)).unwrap_or_default();
        format!("{}: {}", self.url().await, text.chars().take(1500).collect::<String>())
    }

    /// Ends the browser.
    pub async fn close(mut self) {
        let _ = self.page.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
