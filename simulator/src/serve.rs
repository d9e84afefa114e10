//! Serves a router over plain TCP, able to cut a connection where an answer was due. Paths under `/api` are matched without
//! regard to case, as Halo does.

use crate::faults::Cut;
use axum::{Router, body::Body, http::Request};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// Serves until the task is aborted; open connections end with it.
pub async fn serve(listener: TcpListener, router: Router) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let router = router.clone();
        connections.spawn(async move {
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let router = router.clone();
                async move {
                    let Ok(response) = router.oneshot(request.map(Body::new)).await;
                    // An error makes hyper drop the connection without a byte.
                    if response.extensions().get::<Cut>().is_some() { Err(std::io::Error::other("cut")) } else { Ok(response) }
                }
            });
            // What goes wrong on a connection is the client's to notice.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// `/API/Tickets` and `/api/tickets` are one path to Halo.
pub fn lower_case_api<B>(mut request: Request<B>) -> Request<B> {
    let path = request.uri().path();
    if path.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("/api/")) {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        if let Ok(uri) = format!("{}{query}", path.to_ascii_lowercase()).parse() {
            *request.uri_mut() = uri;
        }
    }
    request
}
