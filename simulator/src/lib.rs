//! A stand-in BeyondTrust appliance and a stand-in Halo over real HTTP, with the vendors' true manners. It shares no type with
//! the product, so that a misunderstanding cannot hide on both sides. Faults, switches and ledgers are under `/control`.

pub mod appliance;
mod faults;
pub mod halo;
mod outgoing;
mod requests;
mod serve;
mod settings;

use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::{net::TcpListener, task::AbortHandle};

/// Where the simulators listen and what they know of the proxy.
#[derive(Clone, Debug)]
pub struct Options {
    /// Halo's port; 0 is any free one.
    pub halo_port: u16,
    /// The appliance's port; 0 is any free one.
    pub appliance_port: u16,
    /// The proxy's public origin: the sign-in comes back to it, and Halo's ticket tab frames it.
    pub proxy_origin: String,
    /// Where that origin is reached; `*.localhost` does not resolve outside browsers.
    pub proxy_connect: Option<SocketAddr>,
    /// Where outbound events go.
    pub event_url: Option<String>,
    /// Where Halo's webhooks go.
    pub webhook_url: Option<String>,
    /// Folder of the demo's Halo screens; the appliance's pages are in `appliance` beside it.
    pub pages: Option<PathBuf>,
}

/// Both simulators; dropping it stops them.
pub struct Simulator {
    /// `http://halo.localhost:<port>`.
    pub halo_origin: String,
    /// `http://appliance.localhost:<port>`.
    pub appliance_origin: String,
    /// Where Halo is reached.
    pub halo_addr: SocketAddr,
    /// Where the appliance is reached.
    pub appliance_addr: SocketAddr,
    tasks: Vec<AbortHandle>,
}

impl Drop for Simulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Starts both.
///
/// # Errors
/// When a port cannot be had.
pub async fn start(options: Options) -> io::Result<Simulator> {
    let halo = TcpListener::bind(("127.0.0.1", options.halo_port)).await?;
    let appliance = TcpListener::bind(("127.0.0.1", options.appliance_port)).await?;
    let (halo_addr, appliance_addr) = (halo.local_addr()?, appliance.local_addr()?);
    let halo_origin = format!("http://halo.localhost:{}", halo_addr.port());
    let appliance_origin = format!("http://appliance.localhost:{}", appliance_addr.port());
    let world = appliance::World::new(appliance_origin.clone(), halo_origin.clone(), &options);
    let events = tokio::spawn(appliance::deliver_events(Arc::clone(&world), options.proxy_connect));
    let appliance = tokio::spawn(serve::serve(appliance, appliance::router(world, options.pages.as_deref())));
    let world = halo::World::new(halo_origin.clone(), appliance_origin.clone(), &options);
    let webhooks = tokio::spawn(halo::deliver_webhooks(Arc::clone(&world), options.proxy_connect));
    let halo = tokio::spawn(serve::serve(halo, halo::router(world, options.pages.as_deref())));
    let tasks = [events, webhooks, appliance, halo].iter().map(tokio::task::JoinHandle::abort_handle).collect();
    Ok(Simulator { halo_origin, appliance_origin, halo_addr, appliance_addr, tasks })
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// `2026-03-10T09:00:00+00:00`, as the appliance writes times.
pub(crate) fn iso(seconds: i64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+00:00");
    time::OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(|time| time.format(format).ok()).unwrap_or_default()
}

/// So many random bytes in hexadecimal.
pub(crate) fn random_hex(bytes: usize) -> String {
    (0..bytes).map(|_| format!("{:02x}", rand::random::<u8>())).collect()
}

/// Text as HTML or XML content or attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
