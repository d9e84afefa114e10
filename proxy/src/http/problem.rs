//! A refusal as an RFC 9457 problem document. Words come from the catalogue.

use crate::store::StoreProblem;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use halo_remote_support::{
    api::Problem,
    rules::{
        failure::{Failure, FailureKind},
        routing::Routing,
        wording::Language,
    },
};

/// Why something was not done, with the route where one had been decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The failure.
    pub failure: Failure,
    /// The decision, for `TECHUNAVAILABLE` and its like.
    pub routing: Option<Box<Routing>>,
}

impl Refusal {
    /// The refusal of an invite that has no queue.
    #[must_use]
    pub fn routed(routing: Routing) -> Self {
        let failure = routing.failure().unwrap_or_else(|| Failure::new(FailureKind::Internal));
        Self { failure, routing: Some(Box::new(routing)) }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self { failure, routing: None }
    }
}

impl From<StoreProblem> for Refusal {
    fn from(problem: StoreProblem) -> Self {
        Failure::from(problem).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem { routing: self.routing.map(|routing| *routing), ..Problem::new(&self.failure, Language::En) };
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(problem)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) =
            self.failure.args.get("seconds").filter(|_| self.failure.kind.retryable()).and_then(|wait| HeaderValue::from_str(wait).ok())
        {
            response.headers_mut().insert(header::RETRY_AFTER, wait);
        }
        response
    }
}
