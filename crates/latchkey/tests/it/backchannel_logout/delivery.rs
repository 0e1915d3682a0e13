//! What happens when a product does not listen.

use super::{AFTER, Scene, enter, listening, scene};
use crate::support::{Listener, Provider};
use account::Actor;
use oidc::logout::back_channel::{self, Counts, GIVEN_UP_AFTER_SECONDS, State, Summary};
use serde_json::json;
use std::time::{Duration, Instant};

impl Scene {
    pub async fn listed(&self) -> Vec<Summary> {
        self.provider.accounts.read(|conn| back_channel::list(conn, None, None, 100)).await.expect("read")
    }

    pub async fn counts(&self) -> Counts {
        self.provider.accounts.read(back_channel::counts).await.expect("read")
    }

    /// What waits in the outbox, once its first attempt is noted.
    pub async fn refused_once(&self) -> Summary {
        loop {
            let mut all = self.listed().await;
            if all.iter().all(|one| one.attempts > 0) {
                return all.remove(0);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn round(&self) -> back_channel::Delivered {
        back_channel::deliver_due(&self.provider.node.provider).await.expect("a round")
    }
}

#[tokio::test]
async fn a_failed_log_out_is_tried_again_until_it_is_heard() {
    let s = scene().await;
    s.listener.answer(500);
    assert_eq!(s.log_out().await.url, format!("{AFTER}?state=s"), "the browser goes on all the same");
    let waiting = s.refused_once().await;
    assert_eq!(waiting.state, State::Waiting);
    assert_eq!(waiting.last_error.as_deref(), Some("the client answered with status 500"));
    assert_eq!(s.round().await, back_channel::Delivered::default(), "not before its time");
    s.listener.answer(204);
    s.provider.wait(Duration::from_secs(31));
    let round = s.round().await;
    let posted = s.listener.wait_for(2).await;
    assert_eq!((posted.len(), s.counts().await.delivered), (2, 1), "{round:?}");
    assert_ne!(s.claims(posted[0].token())["jti"], s.claims(posted[1].token())["jti"], "a token of its own each time");
    assert_eq!(s.claims(posted[1].token())["sid"], s.claims(&s.id_token)["sid"]);
}

/// The pauses grow, and after a day it ends; an operator may try once more.
#[tokio::test]
async fn what_nobody_hears_is_given_up() {
    let s = scene().await;
    s.listener.answer(500);
    s.log_out().await;
    s.refused_once().await;
    for _ in 0..60 {
        s.provider.wait(Duration::from_secs(3601));
        s.round().await;
        if s.counts().await.waiting == 0 {
            break;
        }
    }
    let given_up = s.listed().await.remove(0);
    assert_eq!(given_up.state, State::Failed);
    assert!(given_up.attempts < 40, "{}", given_up.attempts);
    let after = given_up.finished_at.expect("finished").since(given_up.created_at).as_secs();
    assert!(after >= GIVEN_UP_AFTER_SECONDS.unsigned_abs() && after < GIVEN_UP_AFTER_SECONDS.unsigned_abs() + 7300);
    s.listener.answer(200);
    let id = given_up.id.clone();
    let again = move |tx: &mut account::Tx<'_>| back_channel::retry_now(tx, &id);
    assert!(s.provider.accounts.write(&Actor::command(), again.clone()).await.expect("written"));
    while s.counts().await.delivered == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(!s.provider.accounts.write(&Actor::command(), again).await.expect("written"), "it was heard");
}

/// A product that takes the connection and says nothing holds the person up for 2.5 seconds, and no longer.
#[tokio::test]
async fn a_silent_product_does_not_hold_the_person_up() {
    let s = scene().await;
    s.listener.hang();
    let begun = Instant::now();
    assert_eq!(s.log_out().await.url, format!("{AFTER}?state=s"));
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(2400) && took < Duration::from_millis(4900), "{took:?}");
    assert_eq!(s.refused_once().await.state, State::Waiting);
}

/// However many log-outs wait for a product that is away, a round asks it once.
#[tokio::test]
async fn retries_do_not_pile_up() {
    let s = scene().await;
    s.listener.answer(503);
    for _ in 0..5 {
        s.provider.log_in(&s.browser, &s.alice).await;
        enter(&s.party, &s.browser).await;
    }
    s.provider.wait(Duration::from_secs(1));
    s.round().await;
    while s.listed().await.iter().any(|one| one.last_error.is_none()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let asked = s.listener.posted().len();
    for _ in 0..3 {
        s.provider.wait(Duration::from_secs(3601));
        s.round().await;
    }
    assert_eq!(s.counts().await.waiting, 5);
    assert!(s.listener.posted().len() - asked <= 6, "{} then {}", asked, s.listener.posted().len());
    s.listener.answer(200);
    s.provider.wait(Duration::from_secs(3601));
    s.round().await;
    while s.counts().await.delivered < 5 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Two nodes, one log-out: the product hears of it once.
#[tokio::test]
async fn two_nodes_deliver_once() {
    let s = scene().await;
    let settings = {
        let mut settings = latchkey::settings::Settings::default();
        settings.fetch.allow_private_networks = true;
        settings.server.public_url = latchkey::settings::value::PublicUrl::on_localhost(1);
        settings
    };
    let other = latchkey::wire::Node::build(&settings, s.provider.accounts.clone()).await.expect("a node");
    let alice = s.alice.clone();
    let end = move |tx: &mut account::Tx<'_>| account::session::end_all(tx, &alice, None);
    s.provider.accounts.write(&Actor::system(), end).await.expect("written");
    let (a, b) =
        tokio::join!(back_channel::deliver_due(&s.provider.node.provider), back_channel::deliver_due(&other.provider));
    a.and(b).expect("rounds");
    while s.counts().await.delivered == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(s.listener.posted().len(), 1);
}

/// A node that dies in between leaves a lease behind, which ends.
#[tokio::test]
async fn a_node_that_dies_is_followed_by_another() {
    let s = scene().await;
    let alice = s.alice.clone();
    let end_and_die = move |tx: &mut account::Tx<'_>| {
        let ended = account::session::end_all(tx, &alice, None)?;
        back_channel::Batch::claim(tx, &ended).map(|batch| !batch.is_empty())
    };
    assert!(s.provider.accounts.write(&Actor::system(), end_and_die).await.expect("written"));
    assert_eq!(s.round().await.delivered, 0);
    s.provider.wait(Duration::from_secs(61));
    s.round().await;
    assert_eq!(s.listener.wait_for(1).await.len(), 1);
}

/// The address is taken away while something waits: it is given up, and says why.
#[tokio::test]
async fn a_product_that_no_longer_listens_is_left_alone() {
    let s = scene().await;
    let provider: &Provider = &s.provider;
    let second = Listener::start();
    let wiki = listening(provider, &second, json!({})).await;
    enter(&wiki, &s.browser).await;
    second.answer(500);
    s.log_out().await;
    second.wait_for(1).await;
    let id = wiki.id.clone();
    let registry = &provider.node.provider.clients;
    let command = Actor::command();
    let gone = registry.change(&provider.accounts, &command, move |tx| oidc::client::store::delete(tx, &id));
    assert!(gone.await.expect("deleted"));
    while s.listed().await.iter().any(|one| one.attempts == 0) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    provider.wait(Duration::from_secs(3601));
    s.round().await;
    loop {
        let all = s.listed().await;
        let of_wiki = all.iter().find(|one| one.client_id == wiki.id).expect("listed");
        if of_wiki.state == State::Failed {
            assert!(of_wiki.last_error.as_deref().is_some_and(|words| words.contains("backchannel_logout_uri")));
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(second.posted().len(), 1);
}
