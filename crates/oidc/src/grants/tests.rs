use crate::fixture::{Fixture, REDIRECT, VERIFIER, exchange, refresh};
use account::account::AccountStatus;
use account::audit;
use protocol::{ClaimsRequest, ErrorCode, TokenRequest};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const OFFLINE: &str = "openid profile offline_access";

#[test]
fn a_code_works_once_and_its_second_use_revokes_what_the_first_gave() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let code = f.code(&client, OFFLINE, |_| {});
    let tokens = f.exchange(&client, &code).unwrap();
    assert!(f.is_good(&tokens.access_token));
    assert_eq!(f.exchange(&client, &code), Err(ErrorCode::InvalidGrant));
    assert!(!f.is_good(&tokens.access_token));
    assert_eq!(f.refresh(&client, &tokens.refresh_token.unwrap()), Err(ErrorCode::InvalidGrant));
}

#[test]
fn of_eight_who_redeem_one_code_one_wins() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    for _ in 0..5 {
        let code = f.code(&client, "openid", |_| {});
        let won = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| f.exchange(&client, &code).is_ok())).collect();
            tries.into_iter().map(|t| t.join().unwrap()).filter(|won| *won).count()
        });
        assert_eq!(won, 1);
    }
}

#[test]
fn a_code_is_bound_to_client_redirect_uri_and_verifier_and_a_wrong_one_burns_it() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let (other, _) = f.client(json!({ "client_name": "Other" }));
    type Change = fn(&mut TokenRequest);
    let wrong: [(&str, Change); 4] = [
        ("redirect_uri", |r| r.redirect_uri = Some(format!("{REDIRECT}/"))),
        ("redirect_uri missing", |r| r.redirect_uri = None),
        ("verifier", |r| r.code_verifier = Some("x".repeat(43))),
        ("verifier missing", |r| r.code_verifier = None),
    ];
    for (what, change) in wrong {
        let code = f.code(&client, "openid", |_| {});
        let mut request = exchange(&code);
        change(&mut request);
        assert_eq!(f.redeem(&client, &request), Err(ErrorCode::InvalidGrant), "{what}");
        assert_eq!(f.exchange(&client, &code), Err(ErrorCode::InvalidGrant), "{what}: burnt");
    }
    let code = f.code(&client, "openid", |_| {});
    assert_eq!(f.exchange(&other, &code), Err(ErrorCode::InvalidGrant), "a token of one client used as another");
    assert_eq!(f.exchange(&client, &code), Err(ErrorCode::InvalidGrant), "burnt");
    let code = f.code(&client, "openid", |new| new.code_challenge = None);
    assert_eq!(f.exchange(&client, &code), Err(ErrorCode::InvalidGrant), "a verifier without a challenge");
    let code = f.code(&client, "openid", |new| new.code_challenge = None);
    assert!(f.redeem(&client, &TokenRequest { code_verifier: None, ..exchange(&code) }).is_ok());
    for nonsense in ["", "x", &"A".repeat(43), VERIFIER] {
        assert!(f.exchange(&client, nonsense).is_err());
    }
}

#[test]
fn a_code_dies_with_its_minute_its_log_in_and_its_account() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let code = f.code(&client, "openid", |_| {});
    f.wait(59);
    assert!(f.exchange(&client, &code).is_ok());
    let code = f.code(&client, "openid", |_| {});
    f.wait(60);
    assert_eq!(f.exchange(&client, &code), Err(ErrorCode::InvalidGrant));
    let code = f.code(&client, "openid", |_| {});
    set_status(&f, AccountStatus::Active, AccountStatus::Deactivated);
    assert_eq!(f.exchange(&client, &code), Err(ErrorCode::InvalidGrant));
    set_status(&f, AccountStatus::Deactivated, AccountStatus::Active);
    let code = f.code(&client, "openid", |_| {});
    f.log_out();
    assert_eq!(f.exchange(&client, &code), Err(ErrorCode::InvalidGrant));
}

fn set_status(f: &Fixture, from: AccountStatus, to: AccountStatus) {
    let account = f.account.clone();
    f.write(move |tx| assert!(account::account::set_status(tx, &account, from, to, None).unwrap()));
}

#[test]
fn refresh_tokens_come_only_with_offline_access_and_the_grant_type() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    assert!(f.tokens(&client, "openid").refresh_token.is_none());
    assert!(f.tokens(&client, OFFLINE).refresh_token.is_some());
    let (code_only, _) = f.client(json!({ "grant_types": ["authorization_code"] }));
    let tokens = f.tokens(&code_only, OFFLINE);
    assert!(tokens.refresh_token.is_none());
    assert_eq!(f.refresh(&code_only, "x"), Err(ErrorCode::UnauthorizedClient));
}

#[test]
fn a_repeat_within_the_grace_gets_the_same_successor_and_a_new_access_token() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let first = f.tokens(&client, OFFLINE).refresh_token.unwrap();
    let a = f.refresh(&client, &first).unwrap();
    f.wait(59);
    let b = f.refresh(&client, &first).unwrap();
    assert_eq!(a.refresh_token, b.refresh_token);
    assert_ne!(a.access_token, b.access_token);
    assert!(f.is_good(&a.access_token) && f.is_good(&b.access_token));
    f.wait(1);
    assert_eq!(f.refresh(&client, &first), Err(ErrorCode::InvalidGrant), "the grace is over: reuse");
    assert_eq!(f.refresh(&client, &a.refresh_token.unwrap()), Err(ErrorCode::InvalidGrant), "the family is revoked");
    assert!(!f.is_good(&b.access_token));
    let id = f.claims(&b.access_token)["gid"].as_str().unwrap().to_owned();
    let entries = f.t.accounts.db.read_blocking(|conn| audit::of_target(conn, "grant", &id, 10)).unwrap();
    assert_eq!(entries[0].action, "grant.revoked");
}

#[test]
fn once_the_successor_was_used_the_old_token_is_reuse_within_the_grace_too() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let first = f.tokens(&client, OFFLINE).refresh_token.unwrap();
    let second = f.refresh(&client, &first).unwrap().refresh_token.unwrap();
    let third = f.refresh(&client, &second).unwrap().refresh_token.unwrap();
    assert_eq!(BTreeSet::from([&first, &second, &third]).len(), 3);
    assert_eq!(f.refresh(&client, &first), Err(ErrorCode::InvalidGrant));
    assert_eq!(f.refresh(&client, &third), Err(ErrorCode::InvalidGrant));
}

#[test]
fn racing_refreshes_get_one_successor() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let mut token = f.tokens(&client, OFFLINE).refresh_token.unwrap();
    for _ in 0..5 {
        let successors: BTreeSet<String> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| f.refresh(&client, &token))).collect();
            tries.into_iter().map(|t| t.join().unwrap().unwrap().refresh_token.unwrap()).collect()
        });
        assert_eq!(successors.len(), 1);
        token = successors.into_iter().next().unwrap();
    }
}

#[test]
fn a_forged_refresh_token_and_another_clients_revoke_nothing() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let (other, _) = f.client(json!({ "client_name": "Other" }));
    let token = f.tokens(&client, OFFLINE).refresh_token.unwrap();
    let mut forged = token.clone().into_bytes();
    let last = forged.len() - 10;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    assert_eq!(f.refresh(&client, &forged), Err(ErrorCode::InvalidGrant));
    assert_eq!(f.refresh(&other, &token), Err(ErrorCode::InvalidGrant), "a token of one client used as another");
    for nonsense in ["x", &"A".repeat(70), "é", VERIFIER] {
        assert_eq!(f.refresh(&client, nonsense), Err(ErrorCode::InvalidGrant));
    }
    assert!(f.refresh(&client, &token).is_ok());
}

#[test]
fn a_refresh_may_narrow_the_scope_and_not_widen_it() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let token = f.tokens(&client, OFFLINE).refresh_token.unwrap();
    let wide = TokenRequest { scope: Some("openid email".to_owned()), ..refresh(&token) };
    assert_eq!(f.redeem(&client, &wide), Err(ErrorCode::InvalidScope));
    let narrow = TokenRequest { scope: Some("openid".to_owned()), ..refresh(&token) };
    let narrow = f.redeem(&client, &narrow).unwrap();
    assert_eq!(narrow.scope.as_deref(), Some("openid"));
    assert_eq!(f.claims(&narrow.access_token)["scope"], "openid");
    let whole = f.refresh(&client, &narrow.refresh_token.unwrap()).unwrap();
    assert_eq!(whole.scope.as_deref(), Some(OFFLINE), "the grant keeps what was granted");
}

#[test]
fn refresh_tokens_survive_log_out_and_not_idleness_nor_the_account() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let tokens = f.tokens(&client, OFFLINE);
    let idle = f.tokens(&client, OFFLINE).refresh_token.unwrap();
    f.log_out();
    assert!(!f.is_good(&tokens.access_token), "its log-in ended");
    let after = f.refresh(&client, &tokens.refresh_token.unwrap()).unwrap();
    assert!(f.is_good(&after.access_token), "offline access");
    assert_eq!(f.claims(&after.access_token)["sid"], Value::Null);
    f.wait(29 * 24 * 3600);
    let after = f.refresh(&client, &after.refresh_token.unwrap()).unwrap();
    f.wait(2 * 24 * 3600);
    assert_eq!(f.refresh(&client, &idle), Err(ErrorCode::InvalidGrant), "unused for 30 days");
    set_status(&f, AccountStatus::Active, AccountStatus::Deactivated);
    assert!(!f.is_good(&after.access_token));
    assert_eq!(f.refresh(&client, &after.refresh_token.unwrap()), Err(ErrorCode::InvalidGrant));
}

#[test]
fn the_id_token_of_a_refresh_keeps_what_identifies_the_log_in() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({ "first_party": true }));
    let claims = ClaimsRequest::parse(r#"{"id_token":{"email":null,"name":{"value":"Bob"},"aud":null}}"#).unwrap();
    let code = f.code(&client, OFFLINE, |new| new.claims = Some(claims));
    let first = f.exchange(&client, &code).unwrap();
    let one = f.claims(first.id_token.as_deref().unwrap());
    let names: BTreeSet<&str> = one.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = ["acr", "amr", "at_hash", "aud", "auth_time", "email", "exp", "iat", "iss", "nonce", "sid", "sub"];
    assert_eq!(names, BTreeSet::from(expected));
    assert_eq!(one["nonce"], "a-nonce");
    assert_eq!(one["amr"], json!(["pwd"]));
    assert_eq!(one["at_hash"], jose::half_hash(jose::SigningAlgorithm::Rs256, &first.access_token));
    f.wait(100);
    let again = f.refresh(&client, &first.refresh_token.unwrap()).unwrap();
    let two = f.claims(again.id_token.as_deref().unwrap());
    for same in ["iss", "sub", "aud", "auth_time", "sid", "acr", "email"] {
        assert_eq!(one[same], two[same], "{same}");
    }
    assert_eq!(two["nonce"], Value::Null);
    assert_eq!(two["iat"].as_i64().unwrap() - one["iat"].as_i64().unwrap(), 100);
}

#[test]
fn a_client_for_itself_has_its_own_scopes_and_stores_nothing() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({ "scope": "openid reports:read reports:write" }));
    let ask = |scope: Option<&str>| TokenRequest {
        grant_type: Some("client_credentials".to_owned()),
        scope: scope.map(str::to_owned),
        ..TokenRequest::default()
    };
    let all = f.redeem(&client, &ask(None)).unwrap();
    assert_eq!(all.scope.as_deref(), Some("reports:read reports:write"));
    assert!(all.refresh_token.is_none() && all.id_token.is_none());
    let claims = f.claims(&all.access_token);
    assert_eq!((&claims["sub"], &claims["client_id"]), (&json!(client.client_id), &json!(client.client_id)));
    assert!(claims["gid"].is_null() && claims["auth_time"].is_null());
    assert_eq!(f.redeem(&client, &ask(Some("reports:read"))).unwrap().scope.as_deref(), Some("reports:read"));
    for wrong in ["openid", "other", "reports:read other", "a\"b"] {
        assert_eq!(f.redeem(&client, &ask(Some(wrong))), Err(ErrorCode::InvalidScope), "{wrong}");
    }
}

#[test]
fn what_the_token_endpoint_does_not_do_has_its_own_errors() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let ask = |grant_type: Option<&str>| {
        f.redeem(&client, &TokenRequest { grant_type: grant_type.map(str::to_owned), ..TokenRequest::default() })
    };
    assert_eq!(ask(None), Err(ErrorCode::InvalidRequest));
    assert_eq!(ask(Some("password")), Err(ErrorCode::UnsupportedGrantType));
    assert_eq!(ask(Some("implicit")), Err(ErrorCode::UnsupportedGrantType));
    assert_eq!(ask(Some("authorization_code")), Err(ErrorCode::InvalidRequest), "code is missing");
    let elsewhere = TokenRequest { resource: vec!["https://api.example.test".to_owned()], ..exchange("x") };
    assert_eq!(f.redeem(&client, &elsewhere), Err(ErrorCode::InvalidTarget));
}
