//! The tables as diesel sees them: one file, because joins need it. The two `migrations/` folders are the source;
//! a test compares them with each other and with this file.
#![expect(missing_docs, reason = "the columns are described in the migrations, next to their types")]

diesel::table! {
    installation (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    revisions (name) {
        name -> Text,
        revision -> BigInt,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        owner -> Text,
        held_until -> BigInt,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        algorithm -> Text,
        sealed_private -> Binary,
        public_jwk -> Text,
        created_at -> BigInt,
        signs_from -> BigInt,
        retired_at -> Nullable<BigInt>,
        withdrawn_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    accounts (id) {
        id -> Text,
        status -> Text,
        name -> Text,
        operator -> Bool,
        avatar_id -> Nullable<Text>,
        claims -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        deactivated_at -> Nullable<BigInt>,
        deactivation_reason -> Nullable<Text>,
        visibility -> Text,
        new_device_mail_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    emails (id) {
        id -> Text,
        account_id -> Text,
        address -> Text,
        normalized -> Text,
        is_primary -> Bool,
        verified_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    passwords (account_id) {
        account_id -> Text,
        phc -> Text,
        changed_at -> BigInt,
        voided_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    avatars (id) {
        id -> Text,
        account_id -> Text,
        media_type -> Text,
        large -> Binary,
        small -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    verifications (id) {
        id -> Text,
        account_id -> Nullable<Text>,
        address -> Text,
        mail_id -> Nullable<Text>,
        browser_hash -> Binary,
        link_hash -> Binary,
        code_mac -> Binary,
        code_expires_at -> BigInt,
        code_tries -> BigInt,
        return_to -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> BigInt,
        consumed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    recoveries (id) {
        id -> Text,
        account_id -> Text,
        token_hash -> Binary,
        return_to -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> BigInt,
        consumed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    email_changes (id) {
        id -> Text,
        account_id -> Text,
        old_address -> Text,
        new_address -> Text,
        new_normalized -> Text,
        confirm_hash -> Binary,
        confirm_expires_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        undo_hash -> Nullable<Binary>,
        undo_expires_at -> Nullable<BigInt>,
        undone_at -> Nullable<BigInt>,
        cancelled_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    known_devices (token_hash, account_id) {
        token_hash -> Binary,
        account_id -> Text,
        user_agent -> Text,
        created_at -> BigInt,
        last_used_at -> BigInt,
    }
}

diesel::table! {
    remembered_devices (id) {
        id -> Text,
        token_hash -> Binary,
        account_id -> Text,
        user_agent -> Text,
        address -> Text,
        created_at -> BigInt,
        last_used_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    mailed_codes (id) {
        id -> Text,
        account_id -> Text,
        bound_to -> Binary,
        code_mac -> Binary,
        tries -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        consumed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    throttles (subject) {
        subject -> Text,
        failures -> BigInt,
        first_failure_at -> BigInt,
        blocked_until -> BigInt,
        notified_at -> Nullable<BigInt>,
        expires_at -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        token_hash -> Binary,
        user_agent -> Text,
        address -> Text,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    logins (id) {
        id -> Text,
        session_id -> Text,
        account_id -> Text,
        authenticated_at -> BigInt,
        amr -> Text,
        acr -> Text,
        created_at -> BigInt,
        last_used_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    session_clients (login_id, client_id) {
        login_id -> Text,
        client_id -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    backchannel_logouts (id) {
        id -> Text,
        client_id -> Text,
        account_id -> Text,
        login_id -> Text,
        created_at -> BigInt,
        next_attempt_at -> BigInt,
        attempts -> BigInt,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<BigInt>,
        delivered_at -> Nullable<BigInt>,
        failed_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    interactions (id) {
        id -> Text,
        browser_hash -> Binary,
        client_id -> Nullable<Text>,
        request -> Text,
        progress -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    clients (client_id) {
        client_id -> Text,
        metadata -> Text,
        secret_hash -> Nullable<Binary>,
        first_party -> Bool,
        source -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
        registration_token_hash -> Nullable<Binary>,
        first_used_at -> Nullable<BigInt>,
        verified_at -> Nullable<BigInt>,
        backchannel_logout -> Bool,
        sealed_secret -> Nullable<Binary>,
    }
}

diesel::table! {
    initial_access_tokens (id) {
        id -> Text,
        note -> Text,
        token_hash -> Binary,
        uses_left -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    consents (account_id, client_id) {
        account_id -> Text,
        client_id -> Text,
        scope -> Text,
        claims -> Text,
        granted_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    grants (id) {
        id -> Text,
        code_hash -> Nullable<Binary>,
        client_id -> Text,
        account_id -> Text,
        login_id -> Text,
        redirect_uri -> Text,
        scope -> Text,
        nonce -> Nullable<Text>,
        code_challenge -> Nullable<Text>,
        claims -> Nullable<Text>,
        claims_locales -> Nullable<Text>,
        auth_time -> BigInt,
        acr -> Text,
        amr -> Text,
        offline -> Bool,
        created_at -> BigInt,
        code_expires_at -> BigInt,
        redeemed_at -> Nullable<BigInt>,
        refresh_seed -> Nullable<Binary>,
        refresh_generation -> BigInt,
        refresh_rotated_at -> Nullable<BigInt>,
        refresh_expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        expires_at -> BigInt,
    }
}

diesel::table! {
    revoked_tokens (jti) {
        jti -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    used_assertions (id) {
        id -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    outbox_mails (id) {
        id -> Text,
        kind -> Text,
        account_id -> Nullable<Text>,
        recipient -> Text,
        sealed_content -> Nullable<Binary>,
        created_at -> BigInt,
        next_attempt_at -> BigInt,
        attempts -> BigInt,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<BigInt>,
        delivered_at -> Nullable<BigInt>,
        failed_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    audit_entries (id) {
        id -> Text,
        at -> BigInt,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        address -> Nullable<Text>,
        request_id -> Text,
        action -> Text,
        target_kind -> Text,
        target_id -> Text,
        details -> Text,
        user_agent -> Text,
    }
}

diesel::table! {
    invitations (id) {
        id -> Text,
        email -> Nullable<Text>,
        token_hash -> Binary,
        browser_hash -> Nullable<Binary>,
        created_at -> BigInt,
        expires_at -> BigInt,
        consumed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    passkeys (id) {
        id -> Text,
        account_id -> Text,
        credential_id -> Text,
        sealed_credential -> Binary,
        name -> Text,
        verifies_person -> Bool,
        synced -> Bool,
        backed_up -> Bool,
        counter -> BigInt,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
        suspended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    totp_apps (id) {
        id -> Text,
        account_id -> Text,
        name -> Text,
        sealed_secret -> Binary,
        replaces -> Nullable<Text>,
        last_step -> BigInt,
        created_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
        expires_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    passkey_challenges (id) {
        id -> Text,
        purpose -> Text,
        browser_hash -> Binary,
        account_id -> Nullable<Text>,
        sealed_state -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    recovery_codes (id) {
        id -> Text,
        account_id -> Text,
        code_mac -> Binary,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    email_additions (id) {
        id -> Text,
        account_id -> Text,
        address -> Text,
        normalized -> Text,
        confirm_hash -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    api_tokens (id) {
        id -> Text,
        account_id -> Text,
        name -> Text,
        scope -> Text,
        beginning -> Text,
        token_hash -> Binary,
        form_hash -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(api_tokens -> accounts (account_id));

diesel::table! {
    closures (account_id) {
        account_id -> Text,
        asked_at -> BigInt,
        erase_at -> Nullable<BigInt>,
        reminded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    exports (id) {
        id -> Text,
        account_id -> Text,
        created_at -> BigInt,
        done -> BigInt,
        attempts -> BigInt,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<BigInt>,
        ready_at -> Nullable<BigInt>,
        failed_at -> Nullable<BigInt>,
        sealed_archive -> Nullable<Binary>,
        bytes -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    second_step_resets (id) {
        id -> Text,
        account_id -> Text,
        cancel_hash -> Binary,
        link_hash -> Nullable<Binary>,
        created_at -> BigInt,
        ready_at -> BigInt,
        reminded_at -> Nullable<BigInt>,
        cancelled_at -> Nullable<BigInt>,
        used_at -> Nullable<BigInt>,
        expires_at -> BigInt,
    }
}

diesel::joinable!(email_additions -> accounts (account_id));
diesel::joinable!(emails -> accounts (account_id));
diesel::joinable!(passwords -> accounts (account_id));
diesel::joinable!(avatars -> accounts (account_id));
diesel::joinable!(verifications -> accounts (account_id));
diesel::joinable!(recoveries -> accounts (account_id));
diesel::joinable!(email_changes -> accounts (account_id));
diesel::joinable!(exports -> accounts (account_id));
diesel::joinable!(known_devices -> accounts (account_id));
diesel::joinable!(remembered_devices -> accounts (account_id));
diesel::joinable!(mailed_codes -> accounts (account_id));
diesel::joinable!(logins -> accounts (account_id));
diesel::joinable!(closures -> accounts (account_id));
diesel::joinable!(consents -> accounts (account_id));
diesel::joinable!(consents -> clients (client_id));
diesel::joinable!(grants -> clients (client_id));
diesel::joinable!(grants -> accounts (account_id));
diesel::joinable!(passkeys -> accounts (account_id));
diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    api_tokens,
    audit_entries,
    avatars,
    backchannel_logouts,
    clients,
    closures,
    consents,
    email_additions,
    email_changes,
    emails,
    exports,
    grants,
    initial_access_tokens,
    installation,
    interactions,
    invitations,
    known_devices,
    leases,
    logins,
    mailed_codes,
    outbox_mails,
    passkey_challenges,
    passkeys,
    passwords,
    recoveries,
    recovery_codes,
    remembered_devices,
    revisions,
    revoked_tokens,
    second_step_resets,
    session_clients,
    sessions,
    signing_keys,
    throttles,
    totp_apps,
    used_assertions,
    verifications,
);
