//! Whatever ends a log-in, its products are told.

use super::{Scene, enter, scene};
use account::session::SessionId;
use account::{Actor, revocation, session};

impl Scene {
    /// The one log-out that comes, whoever delivers it.
    async fn is_told(&self) {
        let posted = self.listener.wait_for(1).await;
        let (told, known) = (self.claims(posted[0].token()), self.claims(&self.id_token));
        assert_eq!((&told["sid"], &told["sub"]), (&known["sid"], &known["sub"]));
        assert_eq!(posted.len(), 1);
    }
}

#[tokio::test]
async fn recovery_tells_them() {
    let s = scene().await;
    let alice = s.alice.clone();
    let ended = s.provider.accounts.write(&Actor::system(), move |tx| revocation::everything(tx, &alice)).await;
    ended.expect("written");
    s.is_told().await;
}

#[tokio::test]
async fn a_password_change_elsewhere_tells_them() {
    let s = scene().await;
    let (alice, kept) = (s.alice.clone(), SessionId::new(s.provider.accounts.now()));
    let change = move |tx: &mut account::Tx<'_>| revocation::everything_elsewhere(tx, &alice, &kept);
    s.provider.accounts.write(&Actor::system(), change).await.expect("written");
    s.is_told().await;
}

#[tokio::test]
async fn an_operator_tells_them() {
    let s = scene().await;
    let operator = crate::console::operator(&s.provider).await;
    let ask = operator.open(&format!("/admin/accounts/{}/deactivate", s.alice)).await;
    operator.click(&ask, "deactivate", &[("reason", "left")]).await;
    s.is_told().await;
}

/// Logging in anew replaces the log-in, and its products hold one that is over.
#[tokio::test]
async fn a_log_in_in_its_place_tells_them() {
    let s = scene().await;
    s.provider.log_in(&s.browser, &s.alice).await;
    let end = |tx: &mut account::Tx<'_>| {
        account::log_out::wake_worker(tx);
        Ok(())
    };
    s.provider.accounts.write(&Actor::system(), end).await.expect("written");
    s.is_told().await;
}

/// The cause and what is to be sent are one transaction: when the one is undone, so is the other.
#[tokio::test]
async fn what_is_undone_is_not_told() {
    let s = scene().await;
    let alice = s.alice.clone();
    let undone = s
        .provider
        .accounts
        .write(&Actor::system(), move |tx| {
            session::end_all(tx, &alice, None)?;
            Err::<(), _>(account::Error::Corrupt("on purpose".to_owned()))
        })
        .await;
    assert!(undone.is_err());
    // Whatever were queued would be delivered by this round.
    let round = oidc::logout::back_channel::deliver_due(&s.provider.node.provider).await.expect("a round");
    assert_eq!((round.delivered, s.listener.posted().len()), (0, 0));
    enter(&s.party, &s.browser).await;
}
