//! The vocabulary: which types are maps, which stand around them, and what their methods do to keys.

mod guards;

pub(crate) use guards::{Grip, gives_guard, grip, locks};

/// Types that stand around a map, all of whose contents they are.
const WRAPPERS: [&str; 58] = [
    "&",
    "[]",
    "Arc",
    "Rc",
    "Box",
    "Weak",
    "Option",
    "Result",
    "Cow",
    "Pin",
    "ManuallyDrop",
    "Vec",
    "VecDeque",
    "SmallVec",
    "ArrayVec",
    "RefCell",
    "Cell",
    "UnsafeCell",
    "Mutex",
    "RwLock",
    "ReentrantMutex",
    "FairMutex",
    "FairRwLock",
    "SpinMutex",
    "OnceLock",
    "OnceCell",
    "Once",
    "LazyLock",
    "LazyCell",
    "Lazy",
    "AtomicRefCell",
    "ArcSwap",
    "ArcSwapOption",
    "ArcSwapAny",
    "CachePadded",
    "ThreadLocal",
    "LocalKey",
    "MutexGuard",
    "OwnedMutexGuard",
    "MappedMutexGuard",
    "RwLockReadGuard",
    "RwLockWriteGuard",
    "RwLockUpgradableReadGuard",
    "OwnedRwLockWriteGuard",
    "OwnedRwLockReadGuard",
    "MappedRwLockWriteGuard",
    "MappedRwLockReadGuard",
    "ArcMutexGuard",
    "Ref",
    "RefMut",
    "RefMulti",
    "RefMutMulti",
    "State",
    "Extension",
    "Data",
    "Guard",
    "AsyncMutex",
    "AsyncRwLock",
];

/// Of these the first argument is what they contain; of others the last.
const FIRST: [&str; 4] = ["Result", "LazyLock", "Lazy", "LazyCell"];

/// Those through which several may put in and take out at the same time.
const SHARING: [&str; 19] = [
    "Mutex",
    "RwLock",
    "ReentrantMutex",
    "FairMutex",
    "FairRwLock",
    "SpinMutex",
    "OnceLock",
    "LazyLock",
    "Lazy",
    "ArcSwap",
    "ArcSwapOption",
    "ArcSwapAny",
    "AtomicRefCell",
    "ThreadLocal",
    "LocalKey",
    "State",
    "Data",
    "AsyncMutex",
    "AsyncRwLock",
];

pub(crate) fn is_wrapper(name: &str) -> bool {
    WRAPPERS.contains(&name) || is_named_lock(name) || name.ends_with("Guard")
}

/// By its name, whoever made it: `TracedMutex`, `ShardedLock`.
pub(crate) fn is_named_lock(name: &str) -> bool {
    let ends = ["Mutex", "RwLock", "ShardedLock", "SpinLock"];
    ends.iter().any(|end| name.ends_with(end))
}

pub(crate) fn contains_first(name: &str) -> bool {
    FIRST.contains(&name)
}

pub(crate) fn is_lock(name: &str) -> bool {
    SHARING.contains(&name) || is_named_lock(name)
}

/// What is shared by cloning it, or borrowed: another name for the same map.
pub(crate) fn is_handle(name: &str) -> bool {
    matches!(name, "Arc" | "Rc" | "Weak" | "&")
}

/// Locks and cells whose method gives what they contain.
pub(crate) fn opens(method: &str) -> bool {
    matches!(
        method,
        "lock"
            | "read"
            | "write"
            | "try_lock"
            | "try_read"
            | "try_write"
            | "borrow"
            | "borrow_mut"
            | "try_borrow"
            | "try_borrow_mut"
            | "blocking_lock"
            | "blocking_read"
            | "blocking_write"
            | "lock_arc"
            | "lock_owned"
            | "read_owned"
            | "write_owned"
            | "read_arc"
            | "write_arc"
            | "upgradable_read"
            | "read_recursive"
            | "lock_sync"
            | "load"
            | "load_full"
            | "try_lock_for"
            | "try_read_for"
            | "try_write_for"
            | "with_borrow"
            | "with_borrow_mut"
            | "lock_blocking"
    )
}

/// Methods after which it is still the same map.
pub(crate) fn passes(method: &str, arguments: usize) -> bool {
    match method {
        "unwrap" | "expect" | "unwrap_or_else" | "ok" | "?" | "as_ref" | "as_mut" | "as_deref"
        | "as_deref_mut" | "deref" | "deref_mut" | "by_ref" | "upgrade" | "downgrade" | "pin"
        | "guard" | "owned_guard" | "pin_owned" | "to_mut" | "get_ref" | "get_or_init"
        | "get_or_try_init" | "force" | "with" | "map" | "and_then" | "map_err" | "ok_or"
        | "ok_or_else" | "is_some_and" | "is_none_or" | "iter_mut_inner" | "as_slice" | "inner"
        | "inner_mut" | "context" | "with_context" | "expect_err" | "inspect" | "timeout"
        | "instrument" | "boxed" => true,
        "get" | "get_mut" | "make_mut" | "as_inner" => arguments == 0,
        _ => opens(method),
    }
}

/// What a type is to this analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MapKind {
    /// Keys with values, in a table.
    Map,
    Set,
    /// In nodes: what is cleared is freed.
    Tree,
    TreeSet,
    /// It hands out its keys.
    Slab,
    /// Maps that many may use at once.
    SharedMap,
    SharedSet,
    /// The same, and what they give out keeps a part of them locked.
    LockedMap,
    LockedSet,
}

impl MapKind {
    /// Several may put in at the same time, without a lock around it.
    pub(crate) fn is_shared(self) -> bool {
        matches!(
            self,
            Self::SharedMap | Self::SharedSet | Self::LockedMap | Self::LockedSet
        )
    }

    pub(crate) fn is_locked(self) -> bool {
        matches!(self, Self::LockedMap | Self::LockedSet)
    }

    pub(crate) fn is_set(self) -> bool {
        matches!(
            self,
            Self::Set | Self::TreeSet | Self::SharedSet | Self::LockedSet
        )
    }

    /// Its first type is what its keys are, and its second one what they stand for.
    pub(crate) fn has_values(self) -> bool {
        !self.is_set() && self != Self::Slab
    }
}

/// By the name of a type that the workspace does not define. Caches with a limit of their own are none.
pub(crate) fn map_kind(name: &str, path: &[String]) -> Option<MapKind> {
    let concurrent = path
        .iter()
        .any(|of| of == "papaya" || of == "scc" || of == "flurry" || of == "sync");
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    Some(match name {
        "Slab" | "SlotMap" | "HopSlotMap" | "DenseSlotMap" => MapKind::Slab,
        "HashIndex" | "TreeIndex" | "HashCache" => MapKind::SharedMap,
        _ if ends(&["DashMap"]) => MapKind::LockedMap,
        _ if ends(&["DashSet"]) => MapKind::LockedSet,
        _ if ends(&["SkipMap", "ConcurrentHashMap", "ConcurrentMap"]) => MapKind::SharedMap,
        _ if ends(&["SkipSet", "ConcurrentHashSet"]) => MapKind::SharedSet,
        _ if ends(&["HashMap", "IndexMap", "IntMap", "LinkedHashMap"]) => match concurrent {
            true => MapKind::SharedMap,
            false => MapKind::Map,
        },
        _ if ends(&["HashSet", "IndexSet", "IntSet", "LinkedHashSet"]) => match concurrent {
            true => MapKind::SharedSet,
            false => MapKind::Set,
        },
        _ if ends(&["BTreeMap", "OrdMap"]) => MapKind::Tree,
        _ if ends(&["BTreeSet", "OrdSet"]) => MapKind::TreeSet,
        _ => return None,
    })
}

/// Methods of collections other than maps that take something out of them.
pub(crate) fn takes_out(method: &str) -> bool {
    matches!(
        method,
        "remove"
            | "retain"
            | "retain_mut"
            | "pop"
            | "pop_front"
            | "pop_back"
            | "swap_remove"
            | "swap_remove_back"
            | "drain"
            | "clear"
            | "truncate"
            | "split_off"
            | "extract_if"
    )
}

/// And those that put something in.
pub(crate) fn puts_in(method: &str) -> bool {
    matches!(
        method,
        "push" | "push_back" | "push_front" | "insert" | "extend"
    )
}

/// A map that goes with what it is a part of.
pub(crate) const WITH_OWNER: &str = "replaced";

/// A key that goes, not all of them.
pub(crate) fn removes_key(method: &str) -> bool {
    method.contains("remove") && !method.contains("_if")
        || matches!(method, "swap_take" | "shift_take" | "try_remove" | "delete")
}

/// What a method does to the keys of the map it is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Inserts,
    Removes,
    /// One entry's place, to be filled or not.
    Entry,
    /// The same, of one that is there: what is in it may be taken out.
    Occupied,
    /// The value of one entry.
    Value,
    /// All entries, one after the other.
    Iterates,
    IteratesValues,
    IteratesKeys,
    /// The same with no key left in the map.
    Consumes,
    /// Another map with the same entries.
    Copies,
    /// How many there are.
    Counts,
}

/// On a map of any kind.
pub(crate) fn effect(method: &str, arguments: usize) -> Option<Effect> {
    use Effect::*;
    Some(match method {
        "insert"
        | "extend"
        | "try_insert"
        | "insert_full"
        | "insert_sorted"
        | "insert_async"
        | "insert_sync"
        | "insert_entry"
        | "insert_with"
        | "insert_with_key"
        | "upsert"
        | "upsert_sync"
        | "upsert_async"
        | "get_or_insert"
        | "get_or_insert_with"
        | "get_or_insert_default"
        | "insert_unique_unchecked"
        | "vacant_entry"
        | "append"
        | "par_extend"
        | "extend_from_slice"
        | "|="
        | "insert_before"
        | "shift_insert"
        | "replace_entry"
        | "try_insert_async"
        | "update_or_insert"
        | "update_or_insert_with"
        | "insert_mut"
        | "insert_many" => Inserts,
        "replace" if arguments == 1 => Inserts,
        "remove" | "remove_entry" | "remove_full" | "swap_remove" | "swap_remove_entry"
        | "swap_remove_full" | "swap_remove_index" | "shift_remove" | "shift_remove_entry"
        | "shift_remove_full" | "shift_remove_index" | "swap_take" | "shift_take" | "retain"
        | "retain_mut" | "retain2" | "retain_sync" | "retain_async" | "extract_if" | "drain"
        | "drain_filter" | "clear" | "split_off" | "pop" | "pop_first" | "pop_last"
        | "pop_front" | "pop_back" | "take" | "try_remove" | "remove_if" | "remove_if_mut"
        | "remove_if_sync" | "remove_if_async" | "remove_sync" | "remove_async" | "remove_many"
        | "try_retain" | "clear_sync" | "clear_async" | "truncate" | "store" | "swap" | "rcu"
        | "compare_and_swap" | "-=" | "without" | "delete" | "remove_min" | "remove_max"
        | "clone_from" | "reset_maps" | "replace_all" | "try_unwrap" | "get_or_remove"
        | "any_async" | "remove_mut" | "prune" | "reset" | "into_inner" => Removes,
        "into_iter" | "into_keys" | "into_values" | "into_par_iter" | "into_boxed_slice"
        | "into_entries" => Consumes,
        "entry" | "entry_ref" | "raw_entry_mut" | "rustc_entry" | "entry_async" | "entry_sync"
        | "try_entry" | "from_key" => Entry,
        "first_entry" | "last_entry" | "get_entry" | "get_index_entry" | "find_entry"
        | "get_async" | "get_sync" => Occupied,
        "get" | "get_mut" | "get_or_panic" | "peek" | "peek_mut" | "try_get" | "try_get_mut"
        | "view" | "get_unchecked_mut" | "index" | "index_mut" => Value,
        "iter" | "iter_mut" | "par_iter" | "par_iter_mut" | "range" | "range_mut"
        | "get_key_value" | "first_key_value" | "last_key_value" | "first" | "last"
        | "get_full" | "get_full_mut" | "get_index" | "get_index_mut" => Iterates,
        "values" | "values_mut" => IteratesValues,
        "keys" => IteratesKeys,
        "clone" | "to_owned" | "cloned" | "snapshot" | "read_only" => Copies,
        "len" | "count" => Counts,
        _ => return None,
    })
}

/// On an entry's place.
pub(crate) fn entry_effect(method: &str) -> Option<Effect> {
    Some(match method {
        "or_insert"
        | "or_insert_with"
        | "or_insert_with_key"
        | "or_default"
        | "or_try_insert_with"
        | "insert"
        | "insert_entry"
        | "or_insert_entry"
        | "or_insert_with_async"
        | "put_entry"
        | "get_or_insert_with" => Effect::Inserts,
        "remove"
        | "remove_entry"
        | "swap_remove"
        | "swap_remove_entry"
        | "shift_remove"
        | "shift_remove_entry"
        | "replace_entry_with"
        | "and_replace_entry_with"
        | "replace_entry" => Effect::Removes,
        "get" | "get_mut" | "into_mut" | "into_ref" => Effect::Value,
        _ => return None,
    })
}

/// Functions that let a map be as it is, or of which what they do to it is known.
pub(crate) fn is_harmless(function: &str) -> bool {
    matches!(
        function,
        "drop"
            | "Some"
            | "Ok"
            | "Err"
            | "from"
            | "into"
            | "ptr_eq"
            | "strong_count"
            | "downgrade"
            | "size_of_val"
            | "to_string"
            | "to_vec"
            | "to_value"
            | "to_writer"
            | "black_box"
            | "ready"
            | "forget"
            | "min"
            | "max"
    )
}

/// A method of this name, of elsewhere, keeps what it is given.
pub(crate) fn keeps(method: &str) -> bool {
    let starts = [
        "insert", "manage", "put", "set", "add", "register", "with_", "provide", "init",
    ];
    let is_any = matches!(method, "insert" | "set" | "add" | "put");
    !is_any && starts.iter().any(|start| method.starts_with(start))
        || matches!(
            method,
            "data" | "app_data" | "layer" | "state" | "mount" | "get_or_init"
        )
}

/// Of elsewhere, without anything of these sources in it.
pub(crate) fn is_plain(ty: &str) -> bool {
    matches!(
        ty,
        "String"
            | "PathBuf"
            | "Duration"
            | "Instant"
            | "Regex"
            | "File"
            | "OpenOptions"
            | "Command"
    )
}

/// A collection that loses what it has by itself: tasks that are done, what was not asked for lately.
pub(crate) fn sheds(ty: &str) -> bool {
    matches!(
        ty,
        "FuturesUnordered"
            | "FuturesOrdered"
            | "JoinSet"
            | "JoinMap"
            | "SelectAll"
            | "StreamMap"
            | "StreamUnordered"
            | "LruCache"
            | "LruMap"
            | "TtlCache"
            | "TimedCache"
            | "SizedCache"
            | "Cache"
    )
}

/// A function of this name sets something up, by those who own it alone.
pub(crate) fn sets_up(function: &str) -> bool {
    let starts = [
        "with_",
        "define",
        "declare",
        "set_",
        "configure",
        "install",
        "add_route",
        "setup",
        "init",
        "new",
        "from_",
        "load",
    ];
    starts.iter().any(|start| function.starts_with(start))
        || function.contains("register")
        || matches!(
            function,
            "route" | "layer" | "plugin" | "default" | "build" | "bind"
        )
}
