//! Every address of the application, as data.

/// Who answers, and what a POST there needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A page or a form of ours: a POST needs a CSRF token.
    Page,
    /// An endpoint for products: JSON, no cookie looked at.
    Api,
    /// A page that products send browsers to: a POST comes from elsewhere.
    FromProducts,
}

/// One address with one method.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    /// What it reads: of the query for GET, of the body for POST.
    pub parameters: &'static [&'static str],
    pub kind: Kind,
}

const fn get(path: &'static str, parameters: &'static [&'static str]) -> Route {
    Route { method: "GET", path, parameters, kind: Kind::Page }
}

const fn post(path: &'static str, parameters: &'static [&'static str]) -> Route {
    Route { method: "POST", path, parameters, kind: Kind::Page }
}

const fn api(method: &'static str, path: &'static str, parameters: &'static [&'static str]) -> Route {
    Route { method, path, parameters, kind: Kind::Api }
}

const fn from_products(method: &'static str, path: &'static str, parameters: &'static [&'static str]) -> Route {
    Route { method, path, parameters, kind: Kind::FromProducts }
}

/// What an authorization request may carry.
pub const AUTHORIZE: &[&str] = &[
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
    "claims",
    "ui_locales",
    "acr_values",
    "display",
];
/// What a token request may carry.
pub const TOKEN: &[&str] = &[
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "scope",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
];
/// What a log-out request may carry.
pub const END_SESSION: &[&str] =
    &["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "ui_locales"];
const CLIENT: &[&str] = &[
    "client_name",
    "client_id",
    "application_type",
    "token_endpoint_auth_method",
    "redirect_uris",
    "first_party",
    "advanced",
];
const NOBODY: &str = "0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55";

/// All of them. Those that end the session or begin another come last.
pub const ROUTES: &[Route] = &[
    get("/", &[]),
    get("/.well-known/openid-configuration", &[]),
    get("/.well-known/oauth-authorization-server", &[]),
    get("/oauth2/jwks", &[]),
    get("/favicon.ico", &[]),
    get("/static/{segment}", &[]),
    get("/avatar/{segment}/64", &[]),
    get("/avatar/0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55/{segment}", &[]),
    from_products("GET", "/oauth2/authorize", AUTHORIZE),
    from_products("POST", "/oauth2/authorize", AUTHORIZE),
    get("/oauth2/authorize/resume", &["interaction"]),
    post("/oauth2/authorize/cancel", &["interaction"]),
    api("POST", "/oauth2/token", TOKEN),
    api("POST", "/oauth2/introspect", &["token", "token_type_hint", "client_id", "client_secret"]),
    api("POST", "/oauth2/revoke", &["token", "token_type_hint", "client_id", "client_secret"]),
    api("POST", "/oauth2/register", &[]),
    api("GET", "/oauth2/register/{segment}", &[]),
    api("PUT", "/oauth2/register/{segment}", &[]),
    api("DELETE", "/oauth2/register/{segment}", &[]),
    api("GET", "/oauth2/userinfo", &["access_token"]),
    api("POST", "/oauth2/userinfo", &["access_token"]),
    get("/login", &["interaction", "to", "email"]),
    post("/login", &["email"]),
    get("/login/password", &["interaction"]),
    post("/login/password", &["email", "password"]),
    get("/login/two-step", &["interaction", "sent"]),
    post("/login/two-step", &["code", "remember-device"]),
    get("/login/two-step/recovery-code", &["interaction"]),
    post("/login/two-step/recovery-code", &["code"]),
    post("/login/two-step/mail", &[]),
    post("/login/passkey", &["challenge", "credential"]),
    post("/login/passkey/challenge", &[]),
    post("/login/password/passkey", &["challenge", "credential"]),
    get("/login/two-step/passkey", &["interaction"]),
    post("/login/two-step/passkey", &["challenge", "credential"]),
    post("/login/two-step/passkey/challenge", &[]),
    get("/choose-account", &["interaction"]),
    post("/choose-account", &["account", "remove"]),
    post("/password-strength", &["password", "email", "name"]),
    get("/consent", &["interaction"]),
    post("/consent", &["interaction", "login", "choice"]),
    get("/signup", &["interaction"]),
    post("/signup", &["email", "name", "password"]),
    get("/verify-email", &["interaction", "sent"]),
    post("/verify-email", &["code"]),
    post("/verify-email/again", &[]),
    get("/verify-email/resend", &["interaction", "sent"]),
    post("/verify-email/resend", &["email"]),
    get("/verify-email/confirm", &["token"]),
    post("/verify-email/confirm", &["token", "password"]),
    get("/recover", &["interaction"]),
    post("/recover", &["email"]),
    get("/recover/sent", &["interaction"]),
    get("/recover/password", &["token", "undone"]),
    post("/recover/password", &["token", "password"]),
    get("/account", &["done"]),
    post("/account", &["name"]),
    post("/account/avatar/remove", &[]),
    get("/account/details", &["done"]),
    post("/account/details", &["given_name", "zoneinfo", "locale", "birthdate", "website", "country"]),
    get("/account/security", &["done"]),
    get("/login/two-step/lost", &["interaction"]),
    post("/login/two-step/lost", &[]),
    get("/recover/second-step", &["token"]),
    post("/recover/second-step", &["token", "password"]),
    get("/recover/second-step/stop", &["token"]),
    post("/recover/second-step/stop", &["token"]),
    get("/account/security/apps/add", &["app", "done"]),
    post("/account/security/apps/add", &[]),
    post("/account/security/apps/confirm", &["app", "name", "code"]),
    get("/account/security/apps/{segment}", &[]),
    post("/account/security/apps/{segment}/rename", &["name"]),
    post("/account/security/apps/{segment}/move", &[]),
    get("/account/security/apps/{segment}/remove", &[]),
    post("/account/security/apps/{segment}/remove", &[]),
    get("/account/security/recovery-codes", &[]),
    post("/account/security/recovery-codes", &[]),
    get("/account/security/password", &["done"]),
    post("/account/security/password", &["current", "password"]),
    get("/account/security/passkeys", &["done"]),
    post("/account/security/passkeys", &["challenge", "credential"]),
    post("/account/security/passkeys/challenge", &[]),
    get("/account/security/passkeys/{segment}", &[]),
    post("/account/security/passkeys/{segment}", &["name"]),
    get("/account/security/passkeys/{segment}/remove", &[]),
    post("/account/security/passkeys/{segment}/remove", &[]),
    get("/account/devices", &["done"]),
    post("/account/devices/end", &["login"]),
    post("/account/devices/end-others", &[]),
    post("/account/devices/forget", &["device"]),
    post("/account/devices/ask-again", &["device"]),
    get("/account/activity", &["before"]),
    get("/account/activity/not-me", &[]),
    get("/account/activity/locked", &[]),
    get("/account/apps", &["done"]),
    post("/account/apps/remove", &["client"]),
    get("/account/email", &["done"]),
    get("/account/email/change", &[]),
    post("/account/email/change", &["email", "password"]),
    get("/account/email/add", &[]),
    post("/account/email/add", &["email"]),
    get("/account/email/added", &["token"]),
    post("/account/email/added", &["token", "password"]),
    post("/account/email/waiting/{segment}/resend", &[]),
    post("/account/email/waiting/{segment}/cancel", &[]),
    post("/account/email/{segment}/primary", &[]),
    get("/account/email/{segment}/remove", &[]),
    post("/account/email/{segment}/remove", &[]),
    post("/account/email/cancel", &[]),
    get("/account/email/confirm", &["token"]),
    post("/account/email/confirm", &["token", "password"]),
    get("/account/email/undo", &["token"]),
    post("/account/email/undo", &["token"]),
    get("/account/privacy", &["done"]),
    get("/account/privacy/visibility", &[]),
    get("/account/privacy/deactivate", &[]),
    post("/account/privacy/deactivate", &[]),
    get("/account/privacy/delete", &[]),
    post("/account/privacy/delete", &["email"]),
    get("/account/closed", &["what"]),
    get("/login/closed", &["interaction"]),
    post("/login/closed", &["choice"]),
    get("/account/privacy/export", &["done"]),
    post("/account/privacy/export", &[]),
    get("/account/privacy/export/{segment}", &[]),
    post("/account/privacy/export/{segment}/discard", &[]),
    post("/account/privacy/visibility", &["see-email", "see-name"]),
    get("/account/tokens", &["done"]),
    get("/account/tokens/new", &[]),
    post("/account/tokens/new", &["name", "days", "form", "scope-openid", "scope-email"]),
    get("/account/tokens/{segment}/revoke", &[]),
    post("/account/tokens/{segment}/revoke", &[]),
    get("/account/tokens/revoke-all", &[]),
    post("/account/tokens/revoke-all", &[]),
    get("/admin", &[]),
    get("/admin/accounts", &["q", "state", "after"]),
    get("/admin/accounts/{segment}", &["done"]),
    get("/admin/accounts/{segment}/deactivate", &[]),
    post("/admin/accounts/{segment}/deactivate", &["reason"]),
    get("/admin/accounts/{segment}/reset-second-steps", &[]),
    post("/admin/accounts/{segment}/reset-second-steps", &["reason"]),
    get("/admin/accounts/{segment}/reactivate", &[]),
    post("/admin/accounts/{segment}/reactivate", &[]),
    get("/admin/accounts/{segment}/tokens", &["done"]),
    post("/admin/accounts/{segment}/tokens/revoke-all", &[]),
    post("/admin/accounts/{segment}/tokens/{segment}/revoke", &[]),
    get("/admin/clients", &["q", "state", "after", "done"]),
    get("/admin/register-client", &[]),
    post("/admin/register-client", CLIENT),
    get("/admin/clients/{segment}", &["done"]),
    get("/admin/clients/{segment}/edit", &[]),
    post("/admin/clients/{segment}/edit", CLIENT),
    get("/admin/clients/{segment}/secret", &[]),
    post("/admin/clients/{segment}/secret", &[]),
    post("/admin/clients/{segment}/disable", &[]),
    post("/admin/clients/{segment}/enable", &[]),
    post("/admin/clients/{segment}/verify", &[]),
    post("/admin/clients/{segment}/unverify", &[]),
    get("/admin/clients/{segment}/delete", &[]),
    post("/admin/clients/{segment}/delete", &[]),
    get("/admin/registration-tokens", &["done"]),
    post("/admin/registration-tokens", &["note", "uses", "days"]),
    post("/admin/registration-tokens/{segment}/revoke", &[]),
    get("/admin/mail", &["state", "before", "done"]),
    post("/admin/mail/{segment}/retry", &["state"]),
    get("/admin/log-outs", &["state", "before", "done"]),
    post("/admin/log-outs/{segment}/retry", &["state"]),
    get("/setup", &["token"]),
    post("/setup", &["token", "email", "name", "password"]),
    post("/setup/accept", &["token"]),
    post("/setup/log-in", &["token"]),
    get("/logout", END_SESSION),
    // Framed by products, on purpose.
    api("GET", "/oauth2/check-session", &[]),
    from_products("GET", "/oauth2/logout", END_SESSION),
    from_products("POST", "/oauth2/logout", END_SESSION),
    post("/oauth2/logout/confirm", &["choice", "interaction"]),
    post("/logout", &["choice"]),
    post("/account/activity/not-me", &[]),
];

impl Route {
    /// The path, with an id that nothing has where it wants one.
    pub fn address(&self) -> String {
        self.path.replace("{segment}", NOBODY)
    }

    /// Whether it is a form of ours, which needs a CSRF token.
    pub fn needs_csrf(&self) -> bool {
        self.method == "POST" && self.kind == Kind::Page
    }
}
