//! The one place that builds clients: certificates, redirects, limits, time-outs, `connect_to`.

use super::{
    line,
    stub::{Reply, Stub},
    tls,
};
use halo_remote_support::rules::link::HttpsUrl;
use remote_support_proxy::outbound::{Outbound, Site, Trouble, Unusable};
use reqwest::Method;
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use tokio::net::TcpListener;

fn site(url: &str, connect_to: Option<SocketAddr>) -> Site {
    Site { url: HttpsUrl::parse(url).unwrap(), connect_to, ca_file: None, close: true, total: Duration::from_secs(10), line: line() }
}

async fn get(site: &Site, limit: usize) -> Result<remote_support_proxy::outbound::Answer, Trouble> {
    let outbound = Outbound::new(site).unwrap();
    outbound.send(outbound.request(Method::GET, &outbound.url("/x")), limit).await
}

#[tokio::test]
async fn a_certificate_counts_when_its_authority_is_named_and_its_name_fits() {
    let server = tls::serve("appliance.localhost", "{}").await;
    let ca = Some(server.ca_file.clone());
    for (host, ca_file, expected) in [
        ("appliance.localhost", None, Err(Trouble::Certificate)),
        ("appliance.localhost", ca.clone(), Ok(200)),
        ("other.localhost", ca, Err(Trouble::Certificate)),
    ] {
        let site = Site { ca_file, ..site(&format!("https://{host}"), Some(server.address)) };
        assert_eq!(get(&site, 1000).await.map(|answer| answer.status.as_u16()), expected, "{host}");
    }
}

#[tokio::test]
async fn connect_to_decides_address_and_port_while_the_public_name_stays() {
    let stub = Stub::start(|_| Reply::status(200)).await;
    for (url, host) in [("http://halo.localhost:8081", "halo.localhost:8081"), ("http://halo.localhost", "halo.localhost")] {
        get(&site(url, Some(stub.address)), 1000).await.unwrap();
        assert_eq!(stub.seen().last().unwrap().header("host"), host);
    }
    let literal = Outbound::new(&site("http://127.0.0.1:1", Some(stub.address)));
    assert!(matches!(literal, Err(Unusable::Literal(_))));
}

#[tokio::test]
async fn redirects_are_answers_and_nobody_follows_them() {
    let stub = Stub::start(|_| Reply::status(302)).await;
    let answer = get(&site(&format!("http://{}", stub.address), None), 1000).await.unwrap();
    assert_eq!((answer.status.as_u16(), stub.seen().len()), (302, 1));
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_limit() {
    let stub = Stub::start(|_| Reply(200, "text/plain", "x".repeat(1000))).await;
    let site = site(&format!("http://{}", stub.address), None);
    assert_eq!(get(&site, 1000).await.unwrap().body.len(), 1000);
    assert_eq!(get(&site, 999).await.unwrap_err(), Trouble::TooLarge);
}

#[tokio::test]
async fn what_was_sent_is_told_from_what_was_not() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let cutting = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let cut = cutting.local_addr().unwrap();
    let task = tokio::spawn(async move {
        use tokio::io::AsyncReadExt as _;
        loop {
            let (mut stream, _) = cutting.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
        }
    });
    for (address, trouble, sent) in
        [(closed, Trouble::Unreachable, false), (silent.local_addr().unwrap(), Trouble::Timeout, true), (cut, Trouble::Broken, true)]
    {
        let site = Site { total: Duration::from_millis(200), ..site(&format!("http://{address}"), None) };
        let found = get(&site, 1000).await.unwrap_err();
        assert_eq!((found, found.sent()), (trouble, sent));
    }
    task.abort();
}

#[test]
fn a_certificate_file_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "not a certificate").unwrap();
    for (file, part) in [(PathBuf::from("/nowhere/ca.pem"), "cannot be read"), (empty, "BEGIN CERTIFICATE")] {
        let site = Site { ca_file: Some(file.clone()), ..site("https://appliance.localhost", None) };
        let sentence = Outbound::new(&site).unwrap_err().to_string();
        assert!(sentence.contains(part) && sentence.contains(file.to_str().unwrap()), "{sentence}");
    }
}
