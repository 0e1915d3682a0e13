//! The provider tells a product that a log-in ended; and strangers try to.

use super::provider::Notice;
use super::{World, noon};
use chrono::TimeDelta;

impl World {
    /// Posts a logout token as the provider does: without a cookie. The status.
    async fn tell(&self, token: &str) -> u16 {
        self.post(format!("logout_token={token}")).await
    }

    async fn post(&self, body: String) -> u16 {
        let address = format!("{}/backchannel-logout", self.tracker.url());
        let request = self.browser().http.post(address).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store");
        answer.status().as_u16()
    }

    fn notice(&self) -> Notice {
        Notice::of(&self.provider, noon())
    }
}

#[actix_web::test]
async fn a_logout_token_ends_every_session_of_its_log_in_and_no_other() {
    let world = World::new();
    let (mut one, mut two, mut other) = (world.browser(), world.browser(), world.browser());
    one.log_in().await;
    two.log_in().await;
    world.provider.manner.lock().unwrap().sid = "log-in-2";
    other.log_in().await;

    assert_eq!(world.tell(&world.notice().token()).await, 200);
    assert!(!one.get("/").await.text.contains("person-name") && !two.get("/").await.text.contains("person-name"));
    assert!(other.get("/").await.text.contains("person-name"));
    // Again, and for a log-in that is not here: nothing to do is no error.
    assert_eq!(world.tell(&world.notice().token()).await, 200);
    // Without sid every session of the person ends (§2.4).
    assert_eq!(world.tell(&Notice { sid: None, ..world.notice() }.token()).await, 200);
    assert!(!other.get("/").await.text.contains("person-name"));
    world.stop().await;
}

#[actix_web::test]
async fn a_token_signed_by_a_new_key_is_believed_once_that_is_published() {
    let world = World::new();
    let mut browser = world.browser();
    browser.log_in().await;
    world.provider.manner.lock().unwrap().published = 1;
    assert_eq!(world.tell(&Notice { key: 1, ..world.notice() }.token()).await, 200);
    assert!(!browser.get("/").await.text.contains("person-name"));
}

#[actix_web::test]
async fn forged_and_foreign_tokens_end_nothing() {
    let world = World::new();
    let mut browser = world.browser();
    browser.log_in().await;
    let good = world.notice().token();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let other = Notice { sid: Some("log-in-2"), ..world.notice() }.token();
    let tokens = [
        ("a key that is not published", Notice { key: 1, ..world.notice() }.token()),
        ("another issuer", Notice { issuer: "https://evil.test".to_owned(), ..world.notice() }.token()),
        ("another product", Notice { audience: "wiki", ..world.notice() }.token()),
        ("over", Notice { until: noon() - TimeDelta::seconds(1), ..world.notice() }.token()),
        ("a nonce", Notice { nonce: Some("n"), ..world.notice() }.token()),
        ("no event", Notice { event: None, ..world.notice() }.token()),
        ("another event", Notice { event: Some("https://evil.test/event"), ..world.notice() }.token()),
        // {"alg":"none"}
        ("no signature", format!("eyJhbGciOiJub25lIn0.{payload}.")),
        ("the signature left out", format!("{header}.{payload}.")),
        ("another token's signature", format!("{}.{signature}", other.rsplit_once('.').unwrap().0)),
        ("no token", "made-up".to_owned()),
        ("nothing", String::new()),
    ];
    for (what, token) in tokens {
        assert_eq!(world.tell(&token).await, 400, "{what}");
    }
    for body in [String::new(), "token=x".to_owned(), format!("logout_token={}", "x".repeat(100_000))] {
        assert_eq!(world.post(body).await, 400);
    }
    // Somebody else's log-out is good, and not this person's.
    assert_eq!(world.tell(&Notice { subject: "bob", ..world.notice() }.token()).await, 200);
    assert!(browser.get("/").await.text.contains("person-name"));
    world.stop().await;
}
