//! Every state of the asset's panel as HTML, and what leads from one to the next.

use super::State;
use crate::{
    api::{AssetSummary, Launch, LaunchOptions, TicketSummary},
    rules::{
        failure::FailureKind,
        wording::Message,
        words::{AssetId, TicketId},
    },
    views::panel::{
        Misaddressed, Panel as _,
        played::{HOSTILE, NOON, Played, frame, me, posted, short},
    },
};
use serde_json::json;

fn ticket(id: u32) -> TicketSummary {
    TicketSummary { id: TicketId::new(id).unwrap(), summary: "Outlook does not receive mail".to_owned(), user_name: None, email: None }
}

fn options(tag: &str, tickets: &[u32]) -> LaunchOptions {
    let owner = ["Batley Refreshments", "Connor Blake"].map(str::to_owned).to_vec();
    LaunchOptions {
        asset: AssetSummary {
            id: AssetId::new(5120).unwrap(),
            tag: tag.to_owned(),
            name: Some("LT-0148".to_owned()),
            kind: Some("Laptop".to_owned()),
            owner,
        },
        tickets: tickets.iter().copied().map(ticket).collect(),
        warnings: Vec::new(),
        launches: Vec::new(),
    }
}

fn panel(options: &LaunchOptions) -> Played<State> {
    let mut panel = Played::new(State::new(AssetId::new(5120).unwrap(), frame("5120")));
    panel.does("start", "");
    assert_eq!(short(&panel.answers("me", &me(false))), ["GET launches?asset=5120"]);
    panel.answers("options", options);
    panel
}

#[test]
fn invites_19_one_open_ticket_is_chosen_and_the_device_opens() {
    let mut panel = panel(&options("BR LT/0148 #2", &[1161]));
    insta::assert_snapshot!("ready", panel.html());
    assert_eq!(posted(&panel.does("launch", "")).0, json!({"asset": 5120, "ticket": 1161}));
    assert_eq!(panel.does("launch", ""), [], "one at a time");
    let url = "https://support.example.com/api/client_script?type=rep&search_string=BR%20LT%2F0148%20%232";
    let launch = Launch {
        id: "7K3M9QX2DH".to_owned(),
        url: Some(url.to_owned()),
        ticket: TicketId::new(1161),
        by: "Priya Nair".to_owned(),
        at: NOON,
    };
    assert_eq!(short(&panel.answers("launch", &launch)), [format!("visit {url}"), "focus rs-done".to_owned()]);
    insta::assert_snapshot!("launched", panel.html());
    panel.does("ticket", "");
    assert!(!panel.html().contains("rs-launched"), "another choice is another link");
    assert_eq!(posted(&panel.does("launch", "")).0["ticket"], json!(null));
    panel.fails("launch", FailureKind::HaloTimeout);
    insta::assert_snapshot!("failed", panel.html());
    assert_eq!(short(&panel.does("retry", "")), ["POST launches"]);
}

#[test]
fn invites_19_several_tickets_leave_the_choice_and_a_doubtful_tag_is_said() {
    let mut two = options(HOSTILE, &[1161, 1162]);
    two.warnings.push(Message::new("disposition.noTechnicianAtAll"));
    let panel = panel(&two);
    assert_eq!(panel.state.ticket, None);
    let html = panel.html();
    assert!(!html.contains("<img") && html.contains("cast warn"), "{html}");
}

#[test]
fn invites_19_without_a_tag_or_an_id_there_is_a_message_and_no_link() {
    let empty = panel(&options(" ", &[1161]));
    assert!(!empty.html().contains("rs-launch"));
    for (text, expected) in [
        ("", "The address of this page names no ticket, chat or asset."),
        ("$ID", "Halo did not fill in the variable $ID."),
        ("${ID}", "Halo did not fill in the variable ${ID}."),
        ("{$ID}", "Halo did not fill in the variable {$ID}."),
        ("5120x", "Halo has no asset 5120x."),
    ] {
        let mut panel = Played::new(Misaddressed::new("pinned", text, FailureKind::AssetUnknown, frame("")));
        panel.does("start", "");
        let html = panel.state.html();
        assert!(html.contains(expected) && !html.contains("rs-launch"), "{text}: {html}");
    }
}

#[test]
fn invites_19_an_asset_without_a_tag_says_what_helps_and_can_be_looked_at_again() {
    let mut without = options("", &[]);
    without.warnings = ["detail", "advice"].map(|part| Message::new(&format!("failure.search_empty.{part}"))).to_vec();
    let mut panel = panel(&without);
    let html = panel.html();
    assert!(html.contains("has no tag") && html.contains("Fill in the asset tag in Halo") && !html.contains("rs-launch"), "{html}");
    assert_eq!(short(&panel.does("look", "")), ["GET launches?asset=5120"]);
    panel.answers("options", &options("LT-0148", &[]));
    assert!(panel.html().contains("rs-launch"));
}
