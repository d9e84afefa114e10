//! The Handlebars templates of all views in one registry, built once. What stands in a view model is decided elsewhere.

use crate::rules::{
    failure::{Failure, FailureKind},
    template::escape,
    wording::{Language, Message, say},
};
use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, JsonRender, Output, RenderContext, RenderErrorReason, TemplateError,
};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Name and source of every template; each may include the others by name.
const TEMPLATES: &[(&str, &str)] = &[
    ("invite", include_str!("invite/panel.hbs")),
    ("channels", include_str!("invite/channels.hbs")),
    ("doubt", include_str!("invite/doubt.hbs")),
    ("done", include_str!("invite/done.hbs")),
    ("failed", include_str!("invite/failed.hbs")),
    ("form", include_str!("invite/form.hbs")),
    ("loading", include_str!("invite/loading.hbs")),
    ("mail", include_str!("invite/mail.hbs")),
    ("signed_out", include_str!("invite/signed_out.hbs")),
    ("signing_in", include_str!("invite/signing_in.hbs")),
];

/// `{{say "ui.x" name=value}}`: a text of the catalogue, in the language the view model names as `language`.
struct Say;

impl HelperDef for Say {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let code = helper.param(0).and_then(|code| code.value().as_str()).ok_or(RenderErrorReason::ParamNotFoundForIndex("say", 0))?;
        let language = context.data().get("language").and_then(|name| Language::deserialize(name).ok()).unwrap_or_default();
        let mut message = Message::new(code);
        for (name, value) in helper.hash() {
            message = message.with(name, value.value().render());
        }
        out.write(&escape(&say(language, &message)))?;
        Ok(())
    }
}

fn registry() -> Result<Handlebars<'static>, Box<TemplateError>> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(escape);
    registry.register_helper("say", Box::new(Say));
    for (name, source) in TEMPLATES {
        registry.register_template_string(name, source).map_err(Box::new)?;
    }
    Ok(registry)
}

/// The HTML of one view. A template that fails is a fault of ours and shown as one, never as an empty box.
pub(super) fn html(name: &str, model: &impl Serialize) -> String {
    static REGISTRY: OnceLock<Result<Handlebars<'static>, Box<TemplateError>>> = OnceLock::new();
    let reason = match REGISTRY.get_or_init(registry) {
        Ok(registry) => match registry.render(name, model) {
            Ok(html) => return html,
            Err(error) => error.to_string(),
        },
        Err(error) => error.to_string(),
    };
    let failure = Failure::new(FailureKind::Internal).with("reference", reason);
    let [title, detail] = [failure.title(Language::En), failure.detail(Language::En)].map(|text| escape(&text));
    format!("<section class=\"panel\"><div class=\"body\" role=\"alert\"><h3>{title}</h3><p>{detail}</p></div></section>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::wording::codes;

    #[test]
    fn every_template_compiles_and_none_switches_escaping_off() {
        if let Err(error) = registry() {
            panic!("{error}");
        }
        for (name, source) in TEMPLATES {
            assert!(!source.contains("{{{") && !source.contains("{{&"), "{name}");
            assert!(!source.contains("style=") && !source.contains("<script"), "{name} must stand under a strict policy");
        }
    }

    #[test]
    fn every_text_of_a_template_is_in_every_catalogue() {
        for language in Language::ALL {
            for (name, source) in TEMPLATES {
                for code in source.split("say \"").skip(1).filter_map(|rest| rest.split('"').next()) {
                    assert!(codes(*language).any(|known| known == code), "{name} says {code}");
                }
            }
        }
    }

    #[test]
    fn a_view_that_fails_says_so() {
        let html = html("no such view", &());
        assert!(html.contains("role=\"alert\"") && html.contains("no such view"), "{html}");
    }
}
