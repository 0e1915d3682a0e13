//! The addresses of this crate: each room adds its own.

use actix_web::web::ServiceConfig;
use web::specimen::Specimen;

/// Adds every page and endpoint of this crate. One line per room.
pub fn configure(routes: &mut ServiceConfig) {
    crate::account::configure(routes);
    crate::consent::configure(routes);
    crate::login::configure(routes);
    crate::oidc::authorize::configure(routes);
    crate::oidc::check_session::configure(routes);
    crate::oidc::logout::configure(routes);
    crate::oidc::discovery::configure(routes);
    crate::oidc::introspect::configure(routes);
    crate::oidc::jwks::configure(routes);
    crate::oidc::register::configure(routes);
    crate::oidc::revoke::configure(routes);
    crate::oidc::token::configure(routes);
    crate::oidc::userinfo::configure(routes);
    crate::recover::configure(routes);
    crate::signup::configure(routes);
}

/// Every page of this crate in each of its states. One line per room.
pub fn specimens() -> Vec<Specimen> {
    let mut all = Vec::new();
    all.extend(crate::account::specimens());
    all.extend(crate::consent::specimens());
    all.extend(crate::ended::specimens());
    all.extend(crate::login::specimens());
    all.extend(crate::oidc::authorize::specimens());
    all.extend(crate::oidc::logout::specimens());
    all.extend(crate::recover::specimens());
    all.extend(crate::signup::specimens());
    all
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
