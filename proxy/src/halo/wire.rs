//! One call to Halo's API: builds it, sends it once, reads JSON. Repeats nothing; a new token is the caller's affair.

use super::{
    AccessToken, Halo,
    fault::{Call, HaloError},
    shape,
};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::collections::HashSet;

/// Lists of some thousand agents or actions.
const LIMIT: usize = 32 << 20;
/// Halo gives at most this many at once and cuts larger wishes silently.
const PAGE: &str = "100";
/// Enough for twenty thousand entries.
const PAGES: usize = 200;
const NO_LIST: &str = "something else than a list";

impl Halo {
    pub(super) fn call(&self, operation: &'static str, write: bool) -> Call {
        Call { operation, host: self.url().host().to_owned(), write }
    }

    fn begin(&self, method: Method, path: &str, token: &AccessToken) -> RequestBuilder {
        let url = self.0.outbound.url(&format!("{}/{path}", self.0.api));
        self.0.outbound.request(method, &url).bearer_auth(token.expose())
    }

    pub(super) async fn get(
        &self,
        token: &AccessToken,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<(Value, Call), HaloError> {
        let call = self.call(operation, false);
        let request = self.begin(Method::GET, path, token).query(query);
        self.finish(request, call).await
    }

    /// Everything Halo writes takes an array.
    pub(super) async fn post(
        &self,
        token: &AccessToken,
        operation: &'static str,
        path: &str,
        body: Value,
    ) -> Result<(Value, Call), HaloError> {
        let call = self.call(operation, true);
        let request = self.begin(Method::POST, path, token).json(&Value::Array(vec![body]));
        self.finish(request, call).await
    }

    /// The answer of a removal says nothing we need.
    pub(super) async fn delete(
        &self,
        token: &AccessToken,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<(), HaloError> {
        let call = self.call(operation, true);
        let request = self.begin(Method::DELETE, path, token).query(query);
        let outcome = match self.0.outbound.send(request, LIMIT).await {
            Err(trouble) => Err(HaloError::NoAnswer { call, trouble }),
            Ok(answer) if !answer.status.is_success() => Err(HaloError::from_status(&answer, call)),
            Ok(_) => Ok(()),
        };
        if let Err(error) = &outcome {
            tracing::warn!(vendor = "halo", operation, ambiguous = error.ambiguous(), "{error}");
        }
        outcome
    }

    async fn finish(&self, request: RequestBuilder, call: Call) -> Result<(Value, Call), HaloError> {
        let operation = call.operation;
        let outcome = match self.0.outbound.send(request, LIMIT).await {
            Err(trouble) => Err(HaloError::NoAnswer { call, trouble }),
            Ok(answer) if !answer.status.is_success() => Err(HaloError::from_status(&answer, call)),
            Ok(answer) => match serde_json::from_slice::<Value>(&answer.body) {
                Ok(value) => {
                    warn_of_warning(&value, operation);
                    Ok((value, call))
                }
                Err(_) => Err(HaloError::Unexpected { call, what: "an answer that is not JSON", accepted: true }),
            },
        };
        if let Err(error) = &outcome {
            tracing::warn!(vendor = "halo", operation, ambiguous = error.ambiguous(), "{error}");
        }
        outcome
    }

    /// What Halo gives of a list in one call: for examples, where whether there are more does not matter.
    pub(super) async fn some(
        &self,
        token: &AccessToken,
        operation: &'static str,
        path: &str,
        key: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<Value>, HaloError> {
        let (value, call) = self.get(token, operation, path, query).await?;
        let listed = shape::list(value, key);
        listed.map(|listed| listed.items).ok_or(HaloError::Unexpected { call, what: NO_LIST, accepted: true })
    }

    /// A whole list. Halo's default page is not documented: when the envelope says there is more, it is read page by
    /// page, and a list that stays short of its own count is an error.
    pub(super) async fn list(
        &self,
        token: &AccessToken,
        operation: &'static str,
        path: &str,
        key: &str,
        query: &[(&str, &str)],
    ) -> Result<(Vec<Value>, Call), HaloError> {
        let (value, call) = self.get(token, operation, path, query).await?;
        let odd = |call: Call| HaloError::Unexpected { call, what: NO_LIST, accepted: true };
        let Some(listed) = shape::list(value, key) else { return Err(odd(call)) };
        let Some(count) = listed.count.filter(|count| *count > listed.items.len()) else { return Ok((listed.items, call)) };
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        for page in 1..=PAGES {
            let number = page.to_string();
            let paged = [query, &[("pageinate", "true"), ("page_size", PAGE), ("page_no", &number)]].concat();
            let (value, call) = self.get(token, operation, path, &paged).await?;
            let Some(listed) = shape::list(value, key) else { return Err(odd(call)) };
            let before = items.len();
            items.extend(
                listed
                    .items
                    .into_iter()
                    .filter(|item| seen.insert(item.get("id").map(Value::to_string).unwrap_or_else(|| item.to_string()))),
            );
            if items.len() >= count {
                return Ok((items, call));
            }
            if items.len() == before {
                break;
            }
        }
        Err(HaloError::Unexpected { call, what: "a list shorter than Halo says it is", accepted: true })
    }
}

/// A 200 may still carry a problem. Its wording may name people, so only the fact is logged.
fn warn_of_warning(value: &Value, operation: &str) {
    let warned = |value: &Value| value.get("_warning").and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty());
    if warned(value) || value.get(0).is_some_and(warned) {
        tracing::warn!(vendor = "halo", operation, "Halo answered with a warning");
    }
}
