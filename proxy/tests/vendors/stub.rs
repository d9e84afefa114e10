//! A server that answers what a test tells it to and remembers what it was asked.

use axum::{
    Router,
    body::Bytes,
    extract::ConnectInfo,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;

#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: String,
    /// Port of the caller: one per connection.
    pub connection: u16,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
    /// A field of the form or the query, decoded.
    pub fn field(&self, name: &str) -> Option<String> {
        let pairs = |text: &str| url::form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
        pairs(&self.query).into_iter().chain(pairs(&self.body)).find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

pub struct Reply(pub u16, pub &'static str, pub String);

impl Reply {
    pub fn json(value: serde_json::Value) -> Self {
        Self(200, "application/json", value.to_string())
    }
    pub fn xml(text: impl Into<String>) -> Self {
        Self(200, "text/xml; charset=UTF-8", text.into())
    }
    pub fn status(status: u16) -> Self {
        Self(status, "text/plain", String::new())
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap();
        let mut response = (status, [(header::CONTENT_TYPE, self.1)], self.2).into_response();
        if status.is_redirection() {
            response.headers_mut().insert(header::LOCATION, "/elsewhere".parse().unwrap());
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, "17".parse().unwrap());
        }
        response
    }
}

pub struct Stub {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Stub {
    pub async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&seen), Arc::new(answer));
        let app = Router::new().fallback(
            move |ConnectInfo(peer): ConnectInfo<SocketAddr>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
                let request = Seen {
                    method,
                    path: uri.path().to_owned(),
                    query: uri.query().unwrap_or_default().to_owned(),
                    headers,
                    body: String::from_utf8_lossy(&body).into_owned(),
                    connection: peer.port(),
                };
                log.lock().unwrap().push(request.clone());
                let reply = answer(&request);
                async move { reply }
            },
        );
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        let task = tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        Self { address, seen, task }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
    pub fn on(&self, path: &str) -> Vec<Seen> {
        self.seen().into_iter().filter(|request| request.path == path).collect()
    }
}
