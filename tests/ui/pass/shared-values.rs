//! Shared values of all kinds: what can be watched after it left needs `'static`, and what is not known to have it
//! compiles all the same.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

trait Named: Send + Sync {
    fn name(&self) -> &str;
}

impl Named for String {
    fn name(&self) -> &str {
        self
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Borrowing<'a> {
    #[map]
    texts: HashMap<u64, Arc<&'a str>>,
    #[map]
    dynamic: HashMap<u64, Arc<dyn Named + 'a>>,
    #[map]
    local: HashMap<u64, Option<Rc<&'a str>>>,
}

#[mapkeeper::tracked]
struct Shareable<T: Send + Sync, U>
where
    U: Send + Sync,
{
    #[map]
    shared: HashMap<u64, Arc<T>>,
    #[map]
    maybe: HashMap<u64, Option<Rc<U>>>,
}

#[mapkeeper::tracked]
struct Lasting<T: Send + Sync + 'static, U, const N: usize>
where
    U: Iterator<Item = T> + 'static,
{
    #[map]
    shared: HashMap<u64, Arc<T>>,
    #[map]
    projected: HashMap<u64, Rc<U::Item>>,
    #[map]
    array: HashMap<u64, Arc<[u8; N]>>,
    of: PhantomData<U>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Node {
    #[map]
    children: HashMap<u64, Arc<Node>>,
    #[map]
    parents: HashMap<u64, Option<Arc<Mutex<Self>>>>,
    #[map]
    callbacks: HashMap<u64, Arc<dyn for<'a> Fn(&'a str) -> &'a str + Send + Sync>>,
}

fn main() {
    let text = String::from("text");
    let mut borrowing = Borrowing::default();
    borrowing.texts.insert(1, Arc::new(&text));
    borrowing.dynamic.insert(1, Arc::new(text.clone()));
    borrowing.local.insert(1, Some(Rc::new(&text)));
    assert_eq!(borrowing.dynamic.remove(&1).unwrap().name(), "text");
    assert_eq!(**borrowing.texts.remove_tracked(&1).unwrap(), "text");
    drop(borrowing);

    let mut shareable: Shareable<&str, &str> = Shareable {
        shared: HashMap::new().into(),
        maybe: HashMap::new().into(),
    };
    shareable.shared.insert(1, Arc::new(&text));
    shareable.maybe.insert(1, None);

    let mut lasting: Lasting<u8, std::vec::IntoIter<u8>, 3> = Lasting {
        shared: HashMap::new().into(),
        projected: HashMap::new().into(),
        array: HashMap::new().into(),
        of: PhantomData,
    };
    lasting.shared.insert(1, Arc::new(1));
    lasting.projected.insert(1, Rc::new(1));
    lasting.array.insert(1, Arc::new([1; 3]));

    let mut node = Node::default();
    node.children.insert(1, Arc::new(Node::default()));
    node.parents.insert(1, None);
    node.callbacks.insert(1, Arc::new(|text| text));
}
