//! `event-url`: the address BeyondTrust posts to, and its rotation. Old and new address work side by side until the old one is
//! forgotten.

use super::{CommandProblem, print::Output};
use crate::{config::Config, vault};
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::path::Path;

/// The address Halo's webhooks are posted to.
pub(super) fn webhook_url(config: &Config, out: Output) -> Result<(), CommandProblem> {
    let url = format!("{}/halo/{}", config.server.public_url.origin(), config.webhook.token.expose_secret());
    Ok(out.say(&json!({"webhookUrl": url}), &url)?)
}

pub(super) fn event_url(config: Config, path: &Path, rotate: bool, forget_old: bool, out: Output) -> Result<(), CommandProblem> {
    let (token, old) = (config.events.token_file(&config.server.data), config.events.old_token_file(&config.server.data));
    let own = config.events.in_data_folder;
    let named = |path: &Path| {
        let name = path.display().to_string();
        move |error| CommandProblem::File(name, error)
    };
    let mut then = "";
    let mut secret = config.events.token.expose_secret().to_owned();
    if rotate || forget_old {
        if !own {
            return Err(CommandProblem::File(
                path.display().to_string(),
                std::io::Error::other(
                    "events.token names a secret of yours; change it there, and name the one before in events.previous_token meanwhile",
                ),
            ));
        }
        if rotate {
            secret = vault::random_token();
            std::fs::rename(&token, &old).map_err(named(&token))?;
            vault::write_private(&token, &secret).map_err(named(&token))?;
            then = "\nRestart the proxy, enter this address in BeyondTrust, send its test event, then: event-url --forget-old";
        } else {
            match std::fs::remove_file(&old) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(named(&old)(error)),
                _ => then = "\nThe old address stops working when the proxy is restarted.",
            }
        }
    }
    let url = format!("{}/events/{secret}", config.server.public_url.origin());
    Ok(out.say(&json!({"eventUrl": url}), &format!("{url}{then}"))?)
}
