//! What an expression's form alone says: that its type is whatever is asked for, that it is a name, that it makes a map.

use syn::Expr;

use crate::scan::{lower::types as lowered, words};

/// Its type is whatever is asked for, or it never gets to be one.
pub(super) fn is_inferred(of: &Expr) -> bool {
    match of {
        Expr::Paren(of) => is_inferred(&of.expr),
        Expr::Try(of) => is_inferred(&of.expr),
        Expr::Await(of) => is_inferred(&of.base),
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) | Expr::Loop(_) => true,
        Expr::Macro(of) => of.mac.path.segments.last().is_some_and(|last| {
            ["panic", "todo", "unimplemented", "unreachable", "bail"]
                .iter()
                .any(|of| last.ident == of)
        }),
        Expr::Path(of) => of.path.is_ident("None"),
        Expr::Array(of) => of.elems.is_empty(),
        Expr::MethodCall(of) => match of.method.to_string().as_str() {
            "collect" | "into" | "try_into" | "sum" | "parse" | "try_collect" | "unzip" => {
                of.turbofish.is_none()
                    || of.turbofish.as_ref().is_some_and(|of| {
                        let args = quote_like(of);
                        args.contains('_') && !args.contains("Map") && !args.contains("Set")
                    })
            }
            "unwrap" | "expect" | "unwrap_or_default" | "unwrap_or_else" | "map_err" | "ok"
            | "context" | "with_context" | "unwrap_or" => is_inferred(&of.receiver),
            _ => false,
        },
        Expr::Call(of) => match &*of.func {
            Expr::Path(path) => {
                let names = lowered::names(&path.path);
                let last = names.last().map_or("", String::as_str);
                let before = names
                    .len()
                    .checked_sub(2)
                    .map_or("", |at| names[at].as_str());
                (matches!(last, "default" | "from" | "from_iter" | "new")
                    && matches!(before, "Default" | "From" | "FromIterator"))
                    || last == "default" && words::is_wrapper(before)
                    || (last == "new" && words::is_wrapper(before) || matches!(last, "Some" | "Ok"))
                        && of.args.len() == 1
                        && of.args.first().is_some_and(is_inferred)
                    || last == "new" && matches!(before, "OnceLock" | "OnceCell" | "Weak" | "Vec")
                    || last == "empty" && before == "ArcSwapOption"
                    || matches!(
                        last,
                        "from_str"
                            | "from_slice"
                            | "from_reader"
                            | "from_value"
                            | "from_bytes"
                            | "deserialize"
                    ) && path
                        .path
                        .segments
                        .last()
                        .is_none_or(|of| of.arguments.is_none())
            }
            _ => false,
        },
        _ => false,
    }
}

fn quote_like(of: &syn::AngleBracketedGenericArguments) -> String {
    let names = of.args.iter().map(|arg| match arg {
        syn::GenericArgument::Type(syn::Type::Infer(_)) => "_".to_owned(),
        syn::GenericArgument::Type(syn::Type::Path(of)) => {
            let mut names = lowered::names(&of.path).join("::");
            for segment in &of.path.segments {
                if let syn::PathArguments::AngleBracketed(of) = &segment.arguments {
                    names.push_str(&quote_like(of));
                }
            }
            names
        }
        _ => "Map".to_owned(),
    });
    names.collect::<Vec<_>>().join(",")
}

/// The name, if it is nothing but one.
pub(super) fn local_of(of: &Expr) -> Option<String> {
    match of {
        Expr::Path(of) if of.qself.is_none() => of.path.get_ident().map(lowered::name),
        Expr::Paren(of) => local_of(&of.expr),
        Expr::Reference(of) => local_of(&of.expr),
        Expr::MethodCall(of) if of.method == "clone" && of.args.is_empty() => {
            local_of(&of.receiver)
        }
        Expr::Call(of) if of.args.len() == 1 => match (&*of.func, of.args.first()) {
            (Expr::Path(path), Some(Expr::Reference(arg)))
                if lowered::names(&path.path)
                    .last()
                    .is_some_and(|of| of == "clone") =>
            {
                local_of(&arg.expr)
            }
            _ => None,
        },
        _ => None,
    }
}

/// `HashMap::new(…)`: the path, and the function's name.
pub(super) fn constructor(of: &Expr) -> Option<(&syn::Path, String)> {
    match of {
        Expr::Paren(of) => constructor(&of.expr),
        Expr::Call(of) => match &*of.func {
            Expr::Path(path) if path.qself.is_none() && path.path.segments.len() > 1 => {
                let last = path.path.segments.last()?;
                Some((&path.path, lowered::name(&last.ident)))
            }
            _ => None,
        },
        _ => None,
    }
}
