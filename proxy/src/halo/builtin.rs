//! Halo's own BeyondTrust integration, which may be fed the same events: whether it is on, and what it has written already. Its
//! fields are in Halo's own API description; what is in them is assumed: `thirdpartyid` is taken to be the lsid.

use super::{AccessToken, Halo, HaloError, shape};
use halo_remote_support::rules::words::{Lsid, TicketId};
use serde::Deserialize;

#[derive(Deserialize)]
struct Control {
    #[serde(default, deserialize_with = "shape::flag")]
    beyondtrust_authorized: Option<bool>,
}

pub async fn is_on(halo: &Halo, token: &AccessToken) -> Result<Option<bool>, HaloError> {
    match halo.get(token, "read Halo's settings", "Control", &[]).await {
        Ok((value, _)) => {
            let control = shape::single(value).and_then(|value| serde_json::from_value::<Control>(value).ok());
            Ok(control.and_then(|control| control.beyondtrust_authorized))
        }
        // Only administrators may: then nobody has told us.
        Err(error) if error.forbidden() || error.unauthorized() || error.not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
struct Session {
    #[serde(default, deserialize_with = "shape::text")]
    thirdpartyid: Option<String>,
    #[serde(default, deserialize_with = "shape::id")]
    ticket_id: Option<u32>,
}

pub async fn note_of(halo: &Halo, token: &AccessToken, lsid: &Lsid) -> Result<Option<TicketId>, HaloError> {
    let query = [("search", lsid.as_str()), ("includelinked", "true"), ("count", "100")];
    let listed = halo.list(token, "look for sessions Halo has stored itself", "RemoteSession", "remotesessions", &query).await;
    let (items, _) = match listed {
        Err(error) if error.forbidden() || error.unauthorized() || error.not_found() => return Ok(None),
        listed => listed?,
    };
    let sessions = items.into_iter().filter_map(|item| serde_json::from_value::<Session>(item).ok());
    let mut ours = sessions.filter(|session| session.thirdpartyid.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(lsid.as_str())));
    Ok(ours.find_map(|session| TicketId::new(session.ticket_id?)))
}
