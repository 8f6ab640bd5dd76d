//! Which functions are called while the program does its work, as far as that shows in the sources.
//!
//! What only needs `&self`, waits, or answers to a trait of elsewhere is; and what such a function calls. What those who use
//! the crate call to put in what they have (`add_…`, `insert_…`) may be called before anything else, and never again.

use std::collections::HashSet;

use super::{
    facts::{Function, Receiver},
    places::Places,
    words,
    world::{FnId, World},
};

/// Traits of elsewhere whose methods make values, or change those of one's own.
const MAKING: [&str; 14] = [
    "Default",
    "Clone",
    "From",
    "Into",
    "TryFrom",
    "TryInto",
    "FromStr",
    "FromIterator",
    "Extend",
    "Deserialize",
    "Visitor",
    "Parse",
    "DerefMut",
    "IndexMut",
];

pub(crate) fn functions(
    world: &World<'_>,
    places: &Places,
    constructors: &HashSet<FnId>,
) -> HashSet<FnId> {
    let called: HashSet<FnId> = places.calls.iter().map(|call| call.callee).collect();
    let all = world.functions.iter().enumerate();
    let mut found: HashSet<FnId> = all
        .filter(|&(id, &(_, function))| {
            !constructors.contains(&id)
                && !words::sets_up(&function.name)
                && is_called_at_run_time(world, function, called.contains(&id))
        })
        .map(|(id, _)| id)
        .collect();
    let calls = places.calls.iter();
    let at_run_time = calls.filter(|call| call.at_run_time && !call.constructing);
    found.extend(at_run_time.map(|call| call.callee));
    loop {
        let calls = places.calls.iter();
        let more = calls.filter(|call| !call.constructing && found.contains(&call.caller));
        let more: Vec<FnId> = more
            .map(|call| call.callee)
            .filter(|id| !found.contains(id) && !constructors.contains(id))
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

fn puts_in(function: &str) -> bool {
    let starts = [
        "add_", "push_", "insert_", "extend_", "append_", "put_", "allow_", "deny_",
    ];
    let function = function.trim_start_matches('_');
    starts.iter().any(|start| function.starts_with(start))
}

fn is_called_at_run_time(world: &World<'_>, function: &Function, is_called: bool) -> bool {
    let is_for_users = function.is_pub && !is_called && puts_in(&function.name);
    if function.is_async {
        return !is_for_users;
    }
    match (&function.of_trait, &function.owner) {
        (Some(of), _) => !world.has_trait(of) && !MAKING.contains(&&**of),
        // A command, a handler of an event, whatever the program starts with.
        (None, None) => !is_called,
        // Others call it: again and again, unless it is to put in what it is given.
        (None, Some(_)) => match function.receiver {
            Some(Receiver::Ref) => is_called || !function.is_pub || !puts_in(&function.name),
            Some(Receiver::RefMut) => !is_called && !puts_in(&function.name),
            _ => false,
        },
    }
}
