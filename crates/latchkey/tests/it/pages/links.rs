//! Every link of every page leads to a page, every form to something that takes it, every file is there.

use crate::console::operator;
use crate::support::{Browser, Provider, Shown, html};
use reqwest::Method;
use std::collections::BTreeSet;

/// Pages that no other page links to: where products, mails and people's own typing lead.
const STARTS: [&str; 12] = [
    "/",
    "/account",
    "/account/details",
    "/account/email",
    "/account/security/password",
    "/admin",
    "/choose-account",
    "/login",
    "/logout",
    "/recover",
    "/signup",
    "/verify-email/resend",
];

#[tokio::test]
async fn every_link_of_an_operator_leads_somewhere() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    let party = provider.third_party().await;
    provider.party().await;
    let mut walk = Walk::of(&browser, &provider);
    walk.visit(&party.authorize_url(&[("prompt", "consent")])).await;
    walk.walk_from(&STARTS).await;
    walk.ends();
    for path in [
        "/account/email/add",
        "/account/email/change",
        "/account/tokens/new",
        "/admin/accounts",
        "/admin/mail",
        "/admin/log-outs",
        "/admin/register-client",
        "/logout",
    ] {
        assert!(walk.visited.contains(path), "no link leads to {path}: {:?}", walk.visited);
    }
    let edit = format!("/admin/clients/{}/edit", party.id);
    assert!(walk.visited.contains(&edit), "no link leads to {edit}: {:?}", walk.visited);
}

#[tokio::test]
async fn every_link_of_a_visitor_leads_somewhere() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let party = provider.party().await;
    let mut walk = Walk::of(&browser, &provider);
    walk.visit(&party.authorize_url(&[])).await;
    walk.walk_from(&STARTS).await;
    let login = browser.open(&party.authorize_url(&[])).await;
    let password = browser.click(&login, "continue", &[("email", "somebody@example.test")]).await;
    password.expect("/login/password");
    walk.look_at(&password).await;
    walk.walk_from(&[]).await;
    for link in [
        "/recover/password",
        "/account/email/confirm",
        "/account/email/added",
        "/account/email/undo",
        "/verify-email/confirm",
        "/setup",
    ] {
        // What an old mail leads to: the page that says so has its links too.
        walk.look_at(&browser.open(&format!("{link}?token=over")).await).await;
    }
    walk.walk_from(&[]).await;
    walk.ends();
    for path in ["/signup", "/recover", "/verify-email/resend"] {
        assert!(walk.visited.contains(path), "no link leads to {path}: {:?}", walk.visited);
    }
}

#[tokio::test]
async fn the_bare_address_leads_to_the_account() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    browser.open("/").await.expect("/login");
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    browser.open("/").await.expect("/account");
}

/// A walk along links, with what it found wrong.
struct Walk<'a> {
    browser: &'a Browser,
    base: String,
    waiting: Vec<String>,
    visited: BTreeSet<String>,
    posted: BTreeSet<String>,
    faults: Vec<String>,
}

impl<'a> Walk<'a> {
    fn of(browser: &'a Browser, provider: &Provider) -> Self {
        let (waiting, faults) = (Vec::new(), Vec::new());
        Self { browser, base: provider.url.clone(), waiting, visited: BTreeSet::new(), posted: BTreeSet::new(), faults }
    }

    async fn walk_from(&mut self, starts: &[&str]) {
        for start in starts {
            self.visit(start).await;
        }
        while let Some(next) = self.waiting.pop() {
            self.visit(&next).await;
        }
    }

    async fn visit(&mut self, address: &str) {
        let shown = self.browser.open(address).await;
        if !shown.url.starts_with(&self.base) {
            return;
        }
        if !shown.status.is_success() {
            self.faults.push(format!("{address} answers {}", shown.status));
        }
        self.look_at(&shown).await;
    }

    async fn look_at(&mut self, shown: &Shown) {
        let here = url::Url::parse(&shown.url).expect("an address");
        let is_page = shown.headers.get("content-type").is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
        if !is_page {
            return;
        }
        for tag in html::tags(&shown.body) {
            let target = match tag.name.as_str() {
                "a" | "link" => tag.get("href"),
                "img" | "script" => tag.get("src"),
                _ => continue,
            };
            if let Some(id) = target.strip_prefix('#') {
                if !shown.has(id) {
                    self.faults.push(format!("{} has no #{id}", shown.url));
                }
                continue;
            }
            let target = if tag.name == "script" && target.is_empty() { continue } else { target };
            let there = here.join(target).expect("an address");
            if there.as_str().starts_with(&format!("{}/", self.base)) && self.visited.insert(without_ids(&there)) {
                self.waiting.push(there.to_string());
            }
        }
        for form in html::forms(&shown.body) {
            let there = here.join(&form.action).expect("an address");
            if form.method == "post" && self.posted.insert(there.path().to_owned()) {
                // Without its hidden field: understood, and refused.
                let status = self.browser.once(Method::POST, there.as_str(), Some(String::new()), &[]).await.status;
                if ![400, 403].contains(&status.as_u16()) {
                    self.faults.push(format!("the form of {} posts to {there}, which answers {status}", shown.url));
                }
            }
        }
    }

    fn ends(&self) {
        assert!(self.faults.is_empty(), "{:#?}", self.faults);
        assert!(self.visited.len() > 5, "{:?}", self.visited);
    }
}

/// The address with the values of its query left out: each visit to the log-in page begins another interaction.
fn without_ids(address: &url::Url) -> String {
    let names: Vec<_> =
        address.query_pairs().map(|(name, _)| name.into_owned()).filter(|n| n != "interaction").collect();
    if names.is_empty() { address.path().to_owned() } else { format!("{}?{}", address.path(), names.join("&")) }
}
