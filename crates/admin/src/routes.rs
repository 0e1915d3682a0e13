//! The addresses of this crate: each room adds its own.

use actix_web::web::ServiceConfig;
use web::specimen::Specimen;

/// Adds every page of this crate. One line per room.
pub fn configure(config: &mut ServiceConfig) {
    crate::clients::configure(config);
}

/// Every page of this crate in each of its states. One line per room.
pub fn specimens() -> Vec<Specimen> {
    [crate::clients::specimens()].concat()
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
