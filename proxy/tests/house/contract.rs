//! What is asked and answered, held against the API's description.

use remote_support_proxy::http::OPENAPI;
use serde_json::{Value, json};
use std::sync::LazyLock;

pub static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(OPENAPI).unwrap());

/// An answer as it came.
pub struct Answer<'a> {
    pub status: u16,
    pub content_type: Option<&'a str>,
    pub text: &'a str,
}

/// Whether the answer is one that the description has for this request; and the request one it has, when it was granted.
/// A route that is not described must not be there.
pub fn keeps(method: &str, path: &str, body: &Value, answer: &Answer<'_>) -> Result<(), String> {
    let Some(operation) = operation(method, path) else {
        return if matches!(answer.status, 404 | 405) { Ok(()) } else { Err("there is no such route in it".to_owned()) };
    };
    if answer.status < 300
        && let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema")
    {
        fits(schema, body).map_err(|sentence| format!("the request was granted, though {sentence}"))?;
    }
    let answers = &operation["responses"];
    // The default is for refusals.
    let default = answers.get("default").filter(|_| answer.status >= 400);
    let Some(described) = answers.get(answer.status.to_string()).or(default) else { return Err("it has no such status".to_owned()) };
    let Some(content) = resolved(described).get("content") else {
        return if answer.text.is_empty() { Ok(()) } else { Err("it has no body".to_owned()) };
    };
    let kind = answer.content_type.unwrap_or("none").split(';').next().unwrap_or_default();
    let Some(media) = content.get(kind) else { return Err(format!("the content type is {kind}")) };
    if !kind.ends_with("json") {
        return Ok(());
    }
    let value: Value = serde_json::from_str(answer.text).map_err(|error| format!("the body is not JSON: {error}"))?;
    if kind == "application/problem+json" && value["status"] != answer.status {
        return Err(format!("the problem document says {}", value["status"]));
    }
    fits(&media["schema"], &value)
}

/// The operation that this request is for.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let fits = |template: &str| {
        let same = |(asked, described): (&str, &str)| described.starts_with('{') || asked == described;
        path.split('/').count() == template.split('/').count() && path.split('/').zip(template.split('/')).all(same)
    };
    let (_, item) = DESCRIPTION["paths"].as_object().unwrap().iter().find(|(template, _)| fits(template))?;
    item.get(method.to_lowercase())
}

/// What stands there, or what it refers to.
pub fn resolved(there: &'static Value) -> &'static Value {
    match there.get("$ref") {
        Some(reference) => referred(reference.as_str().unwrap()).unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => there,
    }
}

/// What a reference leads to; they all lead into the document.
pub fn referred(reference: &str) -> Option<&'static Value> {
    DESCRIPTION.pointer(reference.strip_prefix('#')?)
}

/// Whether a value fits a schema of the description; if not, where and why.
pub fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    let whole = json!({"allOf": [schema], "components": DESCRIPTION["components"]});
    let validator = jsonschema::draft202012::new(&whole).unwrap_or_else(|error| panic!("this is not a schema: {error}: {schema}"));
    let wrong: Vec<_> = validator.iter_errors(value).map(|error| format!("at {:?}: {error}", error.instance_path().as_str())).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
}
