//! One client: what it is, how to connect it, what can be done with it.

use super::{SECTION, advanced, find, list, path_of};
use crate::guard::Operator;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use oidc::Provider;
use oidc::client::{Client, ClientKeys, Source};
use oidc::client::{ClientAuthMethod, GrantType};
use oidc::tokens::subject::Subjects;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Notice, Page, Render};
use web::{Failure, Query, Site};

#[derive(Template)]
#[template(path = "admin/clients/show.html")]
pub(super) struct ShowPage {
    pub page: Page,
    pub path: String,
    pub client: ClientView,
    pub connect: Connect,
}

/// The client, in words.
pub(super) struct ClientView {
    pub id: String,
    pub kind: &'static str,
    pub authentication: &'static str,
    pub has_secret: bool,
    pub keys: String,
    pub redirect_uris: Vec<String>,
    pub post_logout_redirect_uris: Vec<String>,
    pub grants: String,
    pub scope: String,
    pub pkce: &'static str,
    pub id_token_alg: String,
    pub response_types: String,
    pub subjects: String,
    /// Metadata that has no line of its own, as JSON; empty: there is none.
    pub further: String,
    pub links: Vec<(&'static str, String)>,
    pub contacts: String,
    pub source: &'static str,
    pub registered: String,
    pub first_party: bool,
    /// Whether it registered itself, so that an operator can vouch for it.
    pub by_itself: bool,
    pub unverified: bool,
    pub disabled: bool,
}

/// What the product's developer pastes.
pub(super) struct Connect {
    pub issuer: String,
    pub discovery: String,
    pub client_id: String,
    pub settings: String,
    pub uses_code: bool,
}

impl ClientView {
    pub(super) fn of(client: &Client) -> Self {
        let metadata = &client.record.metadata;
        let links = [
            ("Home page", &metadata.client_uri),
            ("Logo", &metadata.logo_uri),
            ("Privacy policy", &metadata.policy_uri),
            ("Terms", &metadata.tos_uri),
            ("Starts a log-in", &metadata.initiate_login_uri),
        ];
        Self {
            id: client.client_id.clone(),
            kind: list::kind(client),
            authentication: authentication(client.token_endpoint_auth_method),
            has_secret: client.token_endpoint_auth_method.uses_secret(),
            keys: match &client.keys {
                ClientKeys::None => String::new(),
                ClientKeys::Inline(_) => "registered here (jwks)".to_owned(),
                ClientKeys::At(uri) => uri.clone(),
            },
            redirect_uris: client.redirect_uris.iter().map(ToString::to_string).collect(),
            post_logout_redirect_uris: client.post_logout_redirect_uris.iter().map(ToString::to_string).collect(),
            grants: client.grant_types.iter().map(|grant| grant.as_str()).collect::<Vec<_>>().join(", "),
            scope: client.scope.to_string(),
            pkce: if client.require_pkce { "Required" } else { "Accepted" },
            id_token_alg: client.id_token_signed_response_alg.to_string(),
            response_types: client.response_types.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", "),
            subjects: match &client.subjects {
                Subjects::Public => "The same for all products (public)".to_owned(),
                Subjects::Pairwise { sector, .. } => format!("Of its own, for {sector} (pairwise)"),
            },
            further: advanced::text_of(metadata),
            links: links.into_iter().filter_map(|(label, uri)| uri.clone().map(|uri| (label, uri))).collect(),
            contacts: metadata.contacts.as_deref().unwrap_or_default().join(", "),
            source: match client.source {
                Source::Apply => "by latchkey apply",
                Source::Console => "in the console",
                Source::Dynamic => "by itself",
            },
            registered: account::clock::to_the_minute(client.record.created_at),
            first_party: client.first_party,
            by_itself: client.source == Source::Dynamic,
            unverified: client.shown_as_unverified(),
            disabled: client.disabled,
        }
    }
}

fn authentication(method: ClientAuthMethod) -> &'static str {
    match method {
        ClientAuthMethod::ClientSecretBasic => "Client secret in the header (client_secret_basic)",
        ClientAuthMethod::ClientSecretPost => "Client secret in the form (client_secret_post)",
        ClientAuthMethod::ClientSecretJwt => "Assertion signed with the secret (client_secret_jwt)",
        ClientAuthMethod::PrivateKeyJwt => "Signed assertion (private_key_jwt)",
        ClientAuthMethod::None => "None: public client with PKCE (none)",
        _ => "Another method",
    }
}

impl Connect {
    pub(super) fn of(client: &Client, issuer: &str) -> Self {
        let uses_code = client.allows(GrantType::AuthorizationCode);
        let scope = if client.scope.contains("openid") { "openid profile email" } else { "" };
        let mut lines = vec![format!("OIDC_ISSUER={issuer}"), format!("OIDC_CLIENT_ID={}", client.client_id)];
        if client.token_endpoint_auth_method.uses_secret() {
            lines.push("OIDC_CLIENT_SECRET=(shown once, when it was made)".to_owned());
        }
        lines.push(format!("OIDC_TOKEN_AUTH_METHOD={}", client.token_endpoint_auth_method));
        if uses_code {
            lines.push(format!("OIDC_SCOPE={scope}"));
            if let Some(uri) = client.redirect_uris.first() {
                lines.push(format!("OIDC_REDIRECT_URI={uri}"));
            }
        }
        Self {
            issuer: issuer.to_owned(),
            discovery: format!("{issuer}/.well-known/openid-configuration"),
            client_id: client.client_id.clone(),
            settings: lines.join("\n"),
            uses_code,
        }
    }
}

/// What was done before.
#[derive(Debug, Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// `GET /admin/clients/{client_id}`.
pub async fn page(
    operator: Operator,
    site: Data<Site>,
    provider: Data<Provider>,
    client_id: Path<String>,
    Query(Done { done }): Query<Done>,
) -> Result<HttpResponse, Failure> {
    let client = find(&provider, &client_id).await?;
    let mut page = operator.page(&site, client.name([]), SECTION);
    page.notices.extend(done.as_deref().and_then(notice));
    let show = ShowPage {
        page,
        path: path_of(&client.client_id),
        client: ClientView::of(&client),
        connect: Connect::of(&client, &provider.issuer),
    };
    Ok(show.answer(PageKind::Own))
}

fn notice(done: &str) -> Option<Notice> {
    let text = match done {
        "registered" => "The client is registered. Give its developers what stands under \"How to connect\".",
        "saved" => "The client is saved. Every node uses the change within seconds.",
        "disabled" => "The client is switched off: nobody can log in to it and its tokens are refused here.",
        "verified" => "The client is verified: people are no longer warned about it.",
        "unverified" => "The client is not verified: people are told so when they log in.",
        "enabled" => "The client is switched on again.",
        _ => return None,
    };
    Some(Notice::success(text))
}
