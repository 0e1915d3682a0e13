//! What is counted, for Prometheus. Labels have few values, all known beforehand: a route by its pattern, never a path, a
//! client or a person.

use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::web::Data;
use prometheus::{Gauge, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};
use std::time::Instant;

/// Upper bounds of the times that requests take, in seconds: from a page without a database to a queue of password hashes.
const SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// How a try to log in ends; every value is shown from the start, so that the first one counts as a change.
const LOG_IN_OUTCOMES: [&str; 10] = [
    "logged_in",
    "wrong",
    "wait",
    "second_step",
    "second_step_wrong",
    "second_step_wait",
    "second_step_void",
    "deactivated",
    "unverified",
    "busy",
];

/// The counters of one node.
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
    log_ins: IntCounterVec,
    waiting: Gauge,
}

impl Metrics {
    /// All of them at zero.
    ///
    /// # Panics
    /// Never: the names are constants, and the registry is new.
    pub fn new() -> Self {
        const VALID: &str = "constant names are valid and registered once";
        let about = "Requests by method, route and status class: how many, and how long they took.";
        let options = HistogramOpts::new("latchkey_http_request_duration_seconds", about).buckets(SECONDS.into());
        let requests = HistogramVec::new(options, &["method", "route", "status"]).expect(VALID);
        let options = Opts::new("latchkey_log_ins_total", "Tries to log in by password, by outcome.");
        let log_ins = IntCounterVec::new(options, &["outcome"]).expect(VALID);
        for outcome in LOG_IN_OUTCOMES {
            log_ins.with_label_values(&[outcome]);
        }
        let waiting =
            Gauge::new("latchkey_outbox_waiting", "Mails that wait to be taken by the mail server.").expect(VALID);
        let registry = Registry::new();
        registry.register(Box::new(requests.clone())).expect(VALID);
        registry.register(Box::new(log_ins.clone())).expect(VALID);
        registry.register(Box::new(waiting.clone())).expect(VALID);
        Self { registry, requests, log_ins, waiting }
    }

    /// One try to log in ended so.
    pub fn log_in(&self, outcome: &'static str) {
        self.log_ins.with_label_values(&[outcome]).inc();
    }

    /// The text format (version 0.0.4). `waiting`: how many mails wait; `None`: the database did not say.
    pub fn text(&self, waiting: Option<i64>) -> String {
        self.waiting.set(waiting.map_or(f64::NAN, |count| count as f64));
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default()
    }

    fn request(&self, method: &Method, route: &str, status: u16, seconds: f64) {
        // Whatever a client invents for a method is one value.
        let method = match *method {
            Method::GET => "GET",
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::DELETE => "DELETE",
            Method::OPTIONS => "OPTIONS",
            _ => "other",
        };
        let status = match status {
            100..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        self.requests.with_label_values(&[method, route, status]).observe(seconds);
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Counts an answer, where the application has [`Metrics`].
pub(crate) fn count<B>(response: &ServiceResponse<B>, began: Instant) {
    let request = response.request();
    if let Some(metrics) = request.app_data::<Data<Metrics>>() {
        let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
        metrics.request(request.method(), &route, response.status().as_u16(), began.elapsed().as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_each_counter_and_labels_of_few_values() {
        let metrics = Metrics::new();
        metrics.log_in("wrong");
        metrics.request(&Method::from_bytes(b"BREW").expect("a method"), "/login", 418, 0.003);
        let text = metrics.text(Some(3));
        for line in [
            r#"latchkey_http_request_duration_seconds_count{method="other",route="/login",status="4xx"} 1"#,
            r#"latchkey_http_request_duration_seconds_bucket{method="other",route="/login",status="4xx",le="0.005"} 1"#,
            r#"latchkey_log_ins_total{outcome="wrong"} 1"#,
            r#"latchkey_log_ins_total{outcome="logged_in"} 0"#,
            "latchkey_outbox_waiting 3",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} in\n{text}");
        }
        assert!(metrics.text(None).contains("latchkey_outbox_waiting NaN"));
    }
}
