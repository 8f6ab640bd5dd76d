//! The limit of scopes: tags have 16 bits. A program of its own, because it uses all of them up.

#![allow(missing_docs)]

use std::collections::HashMap;

use mapkeeper::{MODE, Mode, testing};
use mapkeeper_tests::{panics::caught, sites::TRACES};

#[mapkeeper::tracked]
#[derive(Default)]
struct Kept {
    #[map]
    map: HashMap<u32, u32>,
}

#[test]
fn scopes_whose_entries_live_on_run_out_clearly_and_come_back() {
    if MODE != Mode::Strict {
        return;
    }
    let mut kept = Kept::default();
    // Where traces are remembered, 256 tags are those of theirs.
    let most = if TRACES { 65_279 } else { 65_535 };
    for n in 0..most {
        let scope = testing::scope("kept").allow_site("Kept.map");
        kept.map.insert(n, n);
        scope.check().unwrap();
    }
    let panic = caught(|| testing::scope("one more")).unwrap_err();
    assert!(
        panic
            .message
            .contains(&format!("{most} scopes of this process")),
        "{}",
        panic.message
    );
    kept.map.remove(&7);
    let scope = testing::scope("the tag of the one that went");
    kept.map.insert(7, 7);
    assert_eq!(scope.check().unwrap_err().leftovers()[0].entries, 1);
    kept.map.clear();
    testing::scope("all are free again").check().unwrap();
}
