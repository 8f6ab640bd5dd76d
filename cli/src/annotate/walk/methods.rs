//! What methods of std's types, of locks and of maps give back, as far as maps can be in it.

use super::super::marks;
use crate::scan::{types::Type, words};

pub(super) fn reference(of: Type) -> Type {
    Type::other("&", vec![of])
}

/// Without references.
pub(super) fn owned(of: &Type) -> &Type {
    let mut of = of;
    while of.name() == "&"
        && let Some(inner) = of.args.first()
    {
        of = inner;
    }
    of
}

/// What a method is looked for on: through references, pointers and guards.
pub(super) fn base(of: &Type) -> &Type {
    let mut of = of;
    while matches!(
        of.name(),
        "&" | "Arc"
            | "Rc"
            | "Box"
            | "LazyLock"
            | "LazyCell"
            | "Lazy"
            | "MutexGuard"
            | "RwLockReadGuard"
            | "RwLockWriteGuard"
            | "Ref"
            | "RefMut"
            | "OwnedMutexGuard"
            | "#guard"
    ) && let Some(inner) = match of.name() {
        "#guard" => of.args.first(),
        _ => of.inner(),
    } {
        of = inner;
    }
    of
}

/// An iterator over such items, of that map.
pub(super) fn iterator(item: Type, of: &Type) -> Type {
    Type::other("#iter", vec![item, of.clone()])
}

fn option(of: Type) -> Type {
    Type::other("Option", vec![of])
}

fn unknown() -> Type {
    Type::other("_", Vec::new())
}

/// Of a method of this receiver that is not one of these sources.
pub(super) fn returns(on: &Type, method: &str, arguments: usize) -> Option<Type> {
    let of = base(on);
    if matches!(method, "clone" | "to_owned") {
        return Some(match on.name() {
            "&" => owned(on).clone(),
            "MutexGuard" | "RwLockReadGuard" | "RwLockWriteGuard" | "Ref" | "RefMut" | "#guard" => {
                of.clone()
            }
            "LazyLock" | "Lazy" | "LazyCell" => on.inner()?.clone(),
            _ => on.clone(),
        });
    }
    if marks::map_of(of).is_some() {
        return of_map(of, method);
    }
    let inner = of.inner();
    match of.name() {
        "Option" | "Result" => {
            let inner = inner?;
            Some(match method {
                "unwrap" | "expect" | "unwrap_or_default" | "unwrap_or_else" | "unwrap_or"
                | "?" | "unwrap_unchecked" => match on.name() {
                    "&" => reference(inner.clone()),
                    _ => inner.clone(),
                },
                "as_ref" | "as_mut" | "as_deref" | "as_deref_mut" | "iter" => {
                    option(reference(inner.clone()))
                }
                "ok" | "map_err" | "ok_or" | "ok_or_else" | "or" | "or_else" | "filter"
                | "take" | "replace" | "inspect" | "context" | "with_context" | "copied" => {
                    option(inner.clone())
                }
                "cloned" => option(owned(inner).clone()),
                "get_or_insert_with" | "get_or_insert" | "insert" | "get_or_insert_default" => {
                    reference(inner.clone())
                }
                _ => return None,
            })
        }
        "OnceLock" | "OnceCell" | "Once" => Some(match method {
            "get" | "get_mut" => option(reference(inner?.clone())),
            "get_or_init" | "get_or_try_init" | "wait" => reference(inner?.clone()),
            "into_inner" | "take" => option(inner?.clone()),
            _ => return None,
        }),
        "Vec" | "[]" | "VecDeque" | "SmallVec" => {
            let item = inner?.clone();
            Some(match method {
                "iter" | "iter_mut" => iterator(reference(item), &unknown()),
                "into_iter" | "drain" => iterator(item, &unknown()),
                "get" | "get_mut" | "first" | "last" | "first_mut" | "last_mut" => {
                    option(reference(item))
                }
                "pop" => option(item),
                _ => return None,
            })
        }
        "#iter" => {
            let item = of.args.first()?.clone();
            Some(match method {
                "next" | "last" | "nth" | "find" | "next_back" | "max_by_key" | "min_by_key"
                | "max_by" | "min_by" => option(item),
                "filter" | "rev" | "skip" | "take" | "chain" | "inspect" | "step_by"
                | "peekable" | "skip_while" | "take_while" | "by_ref" | "into_iter" | "fuse" => {
                    iterator(item, &unknown())
                }
                "cloned" | "copied" => iterator(owned(&item).clone(), &unknown()),
                _ => return None,
            })
        }
        "ArcSwap" | "ArcSwapOption" => Some(match method {
            "load" | "load_full" | "swap" => Type::other("Arc", vec![inner?.clone()]),
            _ => return None,
        }),
        name if words::is_wrapper(name) && words::opens(method) => Some(reference(inner?.clone())),
        name if words::is_wrapper(name)
            && matches!(method, "into_inner" | "take")
            && arguments == 0 =>
        {
            inner.cloned()
        }
        name if words::is_wrapper(name) && method == "replace" => inner.cloned(),
        name if words::is_wrapper(name) && method == "get_mut" => Some(reference(inner?.clone())),
        // Guards, and what locks give: `unwrap` of them is the same.
        _ if matches!(
            method,
            "unwrap"
                | "expect"
                | "unwrap_or_else"
                | "?"
                | "await"
                | "as_ref"
                | "as_mut"
                | "deref"
                | "deref_mut"
                | "borrow"
                | "borrow_mut"
                | "by_ref"
                | "ok"
                | "map_err"
                | "into_inner"
                | "unwrap_or_default"
        ) =>
        {
            Some(on.clone())
        }
        _ => None,
    }
}

/// `of` is the map.
fn of_map(of: &Type, method: &str) -> Option<Type> {
    let (map, kind) = marks::map_of(of)?;
    let key = || map.args.first().cloned().unwrap_or_else(unknown);
    let value = || match kind.has_values() {
        true => map.args.get(1).cloned().unwrap_or_else(unknown),
        false => map.args.first().cloned().unwrap_or_else(unknown),
    };
    let pair = |a: Type, b: Type| Type::other("()", vec![a, b]);
    let guard = |value: Type| Type::other("#guard", vec![value, of.clone()]);
    Some(match method {
        "get" | "get_mut" | "iter" | "iter_mut" | "view" | "try_get" if kind.is_locked() => {
            let guard = guard(value());
            match method {
                "iter" | "iter_mut" => iterator(guard, of),
                _ => option(guard),
            }
        }
        "get" | "get_mut" => option(reference(value())),
        "remove" | "insert" | "replace" | "take" if kind.has_values() && !kind.is_locked() => {
            option(value())
        }
        "entry" => Type::other("#entry", vec![of.clone()]),
        "values" | "values_mut" => iterator(reference(value()), of),
        "into_values" => iterator(value(), of),
        "keys" => iterator(reference(key()), of),
        "into_keys" => iterator(key(), of),
        "iter" | "iter_mut" | "range" | "range_mut" if kind.has_values() => {
            iterator(pair(reference(key()), reference(value())), of)
        }
        "iter" | "iter_mut" | "range" => iterator(reference(value()), of),
        "into_iter" | "drain" if kind.has_values() => iterator(pair(key(), value()), of),
        "into_iter" | "drain" => iterator(value(), of),
        "extract_if" | "difference" | "union" | "intersection" | "symmetric_difference" => {
            iterator(unknown(), of)
        }
        "unwrap" | "expect" | "?" | "await" | "as_ref" | "as_mut" | "deref" | "deref_mut"
        | "borrow" | "borrow_mut" | "unwrap_or_else" | "to_mut" | "ok" | "map_err" | "read"
        | "write" | "into_inner" => reference(of.clone()),
        _ => return None,
    })
}

/// Of an entry's or an iterator's own type: the map that it is of.
pub(super) fn part_of(ty: &Type) -> Option<&Type> {
    let mut found = None;
    ty.each(&mut |of| {
        let map = match of.name() {
            "#iter" | "#guard" => of.args.get(1),
            "#entry" => of.args.first(),
            _ => None,
        };
        if let Some(map) = map
            && marks::keeper(map).is_some()
            && found.is_none()
        {
            found = Some(map);
        }
    });
    found
}
