//! Trait objects beside maps and around them, behind locks or not.

use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    sync::{Arc, Mutex, RwLock},
};

use mapkeeper::{HasSites, Site, TrackedMaps};
use mapkeeper_tests::sites::figures;

trait Plugin {
    fn run(&mut self);
}

trait Keeping: TrackedMaps {}

trait Known: TrackedMaps {}

impl HasSites for dyn Known {
    fn each_site(_: &mut dyn FnMut(&'static Site)) {}
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Cache {
    #[map]
    pages: HashMap<u32, u32>,
}

impl Plugin for Cache {
    fn run(&mut self) {
        self.pages.insert(1, 1);
    }
}

impl Keeping for Cache {}
impl Known for Cache {}

#[mapkeeper::tracked]
struct Host {
    #[map]
    own: HashMap<u32, u32>,
    plugin: Arc<Mutex<dyn Plugin>>,
    plugins: Vec<Rc<RefCell<Box<dyn Plugin>>>>,
    boxed: Box<dyn Keeping>,
    unknown: Arc<Mutex<dyn Keeping>>,
    known: Arc<Mutex<dyn Known>>,
    any: Arc<RwLock<Box<dyn TrackedMaps + Send + Sync>>>,
}

#[test]
fn what_is_behind_a_dyn_is_looked_at_where_its_trait_says_that_there_are_maps() {
    let mut host = Host {
        own: HashMap::new().into(),
        plugin: Arc::new(Mutex::new(Cache::default())),
        plugins: vec![Rc::new(RefCell::new(Box::new(Cache::default())))],
        boxed: Box::new(Cache::default()),
        unknown: Arc::new(Mutex::new(Cache::default())),
        known: Arc::new(Mutex::new(Cache::default())),
        any: Arc::new(RwLock::new(Box::new(Cache::default()))),
    };
    host.plugin.lock().unwrap().run();
    host.plugins[0].borrow_mut().run();
    let seen = |host: &Host| {
        figures(host)
            .iter()
            .map(|map| map.site.name())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        seen(&host),
        ["Host.own", "Cache.pages", "Cache.pages", "Cache.pages"]
    );
    assert!(
        figures(&host).iter().all(|map| map.len == 0),
        "those that ran a plugin are not seen"
    );
    assert_eq!(host.reset_maps().maps.len(), 4);

    let unknown = Arc::clone(&host.unknown);
    let held = unknown.lock().unwrap();
    let known = Arc::clone(&host.known);
    let also_held = known.lock().unwrap();
    assert_eq!(seen(&host), ["Host.own", "Cache.pages", "Cache.pages"]);
    drop((held, also_held));
    assert!(host.check_maps().is_empty());
}
