//! A map that tasks of several threads share: what is needed is taken out of a guard, which is gone before the next `.await`;
//! what belongs together is one step.
//!
//! ```text
//! cargo run -p mapkeeper-examples --bin shared_sessions
//! ```
#![forbid(unsafe_code)]

use std::{sync::Arc, time::Duration};

use mapkeeper::{RemovalCause, sync};
use tokio::{task::JoinSet, time::sleep};

const USERS: u64 = 200;

#[derive(Clone, Debug)]
struct Session {
    name: String,
    messages: u32,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Chat {
    #[map(on_remove = say_goodbye)]
    sessions: sync::HashMap<u64, Session>,
}

/// Runs while the entry's shard is locked: it must not call the map, and should be quick.
fn say_goodbye(_: &u64, session: &Session, cause: RemovalCause) {
    if session.messages == 0 {
        println!("{} said nothing ({})", session.name, cause.as_str());
    }
}

/// The name is copied out; nothing is locked while it is sent.
async fn greet(chat: &Chat, id: u64) {
    let name = chat.sessions.view(&id, |_, session| session.name.clone());
    if let Some(name) = name {
        send(&format!("welcome, {name}")).await;
    }
}

/// The guard lives for one statement.
async fn talk(chat: &Chat, id: u64, messages: u32) {
    for n in 0..messages {
        send(&format!("message {n}")).await;
        if let Some(mut session) = chat.sessions.get_mut(&id) {
            session.messages += 1;
        }
    }
}

async fn send(_: &str) {
    sleep(Duration::from_millis(1)).await;
}

#[tokio::main]
async fn main() {
    let chat = Arc::new(Chat::default());
    chat.sessions.insert_many((0..USERS).map(|id| {
        let name = format!("user {id}");
        (id, Session { name, messages: 0 })
    }));
    let mut tasks = JoinSet::new();
    for id in 0..USERS {
        let chat = Arc::clone(&chat);
        tasks.spawn(async move {
            greet(&chat, id).await;
            talk(&chat, id, id as u32 % 5).await;
        });
    }
    tasks.join_all().await;
    let said: u32 = chat.sessions.iter().map(|session| session.messages).sum();
    // All of them at once: nobody sees half of a room closed.
    let room: Vec<u64> = (0..USERS / 2).collect();
    let left = chat.sessions.remove_many(&room).len();
    println!(
        "{said} messages; {left} users left, {} are still here",
        chat.sessions.len()
    );
    print!("{}", mapkeeper::report());
}
