//! The addresses of this crate: each room adds its own.

use crate::{accounts, clients, log_outs, mail, overview, registration_tokens, setup};
use actix_web::web::ServiceConfig;
use web::specimen::Specimen;

/// Adds every page of this crate. One line per room.
pub fn configure(config: &mut ServiceConfig) {
    accounts::configure(config);
    clients::configure(config);
    log_outs::configure(config);
    mail::configure(config);
    overview::configure(config);
    registration_tokens::configure(config);
    setup::configure(config);
}

/// Every page of this crate in each of its states. One line per room.
pub fn specimens() -> Vec<Specimen> {
    [
        accounts::specimens(),
        clients::specimens(),
        log_outs::specimens(),
        mail::specimens(),
        overview::specimens(),
        registration_tokens::specimens(),
        setup::specimens(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_page_has_a_fault() {
        for specimen in super::specimens() {
            assert_eq!(specimen.faults(), Vec::<String>::new(), "{}", specimen.name);
        }
    }
}
