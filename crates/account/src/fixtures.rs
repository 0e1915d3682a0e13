//! What this crate's own tests arrange and look at beneath the operations: mails that wait, grants of tokens.

use crate::mail::Mail;
use crate::outbox::OutboxId;
use crate::session::LoginId;
use crate::testing::TestAccounts;
use crate::{AccountId, Tx};
use db::schema::{clients, grants, outbox_mails};
use db::{OnEach, Result};
use diesel::prelude::*;

impl TestAccounts {
    /// The mails that wait, in the order in which they were queued: recipient and mail.
    pub fn mails(&self) -> Vec<(String, Mail)> {
        let rows: Vec<(OutboxId, String, Option<Vec<u8>>)> = self.read(|conn| {
            let columns = (outbox_mails::id, outbox_mails::recipient, outbox_mails::sealed_content);
            Ok(outbox_mails::table.order(outbox_mails::id).select(columns).load(conn)?)
        });
        let open = |(id, to, sealed): (OutboxId, String, Option<Vec<u8>>)| {
            let place = format!("outbox_mails/sealed_content/{id}");
            let content = self.accounts.key.open(&place, &sealed.expect("not delivered")).expect("sealed for its row");
            (to, serde_json::from_slice(&content).expect("a mail"))
        };
        rows.into_iter().map(open).collect()
    }

    /// A grant with a refresh token that outlives its log-in. Returns its id.
    pub fn offline_grant(&self, account: &AccountId) -> String {
        self.grant(account, &LoginId::new(self.accounts.now()), true)
    }

    /// A grant. Returns its id.
    pub fn grant(&self, account: &AccountId, login: &LoginId, offline: bool) -> String {
        let (account, login) = (account.clone(), login.clone());
        self.write(move |tx| {
            insert_client(tx)?;
            let id = LoginId::new(tx.now).to_string();
            let row = (
                (grants::id.eq(&id), grants::client_id.eq("tracker"), grants::account_id.eq(&account)),
                (grants::login_id.eq(login.as_str()), grants::redirect_uri.eq("https://tracker.test/")),
                (grants::scope.eq("openid"), grants::auth_time.eq(tx.now), grants::acr.eq(""), grants::amr.eq("[]")),
                (grants::offline.eq(offline), grants::created_at.eq(tx.now), grants::code_expires_at.eq(tx.now)),
                (grants::refresh_generation.eq(0_i64), grants::expires_at.eq(tx.now)),
            );
            diesel::insert_into(grants::table).values(row).execute(tx.conn)?;
            Ok(id)
        })
    }

    /// Whether a grant was revoked.
    pub fn grant_is_revoked(&self, id: &str) -> bool {
        let revoked: Option<db::Timestamp> =
            self.read(|conn| Ok(grants::table.find(id).select(grants::revoked_at).first(conn)?));
        revoked.is_some()
    }
}

fn insert_client(tx: &mut Tx<'_>) -> Result<()> {
    let row = (
        clients::client_id.eq("tracker"),
        clients::metadata.eq("{}"),
        clients::first_party.eq(true),
        clients::source.eq("apply"),
        clients::created_at.eq(tx.now),
        clients::updated_at.eq(tx.now),
    );
    OnEach(diesel::insert_into(clients::table).values(row).on_conflict_do_nothing()).execute(tx.conn)?;
    Ok(())
}
