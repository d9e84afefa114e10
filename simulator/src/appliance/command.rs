//! `/api/command`: keys, who is logged in, teams, and what the API account may do.

use super::{
    World, keys, token,
    xml::{document, element, error, escape, namespace},
};
use crate::{iso, now_ms};
use axum::{
    extract::{Form, Query, State as Shared},
    http::HeaderMap,
    response::Response,
};
use std::{collections::HashMap, fmt::Write as _, sync::Arc};

const API: &str = "command";
/// Made up: a session has to have begun some time.
const LOGGED_IN_FOR: i64 = 3600;

pub(super) async fn by_query(world: Shared<Arc<World>>, headers: HeaderMap, Query(form): Query<HashMap<String, String>>) -> Response {
    answer(&world, &headers, &form)
}

pub(super) async fn by_form(world: Shared<Arc<World>>, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Response {
    answer(&world, &headers, &form)
}

fn answer(world: &World, headers: &HeaderMap, form: &HashMap<String, String>) -> Response {
    let mut state = world.state();
    if !token::is_live(&state, headers) {
        return token::refused();
    }
    if state.settings["xml_api_enabled"] == false {
        return error(&state, API, "The XML API is not enabled.");
    }
    let level = state.permission("perm_command").to_owned();
    let namespace = namespace(&state, API);
    let action = form.get("action").map(String::as_str).unwrap_or_default();
    let known = ["get_api_info", "generate_session_key", "get_logged_in_reps", "get_support_teams", "check_health"].contains(&action);
    if !known {
        return error(&state, API, "Invalid action");
    }
    if action != "get_api_info" && (level == "deny" || (action == "generate_session_key" && level != "full_access")) {
        return error(&state, API, "The API account does not have permission to use this command.");
    }
    match action {
        "generate_session_key" => match keys::generate(&mut state, &world.origin, form) {
            Ok(content) => document("session_key", &namespace, &content),
            Err(text) => error(&state, API, &text),
        },
        "get_logged_in_reps" => {
            let content = state.representatives.iter().filter(|(_, one)| one.logged_in).fold(String::from("\n"), |mut xml, (id, one)| {
                let link = format!("<a href=\"{}/?id={id}&amp;name={}\">{}</a>", world.origin, one.public.replace(' ', "+"), one.public);
                let _ = writeln!(xml, "<rep id=\"{id}\">");
                xml += &element("display_name", &one.display);
                xml += &element("public_display_name", &one.public);
                xml += &element("private_display_name", &one.private);
                xml += &element("type", one.kind);
                xml += &element("direct_link", &link);
                xml += &element("logged_in_since", &iso(now_ms() / 1000 - LOGGED_IN_FOR));
                xml += &element("presentation_count", "0");
                xml += &element("support_session_count", &super::sessions::running(&state, *id).to_string());
                xml += &element("showing_on_rep_list", "1");
                xml + "</rep>\n"
            });
            document("logged_in_reps", &namespace, &content)
        }
        "get_support_teams" => {
            let content = state.teams.iter().fold(String::from("\n"), |xml, (id, name)| {
                xml + &format!("<support_team id=\"{id}\">\n{}<issues>\n</issues>\n</support_team>\n", element("name", name))
            });
            document("support_teams", &namespace, &content)
        }
        "check_health" => document(
            "health_check",
            &namespace,
            "\n<appliance id=\"3c4d5e6f708192a3b4c5d6e7f8091a2b\"/>\n<version>25.1.1</version>\n<success>1</success>\n<failover_role>none</failover_role>\n",
        ),
        _ => {
            let permissions = state.settings["permissions"].as_object().into_iter().flatten().fold(String::new(), |xml, (name, value)| {
                xml + &format!("<permission name=\"{}\">{}</permission>\n", escape(name), escape(value.as_str().unwrap_or_default()))
            });
            let time = now_ms() / 1000 + state.number("clock_skew_seconds");
            let content =
                format!("\n<api_version>1.25.0</api_version>\n<timestamp>{time}</timestamp>\n<permissions>\n{permissions}</permissions>\n");
            document("api_information", &namespace, &content)
        }
    }
}
