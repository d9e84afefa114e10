//! `cargo xtask demo`: the product against a simulated appliance and a simulated Halo, each on an origin of its own. Only
//! arranges and starts; everything people see comes from the parts.

mod children;
mod folder;

use crate::{build, stage::Stages, workspace::Workspace};
use anyhow::{Context, Result, bail};
use children::{Proxy, Simulator};
use folder::Folder;
use std::{
    io::BufRead,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

#[derive(clap::Args)]
pub struct Options {
    /// Port of the simulated Halo
    #[arg(long, default_value_t = 8081)]
    port_halo: u16,
    /// Port of the proxy
    #[arg(long, default_value_t = 8082)]
    port_proxy: u16,
    /// Port of the simulated BeyondTrust appliance
    #[arg(long, default_value_t = 8083)]
    port_appliance: u16,
    /// Use free ports and a folder that goes away at the end
    #[arg(long)]
    ephemeral: bool,
    /// Print one line of JSON; stop when standard input closes; read `stop proxy`, `start proxy`, `restart proxy` from it
    #[arg(long)]
    json: bool,
    /// Start what was built last
    #[arg(long)]
    no_build: bool,
    /// Keep what the proxy stored in the last demo
    #[arg(long)]
    keep: bool,
}

/// What makes the demo go on or end.
enum Wish {
    Stop,
    Line(String),
}

/// Where the parts can be reached by a browser.
struct Origins {
    halo: String,
    proxy: String,
    appliance: String,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut stages = Stages::new();
    // Before anything is built: a port in use is known at once.
    let ports = if options.ephemeral { [0; 3] } else { [options.port_halo, options.port_proxy, options.port_appliance] };
    for (port, option) in ports.into_iter().zip(["--port-halo", "--port-proxy", "--port-appliance"]).filter(|(port, _)| *port != 0) {
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
            bail!("port {port} is in use, perhaps by another demo; stop it, or choose a free port with {option}");
        }
    }
    if !options.no_build {
        build::plugin(workspace, &mut stages)?;
        build::native(workspace, &mut stages)?;
    }
    let (wishes, wished) = mpsc::channel();
    listen(options.json, wishes)?;
    let folder = if options.ephemeral { Folder::temporary()? } else { Folder::kept(&workspace.root.join(".demo"), options.keep)? };
    let started = stages.run("start", || start(workspace, &folder, ports))?;
    announce(options.json, &started.origins, folder.path())?;
    serve(started, &wished)
}

/// The running parts, stopped when dropped.
struct Started {
    simulator: Simulator,
    proxy: Proxy,
    origins: Origins,
}

fn start(workspace: &Workspace, folder: &Folder, [halo, proxy, appliance]: [u16; 3]) -> Result<Started> {
    let proxy = if proxy == 0 { free_port()? } else { proxy };
    let origin = format!("http://support.localhost:{proxy}");
    let simulator = Simulator::start(workspace, folder, [halo, appliance], &origin, proxy)?;
    let origins = Origins { halo: simulator.halo.clone(), proxy: origin, appliance: simulator.appliance.clone() };
    folder.configure(workspace, &origins, proxy)?;
    let proxy = Proxy::start(workspace, folder, proxy)?;
    Ok(Started { simulator, proxy, origins })
}

/// A port that was free a moment ago; the proxy's address has to be known to Halo before the proxy starts.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn listen(stdin: bool, wishes: Sender<Wish>) -> Result<()> {
    if stdin {
        let wishes = wishes.clone();
        thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                wishes.send(Wish::Line(line)).ok();
            }
            wishes.send(Wish::Stop).ok();
        });
    }
    ctrlc::set_handler(move || drop(wishes.send(Wish::Stop))).context("cannot listen for Ctrl-C")
}

fn announce(json: bool, origins: &Origins, folder: &Path) -> Result<()> {
    let Origins { halo, proxy, appliance } = origins;
    if json {
        println!("{}", serde_json::json!({ "halo": halo, "proxy": proxy, "appliance": appliance, "dir": folder }));
        return Ok(());
    }
    println!(
        "
  Open  {halo}/

  There: ticket 1161, tab Remote Support. Sign in (any agent, for example Priya Nair), pick who takes the session,
  read the mail as it will look, send it. Then open the mailbox, follow the link, play customer and technician, end the
  session, and read the ticket again. The start page plays this for you, and more: chats, assets, tickets from the portal;
  and it has switches: log technicians in and out, fallback on and off, the appliance down, ...

  Halo (simulated)        {halo}/
  BeyondTrust (simulated) {appliance}/
  the proxy               {proxy}/healthz
  configuration and logs  {folder}

  Ctrl-C stops everything.",
        folder = folder.display()
    );
    Ok(())
}

/// Goes on until told to stop, or until a part ends by itself.
fn serve(mut started: Started, wished: &Receiver<Wish>) -> Result<()> {
    loop {
        match wished.recv_timeout(Duration::from_millis(250)) {
            Ok(Wish::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Ok(Wish::Line(line)) => {
                match line.trim() {
                    "stop proxy" => started.proxy.stop(),
                    "start proxy" => started.proxy.start_again()?,
                    "restart proxy" => {
                        started.proxy.stop();
                        started.proxy.start_again()?;
                    }
                    other => bail!("`{other}` is not one of: stop proxy, start proxy, restart proxy"),
                }
                println!("{}", serde_json::json!({ "done": line.trim() }));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        started.simulator.check()?;
        started.proxy.check()?;
    }
}
