//! The list. What other tables hang on comes first.

use super::model::Kind::{Flag, Instant, Json, Plain};
use super::model::{Erased, Holding, Told};

const SECRET: &str = "a secret, or the hash of one";
const OURS: &str = "says nothing about you: how we keep the row";
const PROTOCOL: &str = "a detail of the request of the product, of no use afterwards";
const DELIVERY: &str = "how the delivery went on our side";

/// The tables that hold something about people.
pub const HOLDINGS: &[Holding] = &[
    Holding {
        table: "accounts",
        rows: "id = $1",
        told: Told::In {
            file: "account.json",
            about: "your account: name, details, and who sees what",
            columns: &[
                ("id", "id", Plain),
                ("status", "status", Plain),
                ("name", "name", Plain),
                ("operator", "operator", Flag),
                ("details", "claims", Json),
                ("visibility", "visibility", Json),
                ("created_at", "created_at", Instant),
                ("updated_at", "updated_at", Instant),
                ("deactivated_at", "deactivated_at", Instant),
                ("last_told_of_a_new_device_at", "new_device_mail_at", Instant),
            ],
            left_out: &[
                ("avatar_id", "the pictures are in the folder pictures"),
                ("deactivation_reason", "words of operators for operators; ask them for it"),
            ],
        },
        erased: Erased::Emptied(&[(
            "status = 'deleted', name = 'Former user', operator = FALSE, avatar_id = NULL, claims = '{}', \
             visibility = '{}', deactivation_reason = NULL, new_device_mail_at = NULL",
            "id = $1",
        )]),
    },
    Holding {
        table: "emails",
        rows: "account_id = $1",
        told: Told::In {
            file: "addresses.json",
            about: "your e-mail addresses",
            columns: &[
                ("address", "address", Plain),
                ("primary", "is_primary", Flag),
                ("verified_at", "verified_at", Instant),
                ("created_at", "created_at", Instant),
            ],
            left_out: &[("id", OURS), ("account_id", OURS), ("normalized", "the same address in lower case")],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "email_additions",
        rows: "account_id = $1",
        told: Told::In {
            file: "addresses_that_wait.json",
            about: "e-mail addresses that you asked to add and have not confirmed",
            columns: &[
                ("address", "address", Plain),
                ("created_at", "created_at", Instant),
                ("expires_at", "expires_at", Instant),
            ],
            left_out: &[
                ("id", OURS),
                ("account_id", OURS),
                ("normalized", "the same address in lower case"),
                ("confirm_hash", SECRET),
            ],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "passwords",
        rows: "account_id = $1",
        told: Told::In {
            file: "password.json",
            about: "when you last changed your password",
            columns: &[("changed_at", "changed_at", Instant), ("void_since", "voided_at", Instant)],
            left_out: &[("account_id", OURS), ("phc", SECRET)],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "totp_apps",
        rows: "account_id = $1",
        told: Told::In {
            file: "authenticator_apps.json",
            about: "your authenticator apps",
            columns: &[
                ("name", "name", Plain),
                ("created_at", "created_at", Instant),
                ("confirmed_at", "confirmed_at", Instant),
                ("last_used_at", "last_used_at", Instant),
            ],
            left_out: &[
                ("id", OURS),
                ("account_id", OURS),
                ("sealed_secret", SECRET),
                ("replaces", OURS),
                ("last_step", OURS),
                ("expires_at", OURS),
            ],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "recovery_codes",
        rows: "account_id = $1",
        told: Told::In {
            file: "recovery_codes.json",
            about: "when your recovery codes were made and used",
            columns: &[("created_at", "created_at", Instant), ("used_at", "used_at", Instant)],
            left_out: &[("id", OURS), ("account_id", OURS), ("code_mac", SECRET)],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "second_step_resets",
        rows: "account_id = $1",
        told: Told::In {
            file: "second_step_resets.json",
            about: "when the removal of lost second steps was asked for, and what became of it",
            columns: &[
                ("created_at", "created_at", Instant),
                ("ready_at", "ready_at", Instant),
                ("reminded_at", "reminded_at", Instant),
                ("cancelled_at", "cancelled_at", Instant),
                ("used_at", "used_at", Instant),
            ],
            left_out: &[
                ("id", OURS),
                ("account_id", OURS),
                ("cancel_hash", SECRET),
                ("link_hash", SECRET),
                ("expires_at", OURS),
            ],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "remembered_devices",
        rows: "account_id = $1",
        told: Told::In {
            file: "remembered_devices.json",
            about: "the browsers in which no second step is asked for",
            columns: &[
                ("browser", "user_agent", Plain),
                ("network_address", "address", Plain),
                ("created_at", "created_at", Instant),
                ("last_used_at", "last_used_at", Instant),
                ("expires_at", "expires_at", Instant),
            ],
            left_out: &[("id", OURS), ("token_hash", SECRET), ("account_id", OURS)],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "mailed_codes",
        rows: "account_id = $1",
        told: Told::Not("codes that we mailed you within the last minutes"),
        erased: Erased::Deleted,
    },
    Holding {
        table: "passkeys",
        rows: "account_id = $1",
        told: Told::In {
            file: "passkeys.json",
            about: "your passkeys and security keys",
            columns: &[
                ("name", "name", Plain),
                ("verifies_person", "verifies_person", Flag),
                ("synced", "synced", Flag),
                ("backed_up", "backed_up", Flag),
                ("created_at", "created_at", Instant),
                ("last_used_at", "last_used_at", Instant),
                ("suspended_at", "suspended_at", Instant),
            ],
            left_out: &[
                ("id", OURS),
                ("account_id", OURS),
                ("credential_id", "by which your device finds it"),
                ("sealed_credential", SECRET),
                ("counter", OURS),
            ],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "passkey_challenges",
        rows: "account_id = $1",
        told: Told::Not("passkeys that are being used at this moment; they go after an hour"),
        erased: Erased::Deleted,
    },
    Holding {
        table: "api_tokens",
        rows: "account_id = $1",
        told: Told::In {
            file: "api_tokens.json",
            about: "the tokens that you made for programs, not the tokens themselves",
            columns: &[
                ("name", "name", Plain),
                ("scope", "scope", Plain),
                ("begins_with", "beginning", Plain),
                ("created_at", "created_at", Instant),
                ("expires_at", "expires_at", Instant),
                ("last_used_at", "last_used_at", Instant),
                ("revoked_at", "revoked_at", Instant),
            ],
            left_out: &[("id", OURS), ("account_id", OURS), ("token_hash", SECRET), ("form_hash", SECRET)],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "avatars",
        rows: "account_id = $1",
        told: Told::In {
            file: "pictures.json",
            about: "when you uploaded pictures; what they show is in the folder pictures, of those that you replaced we keep nothing",
            columns: &[("id", "id", Plain), ("media_type", "media_type", Plain), ("created_at", "created_at", Instant)],
            left_out: &[("account_id", OURS), ("large", "in the folder pictures"), ("small", "in the folder pictures")],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "logins",
        rows: "account_id = $1",
        told: Told::In {
            file: "log_ins.json",
            about: "where you are logged in, or were until lately: when, and how you showed that it was you",
            columns: &[
                ("id", "id", Plain),
                ("session", "session_id", Plain),
                ("authenticated_at", "authenticated_at", Instant),
                ("methods", "amr", Json),
                ("class", "acr", Plain),
                ("created_at", "created_at", Instant),
                ("last_used_at", "last_used_at", Instant),
                ("expires_at", "expires_at", Instant),
                ("ended_at", "ended_at", Instant),
            ],
            left_out: &[("account_id", OURS)],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "sessions",
        rows: "id IN (SELECT session_id FROM logins WHERE account_id = $1)",
        told: Told::In {
            file: "sessions.json",
            about: "the browsers in which you are logged in",
            columns: &[
                ("id", "id", Plain),
                ("browser", "user_agent", Plain),
                ("network_address", "address", Plain),
                ("created_at", "created_at", Instant),
                ("last_seen_at", "last_seen_at", Instant),
                ("expires_at", "expires_at", Instant),
            ],
            left_out: &[("token_hash", SECRET)],
        },
        erased: Erased::DeletedUnless(
            "EXISTS (SELECT 1 FROM logins WHERE session_id = sessions.id AND account_id <> $1)",
        ),
    },
    Holding {
        table: "session_clients",
        rows: "login_id IN (SELECT id FROM logins WHERE account_id = $1)",
        told: Told::In {
            file: "products_in_sessions.json",
            about: "the products that a log-in was used for",
            columns: &[
                ("log_in", "login_id", Plain),
                ("product", "client_id", Plain),
                ("expires_at", "expires_at", Instant),
            ],
            left_out: &[],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "known_devices",
        rows: "account_id = $1",
        told: Told::In {
            file: "devices.json",
            about: "the browsers that we know you by",
            columns: &[
                ("browser", "user_agent", Plain),
                ("created_at", "created_at", Instant),
                ("last_used_at", "last_used_at", Instant),
            ],
            left_out: &[("account_id", OURS), ("token_hash", SECRET)],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "consents",
        rows: "account_id = $1",
        told: Told::In {
            file: "permissions.json",
            about: "what you allowed which product",
            columns: &[
                ("product", "client_id", Plain),
                ("scope", "scope", Plain),
                ("claims", "claims", Plain),
                ("granted_at", "granted_at", Instant),
                ("updated_at", "updated_at", Instant),
            ],
            left_out: &[("account_id", OURS)],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "grants",
        rows: "account_id = $1",
        told: Told::In {
            file: "grants.json",
            about: "what products were given in your name, as far as it lives or ended lately",
            columns: &[
                ("product", "client_id", Plain),
                ("log_in", "login_id", Plain),
                ("scope", "scope", Plain),
                ("claims", "claims", Json),
                ("authenticated_at", "auth_time", Instant),
                ("class", "acr", Plain),
                ("methods", "amr", Json),
                ("while_you_are_away", "offline", Flag),
                ("created_at", "created_at", Instant),
                ("redeemed_at", "redeemed_at", Instant),
                ("renewed_at", "refresh_rotated_at", Instant),
                ("revoked_at", "revoked_at", Instant),
                ("expires_at", "expires_at", Instant),
            ],
            left_out: &[
                ("id", OURS),
                ("account_id", OURS),
                ("code_hash", SECRET),
                ("refresh_seed", SECRET),
                ("redirect_uri", PROTOCOL),
                ("nonce", PROTOCOL),
                ("code_challenge", PROTOCOL),
                ("claims_locales", PROTOCOL),
                ("code_expires_at", PROTOCOL),
                ("refresh_generation", OURS),
                ("refresh_expires_at", OURS),
            ],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "backchannel_logouts",
        rows: "account_id = $1",
        told: Told::In {
            file: "log_outs_told.json",
            about: "products that were told that you logged out",
            columns: &[
                ("product", "client_id", Plain),
                ("log_in", "login_id", Plain),
                ("created_at", "created_at", Instant),
                ("delivered_at", "delivered_at", Instant),
            ],
            left_out: &[
                ("id", OURS),
                ("account_id", OURS),
                ("next_attempt_at", DELIVERY),
                ("attempts", DELIVERY),
                ("lease_owner", DELIVERY),
                ("lease_until", DELIVERY),
                ("failed_at", DELIVERY),
                ("last_error", DELIVERY),
            ],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "verifications",
        rows: "account_id = $1 OR address IN (SELECT address FROM emails WHERE account_id = $1) \
               OR lower(address) IN (SELECT normalized FROM emails WHERE account_id = $1)",
        told: Told::In {
            file: "confirmations.json",
            about: "mails that asked you to confirm an address",
            columns: &[
                ("address", "address", Plain),
                ("created_at", "created_at", Instant),
                ("confirmed_at", "consumed_at", Instant),
            ],
            left_out: &[
                ("id", OURS),
                ("account_id", OURS),
                ("mail_id", OURS),
                ("browser_hash", SECRET),
                ("link_hash", SECRET),
                ("code_mac", SECRET),
                ("code_expires_at", OURS),
                ("code_tries", OURS),
                ("return_to", PROTOCOL),
                ("expires_at", OURS),
            ],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "recoveries",
        rows: "account_id = $1",
        told: Told::In {
            file: "recoveries.json",
            about: "when a new password was asked for by mail",
            columns: &[("created_at", "created_at", Instant), ("used_at", "consumed_at", Instant)],
            left_out: &[
                ("id", OURS),
                ("account_id", OURS),
                ("token_hash", SECRET),
                ("return_to", PROTOCOL),
                ("expires_at", OURS),
            ],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "email_changes",
        rows: "account_id = $1",
        told: Told::In {
            file: "address_changes.json",
            about: "changes of your e-mail address",
            columns: &[
                ("old_address", "old_address", Plain),
                ("new_address", "new_address", Plain),
                ("created_at", "created_at", Instant),
                ("confirmed_at", "confirmed_at", Instant),
                ("cancelled_at", "cancelled_at", Instant),
                ("undone_at", "undone_at", Instant),
            ],
            left_out: &[
                ("id", OURS),
                ("account_id", OURS),
                ("new_normalized", "the same address in lower case"),
                ("confirm_hash", SECRET),
                ("confirm_expires_at", OURS),
                ("undo_hash", SECRET),
                ("undo_expires_at", OURS),
            ],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "outbox_mails",
        rows: "account_id = $1 OR recipient IN (SELECT address FROM emails WHERE account_id = $1)",
        told: Told::In {
            file: "mails.json",
            about: "mails that we sent you lately",
            columns: &[
                ("kind", "kind", Plain),
                ("to", "recipient", Plain),
                ("created_at", "created_at", Instant),
                ("delivered_at", "delivered_at", Instant),
            ],
            left_out: &[
                ("id", OURS),
                ("account_id", OURS),
                ("sealed_content", "you have the mail; we erase it when it is delivered"),
                ("next_attempt_at", DELIVERY),
                ("attempts", DELIVERY),
                ("lease_owner", DELIVERY),
                ("lease_until", DELIVERY),
                ("failed_at", DELIVERY),
                ("last_error", DELIVERY),
            ],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "audit_entries",
        rows: "(target_kind = 'account' AND target_id = $1) OR (actor_kind = 'account' AND actor_id = $1)",
        told: Told::In {
            file: "activity.json",
            about: "what happened to your account, and what you did",
            columns: &[
                ("at", "at", Instant),
                ("action", "action", Plain),
                (
                    "by",
                    "CASE WHEN actor_id = $1 THEN 'you' WHEN actor_kind = 'account' THEN 'an operator' ELSE actor_kind END",
                    Plain,
                ),
                (
                    "network_address",
                    "CASE WHEN actor_kind = 'account' AND actor_id <> $1 THEN NULL ELSE address END",
                    Plain,
                ),
                ("browser", "CASE WHEN actor_kind = 'account' AND actor_id <> $1 THEN NULL ELSE user_agent END", Plain),
                ("details", "CASE WHEN actor_kind = 'account' AND actor_id <> $1 THEN '{}' ELSE details END", Json),
            ],
            left_out: &[
                ("id", OURS),
                ("actor_kind", "told as \"by\""),
                ("actor_id", "told as \"by\""),
                ("request_id", OURS),
                ("target_kind", "whatever you did it to belongs to others too"),
                ("target_id", "whatever you did it to belongs to others too"),
            ],
        },
        // That something happened stays, with the id that nobody has any more; who that was does not.
        erased: Erased::Emptied(&[
            (
                "details = '{}'",
                "(target_kind = 'account' AND target_id = $1) OR (actor_kind = 'account' AND actor_id = $1)",
            ),
            (
                "address = NULL, user_agent = ''",
                "(actor_kind = 'account' AND actor_id = $1) \
                 OR (target_kind = 'account' AND target_id = $1 AND actor_kind = 'anonymous')",
            ),
        ]),
    },
    Holding {
        table: "invitations",
        rows: "lower(email) IN (SELECT normalized FROM emails WHERE account_id = $1)",
        told: Told::In {
            file: "invitations.json",
            about: "invitations to become an operator",
            columns: &[
                ("to", "email", Plain),
                ("created_at", "created_at", Instant),
                ("used_at", "consumed_at", Instant),
            ],
            left_out: &[("id", OURS), ("token_hash", SECRET), ("browser_hash", SECRET), ("expires_at", OURS)],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "interactions",
        rows: "progress LIKE '%' || $1 || '%' OR EXISTS (SELECT 1 FROM emails WHERE emails.account_id = $1 \
               AND (lower(progress) LIKE '%' || normalized || '%' OR lower(request) LIKE '%' || normalized || '%'))",
        told: Told::Not(
            "log-ins that are being made at this moment, by whoever typed your address; they go after a day",
        ),
        erased: Erased::Deleted,
    },
    Holding {
        table: "closures",
        rows: "account_id = $1",
        told: Told::In {
            file: "leaving.json",
            about: "your wish to leave, if you have one",
            columns: &[("asked_at", "asked_at", Instant), ("erase_at", "erase_at", Instant)],
            left_out: &[("account_id", OURS), ("reminded_at", DELIVERY)],
        },
        erased: Erased::Deleted,
    },
    Holding {
        table: "exports",
        rows: "account_id = $1",
        told: Told::In {
            file: "exports.json",
            about: "exports like this one",
            columns: &[("created_at", "created_at", Instant), ("ready_at", "ready_at", Instant)],
            left_out: &[
                ("id", OURS),
                ("account_id", OURS),
                ("done", OURS),
                ("attempts", OURS),
                ("lease_owner", OURS),
                ("lease_until", OURS),
                ("failed_at", OURS),
                ("sealed_archive", "it is what you are reading"),
                ("bytes", OURS),
                ("expires_at", OURS),
            ],
        },
        erased: Erased::Deleted,
    },
];

/// The tables that hold nothing about people, each with the reason.
pub const NOT_ABOUT_PEOPLE: &[(&str, &str)] = &[
    ("installation", "notes about the installation"),
    ("revisions", "counters"),
    ("leases", "which node does what"),
    ("signing_keys", "our keys"),
    ("clients", "products"),
    ("initial_access_tokens", "by which products register themselves"),
    ("revoked_tokens", "random names of tokens"),
    ("used_assertions", "random names of messages of products"),
    ("throttles", "counters under keyed hashes, which nobody can turn back, for a day at most"),
    ("__diesel_schema_migrations", "which migrations were applied"),
];
