//! What the visitor must do next: one pure function of request, session, progress and consent. Each way in passes it.

use super::{ConsentPolicy, Kind, Permission, Progress};
use crate::authorize::Parts;
use account::session::{Acr, Login, LoginId, Session};
use account::{AccountId, Timestamp};
use protocol::{ErrorCode, OAuthError, Prompt, PromptSet};

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum NextStep<'a> {
    /// Log in.
    LogIn,
    /// Make an account (Initiating User Registration §4.1).
    SignUp,
    /// Prove the second step of the log-in that was begun here.
    SecondStep,
    /// Prove again who you are: this log-in is too old or of too low a level, or the client wants it.
    Reauthenticate(&'a Login),
    /// Choose one of the accounts that are logged in.
    ChooseAccount,
    /// Allow or deny the client this.
    Consent(&'a Login, Permission),
    /// It ends here, with this error for the client.
    Refuse(OAuthError),
    /// It ends well: the client may have this in the name of this log-in.
    Done(&'a Login, Permission),
}

/// What a request demands of the visitor.
#[derive(Debug, Clone)]
pub struct Demands<'a> {
    prompt: PromptSet,
    max_age: Option<u32>,
    hinted_account: Option<&'a AccountId>,
    /// The log-in that `login_hint` means, when it is one of this browser's.
    preferred: Option<LoginId>,
    essential_acr: &'a [String],
    wished_acr: &'a [String],
    consent: ConsentPolicy,
    /// Whether the visitor is asked which account, when several are logged in.
    asks_which: bool,
    /// Whether only a fresh proof will do, with two steps where the account can.
    step_up: bool,
    request: Option<&'a Parts>,
}

impl<'a> Demands<'a> {
    /// Of an authorization request.
    pub fn of(request: &'a Parts) -> Self {
        Self {
            prompt: request.prompt.clone(),
            max_age: request.max_age,
            hinted_account: request.hinted_account.as_ref(),
            preferred: None,
            essential_acr: &request.essential_acr,
            wished_acr: &request.wished_acr,
            consent: ConsentPolicy::of(request),
            asks_which: true,
            step_up: false,
            request: Some(request),
        }
    }

    /// Of a page of ours: any log-in will do, or, for a [`Kind::StepUp`], a fresh one.
    pub fn of_a_page(kind: &Kind) -> Self {
        Self {
            prompt: PromptSet::default(),
            max_age: None,
            hinted_account: None,
            preferred: None,
            essential_acr: &[],
            wished_acr: &[],
            consent: ConsentPolicy::Never,
            asks_which: false,
            step_up: matches!(kind, Kind::StepUp(_)),
            request: None,
        }
    }

    /// With the log-in that `login_hint` means: it spares the visitor the choice, unless the client wants it made.
    #[must_use]
    pub fn preferring(self, login: Option<LoginId>) -> Self {
        Self { preferred: login, ..self }
    }

    /// Whether a remembered consent can spare the visitor a page: only then is it worth reading.
    pub fn heeds_remembered_consent(&self) -> bool {
        self.consent != ConsentPolicy::Never
    }

    /// Whether a remembered device may spare the second step: not where a new proof or more than a password is asked for.
    pub fn may_be_spared_a_step(&self) -> bool {
        self.are_met_by_a_password() && !self.wants(Prompt::Login) && self.max_age != Some(0)
    }

    /// Whether a password alone reaches the level that is asked for: else it matters what the account reaches.
    pub fn are_met_by_a_password(&self) -> bool {
        let is_met = |acr: &[String]| acr.iter().all(|text| Acr::parse(text).is_none()) || reaches(Acr::Password, acr);
        !self.step_up && is_met(self.essential_acr) && is_met(self.wished_acr)
    }

    fn wants(&self, prompt: Prompt) -> bool {
        self.prompt.contains(prompt)
    }
}

/// What is known of the account of [`candidate`].
#[derive(Debug, Clone)]
pub struct Known {
    /// What it allowed this client before.
    pub remembered: Permission,
    /// The highest level that it can be proved to.
    pub reachable: Acr,
}

impl Default for Known {
    /// Of nobody.
    fn default() -> Self {
        Self { remembered: Permission::default(), reachable: Acr::Password }
    }
}

/// The log-in that is about to be used, if there is one: what [`next_step`] needs to know is known of its account.
pub fn candidate<'a>(demands: &Demands<'_>, progress: &Progress, session: Option<&'a Session>) -> Option<&'a Login> {
    match pick(demands, progress, session) {
        Pick::Use(login) => Some(login),
        Pick::Ask(_) => None,
    }
}

enum Pick<'a> {
    Use(&'a Login),
    Ask(NextStep<'a>),
}

fn pick<'a>(demands: &Demands<'_>, progress: &Progress, session: Option<&'a Session>) -> Pick<'a> {
    let log_in = || Pick::Ask(if demands.wants(Prompt::Create) { NextStep::SignUp } else { NextStep::LogIn });
    let Some(session) = session else { return log_in() };
    let noted = progress.login.as_ref().and_then(|id| session.logins.iter().find(|login| login.id == *id));
    if let Some(login) = noted {
        return match demands.hinted_account {
            // They chose, or logged in with, another account than the client asked for.
            Some(hinted) if *hinted != login.account_id && progress.authenticated => Pick::Ask(other_account()),
            Some(hinted) if *hinted != login.account_id => log_in(),
            _ => Pick::Use(login),
        };
    }
    if progress.use_another || demands.wants(Prompt::Create) {
        return log_in();
    }
    if let Some(hinted) = demands.hinted_account {
        return session.login_of(hinted).map_or_else(log_in, Pick::Use);
    }
    if demands.wants(Prompt::SelectAccount) {
        return Pick::Ask(NextStep::ChooseAccount);
    }
    let preferred = demands.preferred.as_ref().and_then(|id| session.logins.iter().find(|login| login.id == *id));
    if let Some(login) = preferred {
        return Pick::Use(login);
    }
    if demands.asks_which && session.logins.len() > 1 && !demands.wants(Prompt::None) {
        return Pick::Ask(NextStep::ChooseAccount);
    }
    session.current().map_or_else(log_in, Pick::Use)
}

fn other_account() -> NextStep<'static> {
    NextStep::Refuse(OAuthError::new(ErrorCode::LoginRequired, "another account logged in than the one asked for"))
}

/// Decides.
pub fn next_step<'a>(
    demands: &Demands<'_>,
    progress: &Progress,
    session: Option<&'a Session>,
    known: &Known,
    now: Timestamp,
) -> NextStep<'a> {
    let step = decide(demands, progress, session, known, now);
    if demands.wants(Prompt::None) { without_pages(step) } else { step }
}

fn decide<'a>(
    demands: &Demands<'_>,
    progress: &Progress,
    session: Option<&'a Session>,
    known: &Known,
    now: Timestamp,
) -> NextStep<'a> {
    if progress.half.as_ref().is_some_and(|half| half.is_alive(now)) {
        return NextStep::SecondStep;
    }
    let login = match pick(demands, progress, session) {
        Pick::Use(login) => login,
        Pick::Ask(step) => return step,
    };
    // A log-in within this interaction is as fresh as anyone can ask for: judged again it would be asked for for ever.
    let fresh = progress.authenticated && progress.login.as_ref() == Some(&login.id);
    if !fresh && (demands.wants(Prompt::Login) || is_too_old(login, demands.max_age, now)) {
        return NextStep::Reauthenticate(login);
    }
    if !fresh && demands.step_up && !login.is_fresh(now, known.reachable) {
        return NextStep::Reauthenticate(login);
    }
    if !demands.essential_acr.is_empty() && !reaches(login.acr, demands.essential_acr) {
        if !fresh && reaches(known.reachable, demands.essential_acr) {
            return NextStep::Reauthenticate(login);
        }
        let description = "none of the essential acr values can be reached by this account";
        return NextStep::Refuse(OAuthError::new(ErrorCode::UnmetAuthenticationRequirements, description));
    }
    // A wish raises whom it can raise, and is no reason to refuse (§5.5.1.1) or, with `prompt=none`, to ask.
    let wishes = |acr| reaches(acr, demands.wished_acr);
    if !fresh && !demands.wants(Prompt::None) && !wishes(login.acr) && wishes(known.reachable) {
        return NextStep::Reauthenticate(login);
    }
    let Some(request) = demands.request else { return NextStep::Done(login, Permission::default()) };
    let remembered = &known.remembered;
    let wanted = Permission::wanted(request, remembered);
    if is_allowed(demands, progress, login, &wanted, remembered) {
        NextStep::Done(login, wanted)
    } else {
        NextStep::Consent(login, wanted)
    }
}

/// Older than `max_age` seconds; 0 is too old at any age (OpenID Connect Core §3.1.2.1).
fn is_too_old(login: &Login, max_age: Option<u32>, now: Timestamp) -> bool {
    max_age.is_some_and(|seconds| {
        seconds == 0 || now.as_seconds().saturating_sub(login.authenticated_at.as_seconds()) > i64::from(seconds)
    })
}

fn reaches(acr: Acr, wanted: &[String]) -> bool {
    wanted.iter().filter_map(|text| Acr::parse(text)).any(|wanted| wanted <= acr)
}

fn is_allowed(
    demands: &Demands<'_>,
    progress: &Progress,
    login: &Login,
    wanted: &Permission,
    remembered: &Permission,
) -> bool {
    let here = progress.consented.as_ref();
    if here.is_some_and(|(account, allowed)| *account == login.account_id && allowed.allows(wanted)) {
        return true;
    }
    match demands.consent {
        ConsentPolicy::Never => true,
        ConsentPolicy::EachTime => false,
        ConsentPolicy::Remembered => !demands.wants(Prompt::Consent) && remembered.allows(wanted),
    }
}

/// `prompt=none`: a page that would be needed is an error (OpenID Connect Core §3.1.2.6).
fn without_pages(step: NextStep<'_>) -> NextStep<'_> {
    let (code, description) = match step {
        NextStep::LogIn | NextStep::SignUp | NextStep::SecondStep | NextStep::Reauthenticate(_) => {
            (ErrorCode::LoginRequired, "the visitor would have to log in")
        }
        NextStep::ChooseAccount => (ErrorCode::AccountSelectionRequired, "the visitor would have to choose an account"),
        NextStep::Consent(..) => (ErrorCode::ConsentRequired, "the visitor would have to give consent"),
        NextStep::Refuse(_) | NextStep::Done(..) => return step,
    };
    NextStep::Refuse(OAuthError::new(code, description))
}

impl Kind {
    /// Whether it leads to a page of ours.
    pub fn is_local(&self) -> bool {
        matches!(self, Kind::Local(_) | Kind::StepUp(_))
    }
}
