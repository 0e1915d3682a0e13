//! `client_id`: a client that we know and that may be used (RFC 6749 §4.1.2.1: never a redirect when it is wrong).

use crate::authorize::{PageError, RawRequest};
use crate::client::{Client, Registry};
use protocol::ErrorCode;
use std::sync::Arc;

pub(in crate::authorize) fn check(raw: &RawRequest, clients: &Registry) -> Result<Arc<Client>, PageError> {
    let wrong = |code, check: &str, how_to_mend: &str| PageError {
        code,
        check: check.to_owned(),
        how_to_mend: how_to_mend.to_owned(),
        client_id: None,
    };
    if raw.duplicate.as_deref() == Some("client_id") {
        return Err(wrong(
            ErrorCode::InvalidRequest,
            "client_id occurs once (RFC 6749 section 3.1).",
            "Send client_id a single time.",
        ));
    }
    let Some(client_id) = raw.request.client_id.as_deref() else {
        return Err(wrong(
            ErrorCode::InvalidRequest,
            "client_id is present (RFC 6749 section 4.1.1).",
            "Add the parameter client_id with the id under which the product is registered here.",
        ));
    };
    let Some(client) = clients.find(client_id) else {
        return Err(wrong(
            ErrorCode::InvalidClient,
            "client_id names a registered client (RFC 6749 section 4.1.2.1).",
            "Compare client_id with the one in the console under Clients, or register the product there.",
        ));
    };
    if client.disabled {
        return Err(PageError {
            client_id: Some(client.client_id.clone()),
            ..wrong(
                ErrorCode::UnauthorizedClient,
                "The client is in use: an operator disabled it.",
                "Ask an operator to enable the client in the console under Clients.",
            )
        });
    }
    Ok(client)
}
