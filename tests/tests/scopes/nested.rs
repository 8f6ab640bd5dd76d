//! Scopes inside of scopes, and scopes that end in an unusual order.

use mapkeeper::testing::{self, Leaks, Scope};

use crate::{KNOWN, Shop, rows};

#[track_caller]
fn entries(result: Result<(), Leaks>) -> u64 {
    result.map_or_else(
        |leaks| leaks.leftovers().iter().map(|row| row.entries).sum(),
        |()| 0,
    )
}

#[test]
fn an_entry_belongs_to_the_innermost_scope_and_what_is_left_goes_to_the_one_around_it() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let outer = testing::scope("outer");
    shop.carts.insert(1, 1);
    let inner = testing::scope("inner");
    let line = line!() + 1;
    shop.carts.extend([(2, 2), (3, 3)]);
    shop.carts.remove(&1); // the outer one's, removed in the inner one
    assert_eq!(
        rows(&inner.check().unwrap_err(), file!()),
        [("Shop.carts", line, 2)]
    );
    shop.carts.remove(&2); // the inner one's, removed after its end
    let last = line!() + 1;
    shop.carts.insert(4, 4);
    assert_eq!(
        rows(&outer.check().unwrap_err(), file!()),
        [("Shop.carts", line, 1), ("Shop.carts", last, 1)]
    );
}

#[test]
fn what_an_inner_scope_allowed_the_outer_one_asks_for_unless_it_allows_it_too() {
    if !KNOWN {
        return;
    }
    for allow in [false, true] {
        let mut shop = Shop::default();
        let mut outer = testing::scope("outer");
        if allow {
            outer = outer.allow_site("Shop.carts");
        }
        let inner = testing::scope("inner").allow_site("Shop.carts");
        shop.carts.insert(1, 1);
        inner.check().unwrap();
        assert_eq!(entries(outer.check()), u64::from(!allow));
    }
}

#[test]
fn leftovers_go_through_any_number_of_scopes() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let outermost = testing::scope("outermost");
    for depth in 1..=20 {
        let scopes: Vec<Scope> = (0..depth).map(|_| testing::scope("inner")).collect();
        shop.carts.insert(depth, 0);
        for scope in scopes.into_iter().rev() {
            assert_eq!(entries(scope.check()), 1, "at depth {depth}");
        }
    }
    shop.carts.retain(|key, _| *key <= 5);
    assert_eq!(entries(outermost.check()), 5);
}

#[test]
fn a_scope_that_ends_before_one_inside_of_it_leaves_the_rest_to_the_one_around() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let outer = testing::scope("outer");
    let middle = testing::scope("middle");
    let inner = testing::scope("inner");
    assert_eq!(entries(middle.check()), 0);
    shop.carts.insert(1, 1);
    assert_eq!(entries(inner.check()), 1);
    shop.carts.insert(2, 2); // the middle one is over: this is the outer one's
    assert_eq!(entries(outer.check()), 2);
    // No scope is left on this thread.
    shop.carts.insert(3, 3);
    let scope = testing::scope("after");
    assert_eq!(entries(scope.check()), 0);
}

/// Tags are 16 bits: more scopes than that, while entries of the first one leave one by one. Map, line and time are the
/// same for all, so nothing but the tag tells an old entry from a new one.
#[test]
fn entries_of_an_ended_scope_are_never_charged_to_a_later_one() {
    const SCOPES: u32 = 140_000;
    if !KNOWN {
        return;
    }
    let _clock = testing::Clock::drive();
    let mut shop = Shop::default();
    let insert = |shop: &mut Shop, key| shop.carts.insert(key, 0);
    let first = testing::scope("first").allow_site("Shop.carts");
    for key in 0..SCOPES {
        insert(&mut shop, key);
    }
    first.check().unwrap();
    for key in 0..SCOPES {
        let scope = testing::scope("later");
        insert(&mut shop, SCOPES);
        shop.carts.remove(&key);
        assert_eq!(entries(scope.check()), 1, "scope {key}");
        shop.carts.remove(&SCOPES);
    }
    assert!(shop.carts.is_empty());
}
