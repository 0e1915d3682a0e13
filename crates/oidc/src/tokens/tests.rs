use super::userinfo::{self, UserInfo};
use super::{TokenError, introspect, revoke};
use crate::fixture::{Fixture, run};
use account::Actor;
use protocol::{ClaimsRequest, ErrorCode, IntrospectionResponse};
use serde_json::{Value, json};

fn look(f: &Fixture, asker: &crate::Client, token: &str) -> IntrospectionResponse {
    run(introspect::answer(&f.provider, asker, token)).unwrap()
}

fn claims(f: &Fixture, token: &str) -> Result<Value, ErrorCode> {
    match run(userinfo::answer(&f.provider, token)) {
        Ok(UserInfo::Json(claims)) => Ok(Value::Object(claims)),
        Ok(UserInfo::Jwt(token)) => panic!("{token}"),
        Err(TokenError::Refused(error)) => Err(error.code()),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn an_access_token_says_what_rfc_9068_wants() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let token = f.tokens(&client, "openid email").access_token;
    let header = jose::Unverified::read(&token).unwrap();
    assert_eq!((header.alg.as_str(), header.typ.as_deref()), ("ES256", Some("at+jwt")));
    let claims = f.claims(&token);
    assert_eq!(claims["iss"], "https://id.example.test");
    assert_eq!(claims["aud"], "https://id.example.test");
    assert_eq!(claims["sub"], f.account.as_str());
    assert_eq!(claims["client_id"], client.client_id);
    assert_eq!(claims["scope"], "openid email");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    assert_eq!(claims["acr"], "urn:latchkey:acr:password");
    assert_eq!(claims["sid"], f.login.id.as_str());
    assert!(claims["jti"].as_str().unwrap().len() >= 22);
}

#[test]
fn a_token_is_told_to_those_whom_it_concerns() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let (other, _) = f.client(json!({ "client_name": "Other" }));
    let tokens = f.tokens(&client, "openid offline_access");
    let (access, refresh) = (tokens.access_token, tokens.refresh_token.unwrap());
    let found = look(&f, &client, &access);
    assert!(found.active);
    assert_eq!(found.sub.as_deref(), Some(f.account.as_str()));
    assert_eq!(found.scope.as_deref(), Some("openid offline_access"));
    assert!(look(&f, &client, &refresh).active);
    for token in [&access, &refresh, tokens.id_token.as_ref().unwrap(), "nonsense", "a.b.c"] {
        assert_eq!(look(&f, &other, token), IntrospectionResponse::inactive());
    }
    assert!(!look(&f, &client, &tokens.id_token.unwrap()).active, "an ID token is no access token");
    f.wait(600);
    assert!(!look(&f, &client, &access).active, "expired");
    f.refresh(&client, &refresh).unwrap();
    assert!(!look(&f, &client, &refresh).active, "spent");
}

#[test]
fn a_client_takes_back_its_own_tokens_only() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let (other, _) = f.client(json!({ "client_name": "Other" }));
    let back = |client: &crate::Client, token: &str| {
        run(revoke::revoke(&f.provider, client, token, Actor::system)).unwrap();
    };
    let tokens = f.tokens(&client, "openid offline_access");
    let (access, refresh) = (tokens.access_token, tokens.refresh_token.unwrap());
    for token in [&access, &refresh, "nonsense", "a.b.c", ""] {
        back(&other, token);
    }
    assert!(f.is_good(&access) && look(&f, &client, &refresh).active);
    back(&client, &access);
    back(&client, &access);
    assert!(!f.is_good(&access));
    assert_eq!(claims(&f, &access), Err(ErrorCode::InvalidToken));
    let refreshed = f.refresh(&client, &refresh).unwrap();
    assert!(f.is_good(&refreshed.access_token), "the family lives on");
    back(&client, &refresh);
    assert!(!f.is_good(&refreshed.access_token), "even an old refresh token takes its family along");
    assert_eq!(f.refresh(&client, &refreshed.refresh_token.unwrap()), Err(ErrorCode::InvalidGrant));
}

#[test]
fn a_disabled_client_has_no_good_tokens() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let token = f.tokens(&client, "openid").access_token;
    let id = client.client_id.clone();
    let command = Actor::command();
    let disable =
        f.provider.clients.change(&f.t.accounts, &command, move |tx| crate::client::store::set_disabled(tx, &id, true));
    assert!(run(disable).unwrap());
    assert!(!f.is_good(&token));
}

#[test]
fn userinfo_gives_what_the_scope_opens_and_leaves_out_what_is_empty() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let of = |scope: &str| claims(&f, &f.tokens(&client, scope).access_token).unwrap();
    assert_eq!(of("openid"), json!({ "sub": f.account }));
    assert_eq!(of("openid email"), json!({ "sub": f.account, "email": "alice@example.test", "email_verified": true }));
    let profile = of("openid profile");
    assert_eq!(profile["name"], "Alice Example");
    assert_eq!(profile["given_name#de"], "Alicia");
    assert!(profile["updated_at"].is_number());
    assert!(profile.get("zoneinfo").is_none() && profile.get("email").is_none() && profile.get("gender").is_none());
}

#[test]
fn userinfo_honours_the_claims_parameter() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({ "first_party": true }));
    let asked = r#"{"userinfo":{"email":{"essential":true},"locale":{"values":["de","fr"]},"sub":{"value":"x"},"shoe":null},
        "id_token":{"given_name":null}}"#;
    let asked = ClaimsRequest::parse(asked).unwrap();
    let code = f.code(&client, "openid", |new| new.claims = Some(asked));
    let tokens = f.exchange(&client, &code).unwrap();
    assert_eq!(claims(&f, &tokens.access_token), Ok(json!({ "sub": f.account, "email": "alice@example.test" })));
    assert_eq!(f.claims(&tokens.id_token.unwrap())["given_name"], "Alice");
}

/// OpenID Connect Core §5.2: with one set of languages asked for, claims come without a tag.
#[test]
fn claims_come_in_the_language_that_the_client_asks_for() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let of = |locales: Option<&str>, asked: &str| {
        let code = f.code(&client, "openid profile", |new| {
            new.claims_locales = locales.map(str::to_owned);
            new.claims = Some(ClaimsRequest::parse(asked).unwrap());
        });
        let claims = claims(&f, &f.exchange(&client, &code).unwrap().access_token).unwrap();
        (claims["given_name"].clone(), claims["given_name#de"].clone())
    };
    assert_eq!(of(None, "{}"), (json!("Alice"), json!("Alicia")));
    assert_eq!(of(Some("fr de-AT"), "{}"), (json!("Alicia"), Value::Null));
    assert_eq!(of(Some("se"), "{}"), (json!("Alice"), Value::Null), "unknown to us: no error");
    let by_name = r#"{"userinfo":{"given_name#de":null}}"#;
    assert_eq!(of(Some("en"), by_name), (json!("Alice"), json!("Alicia")));
}

#[test]
fn userinfo_takes_access_tokens_about_people_and_nothing_else() {
    let f = Fixture::create();
    let (client, _) = f.client(json!({}));
    let tokens = f.tokens(&client, "openid");
    assert_eq!(claims(&f, &tokens.id_token.unwrap()), Err(ErrorCode::InvalidToken));
    assert_eq!(claims(&f, "a.b.c"), Err(ErrorCode::InvalidToken));
    let own = protocol::TokenRequest {
        grant_type: Some("client_credentials".to_owned()),
        ..protocol::TokenRequest::default()
    };
    let own = f.redeem(&client, &own).unwrap().access_token;
    assert_eq!(claims(&f, &own), Err(ErrorCode::InsufficientScope));
    let plain = f.tokens(&client, "profile").access_token;
    assert_eq!(claims(&f, &plain), Err(ErrorCode::InsufficientScope));
    f.log_out();
    assert_eq!(claims(&f, &tokens.access_token), Err(ErrorCode::InvalidToken));
}
