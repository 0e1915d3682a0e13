//! The table of what comes next.

use super::*;
use crate::authorize::{Context, Parts, RawRequest, accept};
use crate::client::{Registration, Registry, Source, store, validate};
use account::login::{HALF_SECONDS, HalfLogin};
use account::second_step::Method;
use account::session::{Acr, Amr, Login, LoginId, Session, SessionId};
use account::testing::{START, TestAccounts};
use account::{AccountId, Actor, Timestamp};
use jose::{DecryptionKeys, KeySet};
use protocol::{ClientMetadata, ErrorCode, Parameters, Scope};
use serde_json::{Value, json};

/// What a request says, with a client of this metadata.
fn request(first_party: bool, metadata: Value, query: &str) -> Parts {
    request_of("code", first_party, metadata, query)
}

fn request_of(response_type: &str, first_party: bool, metadata: Value, query: &str) -> Parts {
    let t = TestAccounts::create();
    let mut fields = json!({ "redirect_uris": ["https://tracker.example.test/cb"] });
    fields.as_object_mut().unwrap().extend(metadata.as_object().unwrap().clone());
    let metadata: ClientMetadata = serde_json::from_value(fields).unwrap();
    let registration =
        Registration { client_id: Some("tracker".into()), first_party, metadata, ..Registration::default() };
    let record = validate(registration, Source::Console, None, START).unwrap().client.record;
    let uri = record.metadata.redirect_uris.clone().unwrap().swap_remove(0);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let clients = runtime.block_on(async {
        t.accounts.write(&Actor::command(), move |tx| store::insert(tx, &record)).await.unwrap();
        Registry::load(&t.accounts, false).await.unwrap()
    });
    let query = format!(
        "client_id=tracker&response_type={response_type}&redirect_uri={uri}&code_challenge_method=S256\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&{query}"
    );
    let raw = RawRequest::from_parameters(&Parameters::parse(query.as_bytes()).unwrap());
    let context = Context {
        clients: &clients,
        keys: &KeySet::default(),
        decrypting: &DecryptionKeys::default(),
        issuer: "https://id.example.test",
    };
    accept(raw, &context).unwrap_or_else(|rejection| panic!("{rejection:?}")).0
}

fn login(seconds_ago: i64) -> Login {
    Login {
        id: LoginId::new(START),
        account_id: AccountId::new(START),
        authenticated_at: START.plus_seconds(-seconds_ago),
        amr: vec![Amr::Pwd],
        acr: Acr::Password,
    }
}

fn session(logins: &[&Login]) -> Session {
    let logins = logins.iter().map(|login| (*login).clone()).collect();
    Session { id: SessionId::new(START), last_seen_at: START, logins }
}

fn scope(text: &str) -> Scope {
    text.parse().unwrap()
}

/// An account that allowed this before, and has a password alone.
fn known(remembered: impl Into<Permission>) -> Known {
    Known { remembered: remembered.into(), ..Known::default() }
}

/// The scope, and after a `+` the claims by name.
fn told(allowed: &Permission) -> String {
    let claims: Vec<_> = allowed.claims_in_order().collect();
    if claims.is_empty() { allowed.scope.to_string() } else { format!("{} + {}", allowed.scope, claims.join(" ")) }
}

/// The step in one word, with the error code of a refusal.
fn word(request: &Parts, progress: &Progress, session: Option<&Session>, remembered: &str, now: Timestamp) -> String {
    in_words(next_step(&Demands::of(request), progress, session, &known(scope(remembered)), now))
}

fn in_words(step: NextStep<'_>) -> String {
    match step {
        NextStep::LogIn => "log in".into(),
        NextStep::SignUp => "sign up".into(),
        NextStep::SecondStep => "second step".into(),
        NextStep::Reauthenticate(_) => "reauthenticate".into(),
        NextStep::ChooseAccount => "choose".into(),
        NextStep::Consent(_, allowed) => format!("consent {}", told(&allowed)),
        NextStep::Refuse(error) => error.code().to_string(),
        NextStep::Done(_, allowed) => format!("done {}", told(&allowed)),
    }
}

#[test]
fn without_a_session_somebody_logs_in() {
    for (query, expected) in [
        ("scope=openid", "log in"),
        ("scope=openid&prompt=login", "log in"),
        ("scope=openid&prompt=select_account", "log in"),
        ("scope=openid&prompt=create", "sign up"),
        ("scope=openid&prompt=none", "login_required"),
    ] {
        assert_eq!(word(&request(true, json!({}), query), &Progress::default(), None, "", START), expected, "{query}");
    }
}

#[test]
fn with_a_session_our_own_products_are_entered_at_once_unless_they_want_more() {
    let alice = login(100);
    let session = session(&[&alice]);
    for (query, expected) in [
        ("scope=openid", "done openid"),
        ("scope=openid&prompt=none", "done openid"),
        ("scope=openid&prompt=consent", "done openid"),
        ("scope=openid&prompt=login", "reauthenticate"),
        ("scope=openid&prompt=login+consent", "reauthenticate"),
        ("scope=openid&prompt=select_account", "choose"),
        ("scope=openid&prompt=create", "sign up"),
        ("scope=openid&max_age=100", "done openid"),
        ("scope=openid&max_age=99", "reauthenticate"),
        ("scope=openid&max_age=0", "reauthenticate"),
        ("scope=openid&max_age=99&prompt=none", "login_required"),
        ("scope=openid&max_age=0&prompt=none", "login_required"),
        ("scope=openid+offline_access", "done openid offline_access"),
        ("scope=openid&acr_values=phr+urn:latchkey:acr:two-step", "done openid"),
        (
            "scope=openid&claims=%7B%22id_token%22:%7B%22acr%22:%7B%22essential%22:true,%22value%22:%22phr%22%7D%7D%7D",
            "unmet_authentication_requirements",
        ),
        (
            "scope=openid&claims=%7B%22id_token%22:%7B%22acr%22:%7B%22essential%22:true,%22values%22:[%22phr%22,%22urn:latchkey:acr:password%22]%7D%7D%7D",
            "done openid",
        ),
        ("scope=openid&claims=%7B%22id_token%22:%7B%22acr%22:%7B%22value%22:%22phr%22%7D%7D%7D", "done openid"),
    ] {
        let step = word(&request(true, json!({}), query), &Progress::default(), Some(&session), "", START);
        assert_eq!(step, expected, "{query}");
    }
}

#[test]
fn a_log_in_within_the_interaction_is_fresh_whatever_time_consent_takes() {
    let alice = login(0);
    let session = session(&[&alice]);
    let progress = Progress { login: Some(alice.id.clone()), authenticated: true, ..Progress::default() };
    let much_later = START.plus_seconds(1800);
    for query in ["scope=openid&prompt=login", "scope=openid&max_age=1", "scope=openid&max_age=0"] {
        let request = request(true, json!({}), query);
        assert_eq!(word(&request, &progress, Some(&session), "", much_later), "done openid", "{query}");
        let chosen = Progress { authenticated: false, ..progress.clone() };
        assert_eq!(word(&request, &chosen, Some(&session), "", much_later), "reauthenticate", "{query}");
    }
}

#[test]
fn the_clients_default_max_age_counts_when_the_request_has_none() {
    let alice = login(100);
    let session = session(&[&alice]);
    let metadata = json!({ "default_max_age": 50 });
    for (query, expected) in [("scope=openid", "reauthenticate"), ("scope=openid&max_age=200", "done openid")] {
        let step = word(&request(true, metadata.clone(), query), &Progress::default(), Some(&session), "", START);
        assert_eq!(step, expected, "{query}");
    }
}

#[test]
fn other_products_are_allowed_once() {
    let alice = login(1);
    let session = session(&[&alice]);
    for (query, remembered, expected) in [
        ("scope=openid+email", "", "consent openid email"),
        ("scope=openid+email", "openid email", "done openid email"),
        ("scope=openid", "openid email", "done openid"),
        ("scope=openid+email+phone", "openid email", "consent openid email phone"),
        ("scope=openid&prompt=consent", "openid", "consent openid"),
        ("scope=openid&prompt=none", "", "consent_required"),
        ("scope=openid&prompt=none", "openid", "done openid"),
        // Offline access is ignored unless it is asked for with a consent page, or was allowed before.
        ("scope=openid+offline_access", "openid", "done openid"),
        ("scope=openid+offline_access", "", "consent openid"),
        ("scope=openid+offline_access", "openid offline_access", "done openid offline_access"),
        ("scope=openid+offline_access&prompt=consent", "openid", "consent openid offline_access"),
    ] {
        let step = word(&request(false, json!({}), query), &Progress::default(), Some(&session), remembered, START);
        assert_eq!(step, expected, "{query} after {remembered}");
    }
}

/// OpenID Connect Core §5.5: what is asked for by name is asked of the person, once.
#[test]
fn single_claims_are_allowed_like_a_scope() {
    let alice = login(1);
    let session = session(&[&alice]);
    let asked = "claims=%7B%22userinfo%22:%7B%22email%22:null,%22birthdate%22:%7B%22essential%22:true%7D,%22shoe%22:null%7D,\
        %22id_token%22:%7B%22name%23de%22:null,%22auth_time%22:null,%22sub%22:null%7D%7D";
    let remembered = |scope_text: &str, claims: &[&str]| Permission {
        scope: scope(scope_text),
        claims: claims.iter().map(|claim| (*claim).to_owned()).collect(),
    };
    for (query, before, expected) in [
        ("scope=openid", remembered("openid", &[]), "consent openid + name email birthdate"),
        ("scope=openid+email", remembered("openid email", &[]), "consent openid email + name birthdate"),
        ("scope=openid", remembered("openid", &["name", "email"]), "consent openid + name email birthdate"),
        ("scope=openid", remembered("openid", &["name", "email", "birthdate"]), "done openid + name email birthdate"),
        // A scope that was allowed covers what it opens.
        ("scope=openid", remembered("openid profile email", &[]), "done openid + name email birthdate"),
        ("scope=openid+profile+email", remembered("openid profile email", &[]), "done openid profile email"),
        ("scope=openid&prompt=none", remembered("openid", &["name"]), "consent_required"),
        ("scope=openid&prompt=none", remembered("openid profile", &["email"]), "done openid + name email birthdate"),
        (
            "scope=openid&prompt=consent",
            remembered("openid profile email", &[]),
            "consent openid + name email birthdate",
        ),
    ] {
        let request = request(false, json!({}), &format!("{query}&{asked}"));
        let step =
            next_step(&Demands::of(&request), &Progress::default(), Some(&session), &known(before.clone()), START);
        assert_eq!(in_words(step), expected, "{query} after {before:?}");
    }
    // What cannot be fetched need not be allowed.
    let implicit = json!({ "grant_types": ["implicit"], "response_types": ["id_token"] });
    let query = format!("scope=openid&nonce=n&{asked}");
    let id_token_only = request_of("id_token", false, implicit, &query);
    let step = word(&id_token_only, &Progress::default(), Some(&session), "", START);
    assert_eq!(step, "consent openid + name");
    let ours = request(true, json!({}), &format!("scope=openid&{asked}"));
    assert_eq!(word(&ours, &Progress::default(), Some(&session), "", START), "done openid + name email birthdate");
}

#[test]
fn consent_given_in_the_interaction_is_enough_for_that_account_and_scope() {
    let alice = login(1);
    let session = session(&[&alice]);
    let consented = |account: &AccountId, text: &str| Progress {
        consented: Some((account.clone(), scope(text).into())),
        ..Progress::default()
    };
    let request = request(false, json!({}), "scope=openid+email&prompt=consent");
    let step = |progress| word(&request, &progress, Some(&session), "openid email", START);
    assert_eq!(step(consented(&alice.account_id, "openid email")), "done openid email");
    assert_eq!(step(consented(&alice.account_id, "openid")), "consent openid email");
    assert_eq!(step(consented(&AccountId::new(START), "openid email")), "consent openid email");
}

#[test]
fn an_application_on_a_device_that_anybody_can_pretend_to_be_asks_each_time() {
    let alice = login(1);
    let session = session(&[&alice]);
    let native = json!({
        "application_type": "native", "token_endpoint_auth_method": "none", "redirect_uris": ["com.example.app:/cb"],
    });
    let step = |first_party| {
        let request = request(first_party, native.clone(), "scope=openid");
        word(&request, &Progress::default(), Some(&session), "openid", START)
    };
    assert_eq!(step(false), "consent openid");
    assert_eq!(step(true), "done openid");
    // One that registered itself proves nothing by its secret: anybody can register.
    let loopback = json!({ "redirect_uris": ["http://127.0.0.1:8000/cb"] });
    for (source, expected) in [(Source::Console, "done openid"), (Source::Dynamic, "consent openid")] {
        let mut request = request(false, loopback.clone(), "scope=openid");
        std::sync::Arc::make_mut(&mut request.client).source = source;
        assert_eq!(word(&request, &Progress::default(), Some(&session), "openid", START), expected);
    }
}

#[test]
fn among_several_accounts_the_visitor_chooses_once() {
    let (alice, bob) = (login(1), login(2));
    let session = session(&[&alice, &bob]);
    let plain = request(true, json!({}), "scope=openid");
    assert_eq!(word(&plain, &Progress::default(), Some(&session), "", START), "choose");
    let chosen = Progress { login: Some(bob.id.clone()), ..Progress::default() };
    let demands = Demands::of(&plain);
    let step = next_step(&demands, &chosen, Some(&session), &Known::default(), START);
    assert_eq!(step, NextStep::Done(&bob, scope("openid").into()));
    let another = Progress { use_another: true, ..Progress::default() };
    assert_eq!(word(&plain, &another, Some(&session), "", START), "log in");
    let selecting = request(true, json!({}), "scope=openid&prompt=select_account");
    assert_eq!(word(&selecting, &chosen, Some(&session), "", START), "done openid");
    let silent = request(true, json!({}), "scope=openid&prompt=none");
    assert_eq!(word(&silent, &Progress::default(), Some(&session), "", START), "done openid");
    let page = next_step(
        &Demands::of_a_page(&Kind::Local("/account".into())),
        &Progress::default(),
        Some(&session),
        &Known::default(),
        START,
    );
    assert_eq!(page, NextStep::Done(&alice, Permission::default()));
}

#[test]
fn a_hinted_account_is_the_only_one_that_will_do() {
    let (alice, bob) = (login(1), login(2));
    let mut request = request(true, json!({}), "scope=openid");
    request.hinted_account = Some(bob.account_id.clone());
    let both = session(&[&alice, &bob]);
    let demands = Demands::of(&request);
    let step = next_step(&demands, &Progress::default(), Some(&both), &Known::default(), START);
    assert_eq!(step, NextStep::Done(&bob, scope("openid").into()));
    let only_alice = session(&[&alice]);
    assert_eq!(word(&request, &Progress::default(), Some(&only_alice), "", START), "log in");
    let logged_in = Progress { login: Some(alice.id.clone()), authenticated: true, ..Progress::default() };
    assert_eq!(word(&request, &logged_in, Some(&both), "", START), ErrorCode::LoginRequired.to_string());
    let chose = Progress { login: Some(alice.id.clone()), ..Progress::default() };
    assert_eq!(word(&request, &chose, Some(&both), "", START), "log in");
    request.prompt = "none".parse().unwrap();
    assert_eq!(word(&request, &Progress::default(), Some(&only_alice), "", START), "login_required");
}

#[test]
fn a_log_in_of_which_half_is_proved_goes_on_with_its_second_step_for_a_quarter_of_an_hour() {
    let alice = login(100);
    let session = session(&[&alice]);
    let half = HalfLogin {
        account: alice.account_id.clone(),
        amr: vec![Amr::Pwd],
        proved_at: START,
        again: false,
        methods: vec![Method::AppCode],
        password_changed_at: None,
    };
    let progress = Progress { half: Some(half), ..Progress::default() };
    let last = START.plus_seconds(HALF_SECONDS - 1);
    for (query, with_session, now, expected) in [
        ("scope=openid", false, START, "second step"),
        ("scope=openid", true, START, "second step"),
        ("scope=openid&prompt=login", true, START, "second step"),
        ("scope=openid&prompt=create", false, START, "second step"),
        ("scope=openid&prompt=none", true, START, "login_required"),
        ("scope=openid", false, last, "second step"),
        ("scope=openid", false, last.plus_seconds(1), "log in"),
        ("scope=openid&prompt=login", true, last.plus_seconds(1), "reauthenticate"),
    ] {
        let session = with_session.then_some(&session);
        assert_eq!(word(&request(true, json!({}), query), &progress, session, "", now), expected, "{query} {now:?}");
    }
}

#[test]
fn a_level_that_the_account_reaches_is_raised_to_and_one_that_it_does_not_reach_is_not() {
    const TWO: &str = "urn:latchkey:acr:two-step";
    let essential =
        |values: &str| format!("claims={{\"id_token\":{{\"acr\":{{\"essential\":true,\"values\":[{values}]}}}}}}");
    let (essential_two, essential_phr) = (essential(&format!("\"{TWO}\"")), essential("\"phr\""));
    let either = essential(&format!("\"phr\",\"{TWO}\""));
    let wished = format!("acr_values={TWO}");
    let unmet = "unmet_authentication_requirements";
    for (query, has, reachable, fresh, expected) in [
        (&wished, Acr::Password, Acr::Password, false, "done openid"),
        (&wished, Acr::Password, Acr::TwoStep, false, "reauthenticate"),
        (&wished, Acr::Password, Acr::TwoStep, true, "done openid"),
        (&wished, Acr::TwoStep, Acr::TwoStep, false, "done openid"),
        (&wished, Acr::PhishingResistant, Acr::PhishingResistant, false, "done openid"),
        (&"acr_values=phr".to_owned(), Acr::Password, Acr::TwoStep, false, "done openid"),
        (&"acr_values=phr".to_owned(), Acr::TwoStep, Acr::PhishingResistant, false, "reauthenticate"),
        (&"acr_values=nonsense".to_owned(), Acr::Password, Acr::PhishingResistant, false, "done openid"),
        (&format!("{wished}&prompt=none"), Acr::Password, Acr::TwoStep, false, "done openid"),
        (&essential_two, Acr::Password, Acr::Password, false, unmet),
        (&essential_two, Acr::Password, Acr::TwoStep, false, "reauthenticate"),
        (&essential_two, Acr::Password, Acr::TwoStep, true, unmet),
        (&essential_two, Acr::TwoStep, Acr::TwoStep, false, "done openid"),
        (&format!("{essential_two}&prompt=none"), Acr::Password, Acr::TwoStep, false, "login_required"),
        (&essential_phr, Acr::Password, Acr::TwoStep, false, unmet),
        (&essential_phr, Acr::TwoStep, Acr::PhishingResistant, false, "reauthenticate"),
        (&either, Acr::Password, Acr::TwoStep, false, "reauthenticate"),
    ] {
        let alice = Login { acr: has, ..login(10) };
        let session = session(&[&alice]);
        let progress = match fresh {
            true => Progress { login: Some(alice.id.clone()), authenticated: true, ..Progress::default() },
            false => Progress::default(),
        };
        let request = request(true, json!({}), &format!("scope=openid&{query}"));
        let known = Known { reachable, ..Known::default() };
        let step = next_step(&Demands::of(&request), &progress, Some(&session), &known, START);
        assert_eq!(in_words(step), expected, "{query} {has:?} of {reachable:?}, fresh: {fresh}");
        let spared = Demands::of(&request).may_be_spared_a_step();
        assert_eq!(spared, query.contains("nonsense"), "{query}: whether a remembered device spares a step");
    }
    for (query, spared) in [("", true), ("&max_age=60", true), ("&max_age=0", false), ("&prompt=login", false)] {
        let request = request(true, json!({}), &format!("scope=openid{query}"));
        assert_eq!(Demands::of(&request).may_be_spared_a_step(), spared, "{query}");
    }
}

#[test]
fn a_step_up_asks_for_a_fresh_proof_with_two_steps_where_there_are_two() {
    let kind = Kind::StepUp("/account/security".into());
    let demands = Demands::of_a_page(&kind);
    assert!(!demands.are_met_by_a_password());
    for (seconds_ago, acr, reachable, here, expected) in [
        (600, Acr::Password, Acr::Password, false, "done "),
        (601, Acr::Password, Acr::Password, false, "reauthenticate"),
        (601, Acr::Password, Acr::Password, true, "done "),
        (0, Acr::Password, Acr::TwoStep, false, "reauthenticate"),
        (600, Acr::TwoStep, Acr::TwoStep, false, "done "),
        (601, Acr::PhishingResistant, Acr::TwoStep, false, "reauthenticate"),
    ] {
        let alice = Login { acr, ..login(seconds_ago) };
        let session = session(&[&alice]);
        let login = here.then(|| alice.id.clone());
        let progress = Progress { login, authenticated: here, ..Progress::default() };
        let known = Known { reachable, ..Known::default() };
        let step = next_step(&demands, &progress, Some(&session), &known, START);
        assert_eq!(in_words(step), expected, "{seconds_ago} s ago, {acr:?} of {reachable:?}, here: {here}");
    }
    assert_eq!(in_words(next_step(&demands, &Progress::default(), None, &Known::default(), START)), "log in");
}

#[test]
fn a_log_in_that_the_login_hint_means_spares_the_choice() {
    let (alice, bob, gone) = (login(1), login(2), login(3));
    let session = session(&[&bob, &alice]);
    for (query, meant, expected) in [
        ("scope=openid", &alice, "alice"),
        ("scope=openid&prompt=none", &alice, "alice"),
        ("scope=openid&prompt=login", &alice, "reauthenticate"),
        ("scope=openid&prompt=select_account", &alice, "choose"),
        ("scope=openid", &gone, "choose"),
    ] {
        let request = request(true, json!({}), query);
        let demands = Demands::of(&request).preferring(Some(meant.id.clone()));
        let step = next_step(&demands, &Progress::default(), Some(&session), &Known::default(), START);
        let told = match step {
            NextStep::Done(login, _) if login.id == alice.id => "alice".to_owned(),
            step => in_words(step),
        };
        assert_eq!(told, expected, "{query}");
    }
}
