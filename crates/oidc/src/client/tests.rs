use super::*;
use account::testing::{START, TestAccounts};
use account::{Actor, audit};
use protocol::{ClientAuthMethod, ClientMetadata, GrantType};
use serde_json::{Value, json};

fn metadata(value: Value) -> ClientMetadata {
    serde_json::from_value(value).unwrap()
}

/// A client with what is needed, and `more`.
fn registration(more: Value) -> Registration {
    let mut fields = json!({ "client_name": "Tracker", "redirect_uris": ["https://tracker.example.test/callback"] });
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    Registration { metadata: metadata(fields), ..Registration::default() }
}

fn accept(registration: Registration) -> Accepted {
    validate(registration, Source::Console, None, START).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn refusals(registration: Registration, source: Source) -> Vec<String> {
    match validate(registration, source, None, START) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.into_iter().map(|problem| problem.to_string()).collect(),
    }
}

#[test]
fn defaults_are_written_out_and_a_secret_is_made() {
    let accepted = accept(registration(json!({ "favourite_colour": "blue" })));
    let client = &accepted.client;
    assert_eq!(client.token_endpoint_auth_method, ClientAuthMethod::ClientSecretBasic);
    assert!(client.allows(GrantType::AuthorizationCode) && client.allows(GrantType::RefreshToken));
    assert!(!client.allows(GrantType::ClientCredentials) && !client.require_pkce && client.is_confidential());
    let secret = accepted.secret.unwrap();
    assert!(client.secret_matches(&secret) && !client.secret_matches("") && !client.secret_matches("wrong"));
    assert_eq!(secret.len(), 43);
    let stored = serde_json::to_value(&client.record.metadata).unwrap();
    assert_eq!(stored["response_types"], json!(["code"]));
    assert_eq!(stored["id_token_signed_response_alg"], "RS256");
    assert!(stored.get("favourite_colour").is_none());
}

#[test]
fn a_public_client_has_no_secret_and_always_needs_pkce() {
    let accepted = accept(registration(json!({ "token_endpoint_auth_method": "none" })));
    assert!(accepted.secret.is_none() && accepted.client.is_public() && accepted.client.require_pkce);
    assert!(!accepted.client.secret_matches(""));
}

#[test]
fn what_is_wrong_is_said_with_its_field() {
    let ed = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]});
    let mut private = ed.clone();
    private["keys"][0]["d"] = json!("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
    let cases = [
        (json!({ "redirect_uris": [] }), "redirect_uris: name at least one"),
        (
            json!({ "redirect_uris": ["http://a.example/cb"] }),
            "redirect_uris: http://a.example/cb: a redirect URI uses https",
        ),
        (
            json!({ "redirect_uris": ["https://a.example/cb#x"] }),
            "redirect_uris: https://a.example/cb#x: a redirect URI has no fragment",
        ),
        (json!({ "redirect_uris": ["com.example:/cb"] }), "redirect_uris: com.example:/cb: only a native client"),
        (
            json!({ "post_logout_redirect_uris": ["javascript:alert(1)"] }),
            "post_logout_redirect_uris: javascript:alert(1): ",
        ),
        (json!({ "application_type": "desktop" }), "application_type: "),
        (json!({ "grant_types": ["password"] }), "grant_types: \"password\" is not supported"),
        (json!({ "grant_types": ["implicit", "authorization_code"] }), "response_types: \"implicit\" needs"),
        (
            json!({ "grant_types": ["implicit"], "response_types": ["id_token", "code"] }),
            "response_types: \"code\" needs",
        ),
        (json!({ "response_types": ["code", "id_token"] }), "response_types: \"id_token\" needs \"implicit\""),
        (
            json!({
                "grant_types": ["implicit"], "response_types": ["id_token"],
                "redirect_uris": ["https://localhost/cb"]
            }),
            "redirect_uris: https://localhost/cb: a web client with implicit",
        ),
        (
            json!({
                "grant_types": ["implicit"], "response_types": ["token id_token"],
                "redirect_uris": ["http://127.0.0.1/cb"]
            }),
            "redirect_uris: http://127.0.0.1/cb: a web client with implicit",
        ),
        (json!({ "grant_types": ["refresh_token"] }), "grant_types: \"refresh_token\" needs"),
        (json!({ "grant_types": [] }), "grant_types: name at least one"),
        (
            json!({ "grant_types": ["client_credentials"], "response_types": ["code"] }),
            "response_types: \"code\" needs",
        ),
        (json!({ "response_types": ["code id_token"] }), "response_types: \"code id_token\" needs"),
        (
            json!({ "default_acr_values": ["phr", "urn:mace:silver"] }),
            "default_acr_values: \"urn:mace:silver\" is not offered",
        ),
        (json!({ "response_types": ["token"] }), "response_types: \"token\" is not"),
        (json!({ "response_types": [] }), "response_types: \"authorization_code\" needs"),
        (
            json!({ "token_endpoint_auth_method": "tls_client_auth" }),
            "token_endpoint_auth_method: \"tls_client_auth\" is not",
        ),
        (
            json!({ "token_endpoint_auth_method": "none", "grant_types": ["client_credentials"] }),
            "grant_types: a client without",
        ),
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), "jwks: private_key_jwt needs"),
        (json!({ "jwks": {"keys": []} }), "jwks: no key in it"),
        (json!({ "jwks": [] }), "jwks: not a JWK set"),
        (json!({ "jwks": private }), "jwks: a key in it has its private half"),
        (json!({ "jwks": ed, "jwks_uri": "https://a.example/jwks" }), "jwks_uri: give either"),
        (json!({ "jwks_uri": "http://a.example/jwks" }), "jwks_uri: write a whole address"),
        (json!({ "id_token_signed_response_alg": "none" }), "id_token_signed_response_alg: \"none\" is not supported"),
        (json!({ "token_endpoint_auth_signing_alg": "ES256" }), "token_endpoint_auth_signing_alg: this is only for"),
        (json!({ "logo_uri": "http://a.example/logo.png" }), "logo_uri: write a whole address"),
        (json!({ "tos_uri": "javascript:alert(1)" }), "tos_uri: write a whole address"),
        (json!({ "policy_uri#de": "data:text/html,x" }), "policy_uri#de: write a whole address"),
        (json!({ "client_name": "a\u{202e}b" }), "client_name: write the product's name"),
        (json!({ "client_name": "  " }), "client_name: write the product's name"),
        (json!({ "contacts": ["nobody"] }), "contacts: write e-mail"),
        (json!({ "scope": "a\"b" }), "scope: the scope has a character"),
        (json!({ "subject_type": "secret" }), "subject_type: write"),
        (
            json!({ "frontchannel_logout_uri": "https://a.example/out" }),
            "frontchannel_logout_uri: scheme, host and port",
        ),
        (json!({ "dpop_bound_access_tokens": true }), "dpop_bound_access_tokens: DPoP"),
        (json!({ "require_pkce": false, "token_endpoint_auth_method": "none" }), "require_pkce: a client without"),
    ];
    for (more, expected) in cases {
        let said = refusals(registration(more.clone()), Source::Apply);
        assert!(said.len() == 1 && said[0].starts_with(expected), "{more}: {said:?}");
    }
}

#[test]
fn what_is_right_is_accepted() {
    for more in [
        json!({ "redirect_uris": ["http://localhost:3000/cb", "http://127.0.0.1/cb"] }),
        json!({ "application_type": "native", "redirect_uris": ["com.example.app:/cb", "http://127.0.0.1/cb"] }),
        json!({ "redirect_uris": null, "grant_types": ["client_credentials"] }),
        json!({ "jwks_uri": "https://a.example/jwks" }),
        json!({ "logo_uri": "http://localhost:8081/logo.svg", "tos_uri": "http://a.example/terms" }),
        json!({ "scope": "openid tickets:read", "dpop_bound_access_tokens": false, "subject_type": "public" }),
    ] {
        assert_eq!(refusals(registration(more.clone()), Source::Apply), [""; 0], "{more}");
    }
}

#[test]
fn keys_without_a_secret_mean_private_key_jwt_for_an_operator_only() {
    let more = json!({ "jwks_uri": "https://a.example/jwks" });
    let method =
        |source| validate(registration(more.clone()), source, None, START).unwrap().client.token_endpoint_auth_method;
    assert_eq!(method(Source::Apply), ClientAuthMethod::PrivateKeyJwt);
    assert_eq!(method(Source::Dynamic), ClientAuthMethod::ClientSecretBasic);
}

#[test]
fn a_client_that_registers_itself_chooses_less() {
    let mut wish = registration(json!({ "scope": "openid admin" }));
    wish.client_id = Some("tracker".into());
    wish.client_secret = Some("0123456789abcdef0123456789abcdef".to_owned().into());
    wish.first_party = true;
    let fields: Vec<_> =
        validate(wish, Source::Dynamic, None, START).unwrap_err().into_iter().map(|p| p.field).collect();
    assert_eq!(fields, ["client_id", "client_secret", "first_party", "scope"]);
    let plain = validate(registration(json!({})), Source::Dynamic, None, START).unwrap().client;
    assert!(plain.shown_as_unverified() && !plain.allows(GrantType::RefreshToken));
}

#[test]
fn ids_and_chosen_secrets_have_rules() {
    for id in ["", ".", "..", "a b", "a/b", "-a", &"a".repeat(129), "é"] {
        let said = refusals(Registration { client_id: Some(id.to_owned()), ..registration(json!({})) }, Source::Apply);
        assert!(said.len() == 1 && said[0].starts_with("client_id: "), "{id}: {said:?}");
    }
    let with = |secret: &str, method: &str| {
        let wish = registration(json!({ "token_endpoint_auth_method": method }));
        refusals(Registration { client_secret: Some(secret.to_owned().into()), ..wish }, Source::Apply)
    };
    assert!(with(&"x".repeat(32), "client_secret_post").is_empty());
    for (secret, method) in
        [("x".repeat(31), "client_secret_post"), ("ü".repeat(40), "client_secret_post"), ("x".repeat(32), "none")]
    {
        assert!(with(&secret, method)[0].starts_with("client_secret: "), "{secret} {method}");
    }
}

#[test]
fn a_change_keeps_id_source_and_secret() {
    let first = accept(registration(json!({})));
    let record = first.client.record.clone();
    let changed = validate(registration(json!({ "client_name": "T2" })), Source::Apply, Some(&record), START).unwrap();
    assert_eq!(changed.client.client_id, record.client_id);
    assert_eq!(changed.client.source, Source::Console);
    assert!(changed.secret.is_none() && changed.client.secret_matches(&first.secret.unwrap()));
    let public = registration(json!({ "token_endpoint_auth_method": "none" }));
    assert!(validate(public, Source::Apply, Some(&record), START).unwrap().client.record.secret_hash.is_none());
}

#[tokio::test]
async fn a_change_shows_at_once_here_and_after_a_refresh_elsewhere() {
    let t = TestAccounts::create();
    let (here, there) =
        (Registry::load(&t.accounts, false).await.unwrap(), Registry::load(&t.accounts, false).await.unwrap());
    let record = accept(registration(json!({}))).client.record;
    let id = record.client_id.clone();
    let insert = record.clone();
    assert!(here.change(&t.accounts, &Actor::command(), move |tx| store::insert(tx, &insert)).await.unwrap());
    assert!(here.find(&id).is_some() && there.find(&id).is_none());
    assert!(there.refresh(&t.accounts).await.unwrap() && there.find(&id).is_some());
    assert!(!there.refresh(&t.accounts).await.unwrap());

    let twice = record.clone();
    assert!(!here.change(&t.accounts, &Actor::command(), move |tx| store::insert(tx, &twice)).await.unwrap());
    let gone = id.clone();
    let steps = here
        .change(&t.accounts, &Actor::command(), move |tx| {
            let off = store::set_disabled(tx, &gone, true)?;
            let again = store::set_disabled(tx, &gone, true)?;
            let secret = store::set_secret(tx, &gone, &"another".to_owned().into())?;
            Ok((off, again, secret))
        })
        .await
        .unwrap();
    assert_eq!(steps, (true, false, true));
    let client = here.find(&id).unwrap();
    assert!(client.disabled && client.secret_matches("another"));

    let changed = Record { first_party: true, ..client.record.clone() };
    here.change(&t.accounts, &Actor::command(), move |tx| store::update(tx, &changed)).await.unwrap();
    assert!(here.find(&id).unwrap().first_party);
    let gone = id.clone();
    assert!(here.change(&t.accounts, &Actor::command(), move |tx| store::delete(tx, &gone)).await.unwrap());
    assert!(here.find(&id).is_none());
    let audited = t.accounts.read(move |conn| audit::of_target(conn, "client", &id, 10)).await.unwrap();
    let mut actions: Vec<_> = audited.iter().map(|entry| entry.action.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(
        actions,
        ["client.changed", "client.deleted", "client.disabled", "client.registered", "client.secret_changed"]
    );
}

/// Who registers at one node, or is written down by a command, may come to another node the same moment.
#[tokio::test]
async fn a_client_that_is_new_is_met_at_once_everywhere() {
    let t = TestAccounts::create();
    let (here, there) =
        (Registry::load(&t.accounts, false).await.unwrap(), Registry::load(&t.accounts, false).await.unwrap());
    let record = accept(registration(json!({}))).client.record;
    let id = record.client_id.clone();
    assert!(there.meet(&t.accounts, &id).await.is_none());
    assert!(here.change(&t.accounts, &Actor::command(), move |tx| store::insert(tx, &record)).await.unwrap());
    assert!(there.find(&id).is_none());
    assert_eq!(there.meet(&t.accounts, &id).await.map(|client| client.client_id.clone()), Some(id.clone()));
    assert!(there.find(&id).is_some());
}

#[tokio::test]
async fn a_list_is_filtered_ordered_and_paged() {
    let t = TestAccounts::create();
    let registry = Registry::load(&t.accounts, false).await.unwrap();
    for name in ["Wiki", "tracker", "Desk", "Tracker"] {
        let record = accept(registration(json!({ "client_name": name }))).client.record;
        registry.change(&t.accounts, &Actor::command(), move |tx| store::insert(tx, &record)).await.unwrap();
    }
    let names = |page: &ListPage| page.clients.iter().map(|c| c.name([]).to_owned()).collect::<Vec<_>>();
    let first = registry.list(&Filter::default(), 3);
    assert_eq!((first.total, names(&first)[0].as_str(), first.clients.len()), (4, "Desk", 3));
    let second = registry.list(&Filter { after: first.next.clone(), ..Filter::default() }, 3);
    assert_eq!((names(&second), second.next), (vec!["Wiki".to_owned()], None));
    assert_eq!(
        registry.list(&Filter { text: " TRACK ".into(), ..Filter::default() }, 9).total,
        4,
        "by redirect URI too"
    );
    assert_eq!(registry.list(&Filter { text: "wik".into(), ..Filter::default() }, 9).total, 1);
    assert_eq!(registry.list(&Filter { disabled: Some(true), ..Filter::default() }, 9).total, 0);
}

/// Design §7.2, `registration.allow_implicit`: tokens through the browser are for clients that an operator answers for.
#[test]
fn a_client_that_registers_itself_gets_tokens_through_the_browser_only_where_the_operator_allows_it() {
    let wish = || {
        registration(json!({
            "grant_types": ["authorization_code", "implicit"], "response_types": ["id_token code", "code", "token id_token"],
        }))
    };
    let refused = validate(wish(), Source::Dynamic, None, START).unwrap_err();
    let refused: Vec<_> = refused.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(refused, ["grant_types", "response_types", "response_types"]);
    let allowed = Terms { allow_implicit: true, ..Terms::default() };
    for (source, terms) in [(Source::Dynamic, allowed), (Source::Apply, Terms::default())] {
        let client = validate(Registration { terms, ..wish() }, source, None, START).unwrap().client;
        let stored = serde_json::to_value(&client.record.metadata).unwrap();
        assert_eq!(stored["response_types"], json!(["code id_token", "code", "id_token token"]));
        assert!(client.allows(GrantType::Implicit));
    }
}
