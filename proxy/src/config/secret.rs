//! Reads secrets from the files and environment variables that `proxy.toml` names. A file that everybody on the machine
//! can read is refused: a secret there is none.

use super::{problem::ConfigProblem, value::SecretPlace};
use crate::vault;
use secrecy::SecretString;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Reads the secret of one setting. `make` makes the file when it is missing (for tokens that we invent ourselves).
pub fn read(
    setting: &str,
    place: &SecretPlace,
    folder: &Path,
    env: &dyn Fn(&str) -> Option<String>,
    make: bool,
) -> Result<SecretString, ConfigProblem> {
    let text = match place {
        SecretPlace::Env(name) => env(name).ok_or_else(|| {
            ConfigProblem::new(
                setting,
                format!("names the environment variable {name}, which is not set"),
                "set it for the proxy's process, or name a file instead",
            )
        })?,
        SecretPlace::File(file) => from_file(setting, &folder.join(file), make)?,
    };
    let text = text.trim();
    if text.is_empty() {
        let place = match place {
            SecretPlace::Env(name) => format!("environment variable {name}"),
            SecretPlace::File(file) => format!("file {}", folder.join(file).display()),
        };
        return Err(ConfigProblem::new(setting, format!("names the {place}, which is empty"), "put the secret there, nothing else"));
    }
    Ok(SecretString::from(text))
}

fn from_file(setting: &str, file: &PathBuf, make: bool) -> Result<String, ConfigProblem> {
    let name = file.display();
    match std::fs::read_to_string(file) {
        Ok(text) => private(setting, file).map(|()| text),
        Err(error) if error.kind() == io::ErrorKind::NotFound && make => {
            let token = vault::random_token();
            vault::write_private(file, &token).map_err(|error| {
                ConfigProblem::new(
                    setting,
                    format!("names the file {name}, which cannot be made: {error}"),
                    "check that the proxy's user may write to its folder",
                )
            })?;
            Ok(token)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ConfigProblem::new(
            setting,
            format!("names the file {name}, which does not exist"),
            "put the secret into it (nothing else) and let only the proxy's user read it: chmod 600",
        )),
        Err(error) => Err(ConfigProblem::new(
            setting,
            format!("names the file {name}, which cannot be read: {error}"),
            "let the proxy's user, and nobody else, read it",
        )),
    }
}

#[cfg(unix)]
fn private(setting: &str, file: &Path) -> Result<(), ConfigProblem> {
    use std::os::unix::fs::PermissionsExt as _;
    const OTHERS: u32 = 0o007;
    let open = std::fs::metadata(file).is_ok_and(|about| about.permissions().mode() & OTHERS != 0);
    if open {
        return Err(ConfigProblem::new(
            setting,
            format!("names the file {}, which every user of this machine may read or change", file.display()),
            "chmod 600 it (or 640 with a group of its own), and consider the secret known: make a new one",
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
fn private(_: &str, _: &Path) -> Result<(), ConfigProblem> {
    Ok(())
}
