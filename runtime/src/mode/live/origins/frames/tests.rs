//! The text of std's backtraces, as this compiler writes it.

use std::panic::Location;

use super::of_the_program;

#[test]
fn the_programs_frames_are_left_with_their_places() {
    let here = Location::caller();
    let text = format!(
        "   0: std::backtrace::Backtrace::force_capture
             at /rustc/5/library/std/src/backtrace.rs:313:9
   1: mapkeeper::mode::live::origins::Origins::note
             at ./runtime/src/mode/live/origins.rs:10:5
      insert<app::K, app::V>
             at ./runtime/src/hash_map.rs:10:5
   2: <mapkeeper::hash_map::HashMap<K,V,S,T> as core::iter::Extend<(K,V)>>::extend
   3: app::pool::passes_its_caller_on
             at ./src/pool.rs:10:5
      put<app::V>
             at ./{here}
   4: login
             at ./src/login.rs:20:5
   5: <app::Handler as tower::Service>::call
   6: <core::pin::Pin<P> as core::future::future::Future>::poll
   7: &mut tokio::runtime::Thing
      in_scope<app::closure>
             at /registry/src/index/tracing-0.1.44/src/span.rs:1102:9
   8: app::main::{{{{closure}}}}
             at src/main.rs:3:1
   9: <fn() -> i32 as core::ops::FnOnce<()>>::call_once
             at /rustc/5/library/core/src/ops/function.rs:250:5
  10: mapkeeper_like::run
  11: main
  12: __libc_start_main
             at csu/../csu/libc-start.c:360:3
  13: <unknown>
"
    );
    let expected = format!(
        "app::pool::passes_its_caller_on (src/pool.rs:10:5)
put<app::V> ({here})
login (src/login.rs:20:5)
<app::Handler as tower::Service>::call
app::main::{{{{closure}}}} (src/main.rs:3:1)
mapkeeper_like::run"
    );
    assert_eq!(of_the_program(&text, Some(here)), expected);
    // Without the line, what was inlined at the top belongs to nobody.
    assert_eq!(of_the_program(&text, None), expected);
}

#[test]
fn what_is_kept_is_bounded() {
    let frame = format!("0: app::{}\n at {}\n", "é".repeat(500), "x/".repeat(500));
    let text = of_the_program(&frame.repeat(100), None);
    assert_eq!(text.lines().count(), 16);
    assert!(text.lines().all(|line| line.len() <= 240));
    assert_eq!(of_the_program("0: <unknown>\n1: <unknown>\n", None), "");
    assert_eq!(of_the_program("disabled backtrace", None), "");
}
