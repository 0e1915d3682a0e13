use super::{end, of_account};
use crate::fixture::Fixture;
use crate::interaction::{Permission, consent};
use protocol::ErrorCode;
use serde_json::json;

#[test]
fn a_consent_is_a_connection_until_it_is_ended_once() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let (alice, bob) = (f.account.clone(), f.t.person("bob@example.test").id);
    for account in [alice.clone(), bob.clone()] {
        let allowed: Permission = "openid email".parse::<protocol::Scope>().unwrap().into();
        let id = client.client_id.clone();
        f.t.write(move |tx| consent::remember(tx, &account, &id, &allowed));
    }
    let now = f.t.accounts.now();
    let found = f.t.read(|c| of_account(c, &alice, now));
    assert_eq!(found.len(), 1);
    assert!(found[0].has_consent && !found[0].offline && found[0].last_used_at.is_none());
    let mut told = Vec::new();
    for client in ["somebody-else", &client.client_id, &client.client_id] {
        let (alice, client) = (alice.clone(), client.to_owned());
        told.push(f.t.write(move |tx| end(tx, &alice, &client)));
    }
    assert_eq!(told, [false, true, false]);
    assert_eq!(f.t.read(|c| of_account(c, &alice, now)), []);
    assert_eq!(f.t.read(|c| of_account(c, &bob, now)).len(), 1, "nobody else's");
}

#[test]
fn what_a_client_holds_ends_with_the_connection() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({ "first_party": true }));
    let tokens = f.exchange(&client, &f.code(&client, "openid offline_access", |_| {})).unwrap();
    let waiting = f.code(&client, "openid", |_| {});
    let now = f.t.accounts.now();
    let found = f.t.read(|c| of_account(c, &f.account, now));
    assert_eq!(found.len(), 1);
    assert!(!found[0].has_consent && found[0].offline && found[0].permission.scope.contains("openid"));
    let (alice, id) = (f.account.clone(), client.client_id.clone());
    assert!(f.t.write(move |tx| end(tx, &alice, &id)));
    assert_eq!(f.exchange(&client, &waiting).unwrap_err(), ErrorCode::InvalidGrant, "a code that waits");
    let refresh = tokens.refresh_token.expect("a refresh token");
    assert_eq!(f.refresh(&client, &refresh).unwrap_err(), ErrorCode::InvalidGrant);
    assert_eq!(f.t.read(|c| of_account(c, &f.account, now)), []);
}
