//! The same facts in which a map that is tracked has a type of its own: what flows into it, or out of it, can be told then.

use crate::scan::{
    facts::Ty,
    types::{Head, Type},
    words::{self, MapKind},
};

/// Stands for a map that `name` keeps; the map's type is its argument. No source has such a name.
pub(super) fn kept_by(name: &str) -> String {
    format!("#{name}#")
}

/// Stands for a plain map of that place, a field, a parameter or the like, in which a type is written.
pub(super) fn of_place(place: usize) -> String {
    format!("~{place}~")
}

/// Marks the map in a type as it is written, inside whatever stands around it.
pub(super) fn wrap(ty: &mut Ty, mark: String) {
    let outer = ty.name().to_owned();
    let inner = match words::contains_first(&outer) {
        true => ty.args.first_mut(),
        false => ty.args.last_mut(),
    };
    match inner {
        Some(inner) if words::is_wrapper(&outer) => wrap(inner, mark),
        _ => {
            let map = std::mem::replace(ty, Ty::new(&mark, Vec::new()));
            ty.args.push(map);
        }
    }
}

/// Marks stand at maps: those of aliases of `Arc<Mutex<HashMap<…>>>` go inside.
pub(super) fn settled(ty: Type) -> Type {
    let Type { head, args } = ty;
    let mut args: Vec<Type> = args.into_iter().map(settled).collect();
    // A name that is tracked says more than the place in which it is written.
    if mark(&head, '~').is_some()
        && let [map] = &args[..]
        && keeper(map.peeled()).is_some()
    {
        return args.remove(0);
    }
    if is_mark(&head)
        && let [map] = &mut args[..]
        && map.inner().is_some()
    {
        let index = match words::contains_first(map.name()) {
            true => 0,
            false => map.args.len() - 1,
        };
        let inner = map.args.remove(index);
        map.args.insert(
            index,
            settled(Type {
                head,
                args: vec![inner],
            }),
        );
        return args.remove(0);
    }
    Type { head, args }
}

fn mark(head: &Head, sign: char) -> Option<&str> {
    match head {
        Head::Other(name) => name.strip_prefix(sign)?.strip_suffix(sign),
        _ => None,
    }
}

fn is_mark(head: &Head) -> bool {
    mark(head, '#')
        .or_else(|| mark(head, '~'))
        .is_some_and(|of| !of.is_empty())
}

/// By whom a type itself is kept, if it is a tracked map.
pub(super) fn keeper(ty: &Type) -> Option<&str> {
    mark(&ty.head, '#').filter(|of| !of.is_empty())
}

/// The place in which it is written, if it is a plain map of one.
pub(super) fn place(ty: &Type) -> Option<usize> {
    mark(&ty.head, '~')?.parse().ok()
}

/// The map that is tracked, or the map.
pub(super) fn map_of(ty: &Type) -> Option<(&Type, MapKind)> {
    let map = match is_mark(&ty.head) {
        true => ty.args.first()?,
        false => ty,
    };
    match map.head {
        Head::Map(kind) => Some((map, kind)),
        _ => None,
    }
}
