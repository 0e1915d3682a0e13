//! The crate `openidconnect`, a client library that is not ours: code, hybrid and implicit flow, and registration.

use crate::support::{Answer, Browser, Party, Provider};
use account::Clock;
use db::testing::TestDatabase;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientRegistrationRequest, CoreGrantType, CoreIdToken, CoreIdTokenClaims,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType, CoreUserInfoClaims,
};
use openidconnect::registration::EmptyAdditionalClientMetadata;
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, AuthorizationCodeHash, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RegistrationUrl, ResponseTypes, Scope, TokenResponse,
};
use serde_json::json;
use std::str::FromStr;

const EMAIL: &str = "alice@example.test";

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let answer = http.execute(request.try_into()?).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = HttpResponse::new(answer.bytes().await?.to_vec());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// A provider, somebody who is logged in, and what the library found out about the provider.
struct Scene {
    provider: Provider,
    browser: Browser,
    metadata: CoreProviderMetadata,
    http: reqwest::Client,
}

/// An answer, and what the library remembers of its request.
struct Come {
    answer: Answer,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl Scene {
    /// On the machine's clock, which the library reads.
    async fn start() -> Self {
        let provider = Provider::start_on(TestDatabase::create(), Clock::system(), |settings| {
            settings.registration.allow_implicit = true;
        })
        .await;
        let (browser, account) = (provider.browser(), provider.person(EMAIL).await);
        provider.log_in(&browser, &account).await;
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let issuer = IssuerUrl::new(provider.url.clone()).expect("an issuer");
        let metadata = CoreProviderMetadata::discover_async(issuer, &|request| send(http.clone(), request)).await;
        Self { metadata: metadata.expect("it discovers"), provider, browser, http }
    }

    fn client(&self, party: &Party) -> Client {
        let (id, secret) = (ClientId::new(party.id.clone()), ClientSecret::new(party.secret.clone()));
        let redirect_uri = RedirectUrl::new(party.redirect_uri.clone()).expect("an address");
        CoreClient::from_provider_metadata(self.metadata.clone(), id, Some(secret)).set_redirect_uri(redirect_uri)
    }

    async fn ask(&self, client: &Client, flow: CoreAuthenticationFlow) -> Come {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let answer = self.browser.open(url.as_str()).await.answer();
        assert_eq!(answer.expect("state"), state.secret());
        Come { answer, nonce, verifier }
    }

    /// Redeems the code, and asks who it is.
    async fn redeem(&self, client: &Client, come: Come) -> CoreIdTokenClaims {
        let http = |request| send(self.http.clone(), request);
        let code = AuthorizationCode::new(come.answer.expect("code").to_owned());
        let request = client.exchange_code(code).expect("there is a token endpoint").set_pkce_verifier(come.verifier);
        let tokens = request.request_async(&http).await.expect("tokens");
        let claims =
            believed(client, tokens.id_token().expect("an ID token"), &come.nonce, Some(tokens.access_token()), None);
        let info: CoreUserInfoClaims = client
            .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
            .expect("there is a userinfo endpoint")
            .request_async(&http)
            .await
            .expect("userinfo");
        assert_eq!(info.email().map(|email| email.as_str()), Some(EMAIL));
        claims
    }
}

/// The claims of an ID token, after every check of the library (OpenID Connect Core §3.1.3.7), and the hashes with it.
fn believed(
    client: &Client,
    token: &CoreIdToken,
    nonce: &Nonce,
    access_token: Option<&AccessToken>,
    code: Option<&AuthorizationCode>,
) -> CoreIdTokenClaims {
    let verifier = client.id_token_verifier();
    let claims = token.claims(&verifier, nonce).expect("the library believes it");
    let (algorithm, key) = (token.signing_alg().expect("signed"), token.signing_key(&verifier).expect("a key"));
    assert_eq!(*algorithm, CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256);
    let expected = access_token.map(|it| AccessTokenHash::from_token(it, algorithm, key).expect("a hash"));
    assert_eq!(claims.access_token_hash(), expected.as_ref());
    let expected = code.map(|it| AuthorizationCodeHash::from_code(it, algorithm, key).expect("a hash"));
    assert_eq!(claims.code_hash(), expected.as_ref());
    claims.clone()
}

#[tokio::test]
async fn the_code_flow_with_refresh() {
    let scene = Scene::start().await;
    let party = scene.provider.party().await;
    let client = scene.client(&party);
    let come = scene.ask(&client, CoreAuthenticationFlow::AuthorizationCode).await;
    scene.redeem(&client, come).await;

    let http = |request| send(scene.http.clone(), request);
    let code = party.code(&scene.browser, &[("scope", "openid offline_access"), ("prompt", "consent")]).await;
    let verifier = PkceCodeVerifier::new(crate::support::VERIFIER.to_owned());
    let request = client.exchange_code(AuthorizationCode::new(code)).expect("an endpoint").set_pkce_verifier(verifier);
    let tokens = request.request_async(&http).await.expect("tokens");
    let refresh = tokens.refresh_token().expect("a refresh token");
    let request = client.exchange_refresh_token(refresh).expect("an endpoint");
    let next = request.request_async(&http).await.expect("tokens");
    assert_ne!(next.access_token().secret(), tokens.access_token().secret());
}

#[tokio::test]
async fn the_implicit_flow() {
    let scene = Scene::start().await;
    let client = scene.client(&scene.provider.party_of_all_flows(true, json!({})).await);
    for with_token in [false, true] {
        let come = scene.ask(&client, CoreAuthenticationFlow::Implicit(with_token)).await;
        let id_token = CoreIdToken::from_str(come.answer.expect("id_token")).expect("an ID token");
        let access_token = come.answer.get("access_token").map(|token| AccessToken::new(token.to_owned()));
        assert_eq!(access_token.is_some(), with_token);
        believed(&client, &id_token, &come.nonce, access_token.as_ref(), None);
    }
}

#[tokio::test]
async fn the_hybrid_flow() {
    use CoreResponseType::{Code, IdToken, Token};
    let scene = Scene::start().await;
    let client = scene.client(&scene.provider.party_of_all_flows(true, json!({})).await);
    for parts in [vec![Code, IdToken], vec![Code, Token], vec![Code, IdToken, Token]] {
        let come = scene.ask(&client, CoreAuthenticationFlow::Hybrid(parts.clone())).await;
        let access_token = come.answer.get("access_token").map(|token| AccessToken::new(token.to_owned()));
        assert_eq!(access_token.is_some(), parts.contains(&Token));
        let code = AuthorizationCode::new(come.answer.expect("code").to_owned());
        let early = come.answer.get("id_token").map(|token| {
            let token = CoreIdToken::from_str(token).expect("an ID token");
            believed(&client, &token, &come.nonce, access_token.as_ref(), Some(&code))
        });
        assert_eq!(early.is_some(), parts.contains(&IdToken));
        // OpenID Connect Core §3.3.3.6: both ID tokens speak of the same person.
        let late = scene.redeem(&client, come).await;
        assert!(early.is_none_or(|early| early.subject() == late.subject() && early.issuer() == late.issuer()));
    }
}

#[tokio::test]
async fn a_client_registers_itself() {
    let scene = Scene::start().await;
    let redirect_uri = RedirectUrl::new("https://tracker.example.test/callback".to_owned()).expect("an address");
    let token = AccessToken::new(scene.provider.initial_token(1, 1).await);
    let types = vec![ResponseTypes::new(vec![CoreResponseType::Code, CoreResponseType::IdToken])];
    let endpoint = scene.metadata.registration_endpoint().expect("a registration endpoint").clone();
    let registered = CoreClientRegistrationRequest::new(vec![redirect_uri.clone()], EmptyAdditionalClientMetadata {})
        .set_initial_access_token(Some(token))
        .set_response_types(Some(types))
        .set_grant_types(Some(vec![CoreGrantType::AuthorizationCode, CoreGrantType::Implicit]))
        .register_async(&RegistrationUrl::from_url(endpoint.url().clone()), &|request| {
            send(scene.http.clone(), request)
        })
        .await
        .expect("it is registered");
    assert_eq!(registered.redirect_uris(), &vec![redirect_uri]);
    assert!(registered.client_secret().is_some() && registered.registration_access_token().is_some());
    assert!(scene.provider.node.provider.clients.find(registered.client_id()).is_some());
}
