//! The invite as it is being written: recipient, text, and the key under which it is sent at most once.

use crate::{
    api,
    rules::{
        email::is_mailbox,
        template::{self, Format, Rendered, TemplateProblem, Values},
    },
};

/// Recipient and text. What a person typed is never overwritten by what the proxy offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Recipient, once typed.
    pub email: Option<String>,
    /// Subject template, once edited.
    pub subject: Option<String>,
    /// Body template, once edited.
    pub body: Option<String>,
    /// Template of the chat's message, once edited.
    pub chat: Option<String>,
    /// The text is being edited.
    pub editing: bool,
    /// The recipient was found wrong.
    pub email_wrong: bool,
    /// What was sent last and under which idempotency key: the same content goes out under the same key, so at most once.
    pub attempt: Option<(api::NewInvite, String)>,
}

/// The mail, or the chat's message, as it will look.
pub struct Preview {
    /// Subject of a mail.
    pub subject: Option<Result<Rendered, Vec<TemplateProblem>>>,
    /// Body, HTML.
    pub body: Result<Rendered, Vec<TemplateProblem>>,
    /// Neither link nor code is in it: the customer cannot come.
    pub leads_nowhere: bool,
}

impl Draft {
    /// The recipient: as typed, else the ticket's user.
    #[must_use]
    pub fn email<'a>(&'a self, offered: &'a api::Channels) -> &'a str {
        let known = offered.ticket.as_ref().and_then(|ticket| ticket.email.as_deref());
        self.email.as_deref().or(known).unwrap_or_default().trim()
    }
    /// The subject template.
    #[must_use]
    pub fn subject<'a>(&'a self, offered: &'a api::Channels) -> &'a str {
        self.subject.as_deref().unwrap_or(&offered.draft.subject)
    }
    /// The body template, of the mail or of the chat's message.
    #[must_use]
    pub fn body<'a>(&'a self, offered: &'a api::Channels, in_chat: bool) -> &'a str {
        match in_chat {
            true => self.chat.as_deref().unwrap_or(&offered.draft.chat),
            false => self.body.as_deref().unwrap_or(&offered.draft.body),
        }
    }
    /// Something of the text was edited.
    #[must_use]
    pub const fn is_edited(&self, in_chat: bool) -> bool {
        if in_chat { self.chat.is_some() } else { self.subject.is_some() || self.body.is_some() }
    }
    /// The recipient can be mailed to.
    #[must_use]
    pub fn email_is_fine(&self, offered: &api::Channels) -> bool {
        is_mailbox(self.email(offered))
    }
    /// The text with the sample link and code.
    #[must_use]
    pub fn preview(&self, offered: &api::Channels, in_chat: bool) -> Preview {
        let render = |text: &str, format, values: &Values| template::render(text, values, format);
        let body = render(self.body(offered, in_chat), Format::Html, &offered.preview);
        let sample = [offered.preview.link.as_ref().map(|link| link.as_str()), offered.preview.session_code.as_deref()];
        // The sample's link is escaped in HTML as any value.
        let sample = sample.map(|sample| sample.map(template::escape).filter(|sample| !sample.is_empty()));
        let leads = |rendered: &Rendered| sample.iter().flatten().any(|sample| rendered.output.contains(sample.as_ref() as &str));
        Preview {
            subject: (!in_chat).then(|| render(self.subject(offered), Format::Text, &offered.preview)),
            leads_nowhere: body.as_ref().is_ok_and(|rendered| !leads(rendered)),
            body,
        }
    }
}

impl Preview {
    /// Part (`subject` or `body`) and problem, refused ones first within each part.
    pub fn problems(&self) -> impl Iterator<Item = (&'static str, &TemplateProblem)> {
        let parts = [("subject", self.subject.as_ref()), ("body", Some(&self.body))];
        parts.into_iter().filter_map(|(part, rendered)| Some((part, rendered?))).flat_map(|(part, rendered)| {
            let problems = match rendered {
                Ok(rendered) => &rendered.warnings,
                Err(problems) => problems,
            };
            problems.iter().map(move |problem| (part, problem))
        })
    }
    /// It can be sent as far as the text goes.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.subject.as_ref().is_none_or(Result::is_ok) && self.body.is_ok()
    }
    /// `$NAMES` left to Halo, each once.
    #[must_use]
    pub fn left_to_halo(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.subject.iter().chain([&self.body]).flatten().flat_map(|rendered| &rendered.left_to_halo) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }
}
