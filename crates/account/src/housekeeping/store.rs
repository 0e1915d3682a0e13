//! What is removed from which table.

use crate::Tx;
use db::schema::{
    api_tokens, backchannel_logouts, email_additions, email_changes, grants, initial_access_tokens, interactions,
    invitations, known_devices, leases, logins, mailed_codes, passkey_challenges, recoveries, remembered_devices,
    revoked_tokens, second_step_resets, session_clients, sessions, throttles, totp_apps, used_assertions,
    verifications,
};
use db::{OnEach, Result, Timestamp};
use diesel::prelude::*;

/// Takes the lease of this name, or prolongs it. Returns `false` while another owner holds it.
pub(super) fn hold(tx: &mut Tx<'_>, name: &str, owner: &str, until: Timestamp) -> Result<bool> {
    let free = leases::owner.eq(owner).or(leases::held_until.le(tx.now));
    let taken = diesel::update(leases::table.find(name).filter(free))
        .set((leases::owner.eq(owner), leases::held_until.eq(until)))
        .execute(tx.conn)?;
    if taken == 1 {
        return Ok(true);
    }
    let row = (leases::name.eq(name), leases::owner.eq(owner), leases::held_until.eq(until));
    let first = OnEach(diesel::insert_into(leases::table).values(row).on_conflict(leases::name).do_nothing());
    Ok(first.execute(tx.conn)? == 1)
}

/// Removes rows whose `$ended` lies before an instant, found by their key.
macro_rules! remove_ended {
    ($($name:ident by $key:ident when $ended:ident),* $(,)?) => {$(
        pub(super) fn $name(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<usize> {
            let ended = $name::table.filter($name::$ended.lt(before));
            let keys: Vec<String> = ended.select($name::$key).limit(limit).load(tx.conn)?;
            if keys.is_empty() {
                return Ok(0);
            }
            Ok(diesel::delete($name::table.filter($name::$key.eq_any(keys))).execute(tx.conn)?)
        }
    )*};
}

remove_ended! {
    verifications by id when expires_at,
    recoveries by id when expires_at,
    invitations by id when expires_at,
    initial_access_tokens by id when expires_at,
    api_tokens by id when expires_at,
    mailed_codes by id when expires_at,
    remembered_devices by id when expires_at,
    email_additions by id when expires_at,
    throttles by subject when expires_at,
    sessions by id when expires_at,
    interactions by id when expires_at,
    grants by id when expires_at,
    logins by id when expires_at,
    revoked_tokens by jti when expires_at,
    used_assertions by id when expires_at,
    totp_apps by id when expires_at,
    second_step_resets by id when expires_at,
    passkey_challenges by id when expires_at,
}

/// A change ends with its link, or, once confirmed, with the link that takes it back.
pub(super) fn email_changes(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<usize> {
    let ended = email_changes::confirm_expires_at
        .lt(before)
        .and(email_changes::undo_expires_at.is_null().or(email_changes::undo_expires_at.lt(before)));
    let ids: Vec<String> =
        email_changes::table.filter(ended.assume_not_null()).select(email_changes::id).limit(limit).load(tx.conn)?;
    Ok(diesel::delete(email_changes::table.filter(email_changes::id.eq_any(ids))).execute(tx.conn)?)
}

pub(super) fn known_devices(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<usize> {
    let unused = known_devices::last_used_at.lt(before);
    let tokens: Vec<Vec<u8>> =
        known_devices::table.filter(unused).select(known_devices::token_hash).limit(limit).load(tx.conn)?;
    let theirs = known_devices::token_hash.eq_any(tokens).and(known_devices::last_used_at.lt(before));
    Ok(diesel::delete(known_devices::table.filter(theirs)).execute(tx.conn)?)
}

pub(super) fn session_clients(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<usize> {
    let over = session_clients::expires_at.lt(before);
    let logins: Vec<String> =
        session_clients::table.filter(over).select(session_clients::login_id).limit(limit).load(tx.conn)?;
    if logins.is_empty() {
        return Ok(0);
    }
    let theirs = session_clients::login_id.eq_any(logins).and(session_clients::expires_at.lt(before));
    Ok(diesel::delete(session_clients::table.filter(theirs)).execute(tx.conn)?)
}

pub(super) fn backchannel_logouts(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<usize> {
    let finished = backchannel_logouts::delivered_at.lt(before).or(backchannel_logouts::failed_at.lt(before));
    let ids: Vec<String> = backchannel_logouts::table
        .filter(finished.assume_not_null())
        .select(backchannel_logouts::id)
        .limit(limit)
        .load(tx.conn)?;
    Ok(diesel::delete(backchannel_logouts::table.filter(backchannel_logouts::id.eq_any(ids))).execute(tx.conn)?)
}
