//! Markers are named after struct and field; no two of them clash, and raw identifiers work.
#![allow(non_camel_case_types)]

use std::collections::HashMap;

type Map = HashMap<u64, u64>;

#[mapkeeper::tracked]
#[derive(Default)]
struct Foo {
    #[map]
    bar_baz: Map,
    #[map]
    _bar: Map,
    #[map]
    __bar: Map,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct FooBar {
    #[map]
    baz: Map,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Foo_bar {
    #[map]
    baz: Map,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Foo_ {
    #[map]
    bar: Map,
    #[map]
    _bar: Map,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct r#match {
    #[map]
    r#type: Map,
    #[map(follows = r#type)]
    r#fn: Map,
}

fn main() {
    let foo = Foo::default();
    let foo_ = Foo_::default();
    let raw = r#match::default();
    let len = foo.bar_baz.len() + foo._bar.len() + foo.__bar.len() + FooBar::default().baz.len();
    let len = len + Foo_bar::default().baz.len() + foo_.bar.len() + foo_._bar.len();
    assert_eq!(len + raw.r#type.len() + raw.r#fn.len(), 0);
}
