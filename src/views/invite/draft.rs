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
    /// The text is being edited.
    pub editing: bool,
    /// The recipient was found wrong.
    pub email_wrong: bool,
    /// What was sent last and under which idempotency key: the same content goes out under the same key, so at most once.
    pub attempt: Option<(api::NewInvite, String)>,
}

/// The mail as it will look.
pub struct Preview {
    /// Subject.
    pub subject: Result<Rendered, Vec<TemplateProblem>>,
    /// Body, HTML.
    pub body: Result<Rendered, Vec<TemplateProblem>>,
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
    /// The body template.
    #[must_use]
    pub fn body<'a>(&'a self, offered: &'a api::Channels) -> &'a str {
        self.body.as_deref().unwrap_or(&offered.draft.body)
    }
    /// The recipient can be mailed to.
    #[must_use]
    pub fn email_is_fine(&self, offered: &api::Channels) -> bool {
        is_mailbox(self.email(offered))
    }
    /// The mail with the sample link and code.
    #[must_use]
    pub fn preview(&self, offered: &api::Channels) -> Preview {
        let render = |text: &str, format, values: &Values| template::render(text, values, format);
        Preview {
            subject: render(self.subject(offered), Format::Text, &offered.preview),
            body: render(self.body(offered), Format::Html, &offered.preview),
        }
    }
}

impl Preview {
    /// Part (`subject` or `body`) and problem, refused ones first within each part.
    pub fn problems(&self) -> impl Iterator<Item = (&'static str, &TemplateProblem)> {
        [("subject", &self.subject), ("body", &self.body)].into_iter().flat_map(|(part, rendered)| {
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
        self.subject.is_ok() && self.body.is_ok()
    }
    /// `$NAMES` left to Halo, each once.
    #[must_use]
    pub fn left_to_halo(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in [&self.subject, &self.body].into_iter().flatten().flat_map(|rendered| &rendered.left_to_halo) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }
}
