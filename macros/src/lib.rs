//! The attribute macro of `mapkeeper`; use it as `mapkeeper::tracked`.
//!
//! The macro parses and names, the type system decides what a map is, and the runtime does the work: nothing in here
//! looks into a field's type. One direction: `attr` → `model` → `check` → `expand`, or `fallback` if anything was wrong.

#![forbid(unsafe_code)]

use proc_macro::TokenStream;

mod attr;
mod check;
mod ctxt;
mod duration;
mod expand;
mod fallback;
mod model;
mod spans;
mod suggest;
mod tracked;

/// Tracks maps: each field of a struct or an enum under `#[map]` becomes the tracked map of the same kind, and so does a
/// static or a type alias.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::{Arc, RwLock};
///
/// use mapkeeper::RemovalCause;
///
/// #[mapkeeper::tracked]
/// #[derive(Debug, Default)]
/// struct OrderService {
///     #[map(on_remove = release_stock, residue = deny, max_age = "15m")]
///     orders: HashMap<u64, Option<String>>,
///     #[map(follows = orders)]
///     timers: Arc<RwLock<HashMap<u64, u32>>>,
///     region: String,
/// }
///
/// fn release_stock(id: &u64, _order: &Option<String>, cause: RemovalCause) {
///     println!("order {id} is gone: {cause:?}");
/// }
///
/// let mut service = OrderService::default();
/// service.orders.insert(1, Some("a book".to_owned()));
/// service.orders.remove(&1);
/// ```
///
/// Everything else about the struct stays: its documentation, visibility, generics and `#[cfg]`s. Only the constructor
/// changes, to one of `Default::default()`, `HashMap::new().into()` or `mapkeeper::HashMap::new()`.
///
/// # Structs and enums
/// With named fields, tuples, generics (types, lifetimes, constants, `where` clauses), also inside functions and in
/// `macro_rules!`. Packed structs, unions and everything else are refused. The map of a variant is named
/// `Enum::Variant.field`, and `follows` and `subset_of` name fields of the same variant.
///
/// ```
/// use std::collections::HashMap;
///
/// #[mapkeeper::tracked]
/// enum Connection {
///     Closed,
///     Open {
///         #[map(max_len = 100)]
///         pending: HashMap<u64, String>,
///     },
/// }
///
/// let open = Connection::Open { pending: HashMap::new().into() };
/// ```
///
/// **Put `#[tracked]` in front of `#[derive(…)]`**: a derive sees the struct as the attributes above it left it. One that
/// only calls methods of the fields (`Debug`, `Clone`, `Default`, `PartialEq`) also works in front; one that names the
/// types of the fields (serde's `Deserialize`) then reports mismatched types.
///
/// # Statics and type aliases
/// Such an item is itself the map, so the keys of `#[map(…)]` stand in `#[tracked(…)]`; `follows` and `subset_of` need a
/// struct. Reports call it by its own name. All maps made through an alias are instances of its one site: in locals,
/// signatures, fields and `thread_local!`.
///
/// ```
/// use std::cell::RefCell;
/// use std::collections::HashMap;
/// use std::sync::{LazyLock, RwLock};
///
/// #[mapkeeper::tracked(max_len = 10_000)]
/// static SESSIONS: LazyLock<RwLock<HashMap<u64, String>>> = LazyLock::new(Default::default);
///
/// #[mapkeeper::tracked(residue = deny, max_age = "15m")]
/// type Orders = HashMap<u64, Option<String>>;
///
/// thread_local! {
///     static ORDERS: RefCell<Orders> = RefCell::new(Orders::new());
/// }
///
/// fn cancel(orders: &mut Orders, id: u64) {
///     orders.remove(&id);
/// }
///
/// SESSIONS.write().unwrap().insert(7, "ada".to_owned());
/// ORDERS.with_borrow_mut(|orders| cancel(orders, 7));
/// ```
///
/// # What may be around a map
/// `Arc`, `Rc`, `Box`, `Option`, std's locks and cells, and those of other crates by feature, in any depth: [`MapType`] lists
/// them. Several maps in one place (`Vec<RwLock<HashMap<…>>>`, arrays) are instances of one site. Where the values are maps
/// themselves, an empty one is residue of the outer map; with `deep` they have a site of their own:
///
/// ```
/// use std::collections::HashMap;
///
/// #[mapkeeper::tracked]
/// #[derive(Default)]
/// struct Rooms {
///     #[map(deep(max_len = 1_000))]
///     members: HashMap<String, HashMap<u64, String>>,
/// }
///
/// let mut rooms = Rooms::default();
/// rooms.members.entry("lobby".to_owned()).or_default().insert(7, "ada".to_owned());
/// ```
///
/// [`MapType`]: https://docs.rs/mapkeeper/latest/mapkeeper/trait.MapType.html
///
/// # Options of `#[tracked(…)]`
/// | option | meaning |
/// |---|---|
/// | `crate = path` | where `mapkeeper` is found, if it was renamed or is re-exported; without it `::mapkeeper` |
/// | `check_on_drop` | when a value of this struct or enum goes, its maps are checked as by `check_maps`; strict panics with what does not hold. It gets a `Drop` of its own, so fields cannot be moved out of it |
/// | the keys of `#[map(…)]` | on a static or a type alias |
///
/// # Keys of `#[map(…)]`
/// All are optional; `#[map]` alone tracks the map and declares nothing.
///
/// | key | meaning |
/// |---|---|
/// | `on_remove = path` | a `fn(&K, &V, RemovalCause)` that runs once for each entry that leaves the map; of a set a `fn(&T, RemovalCause)` |
/// | `hooks = Type` | the same with state: a `RemovalHook<K, V> + Default` that is kept in the map, of a set an `ElementHook<T> + Default`; not together with `on_remove` |
/// | `guard = path` | a `fn(&K, &V) -> Result<(), impl Display>` that may veto a removal, of a set a `fn(&T) -> …`; the map then has `try_remove` and no `remove` |
/// | `residue = allow` | vacant values (`None`, empty, a dead handle) are normal here |
/// | `residue = deny` | a vacant value is a breach; without `residue` it is reported |
/// | `residue = path` | a `fn(&V) -> bool` that tells whether a value is vacant; such values are reported |
/// | `max_len = 10_000` | never more entries than this |
/// | `max_age = "15m"` | no entry older than this; whole numbers with `d`, `h`, `m`, `s`, `ms`, longest first: `"1h30m"` |
/// | `empty_on_drop` | the map is empty when it is dropped |
/// | `growth = allow` | it is meant to grow for ever: not a suspect for growing |
/// | `follows = field` | entries live only while those of that other `#[map]` field do; tuple fields by index; `check_maps` and `check_on_drop` look |
/// | `subset_of = field` | every key is a key of that other `#[map]` field; `check_maps` and `check_on_drop` look |
/// | `watch` | in observe, a sampled value that leaves is watched also if the map was its only owner, as in strict: who took it may keep it. While it is (it is dropped, or 64 others are), `Arc::get_mut` fails on it. For values that are an `Arc` or `Rc` |
/// | `show_keys` | keys may appear in reports and in the flight recorder (needs `K: Debug`); without it they are redacted |
/// | `deep` | the values are maps and tracked as well: instances of one site, `Struct.field.*`; `deep(max_age = "1h", …)` declares what holds for them |
/// | `name = "…"` | the name in reports, instead of `Struct.field`, `Enum::Variant.field` or the item's own |
///
/// What a function's or a type's signature is found to be is reported at its path in the attribute.
///
/// # What is generated
/// For each map a hidden marker type with its `Keeper`, and a site that is known at link time; for a struct or an enum
/// an impl of `TrackedMaps`, which also finds the maps of tracked values in other fields. Two consequences of the field's
/// new type, `<F as MapType>::With<Marker>`: the item is invariant in the parameters that occur in its maps, and an
/// `#[map]` inside `cfg_attr` is refused, because it is resolved too late.
///
/// # Errors
/// All mistakes are reported at once, each at the token at fault, and the item still exists beside them.
#[proc_macro_attribute]
pub fn tracked(options: TokenStream, item: TokenStream) -> TokenStream {
    tracked::tracked(options.into(), item.into()).into()
}
