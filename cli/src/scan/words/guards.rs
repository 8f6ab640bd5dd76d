//! Of maps that lock their parts: which methods lock, and what becomes of the guards that they give.

/// How a method of a map that locks its parts does so: `true` if nobody else may look meanwhile.
pub(crate) fn locks(method: &str) -> Option<bool> {
    Some(match method {
        "insert" | "remove" | "remove_if" | "remove_if_mut" | "entry" | "try_entry" | "get_mut"
        | "iter_mut" | "alter" | "alter_all" | "clear" | "retain" | "shrink_to_fit" => true,
        "get" | "iter" | "contains_key" | "contains" | "len" | "is_empty" | "view" | "get_key" => {
            false
        }
        _ => return None,
    })
}

/// Those of which what they give out keeps it locked.
pub(crate) fn gives_guard(method: &str) -> bool {
    matches!(method, "get" | "get_mut" | "entry" | "iter" | "iter_mut")
}

/// What a method does to a guard, or to an `Option` or `Result` of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grip {
    /// What it gives is the guard still.
    Keeps,
    /// It takes the guard, which ends with it.
    Ends,
    /// It looks at it, as it may until the statement ends.
    Borrows,
}

pub(crate) fn grip(method: &str, is_iter: bool) -> Grip {
    match method {
        "unwrap" | "expect" | "?" | "ok_or" | "ok_or_else" | "unwrap_or_else" | "or_insert"
        | "or_insert_with" | "or_default" | "or_insert_with_key" | "or_try_insert_with"
        | "and_modify" | "insert_entry" | "downgrade" => Grip::Keeps,
        "map" | "filter" | "filter_map" | "enumerate" | "take" | "skip" | "take_while" | "rev"
        | "zip" | "chain" | "peekable" | "by_ref" | "flat_map" | "inspect" | "next"
            if is_iter =>
        {
            Grip::Keeps
        }
        "map" | "and_then" | "map_or" | "map_or_else" | "is_some_and" | "is_none_or"
        | "collect" | "for_each" | "count" | "any" | "all" | "find" | "find_map" | "filter_map"
        | "filter" | "fold" | "sum" | "unwrap_or" | "unwrap_or_default" | "max" | "min"
        | "max_by_key" | "min_by_key" | "remove" | "remove_entry" | "insert" | "replace_entry"
        | "into_key" | "try_map" | "copied" | "cloned" => Grip::Ends,
        _ => Grip::Borrows,
    }
}
