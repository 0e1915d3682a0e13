//! Audit entries in plain words.

use account::administration::Entry;
use serde_json::Value;

/// What happened: "Deactivated: left the company".
pub(super) fn what(entry: &Entry) -> String {
    let known = KNOWN.iter().find(|(action, _)| *action == entry.entry.action).map(|(_, words)| *words);
    let words = known.map_or_else(|| spelled_out(&entry.entry.action), str::to_owned);
    match entry.entry.details.get("reason").and_then(Value::as_str) {
        Some(reason) if !reason.is_empty() => format!("{words}: {reason}"),
        _ => words,
    }
}

/// Actions whose names do not read well by themselves.
const KNOWN: &[(&str, &str)] = &[
    ("account.closed", "Deactivated by its owner"),
    ("account.created", "Account made"),
    ("account.deactivated", "Deactivated"),
    ("account.erased", "Erased"),
    ("account.provisioned", "Changed from a file"),
    ("account.reactivated", "Activated again"),
    ("account.recovered", "New password by recovery"),
    ("account.reopened", "Activated again by its owner"),
    ("account.sign_up_repeated", "Somebody signed up with its address again"),
    ("account.signed_up", "Signed up"),
    ("api_token.all_revoked", "All API tokens revoked"),
    ("api_token.made", "API token made"),
    ("api_token.revoked", "API token revoked"),
    ("deletion.cancelled", "Deletion cancelled"),
    ("deletion.requested", "Deletion asked for"),
    ("email.added", "E-mail address added"),
    ("email.addition_cancelled", "An e-mail address is not added after all"),
    ("email.addition_requested", "Another e-mail address asked for"),
    ("email.changed", "E-mail address replaced"),
    ("email.made_primary", "Another e-mail address made primary"),
    ("email.removed", "E-mail address removed"),
    ("email.verified", "E-mail address confirmed"),
    ("export.fetched", "Fetched all its data"),
    ("export.requested", "Asked for all its data"),
    ("login.attacked", "Its password is being guessed"),
    ("login.failed", "Wrong password"),
    ("login.refused", "Log-in refused"),
    ("login.succeeded", "Logged in"),
    ("operator.made", "Made an operator"),
    ("recovery.requested", "A new password was asked for"),
    ("session.ended", "Logged out"),
];

/// `password.changed` is "Password changed".
fn spelled_out(action: &str) -> String {
    let words = action.replace(['.', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Who did it: "Olga Operator", "Itself", "The command line".
pub(super) fn who(entry: &Entry, account: &str) -> String {
    let id = entry.entry.actor_id.as_deref().unwrap_or_default();
    match entry.entry.actor_kind.as_str() {
        "account" if id == account => "The account itself".to_owned(),
        "account" => entry.actor_name.clone().unwrap_or_else(|| "An account that is gone".to_owned()),
        "client" => format!("The client {id}"),
        "command" => "The command line".to_owned(),
        "system" => "The server".to_owned(),
        _ => "A visitor who was not logged in".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use account::Timestamp;
    use account::audit::AuditEntry;
    use serde_json::json;

    fn entry(action: &str, actor_kind: &str, actor_id: Option<&str>, details: Value) -> Entry {
        let entry = AuditEntry {
            at: Timestamp::from_seconds(0),
            actor_kind: actor_kind.to_owned(),
            actor_id: actor_id.map(str::to_owned),
            address: None,
            action: action.to_owned(),
            details,
        };
        Entry { entry, actor_name: None }
    }

    #[test]
    fn entries_read_as_sentences() {
        let cases = [
            ("password.changed", json!({}), "Password changed"),
            ("account.deactivated", json!({ "reason": "left" }), "Deactivated: left"),
            ("email_change.confirmed", json!({}), "Email change confirmed"),
        ];
        for (action, details, expected) in cases {
            assert_eq!(what(&entry(action, "system", None, details)), expected);
        }
        let cases = [
            ("account", Some("a"), "The account itself"),
            ("account", Some("b"), "An account that is gone"),
            ("client", Some("tracker"), "The client tracker"),
            ("command", None, "The command line"),
            ("anonymous", None, "A visitor who was not logged in"),
        ];
        for (kind, id, expected) in cases {
            assert_eq!(who(&entry("x.y", kind, id, json!({})), "a"), expected);
        }
    }
}
