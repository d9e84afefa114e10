//! Calls to Halo's API: agents, tickets, users, actions, and Halo's authorisation server. Every caller brings the token the
//! call is made with; who may do what is Halo's answer, not ours.

mod action;
mod agent;
mod asset;
mod authority;
mod builtin;
mod chat;
mod fault;
mod shape;
mod ticket;
mod wire;

pub use action::{Action, Mail, NewAction, TextFile};
pub use agent::{Agent, AgentList};
pub use asset::Asset;
pub use authority::{AccessToken, Tokens};
pub use chat::{Chat, ChatMessage};
pub use fault::HaloError;
pub use ticket::{Ticket, User};

use crate::{
    clock::Clock,
    config,
    line::Line,
    outbound::{Outbound, Site, TOTAL, Unusable},
    token_source::TokenSource,
};
use authority::Authority;
use halo_remote_support::rules::{
    failure::{Failure, FailureKind},
    link::HttpsUrl,
    words::{ActionId, AgentId, AssetId, ChatId, Lsid, TicketId, UserId},
};
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};
use tokio::sync::OnceCell;

/// Tokens live an hour as a rule.
const RENEW_EARLY: Duration = Duration::from_secs(60);

/// A Halo site we can call; clones share one service token.
#[derive(Clone, Debug)]
pub struct Halo(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    outbound: Outbound,
    url: HttpsUrl,
    /// Path of the resource server: `/api`.
    api: String,
    application: Application,
    authority: OnceCell<Authority>,
    service: TokenSource<HaloError>,
    attachment_form: config::AttachmentForm,
    merged_field: String,
}

/// Who we are to Halo's authorisation server.
#[derive(Debug)]
struct Application {
    service_client_id: String,
    service_client_secret: SecretString,
    service_scope: String,
    agent_client_id: String,
    agent_scope: String,
    redirect_uri: String,
    tenant: Option<String>,
    token_url: Option<HttpsUrl>,
    authorize_url: Option<HttpsUrl>,
}

impl Halo {
    /// Prepares calls; none is made yet. `redirect_uri` is where sign-ins come back to.
    ///
    /// # Errors
    /// When address, `connect_to` or certificate file cannot be used.
    pub fn new(config: &config::Halo, redirect_uri: String, clock: Arc<dyn Clock>, line: Arc<Line>) -> Result<Self, Failure> {
        let wrong = |problem: Unusable| Failure::new(FailureKind::SettingWrong).with("setting", "halo").with("text", problem);
        let site = Site {
            url: config.url.clone(),
            connect_to: config.connect_to,
            ca_file: config.ca_file.clone(),
            close: false,
            total: TOTAL,
            line,
        };
        let outbound = Outbound::new(&site).map_err(wrong)?;
        // Some of Halo's own pages show the resource server with `/api`, some without.
        let path = outbound.base().path().trim_end_matches('/');
        let api = if path.to_ascii_lowercase().ends_with("/api") { path.to_owned() } else { format!("{path}/api") };
        let service = TokenSource::new(clock, RENEW_EARLY, |error: &HaloError| match error {
            HaloError::Credentials { .. } => Duration::from_secs(30),
            _ => Duration::from_secs(2),
        });
        Ok(Self(Arc::new(Inner {
            outbound,
            url: config.url.clone(),
            api,
            application: Application {
                service_client_id: config.service_client_id.clone(),
                service_client_secret: config.service_client_secret.clone(),
                service_scope: config.service_scope.clone(),
                agent_client_id: config.agent_client_id.clone(),
                agent_scope: config.agent_scope.clone(),
                redirect_uri,
                tenant: config.tenant.clone(),
                token_url: config.token_url.clone(),
                authorize_url: config.authorize_url.clone(),
            },
            authority: OnceCell::new(),
            service,
            attachment_form: config.attachment_form,
            merged_field: config.merged_field.clone(),
        })))
    }

    /// Halo's public address.
    #[must_use]
    pub fn url(&self) -> &HttpsUrl {
        &self.0.url
    }

    /// `GET /Agent/me`: whose token this is.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn me(&self, token: &AccessToken) -> Result<Agent, HaloError> {
        self.get(token, "read your own agent record", "Agent/me", &[]).await.and_then(agent::one)
    }

    /// `GET /Agent/{id}`.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn agent(&self, token: &AccessToken, id: AgentId) -> Result<Agent, HaloError> {
        let answer = self.get(token, "read agents", &format!("Agent/{id}"), &[("includedetails", "true")]).await?;
        agent::one(answer)
    }

    /// All agents, disabled ones too. The BeyondTrust display name is not in Halo's list, so agents are read one by one,
    /// a few at a time: those enabled for invites, then the others, whom a session may name all the same.
    ///
    /// # Errors
    /// [`HaloError`]; an enabled agent that cannot be read fails the whole, because a half list would route wrongly. Another
    /// one leaves the list partial.
    pub async fn agents(&self, token: &AccessToken) -> Result<AgentList, HaloError> {
        agent::all(self, token).await
    }

    /// `GET /Tickets/{id}`.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn ticket(&self, token: &AccessToken, id: TicketId) -> Result<Ticket, HaloError> {
        let answer = self.get(token, "read this ticket", &format!("Tickets/{id}"), &[("includedetails", "true")]).await?;
        ticket::ticket(answer, &self.0.merged_field)
    }

    /// `GET /Users/{id}`.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn user(&self, token: &AccessToken, id: UserId) -> Result<User, HaloError> {
        let answer = self.get(token, "read users", &format!("Users/{id}"), &[("includedetails", "true")]).await?;
        ticket::user(answer)
    }

    /// Every action of a ticket with its HTML note; used to find our own markers again, so a list that is not whole is
    /// an error.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn actions(&self, token: &AccessToken, ticket: TicketId) -> Result<Vec<Action>, HaloError> {
        action::all(self, token, ticket).await
    }

    /// `GET /Asset/{id}`.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn asset(&self, token: &AccessToken, id: AssetId) -> Result<Asset, HaloError> {
        asset::one(self.get(token, "read this asset", &format!("Asset/{id}"), &[("includedetails", "true")]).await?)
    }

    /// `GET /Asset?search=`: assets whose tag holds this text, also in the middle; not all, when there are many.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn assets_like(&self, token: &AccessToken, text: &str) -> Result<Vec<Asset>, HaloError> {
        asset::like(self, token, text).await
    }

    /// `GET /Tickets?asset_id=`: the open tickets of an asset.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn open_tickets_of(&self, token: &AccessToken, asset: AssetId) -> Result<Vec<Ticket>, HaloError> {
        let asset = asset.to_string();
        let query = [("asset_id", asset.as_str()), ("open_only", "true"), ("count", "50")];
        let (items, call) = self.list(token, "read this asset's tickets", "Tickets", "tickets", &query).await?;
        items.into_iter().map(|item| ticket::ticket((item, call.clone()), &self.0.merged_field)).collect()
    }

    /// `GET /Actions/{id}`: one action with its custom fields and its HTML note.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn action(&self, token: &AccessToken, ticket: TicketId, action: ActionId) -> Result<Action, HaloError> {
        action::one(self, token, ticket, action).await
    }

    /// `GET /TicketType/{id}`: whether tickets of this type send an invite by default.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn type_sends_invite(&self, token: &AccessToken, kind: u32) -> Result<bool, HaloError> {
        let (value, _) = self.get(token, "read this ticket type", &format!("TicketType/{kind}"), &[]).await?;
        Ok(ticket::type_sends_invite(value))
    }

    /// `POST /Actions`: one new action, with its mail when there is one. Never repeated here: see
    /// [`HaloError::ambiguous`].
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn add_action(&self, token: &AccessToken, new: &NewAction) -> Result<Action, HaloError> {
        action::add(self, token, new).await
    }

    /// `DELETE /Actions/{id}`: takes an action back. Ids count per ticket and may come again, so look first whether it is
    /// still ours.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn remove_action(&self, token: &AccessToken, ticket: TicketId, action: ActionId) -> Result<(), HaloError> {
        action::remove(self, token, ticket, action).await
    }

    /// Whether this token may list things of this kind (`Agent`, `Tickets`, `Users`, `Chat`).
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn may_list(&self, token: &AccessToken, path: &'static str) -> Result<(), HaloError> {
        let operation = match path {
            "Agent" => "read agents",
            "Tickets" => "read tickets",
            "Users" => "read users",
            _ => "read chats",
        };
        self.get(token, operation, path, &[("count", "1")]).await.map(drop)
    }

    /// `GET /Chat/{id}`.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn chat(&self, token: &AccessToken, id: ChatId) -> Result<Chat, HaloError> {
        chat::one(self.get(token, "read this chat", &format!("Chat/{id}"), &[]).await?)
    }

    /// `GET /Chat`: the open chats of a ticket, or all that the caller sees; the latest first.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn open_chats(&self, token: &AccessToken, ticket: Option<TicketId>) -> Result<Vec<Chat>, HaloError> {
        chat::open(self, token, ticket).await
    }

    /// `GET /ChatMessage?chat_id=`: every message of a chat; used to find our own markers again.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn chat_messages(&self, token: &AccessToken, chat: ChatId) -> Result<Vec<ChatMessage>, HaloError> {
        chat::messages(self, token, chat).await
    }

    /// `POST /ChatMessage`: one message, as HTML. Never repeated here: see [`HaloError::ambiguous`].
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn post_chat_message(&self, token: &AccessToken, chat: ChatId, html: &str) -> Result<(), HaloError> {
        chat::post(self, token, chat, html).await
    }

    /// Whether Halo's own BeyondTrust integration is set up (`GET /Control`); `None` when Halo does not let us see.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn builtin_integration(&self, token: &AccessToken) -> Result<Option<bool>, HaloError> {
        builtin::is_on(self, token).await
    }

    /// Where Halo's own BeyondTrust integration has put this session (`GET /RemoteSession`), if it has.
    ///
    /// # Errors
    /// [`HaloError`].
    pub async fn builtin_note(&self, token: &AccessToken, lsid: &Lsid) -> Result<Option<TicketId>, HaloError> {
        builtin::note_of(self, token, lsid).await
    }
}
