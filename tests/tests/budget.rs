//! What a site costs besides its tables, measured under a load that is made to make it cost much: more lines than are told
//! apart, more threads than have counts of their own, every cause of exit, spans of many names, values that live on,
//! values that become vacant.

#![allow(missing_docs)]

use std::{backtrace::Backtrace, collections::HashMap, sync::Arc, thread};

use allocation_counter::measure;
use mapkeeper::{MODE, Mode};
use mapkeeper_tests::sites::site;
use tracing::info_span;

/// In observe: of a site, one large map in it included.
const SITE: i64 = 64 * 1024;
/// In strict: of a site, one map in it that as many lines insert into as are told apart.
const STRICT_SITE: i64 = 208 * 1024;
/// In strict: of a map, the last operations. Those of the last 256 maps of a program are kept, gone ones too.
const OPERATIONS: i64 = 48 * 1024;
/// With the feature `backtrace`: what std keeps of the program's symbols where it looked one up. (Of the texts a site has
/// 16 KiB, see `origins`.)
const BACKTRACES: i64 = if cfg!(feature = "backtrace") {
    1024 * 1024
} else {
    0
};

const ENTRIES: u64 = 40_000;
const THREADS: u64 = 24;

#[mapkeeper::tracked]
#[derive(Default)]
struct Hostile {
    #[map]
    shared: HashMap<u64, Arc<u64>>,
    #[map]
    emptied: HashMap<u64, Option<u64>>,
}

type Insertion = fn(&mut Hostile, u64, &Arc<u64>);

/// Insertions at a line (or rather column) of their own.
macro_rules! i {
    () => {
        |s, key, value| {
            s.shared.insert(key, Arc::clone(value));
            s.emptied.insert(key, Some(key));
        }
    };
}

const LINES: [Insertion; 80] = [
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
    i!(),
];

/// Does something in one of twelve spans.
fn in_a_span(n: u64, act: impl FnOnce()) {
    macro_rules! spans {
        ($($number:literal $name:literal),+) => {
            match n % 12 {
                $($number => info_span!($name).in_scope(act),)+
                _ => act(),
            }
        };
    }
    spans!(0 "a", 1 "b", 2 "c", 3 "d", 4 "e", 5 "f", 6 "g", 7 "h", 8 "i", 9 "j", 10 "k");
}

fn insert(s: &mut Hostile, key: u64, values: &[Arc<u64>]) {
    let line = LINES[(key % 80) as usize];
    in_a_span(key, || line(s, key, &values[key as usize]));
}

/// Every way out, of entries of every line.
fn come_and_go(s: &mut Hostile, values: &[Arc<u64>]) {
    for key in 0..ENTRIES / 10 {
        insert(s, key, values);
        insert(s, key, values);
        if key % 2 == 0 {
            s.shared.remove(&key);
            s.emptied.remove(&key);
        } else if key % 3 == 0 {
            s.emptied.insert(key, None);
            if let Some(value) = s.emptied.get_mut(&(key - 1)) {
                *value = None;
            }
        }
    }
    s.shared.retain(|key, _| key % 5 > 0);
    s.emptied.retain(|key, _| key % 5 > 0);
    s.shared.drain().for_each(drop);
    s.emptied.drain().for_each(drop);
    for key in 0..100 {
        insert(s, key, values);
    }
    s.shared.clear();
    s.emptied.clear();
    for key in 0..100 {
        insert(s, key, values);
    }
    std::mem::take(&mut s.shared).into_iter().for_each(drop);
    std::mem::take(&mut s.emptied).into_iter().for_each(drop);
    for key in 0..100 {
        insert(s, key, values);
    }
}

#[test]
fn a_site_takes_no_more_than_its_budget_whatever_is_done_to_it() {
    let values: Vec<Arc<u64>> = (0..ENTRIES).map(Arc::new).collect();
    let subscriber = tracing_subscriber::registry();
    if cfg!(feature = "backtrace") {
        // The first one reads the program's symbols, which std keeps.
        assert!(!Backtrace::force_capture().to_string().is_empty());
    }
    let (mut alive, mut bytes) = (Hostile::default(), 0);
    tracing::subscriber::with_default(subscriber, || {
        // The subscriber makes room for as many spans as it ever saw.
        (0..8 * ENTRIES).for_each(|n| in_a_span(n, || ()));
        let info = measure(|| {
            for _ in 0..3 {
                come_and_go(&mut alive, &values);
            }
            for key in 0..ENTRIES {
                insert(&mut alive, key, &values);
            }
            for key in (0..ENTRIES).step_by(2) {
                alive.emptied.insert(key, None);
            }
        });
        bytes += info.bytes_current;
    });
    let of_threads = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    measure(|| come_and_go(&mut Hostile::default(), &values)).bytes_current
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum::<i64>()
    });
    bytes += of_threads;
    let rows = [site("Hostile.shared"), site("Hostile.emptied")];
    let tables: u64 = rows.iter().map(|row| row.table_bytes).sum();
    if MODE == Mode::Off {
        assert_eq!(of_threads, 0);
        return;
    }
    assert!(rows.iter().all(|row| row.len == ENTRIES));
    let each = (bytes - tables as i64) / rows.len() as i64;
    println!("{each} bytes a site");
    let budget = match MODE {
        Mode::Strict => STRICT_SITE + (THREADS as i64 + 8) * OPERATIONS,
        _ => SITE,
    };
    assert!(each < budget + BACKTRACES, "{each} bytes a site");
    // It was worth measuring.
    assert!(each > 16 * 1024, "{each} bytes a site");
}
