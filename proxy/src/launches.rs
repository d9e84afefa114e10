//! Opens an asset's device in BeyondTrust: reads the asset with the agent's own token, makes the link, and records that it was made,
//! so that its session counts as generated here. Which link it is decides `rules::pinned`.

use crate::{
    access::{self, Operation},
    app::App,
    halo::{AccessToken, Asset, HaloError},
    sign_in::Caller,
    store::LaunchRow,
};
use halo_remote_support::{
    api::{AssetSummary, Launch, LaunchOptions, NewLaunch, TicketSummary},
    rules::{
        correlation::ExternalKey,
        failure::{Failure, FailureKind, Part},
        link::HttpsUrl,
        names::without_case,
        pinned,
        settings::Settings,
        wording::Message,
        words::AssetId,
    },
};

/// Earlier launches that are shown.
const SHOWN: u32 = 10;
/// Devices that are named when a tag fits several.
const NAMED: usize = 5;

async fn as_agent<T, F>(app: &App, caller: &Caller, asset: AssetId, call: impl Fn(AccessToken) -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, HaloError>>,
{
    let answer = app.delegation.call(caller.agent, call).await?.ok_or_else(|| Failure::new(FailureKind::SignedOut))?;
    answer.map_err(|error| {
        if error.not_found() || error.unauthorized() || error.forbidden() {
            Failure::new(FailureKind::AssetUnknown).with("asset", asset)
        } else {
            error.failure()
        }
    })
}

fn summary(asset: &Asset) -> AssetSummary {
    let owner = [&asset.client_name, &asset.site_name, &asset.user_name];
    AssetSummary {
        id: asset.id,
        tag: asset.tag.clone(),
        name: asset.name.clone(),
        kind: asset.kind.clone(),
        owner: owner.into_iter().flatten().cloned().collect(),
    }
}

fn url(site: &HttpsUrl, asset: &Asset, key: Option<&ExternalKey>, settings: &Settings) -> Result<HttpsUrl, Failure> {
    let options =
        pinned::Options { action: settings.pinned.action, field: settings.pinned.field, external_key: key.map(ToString::to_string) };
    pinned::session_url(site, &asset.tag, &options)
}

/// The tags of some other assets that a search for this one's finds, too: BeyondTrust finds parts and disregards case.
async fn fitting_as_well(app: &App, caller: &Caller, asset: &Asset) -> Result<Vec<String>, Failure> {
    let text = asset.tag.trim();
    let tag = without_case(text);
    let alike = as_agent(app, caller, asset.id, |token| async move { app.halo.assets_like(&token, text).await }).await?;
    let others = alike.into_iter().filter(|other| other.id != asset.id && without_case(&other.tag).contains(&tag));
    Ok(others.map(|other| other.tag).take(NAMED).collect())
}

/// What the asset's device can be opened with.
///
/// # Errors
/// `asset_unknown`, or Halo out of reach.
pub async fn options(app: &App, caller: &Caller, id: AssetId) -> Result<LaunchOptions, Failure> {
    let asset = as_agent(app, caller, id, |token| async move { app.halo.asset(&token, id).await }).await?;
    let tickets = as_agent(app, caller, id, |token| async move { app.halo.open_tickets_of(&token, id).await }).await?;
    let settings = app.settings().await?.settings;
    let site = app.appliance().await?.url().clone();
    let mut warnings = Vec::new();
    match url(&site, &asset, None, &settings) {
        // What is wrong, and what helps.
        Err(failure) => warnings.extend([Part::Detail, Part::Advice].map(|part| failure.message(part))),
        Ok(_) => {
            // A warning is not worth the answer: the device can be opened without it.
            let others = fitting_as_well(app, caller, &asset).await.unwrap_or_else(|failure| {
                tracing::warn!(%failure, asset = %id, "assets with a similar tag cannot be searched for; nobody is warned of them");
                Vec::new()
            });
            if !others.is_empty() {
                warnings.push(Message::new("launch.fitsSeveral").with("names", others.join(", ")));
            }
        }
    }
    let mut tickets: Vec<_> = tickets
        .into_iter()
        .map(|ticket| TicketSummary {
            id: ticket.id,
            summary: ticket.summary,
            user_name: Some(ticket.user_name).filter(|name| !name.is_empty()),
            email: Some(ticket.user_email).filter(|email| !email.is_empty()),
        })
        .collect();
    tickets.sort_by_key(|ticket| std::cmp::Reverse(ticket.id));
    let launches = app.store.launches_of(id, SHOWN).await?.into_iter().map(|row| shown(row, None)).collect();
    Ok(LaunchOptions { asset: summary(&asset), tickets, warnings, launches })
}

fn shown(row: LaunchRow, url: Option<String>) -> Launch {
    Launch { id: row.code.to_string(), url, ticket: row.ticket, by: row.name, at: row.at }
}

/// Records a launch and answers its link.
///
/// # Errors
/// `asset_unknown`, `ticket_unknown`, a ticket that the agent may not change or that is none of the asset's open ones, a tag that
/// opens nothing, Halo out of reach.
pub async fn launch(app: &App, caller: &Caller, new: NewLaunch) -> Result<Launch, Failure> {
    let id = new.asset;
    let asset = as_agent(app, caller, id, |token| async move { app.halo.asset(&token, id).await }).await?;
    if let Some(ticket) = new.ticket {
        // The session's note will be written there.
        access::may(app, caller, Operation::LinkSession(ticket)).await?;
        let open = as_agent(app, caller, id, |token| async move { app.halo.open_tickets_of(&token, id).await }).await?;
        if !open.iter().any(|known| known.id == ticket) {
            return Err(Failure::new(FailureKind::TicketNotOfAsset).with("ticket", ticket));
        }
    }
    let settings = app.settings().await?.settings;
    let site = app.appliance().await?.url().clone();
    let code = app.new_code();
    let key = match new.ticket {
        Some(ticket) => ExternalKey::Ticket { ticket, code: code.clone() },
        None => ExternalKey::Asset { asset: id, code: code.clone() },
    };
    let url = url(&site, &asset, Some(&key), &settings)?;
    let row = LaunchRow { code, asset: id, ticket: new.ticket, agent: caller.agent, name: caller.name.clone(), at: app.clock.now() };
    app.store.add_launch(row.clone()).await?;
    Ok(shown(row, Some(url.as_str().to_owned())))
}
