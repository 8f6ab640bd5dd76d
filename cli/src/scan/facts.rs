//! What is known of each file: its types, statics and functions, with bodies reduced to what moves maps about.
//!
//! Facts say nothing that needs another file, so that each file's can be made on any thread, and kept.

use serde::{Deserialize, Serialize};

/// A place in a file; both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct At {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// All that is known of one file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct FileFacts {
    /// As it is shown.
    pub(crate) path: String,
    /// The package it belongs to.
    pub(crate) package: String,
    pub(crate) imports: Vec<Import>,
    pub(crate) types: Vec<TypeFact>,
    pub(crate) aliases: Vec<Alias>,
    pub(crate) statics: Vec<Static>,
    pub(crate) functions: Vec<Function>,
    /// `impl Trait for Type`, of every trait, and what is derived.
    pub(crate) impls: Vec<(Vec<String>, Ty)>,
    /// `field.method` in macros whose tokens are no expressions.
    pub(crate) mentions: Vec<Mention>,
    /// Names of traits that it defines.
    pub(crate) traits: Vec<String>,
    pub(crate) allows: Vec<Allow>,
    /// Modules that stand in it.
    pub(crate) modules: Vec<String>,
    /// Modules of their own files that only tests have.
    pub(crate) test_modules: Vec<String>,
}

/// `use path as name`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Import {
    pub(crate) name: String,
    pub(crate) path: Vec<String>,
}

/// A type as it is written: a path without its generic arguments, and these. References are `&`, tuples `()`, slices and
/// arrays `[]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Ty {
    pub(crate) path: Vec<String>,
    pub(crate) args: Vec<Ty>,
}

impl Ty {
    pub(crate) fn new(name: &str, args: Vec<Ty>) -> Self {
        Self {
            path: vec![name.to_owned()],
            args,
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}

/// A struct, an enum or a union.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TypeFact {
    pub(crate) name: String,
    /// Names of its type parameters.
    pub(crate) generics: Vec<String>,
    /// It borrows from something that outlives it.
    pub(crate) borrows: bool,
    pub(crate) is_enum: bool,
    /// Where attributes of it may stand, before all others.
    pub(crate) start: At,
    /// It has `#[tracked]` already.
    pub(crate) is_tracked: bool,
    pub(crate) fields: Vec<Field>,
}

/// A field: `name`, `0`, or `Variant.name` of an enum.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: Ty,
    /// Its name, or its type if it has none.
    pub(crate) at: At,
    /// Where attributes of it may stand.
    pub(crate) start: At,
    /// What its `#[map(…)]` says, if it has one.
    pub(crate) declared: Option<String>,
}

/// `type Name = …`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Alias {
    pub(crate) name: String,
    /// It has `#[tracked]` already.
    pub(crate) is_tracked: bool,
    pub(crate) generics: Vec<String>,
    pub(crate) ty: Ty,
}

/// A static, also of `thread_local!` and `lazy_static!`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Static {
    pub(crate) name: String,
    /// It has `#[tracked]` already.
    pub(crate) is_tracked: bool,
    pub(crate) ty: Ty,
    pub(crate) at: At,
}

/// How a method takes `self`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Receiver {
    Value,
    Ref,
    RefMut,
}

/// A function or method, `self` being its first parameter.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Its name.
    pub(crate) at: At,
    /// The type, or trait, that it is a method or associated function of.
    pub(crate) owner: Option<Ty>,
    /// The trait that it implements or declares.
    pub(crate) of_trait: Option<String>,
    pub(crate) receiver: Option<Receiver>,
    pub(crate) params: Vec<(Pat, Ty)>,
    pub(crate) returns: Option<Ty>,
    pub(crate) is_async: bool,
    /// Callers may be elsewhere.
    pub(crate) is_pub: bool,
    pub(crate) body: Expr,
}

/// A pattern, as far as it binds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Pat {
    Wild,
    Name(String),
    Tuple(Vec<Pat>),
    TupleStruct(Vec<String>, Vec<Pat>),
    Struct(Vec<String>, Vec<(String, Pat)>),
    Or(Vec<Pat>),
    Typed(Box<Pat>, Ty),
    /// A name for what the pattern behind it matches too.
    Both(String, Box<Pat>),
}

/// An expression, as far as maps pass through it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Expr {
    Path(Vec<String>),
    Field(Box<Expr>, String),
    Call {
        callee: Box<Expr>,
        args: Vec<Expr>,
        at: At,
    },
    Method {
        on: Box<Expr>,
        name: String,
        args: Vec<Expr>,
        at: At,
    },
    Struct {
        path: Vec<String>,
        fields: Vec<(String, Expr)>,
        base: Option<Box<Expr>>,
        at: At,
    },
    /// `&` or, if so said, `&mut`.
    Borrow(Box<Expr>, bool),
    Deref(Box<Expr>),
    Index(Box<Expr>, Box<Expr>),
    Closure(Vec<Pat>, Box<Expr>),
    Assign {
        to: Box<Expr>,
        value: Box<Expr>,
        at: At,
    },
    Let {
        pat: Pat,
        value: Option<Box<Expr>>,
        otherwise: Option<Box<Expr>>,
    },
    /// What it is worth is its last expression's, unless a semicolon follows that.
    Block(Vec<Expr>, bool),
    Match(Box<Expr>, Vec<(Pat, Expr)>),
    For {
        pat: Pat,
        over: Box<Expr>,
        body: Box<Expr>,
        at: At,
    },
    /// `loop` or `while`, and what it waits for.
    Loop(Box<Expr>, Waiting),
    Compare(Box<Expr>, Box<Expr>),
    Tuple(Vec<Expr>),
    Return(Option<Box<Expr>>, At),
    /// It waits for it.
    Await(Box<Expr>, At),
    /// The condition, what is done if it holds, and else.
    If(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    /// Of the type that is written: a cast, a literal's suffix, what a method is told to give.
    Cast(Box<Expr>, Ty),
    /// Anything else: its parts.
    Parts(Vec<Expr>),
}

/// What a loop waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Waiting {
    Nothing,
    /// For what it asks for, as one that tries again does.
    Answers,
    /// For what others do: `recv()`, `select!` and the like; or without an end.
    Events,
}

/// `field.method` among a macro's tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Mention {
    pub(crate) field: String,
    pub(crate) method: String,
}

/// `// mapkeeper: allow(KIND) reason`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Allow {
    pub(crate) kind: String,
    pub(crate) reason: String,
    pub(crate) line: u32,
    /// The line that it is about.
    pub(crate) covers: u32,
}
