//! The log in plain words. Nothing is shown by its own name: a test holds this table against what the program records.

use serde_json::Value;

/// What was done, as its owner reads it. `{app}` is the product that it is about.
pub const WORDS: &[(&str, &str)] = &[
    ("account.closed", "You deactivated your account"),
    ("account.created", "The account was made"),
    ("account.deactivated", "The account was deactivated"),
    ("account.locked", "You said “This was not me”: everything was logged out and the password became void"),
    ("account.provisioned", "The account was changed"),
    ("account.reactivated", "The account was activated again"),
    ("account.recovered", "A new password was chosen by a link from your mail"),
    ("account.reopened", "You opened your account again by logging in"),
    ("account.sign_up_repeated", "Somebody signed up with your e-mail address. Nothing was changed"),
    ("account.signed_up", "You signed up"),
    ("api_token.all_revoked", "All API tokens were revoked"),
    ("api_token.made", "An API token was made"),
    ("api_token.revoked", "An API token was revoked"),
    ("avatar.changed", "Your picture was changed"),
    ("avatar.removed", "Your picture was removed"),
    ("connection.ended", "You took back the access of {app}"),
    ("consent.granted", "You allowed access to {app}"),
    ("deletion.cancelled", "The deletion of your account was cancelled"),
    ("deletion.requested", "The deletion of your account was asked for"),
    ("device.forgotten", "A remembered browser was forgotten: it is asked for the second step again"),
    ("device.remembered", "A browser was remembered: it is not asked for the second step for a while"),
    ("email.added", "An e-mail address was added and confirmed"),
    ("email.addition_cancelled", "An e-mail address that waited to be confirmed was given up"),
    ("email.addition_requested", "Another e-mail address was to be added"),
    ("email.changed", "Your e-mail address was changed"),
    ("email.made_primary", "Another e-mail address became the primary one"),
    ("email.removed", "An e-mail address was removed"),
    ("email.verified", "Your e-mail address was confirmed"),
    ("email_change.cancelled", "A change of your e-mail address was cancelled"),
    ("email_change.requested", "A change of your e-mail address was asked for"),
    ("email_change.undone", "A change of your e-mail address was taken back"),
    ("export.discarded", "An export of your data was discarded"),
    ("export.fetched", "An export of your data was fetched"),
    ("export.ready", "An export of your data was made"),
    ("export.requested", "An export of your data was asked for"),
    ("known_device.forgotten", "You made a known browser a stranger"),
    ("login.attacked", "Your password was being guessed, and we told you by mail"),
    ("login.failed", "Wrong password at a log-in"),
    ("login.refused", "A log-in was refused"),
    ("login.second_step_attacked", "Codes of your second step were being guessed, and we told you by mail"),
    ("login.second_step_demanded", "The right password at a log-in, which went on to the second step"),
    ("login.second_step_failed", "Wrong code at the second step of a log-in"),
    ("login.succeeded", "Logged in"),
    ("operator.made", "You became an operator"),
    ("passkey.added", "A passkey was added"),
    ("passkey.removed", "A passkey was removed"),
    ("passkey.renamed", "A passkey was renamed"),
    ("passkey.suspended", "A passkey was suspended, because a copy of it may exist"),
    ("password.changed", "Your password was changed"),
    ("profile.changed", "Your profile was changed"),
    ("recovery.requested", "A link for a new password was asked for"),
    ("recovery_code.used", "A recovery code was used"),
    ("recovery_codes.made", "New recovery codes were made"),
    ("second_step.added", "A second step was added"),
    ("second_step.moved", "The authenticator app was moved to a new phone"),
    ("second_step.removed", "A second step was removed"),
    ("second_step.renamed", "A second step was renamed"),
    ("second_step_reset.cancelled", "The removal of two-step verification was stopped"),
    (
        "second_step_reset.ready",
        "The week of waiting was over: a link to remove two-step verification was sent by mail",
    ),
    ("second_step_reset.requested", "Somebody with your password asked to remove two-step verification after a week"),
    ("second_steps.reset", "Two-step verification was removed"),
    ("session.ended", "Logged out"),
    ("session.ended_elsewhere", "You logged out other browsers"),
    ("visibility.changed", "Who may see your profile was changed"),
];

/// What is left out: each visit to a product would bury the rest (they stand under Connected apps), and what is removed
/// has no owner who could read of it.
pub const HIDDEN: [&str; 3] = ["authorization.granted", "account.erased", "account.removed"];

/// What a person should look at twice.
pub const WARNINGS: &[&str] = &[
    "account.sign_up_repeated",
    "login.attacked",
    "login.failed",
    "login.refused",
    "login.second_step_attacked",
    "login.second_step_failed",
    "passkey.suspended",
    "second_step_reset.requested",
];

/// An entry in words.
pub(super) fn what(action: &str, details: &Value, app: Option<&str>) -> String {
    if action == "login.refused" && details["reason"] == "void password" {
        return "Log-in with the void password, refused".to_owned();
    }
    if action == "session.ended"
        && let Some(app) = app
    {
        return format!("Logged out by {app}");
    }
    let known = WORDS.iter().find(|(known, _)| *known == action).map(|(_, words)| *words);
    known.unwrap_or("Something about your account was changed").replace("{app}", app.unwrap_or("a product"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn entries_read_as_sentences() {
        for (action, details, app, words) in [
            ("password.changed", json!({}), None, "Your password was changed"),
            ("consent.granted", json!({ "client": "t" }), Some("Tracker"), "You allowed access to Tracker"),
            ("session.ended", json!({ "client": null }), None, "Logged out"),
            ("session.ended", json!({ "client": "t" }), Some("Tracker"), "Logged out by Tracker"),
            ("login.refused", json!({ "reason": "void password" }), None, "Log-in with the void password, refused"),
            ("secret.new_thing", json!({}), None, "Something about your account was changed"),
        ] {
            assert_eq!(what(action, &details, app), words);
        }
    }

    #[test]
    fn the_table_is_in_order_and_says_each_thing_once() {
        assert!(WORDS.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(WORDS.iter().all(|(action, _)| !HIDDEN.contains(action)));
        assert!(WARNINGS.iter().all(|action| WORDS.iter().any(|(known, _)| known == action)));
    }
}
