//! A tracked alias is one site, wherever its maps are made.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{BuildHasherDefault, DefaultHasher},
    rc::Rc,
    sync::{Arc, Mutex, RwLock},
};

use mapkeeper::RemovalCause;
use mapkeeper_tests::sites::{exits, figures, if_recorded, records, site};

thread_local! {
    static TOLD: Cell<u32> = const { Cell::new(0) };
}

fn tell(_: &u64, _: &Option<String>, _: RemovalCause) {
    TOLD.set(TOLD.get() + 1);
}

#[mapkeeper::tracked(on_remove = tell, max_len = 2, residue = allow, show_keys)]
type Orders = HashMap<u64, Option<String>>;

fn open(orders: &mut Orders, id: u64) -> &Orders {
    orders.insert(id, None);
    orders
}

#[test]
fn locals_signatures_fields_and_thread_locals_share_the_alias_s_site() {
    struct Shop {
        orders: Orders,
    }
    thread_local! {
        static OF_THREAD: RefCell<Orders> = RefCell::new(Orders::new());
    }
    let mut local = Orders::default();
    assert_eq!(open(&mut local, 1).len(), 1);
    let mut shop = Shop {
        orders: HashMap::new().into(),
    };
    shop.orders.insert(2, None);
    OF_THREAD.with_borrow_mut(|orders| orders.insert(3, None));

    assert_eq!(site("Orders").len, if_recorded(3));
    assert_eq!(figures(&local)[0].site.name(), "Orders");
    assert_eq!(site("Orders").max_len, Some(2));
    local.remove(&1);
    drop(shop);
    assert_eq!(TOLD.get(), 2);
    if records() {
        assert_eq!(
            exits("Orders"),
            [(RemovalCause::Removed, 1), (RemovalCause::MapDropped, 1)]
        );
    }
}

#[test]
fn a_generic_alias_is_generic_and_has_one_site() {
    type Fast = BuildHasherDefault<DefaultHasher>;

    #[mapkeeper::tracked]
    type Index<'a, V, S = Fast> = HashMap<&'a str, V, S>;

    fn count<V>(index: &Index<'_, V>) -> usize {
        index.len()
    }

    let name = String::from("one");
    let mut numbers: Index<u8> = Index::default();
    numbers.insert(&name, 1);
    let mut texts: Index<String> = HashMap::default().into();
    texts.insert(&name, name.clone());
    let mut inferred: Index<_, std::hash::RandomState> = Index::new();
    inferred.insert("two", [0; 4]);
    assert_eq!(count(&numbers) + count(&texts), 2);
    assert_eq!(site("Index").len, if_recorded(3));
}

#[test]
fn what_is_around_the_map_stays_around_it() {
    #[mapkeeper::tracked]
    type Sessions = Arc<RwLock<HashMap<u32, Option<Rc<str>>>>>;

    let sessions = Sessions::default();
    sessions.write().unwrap().insert(1, None);
    assert_eq!(Arc::clone(&sessions).read().unwrap().len(), 1);
    assert_eq!(figures(&sessions)[0].residue, 1);
    assert_eq!(site("Sessions").len, if_recorded(1));
}

/// The field's own site is nearer than the alias's.
#[test]
fn a_map_field_of_a_tracked_alias_is_the_field_s() {
    #[mapkeeper::tracked]
    type Anywhere = HashMap<u32, u32>;

    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Here {
        #[map]
        mine: Anywhere,
        alias_s: Mutex<Anywhere>,
    }

    let mut here = Here::default();
    here.mine.insert(1, 1);
    here.alias_s.get_mut().unwrap().extend([(1, 1), (2, 2)]);
    let seen: Vec<_> = figures(&here)
        .iter()
        .map(|map| (map.site.name(), map.len))
        .collect();
    assert_eq!(seen, [("Here.mine", 1), ("Anywhere", 2)]);
}
