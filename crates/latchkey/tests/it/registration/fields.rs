//! The fields (conformance).
