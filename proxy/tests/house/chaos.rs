//! A TCP proxy that misbehaves on demand. It stands before a vendor and knows nothing of HTTP: what it does to a connection
//! a bad line, a firewall or a dying gateway would do, too.
//!
//! What it took from a client that has gone meanwhile still arrives, as late as it would have: the late write of a process
//! that was killed is just what its tests are about. The longest [`Mode::Delay`] is therefore the longest that a byte can be
//! on its way.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpSocket, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::{mpsc, watch},
    task::{AbortHandle, JoinSet},
    time::{Instant, sleep_until},
};

/// What happens to connections, old and new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Pass,
    /// New ones are refused; those there are, and what is on its way, are dropped.
    Cut,
    /// Every byte arrives so much later, in both directions.
    Delay(Duration),
    /// Each one is reset after so many bytes of answer; with 0 the request arrives and its answer does not.
    Reset(usize),
}

/// The proxy; dropping it ends every connection.
pub struct Chaos {
    /// Where it listens.
    pub addr: SocketAddr,
    mode: watch::Sender<Mode>,
    task: AbortHandle,
}

impl Chaos {
    /// Listens on a free port of loopback and passes everything on to the target.
    pub fn before(target: SocketAddr) -> io::Result<Self> {
        // Bound and never listening: keeps the port ours while connections are refused.
        let reserved = socket((Ipv4Addr::LOCALHOST, 0).into())?;
        let addr = reserved.local_addr()?;
        let listener = socket(addr)?.listen(1024)?;
        let (mode, told) = watch::channel(Mode::Pass);
        let task = tokio::spawn(async move {
            let _reserved = reserved;
            serve(addr, listener, target, told).await
        })
        .abort_handle();
        Ok(Self { addr, mode, task })
    }

    /// From now on.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// To tell it the mode from another task.
    pub fn remote(&self) -> watch::Sender<Mode> {
        self.mode.clone()
    }
}

impl Drop for Chaos {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn socket(addr: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(addr)?;
    Ok(socket)
}

async fn serve(addr: SocketAddr, first: TcpListener, target: SocketAddr, mut mode: watch::Receiver<Mode>) -> io::Result<()> {
    let (mut listener, told) = (Some(first), mode.clone());
    loop {
        if mode.wait_for(|mode| *mode != Mode::Cut).await.is_err() {
            return Ok(());
        }
        let listening = match listener.take() {
            Some(listening) => listening,
            None => socket(addr)?.listen(1024)?,
        };
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                cut = async { mode.wait_for(|mode| *mode == Mode::Cut).await.is_ok() } => {
                    if cut {
                        break;
                    }
                    return Ok(());
                }
                accepted = listening.accept() => {
                    if let Ok((client, _)) = accepted {
                        connections.spawn(forward(client, target, told.clone()));
                    }
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

/// One connection, to its end.
async fn forward(mut client: TcpStream, target: SocketAddr, mode: watch::Receiver<Mode>) {
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    let reset = {
        let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
        tokio::try_join!(pump(from_client, to_server, &mode, false), pump(from_server, to_client, &mode, true)).is_err()
    };
    if reset {
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    }
}

/// The connection is to be reset.
struct Reset;

/// Bytes of one direction, until their end. Where they go may end first; then this direction is over, and the other one is not.
async fn pump(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, mode: &watch::Receiver<Mode>, answers: bool) -> Result<(), Reset> {
    // Read at once and stamped with the time they are due, so that delays do not add up.
    let (queue, mut queued) = mpsc::unbounded_channel();
    let read = async move {
        let mut buffer = vec![0; 16 << 10];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let delay = if let Mode::Delay(delay) = *mode.borrow() { delay } else { Duration::ZERO };
            let _ = queue.send((Instant::now() + delay, buffer[..length].to_vec()));
        }
    };
    let write = async move {
        let mut answered = 0;
        while let Some((due, mut bytes)) = queued.recv().await {
            sleep_until(due).await;
            let limit = if let (Mode::Reset(limit), true) = (*mode.borrow(), answers) { Some(limit) } else { None };
            if let Some(limit) = limit {
                bytes.truncate(limit - answered.min(limit));
                answered += bytes.len();
            }
            if to.write_all(&bytes).await.is_err() {
                return Ok(());
            }
            if limit.is_some_and(|limit| answered >= limit) {
                return Err(Reset);
            }
        }
        let _ = to.shutdown().await;
        Ok(())
    };
    tokio::select! {
        outcome = write => outcome,
        // What was read is still written.
        () = async { read.await; std::future::pending().await } => Ok(()),
    }
}
