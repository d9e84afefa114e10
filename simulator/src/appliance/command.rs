//! `/api/command`: keys, who is logged in, teams, the end of a session, what the API account may do, and the appliance's health.

use super::{
    APPLIANCE_ID, State, World, keys, sessions, shown, token,
    xml::{Api::Command, Xml, document, error, success},
};
use crate::{escape, iso};
use axum::{
    extract::{Form, Query, State as Shared},
    http::HeaderMap,
    response::Response,
};
use std::{collections::HashMap, sync::Arc};

type Fields = HashMap<String, String>;

pub(super) async fn by_query(world: Shared<Arc<World>>, headers: HeaderMap, Query(form): Query<Fields>) -> Response {
    answer(&world, &headers, &form)
}

pub(super) async fn by_form(world: Shared<Arc<World>>, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    answer(&world, &headers, &form)
}

fn answer(world: &World, headers: &HeaderMap, form: &Fields) -> Response {
    let mut state = world.state();
    if let Err(refusal) = token::check(&state, headers) {
        return *refusal;
    }
    if !state.settings.is_on("xml_api_enabled") {
        return error(&state, Command, "The XML API is not enabled.");
    }
    let action = form.get("action").map(String::as_str).unwrap_or_default();
    let permitted = match (action, state.permission("perm_command")) {
        // Any account may ask what it may do.
        ("get_api_info", _) | (_, "full_access") => true,
        ("get_logged_in_reps" | "get_support_teams" | "check_health", level) => level == "read_only",
        _ => false,
    };
    if !permitted {
        return error(&state, Command, "The API account does not have permission to use this command.");
    }
    match action {
        "generate_session_key" => match keys::generate(&mut state, &world.origin, form) {
            Ok(made) => document(&state, Command, "session_key", |xml| state.keys[made].write(xml)),
            Err(text) => error(&state, Command, text),
        },
        "get_logged_in_reps" => document(&state, Command, "logged_in_reps", |xml| representatives(&state, &world.origin, xml)),
        "get_support_teams" => document(&state, Command, "support_teams", |xml| teams(&state, form.contains_key("showmembers"), xml)),
        "get_api_info" => document(&state, Command, "api_information", |xml| api_info(&state, xml)),
        "terminate_session" => {
            let now = state.now();
            match sessions::end(&mut state, form.get("lsid").map(String::as_str).unwrap_or_default(), now) {
                Ok(()) => {
                    world.wake.notify_one();
                    success(&state, Command, "Successfully terminated")
                }
                // Its wording is not documented.
                Err(text) => error(&state, Command, &text),
            }
        }
        "check_health" => document(&state, Command, "health_check", health),
        _ => error(&state, Command, "Invalid action"),
    }
}

/// A representative who is logged out is simply not there; nobody's username is.
fn representatives(state: &State, origin: &str, xml: &mut Xml) {
    for (id, one) in &state.people.representatives {
        let Some(since) = one.logged_in_since else { continue };
        let id = id.to_string();
        let name: String = url::form_urlencoded::byte_serialize(one.public.as_bytes()).collect();
        let link = format!("<a href=\"{origin}/?id={id}&amp;name={name}\">{}</a>", escape(&one.public));
        xml.within("rep", &[("id", &id)], |xml| {
            xml.leaf("display_name", &one.display);
            xml.leaf("public_display_name", &one.public);
            xml.leaf("private_display_name", &one.private);
            xml.leaf("type", &one.kind);
            xml.leaf("direct_link", &link);
            xml.leaf("logged_in_since", &iso(since));
            xml.leaf("presentation_count", "0");
            xml.leaf("support_session_count", &shown::sessions_of(state, &id).to_string());
            xml.leaf("showing_on_rep_list", if one.kind == "Normal" { "1" } else { "0" });
        });
    }
}

fn teams(state: &State, with_members: bool, xml: &mut Xml) {
    for (id, team) in &state.people.teams {
        xml.within("support_team", &[("id", &id.to_string())], |xml| {
            xml.leaf("name", &team.name);
            if with_members {
                xml.within("members", &[], |xml| {
                    for (id, one) in team.members.iter().filter_map(|id| Some((id, state.people.representatives.get(id)?))) {
                        xml.tagged("representative", &[("id", &id.to_string())], &one.private);
                    }
                });
            }
            xml.within("issues", &[], |xml| {
                for (id, code, title) in &team.issues {
                    xml.tagged("issue", &[("id", &id.to_string()), ("code_name", code)], title);
                }
            });
        });
    }
}

fn api_info(state: &State, xml: &mut Xml) {
    xml.leaf("api_version", "1.25.0");
    xml.leaf("timestamp", &state.now().to_string());
    xml.within("permissions", &[], |xml| {
        for (name, value) in state.settings.get("permissions").as_object().into_iter().flatten() {
            xml.tagged("permission", &[("name", name)], value.as_str().unwrap_or_default());
        }
    });
}

fn health(xml: &mut Xml) {
    xml.empty("appliance", &[("id", APPLIANCE_ID)]);
    xml.leaf("version", "25.1.1 (41200-0000000000)");
    xml.leaf("success", "1");
    xml.leaf("failover_role", "none");
}
