//! `/password-strength`: how good a new password is, while it is typed. Nothing of it is kept or logged.

use account::credential::password::{Busy, Hints, Password};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use std::net::IpAddr;
use std::num::NonZeroU32;
use web::{Failure, Form, Site, Visitor};

/// Questions at once from one network, and a second after that.
const BURST: NonZeroU32 = NonZeroU32::new(40).expect("40 is not zero");
const PER_SECOND: NonZeroU32 = NonZeroU32::new(4).expect("4 is not zero");

/// Networks that are remembered before those that have been quiet are forgotten.
const REMEMBERED: usize = 10_000;

/// How often one network may ask; one for all workers of the process. In memory, as it protects this machine's time and
/// no secret.
pub struct StrengthLimit(DefaultKeyedRateLimiter<Option<IpAddr>>);

impl Default for StrengthLimit {
    fn default() -> Self {
        Self(RateLimiter::keyed(Quota::per_second(PER_SECOND).allow_burst(BURST)))
    }
}

impl StrengthLimit {
    pub(super) fn allows(&self, address: Option<IpAddr>) -> bool {
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        self.0.check_key(&address.map(network)).is_ok()
    }
}

/// An IPv4 address, or the /64 that one customer has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Typed {
    password: Password,
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
}

pub(super) async fn judge(
    site: Data<Site>,
    limit: Data<StrengthLimit>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    if site.throttle && !limit.allows(visitor.actor.address) {
        return Ok(HttpResponse::TooManyRequests().insert_header((header::RETRY_AFTER, "1")).finish());
    }
    let hints = Hints::new(&typed.email, &typed.name, &site.brand.name);
    let Ok(strength) = site.accounts.passwords.strength(typed.password, hints).await else {
        return Err(Failure::Busy(Busy::RETRY_AFTER_SECONDS));
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({ "score": strength.score, "text": strength.text })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_is_slowed_down_and_others_are_not() {
        let limit = StrengthLimit::default();
        let v6 = |n: u32| format!("2001:db8::{n:x}").parse::<IpAddr>().ok();
        let passed = (0..200).filter(|n| limit.allows(v6(*n))).count();
        assert!((40..60).contains(&passed), "{passed}");
        assert!(limit.allows("2001:db8:1::1".parse().ok()) && limit.allows("192.0.2.1".parse().ok()));
    }
}
