//! Halo's live chats: what is read of them, and what an agent says in them.

mod shape;
mod vendors;

use serde_json::{Value, json};
use shape::assert_json;
use vendors::Vendors;

fn ids(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(|one| one["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn chats_are_found_by_their_ticket_and_say_who_takes_part() {
    let vendors = Vendors::open().await;
    let (token, _) = vendors.sign_in(42).await;
    let all = vendors.read(&token, "/api/Chat").await;
    assert_eq!((ids(&all["chats"]), &all["record_count"]), (vec![640, 641, 642, 643], &json!(4)));
    assert_eq!(ids(&vendors.read(&token, "/api/Chat?ticket_id=1161").await["chats"]), [641]);
    assert_eq!(ids(&vendors.read(&token, "/api/Chat?ignore_all_closed=true").await["chats"]), [640, 641, 643]);
    let chat = vendors.read(&token, "/api/Chat/640").await;
    assert_json(&chat, "halo/chat.json");
    assert_eq!((&chat["ticket_id"], &chat["participants"][0]["user_id"]), (&json!(0), &json!(207)));
    let anonymous = vendors.read(&token, "/api/Chat/643").await;
    assert_eq!(anonymous["participants"][0]["user_id"], 0, "nobody that Halo knows");
    assert_ne!(anonymous["participants"][0]["unknown_id"], "");
    assert_eq!(vendors.get(&token, "/api/Chat/999").send().await.unwrap().status(), 404);
    let ticket = vendors.read(&token, "/api/Tickets/1161").await;
    assert_eq!((&ticket["chat_id"], &ticket["chat_count"], &ticket["open_chat_count"]), (&json!(641), &json!(1), &json!(1)));
}

#[tokio::test]
async fn a_message_is_said_by_the_tokens_agent_whatever_the_body_says() {
    let vendors = Vendors::open().await;
    let (token, _) = vendors.sign_in(43).await;
    let message =
        json!([{"chat_id": 640, "text": "<p>Open <a href=\"https://x.example\">this</a>.</p>", "agent_id": 42, "display_name": "Nobody"}]);
    let answer = vendors.post(&token, "/api/ChatMessage", &message).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let stored: Value = answer.json().await.unwrap();
    assert_json(&stored, "halo/chat_message.json");
    assert_eq!((&stored["agent_id"], &stored["display_name"], &stored["text"]), (&json!(43), &json!("Ann Keller"), &message[0]["text"]));
    let chat = vendors.read(&token, "/api/Chat/640").await;
    let joined = chat["participants"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&joined["agent_id"], &joined["id"]), (&json!(43), &stored["sender_id"]), "who speaks takes part");
    assert_eq!((&chat["lastmessageid"], &chat["isassigned"]), (&stored["id"], &json!(true)));
    vendors.post(&token, "/api/ChatMessage", &json!([{"chat_id": 640, "text": "more"}])).send().await.unwrap();
    let (all, new) = (
        vendors.read(&token, "/api/ChatMessage?chat_id=640").await,
        vendors.read(&token, &format!("/api/ChatMessage?chat_id=640&last_id={}", stored["id"])).await,
    );
    assert_eq!((ids(&all), ids(&new)), (vec![1, 2, 3], vec![3]), "a bare array, the oldest first");
    let ledger = vendors.halo("ledger", None).await["chat_messages"].clone();
    assert_eq!((&ledger[0], ledger.as_array().unwrap().len()), (&stored, 2), "those that were posted");
}

#[tokio::test]
async fn a_chat_needs_its_own_scope() {
    let vendors = Vendors::open().await;
    let tickets = vendors.service_token().await;
    let chats = vendors.service_token_for("access:chat").await;
    let message = json!([{"chat_id": 640, "text": "x"}]);
    for (token, status) in [(tickets, 403), (chats, 200)] {
        for path in ["/api/Chat", "/api/Chat/640", "/api/ChatMessage?chat_id=640"] {
            assert_eq!(vendors.get(&token, path).send().await.unwrap().status(), status, "{path}");
        }
        assert_eq!(vendors.post(&token, "/api/ChatMessage", &message).send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn a_closed_chat_takes_messages_unless_it_refuses_them() {
    let vendors = Vendors::open().await;
    let (token, _) = vendors.sign_in(42).await;
    let say = async |chat: u32, text: &str| {
        let answer = vendors.post(&token, "/api/ChatMessage", &json!([{"chat_id": chat, "text": text}])).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(say(642, "late").await.0, 200);
    vendors.halo("settings", Some(json!({"closed_chat_refuses": true}))).await;
    let (status, text) = say(642, "later").await;
    assert!(status == 400 && text.ends_with('.'), "a sentence: {text}");
    assert_eq!((say(640, "open").await.0, say(640, " ").await.0, say(999, "x").await.0), (200, 400, 404));
    vendors.halo("chats/640", Some(json!({"isclosed": true, "ticket_id": 1162}))).await;
    assert_eq!(say(640, "closed meanwhile").await.0, 400);
    assert_eq!(vendors.read(&token, "/api/Tickets/1162").await["open_chat_count"], 0);
    let made = vendors.halo("chats/700", Some(json!({"name": "New"}))).await;
    assert_eq!((&made["participants"], &made["isclosed"]), (&json!([]), &json!(false)));
    assert_eq!(say(700, "first").await.0, 200);
    assert_eq!(vendors.halo("ledger", None).await["chat_messages"].as_array().unwrap().len(), 3);
}
