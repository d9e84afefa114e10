//! The pages that live in Halo's frames, the plugin's files, and the page a sign-in ends on; each with a strict policy.

use super::{Refusal, guard};
use crate::{app::App, sign_in::Finished};
use axum::{
    Router,
    extract::{FromRequestParts, OriginalUri, Path, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use halo_remote_support::rules::{
    failure::{Failure, FailureKind},
    template::escape,
    wording::{Language, Message, say},
};
use std::{convert::Infallible, fmt::Write as _, sync::Arc};
use tower_http::services::ServeDir;

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types remote-support; frame-ancestors";

/// `/embed`: pages, their files, and the plugin under `/embed/pkg`.
pub(super) fn router(app: &Arc<App>) -> Router<Arc<App>> {
    let server = &app.config.server;
    let plugin: Router =
        Router::new().fallback_service(ServeDir::new(&server.plugin)).layer(middleware::from_fn(cached)).layer(guard::cors(app));
    Router::new().nest_service("/pkg", plugin).route("/{page}", get(page)).layer(middleware::from_fn_with_state(Arc::clone(app), framed))
}

/// The pages; which elements stand on which, `page.js` knows.
const PAGES: [&str; 7] = ["ticket", "invite", "link", "chat", "chats", "asset", "check"];

/// A page by its name, or a file that a page uses.
async fn page(State(app): State<Arc<App>>, Path(name): Path<String>, request: Request) -> Response {
    let name = if PAGES.contains(&name.as_str()) { "page.html".to_owned() } else { name };
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.')) && !name.starts_with('.');
    if !plain {
        return unknown_page(OriginalUri(request.uri().clone())).await.into_response();
    }
    let uri = request.uri().clone();
    match tower_http::services::ServeFile::new(app.config.server.pages.join(name)).try_call(request).await {
        Ok(answer) if answer.status() != StatusCode::NOT_FOUND => answer.into_response(),
        _ => unknown_page(OriginalUri(uri)).await.into_response(),
    }
}

/// Halo's origins may frame these pages, nobody else.
async fn framed(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let mut policy = format!("{POLICY} 'self'");
    for origin in &app.config.server.allowed_origins {
        let _ = write!(policy, " {}", origin.origin());
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

/// Files whose name holds the hash of their content never change.
async fn cached(request: Request, next: Next) -> Response {
    let hashed = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    if hashed && response.status().is_success() {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    }
    response
}

fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The answer to a path we do not know.
pub async fn unknown_page(OriginalUri(uri): OriginalUri) -> impl IntoResponse {
    // An event token in a mistyped path must not come back, and a long path is nobody's typing.
    let path = match uri.path() {
        path if path.starts_with("/events/") => "/events/…",
        path if path.starts_with("/halo/") => "/halo/…",
        path => path,
    };
    Refusal::from(Failure::new(FailureKind::NotFound).with("path", path.chars().take(200).collect::<String>()))
}

/// The language a browser asks for, in the order of its list: whoever signs in has not told us theirs otherwise.
pub(super) struct Reader(Language);

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let list = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|list| list.to_str().ok()).unwrap_or_default();
        Ok(Self(Language::first_of(list.split(',').map(|entry| entry.split(';').next().unwrap_or_default().trim()))))
    }
}

/// A page of the sign-in, in the reader's language: attributes of its body, its title, and what follows, as HTML.
fn sign_in_page(Reader(language): Reader, status: StatusCode, attributes: &str, title: &str, content: &str) -> Response {
    let (lang, title) = (language.tag(), escape(title));
    let html = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/embed/signed-in.css\"><script type=\"module\" src=\"/embed/signed-in.js\"></script></head>\
         <body{attributes}><main><h1>{title}</h1>{content}</main></body></html>"
    );
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
}

/// The page that hands the one-time code to the frame that opened it, or shows it.
pub(super) fn signed_in(reader: Reader, finished: &Finished) -> Response {
    let attributes = [("code", finished.code.as_str()), ("nonce", &finished.nonce), ("origin", &finished.origin)]
        .iter()
        .fold(String::new(), |text, (name, value)| text + &format!(" data-{name}=\"{}\"", escape(value)));
    let text = |code: &str| escape(&say(reader.0, &Message::new(code)));
    let [detail, label, typed, copy, copied, blocked] =
        ["detail", "label", "type", "copy", "copied", "copyBlocked"].map(|name| text(&format!("signIn.done.{name}")));
    let content = format!(
        "<p>{detail}</p><section class=\"code\" id=\"type\" aria-label=\"{label}\" hidden><p>{typed}</p>\
         <div class=\"row\"><output id=\"code\"></output><button type=\"button\" id=\"copy\">{copy}</button></div>\
         <p id=\"said\" role=\"status\" data-copied=\"{copied}\" data-blocked=\"{blocked}\"></p></section>"
    );
    let title = say(reader.0, &Message::new("signIn.done.title"));
    sign_in_page(reader, StatusCode::OK, &attributes, &title, &content)
}

/// The page a sign-in that failed ends on.
pub(super) fn sign_in_failed(reader: Reader, failure: &Failure) -> Response {
    tracing::warn!(%failure, "authn_login_fail: a sign-in failed");
    let status = StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let content = format!("<p>{}</p><p>{}</p>", escape(&failure.detail(reader.0)), escape(&failure.advice(reader.0)));
    let title = failure.title(reader.0);
    sign_in_page(reader, status, "", &title, &content)
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn only_names_with_a_content_hash_are_kept_for_ever() {
        for (path, hashed) in
            [("/glue-0a1b2c3d4e5f.js", true), ("/remote-support.js", false), ("/element-short.js", false), ("/a-deadbeef.wasm", true)]
        {
            assert_eq!(is_hashed(path), hashed, "{path}");
        }
    }
}
