//! Function bodies as facts.

use syn::{Block, Expr as E, Stmt, punctuated::Punctuated, spanned::Spanned, visit::Visit};

use super::{
    Lowering,
    types::{at, member, name, pat, path_names, ty},
};
use crate::scan::facts::{Expr, Pat, Ty, Waiting};

/// Methods that wait for something: a loop around one is an event loop.
const WAITS: [&str; 7] = [
    "recv",
    "accept",
    "poll",
    "wait",
    "recv_timeout",
    "read_line",
    "incoming",
];

/// What methods that wait for what others do begin with, where they are awaited.
const EVENTS: [&str; 10] = [
    "recv",
    "receive",
    "accept",
    "next",
    "try_next",
    "select_next",
    "join_next",
    "read",
    "tick",
    "changed",
];

impl Lowering<'_> {
    pub(super) fn block(&mut self, of: &Block, this: Option<&Ty>) -> Expr {
        let mut all = Vec::new();
        let mut ends_with_value = false;
        for stmt in &of.stmts {
            ends_with_value = false;
            match stmt {
                Stmt::Local(local) => {
                    let init = local.init.as_ref();
                    let value = init.map(|init| Box::new(self.expr(&init.expr, this)));
                    let otherwise = init.and_then(|init| init.diverge.as_ref());
                    let otherwise = otherwise.map(|(_, of)| Box::new(self.expr(of, this)));
                    all.push(Expr::Let {
                        pat: pat(&local.pat, this),
                        value,
                        otherwise,
                    });
                }
                Stmt::Item(item) => self.item(item),
                Stmt::Expr(of, semicolon) => {
                    ends_with_value = semicolon.is_none();
                    let lowered = self.expr(of, this);
                    all.push(lowered);
                }
                Stmt::Macro(of) => {
                    let lowered = self.macro_tokens(&of.mac, this);
                    all.push(lowered);
                }
            }
        }
        Expr::Block(all, ends_with_value)
    }

    pub(super) fn expr(&mut self, of: &E, this: Option<&Ty>) -> Expr {
        let boxed = |lowering: &mut Self, of: &E| Box::new(lowering.expr(of, this));
        match of {
            E::Path(of) => Expr::Path(path_names(&of.path, this)),
            E::Field(of) => Expr::Field(boxed(self, &of.base), member(&of.member)),
            E::Call(of) => Expr::Call {
                callee: boxed(self, &of.func),
                args: self.all(&of.args, this),
                at: at(of.func.span()),
            },
            E::MethodCall(of) => {
                let call = Expr::Method {
                    on: boxed(self, &of.receiver),
                    name: name(&of.method),
                    args: self.all(&of.args, this),
                    at: at(of.method.span()),
                };
                match named_by(of) {
                    Some(named) => Expr::Cast(Box::new(call), ty(named, this)),
                    None => call,
                }
            }
            E::Struct(of) => Expr::Struct {
                path: path_names(&of.path, this),
                fields: of
                    .fields
                    .iter()
                    .map(|field| (member(&field.member), self.expr(&field.expr, this)))
                    .collect(),
                base: of.rest.as_ref().map(|of| boxed(self, of)),
                at: at(of.path.span()),
            },
            E::Reference(of) => Expr::Borrow(boxed(self, &of.expr), of.mutability.is_some()),
            E::RawAddr(of) => Expr::Borrow(boxed(self, &of.expr), true),
            E::Unary(of) => match of.op {
                syn::UnOp::Deref(_) => Expr::Deref(boxed(self, &of.expr)),
                _ => Expr::Parts(vec![self.expr(&of.expr, this)]),
            },
            E::Index(of) => Expr::Index(boxed(self, &of.expr), boxed(self, &of.index)),
            E::Closure(of) => Expr::Closure(
                of.inputs.iter().map(|of| pat(of, this)).collect(),
                boxed(self, &of.body),
            ),
            E::Assign(of) => Expr::Assign {
                to: boxed(self, &of.left),
                value: boxed(self, &of.right),
                at: at(of.left.span()),
            },
            E::Binary(of) => self.binary(of, this),
            E::Let(of) => Expr::Let {
                pat: pat(&of.pat, this),
                value: Some(boxed(self, &of.expr)),
                otherwise: None,
            },
            E::Block(of) => self.block(&of.block, this),
            E::Unsafe(of) => self.block(&of.block, this),
            E::Const(of) => self.block(&of.block, this),
            // It runs later, as a closure does.
            E::Async(of) => Expr::Closure(Vec::new(), Box::new(self.block(&of.block, this))),
            E::If(of) => {
                let condition = boxed(self, &of.cond);
                let then = Box::new(self.block(&of.then_branch, this));
                let other = of.else_branch.as_ref();
                let other = other.map(|(_, other)| boxed(self, other));
                Expr::If(condition, then, other)
            }
            E::Match(of) => {
                let on = boxed(self, &of.expr);
                let mut arms = Vec::new();
                for arm in &of.arms {
                    let body = self.expr(&arm.body, this);
                    let body = match &arm.pat {
                        syn::Pat::Guard(guard) => {
                            let guard = self.expr(&guard.guard, this);
                            Expr::Block(vec![guard, body], true)
                        }
                        _ => body,
                    };
                    arms.push((pat(&arm.pat, this), body));
                }
                Expr::Match(on, arms)
            }
            E::ForLoop(of) => Expr::For {
                pat: pat(&of.pat, this),
                over: boxed(self, &of.expr),
                body: Box::new(self.block(&of.body, this)),
                at: at(of.expr.span()),
            },
            E::Loop(of) => {
                let waits = waits(|waits| waits.visit_block(&of.body)).endless(&of.body);
                Expr::Loop(Box::new(self.block(&of.body, this)), waits)
            }
            E::While(of) => {
                let waits = waits(|waits| {
                    waits.visit_expr(&of.cond);
                    waits.visit_block(&of.body);
                });
                let condition = self.expr(&of.cond, this);
                let body = self.block(&of.body, this);
                Expr::Loop(Box::new(Expr::Block(vec![condition, body], false)), waits)
            }
            E::Await(of) => Expr::Await(boxed(self, &of.base), at(of.await_token.span())),
            E::Try(of) => Expr::Method {
                on: boxed(self, &of.expr),
                name: "?".to_owned(),
                args: Vec::new(),
                at: at(of.question_token.span()),
            },
            E::Paren(of) => self.expr(&of.expr, this),
            E::Group(of) => self.expr(&of.expr, this),
            E::TryBlock(of) => self.block(&of.block, this),
            E::Cast(of) => Expr::Cast(boxed(self, &of.expr), ty(&of.ty, this)),
            E::Tuple(of) => Expr::Tuple(self.all(&of.elems, this)),
            E::Array(of) => Expr::Parts(self.all(&of.elems, this)),
            E::Repeat(of) => Expr::Parts(vec![self.expr(&of.expr, this)]),
            E::Return(of) => Expr::Return(
                of.expr.as_ref().map(|of| boxed(self, of)),
                at(of.return_token.span()),
            ),
            E::Break(of) => match &of.expr {
                Some(of) => Expr::Parts(vec![self.expr(of, this)]),
                None => Expr::Parts(Vec::new()),
            },
            E::Yield(of) => match &of.expr {
                Some(of) => Expr::Parts(vec![self.expr(of, this)]),
                None => Expr::Parts(Vec::new()),
            },
            E::Range(of) => {
                let ends = [&of.start, &of.end];
                let ends = ends.into_iter().flatten();
                Expr::Parts(ends.map(|of| self.expr(of, this)).collect())
            }
            E::Macro(of) => self.macro_tokens(&of.mac, this),
            _ => Expr::Parts(Vec::new()),
        }
    }

    fn all(&mut self, of: &Punctuated<E, syn::Token![,]>, this: Option<&Ty>) -> Vec<Expr> {
        of.iter().map(|of| self.expr(of, this)).collect()
    }

    fn binary(&mut self, of: &syn::ExprBinary, this: Option<&Ty>) -> Expr {
        use syn::BinOp as B;
        let left = self.expr(&of.left, this);
        let right = self.expr(&of.right, this);
        match of.op {
            B::Lt(_) | B::Le(_) | B::Gt(_) | B::Ge(_) | B::Eq(_) | B::Ne(_) => {
                Expr::Compare(Box::new(left), Box::new(right))
            }
            // A set without another's elements.
            B::SubAssign(_) | B::BitAndAssign(_) => Expr::Method {
                on: Box::new(left),
                name: "-=".to_owned(),
                args: vec![right],
                at: at(of.left.span()),
            },
            B::BitOrAssign(_) => Expr::Method {
                on: Box::new(left),
                name: "|=".to_owned(),
                args: vec![right],
                at: at(of.left.span()),
            },
            _ => Expr::Parts(vec![left, right]),
        }
    }
}

/// The type that a method is told to give: `state.borrow::<Pending>()`, `any.downcast_ref::<Session>()`.
fn named_by(of: &syn::ExprMethodCall) -> Option<&syn::Type> {
    let method = of.method.to_string();
    let gives = [
        "get",
        "borrow",
        "downcast",
        "state",
        "data",
        "resource",
        "global",
        "extension",
    ];
    let is_it = gives
        .iter()
        .any(|of| method.trim_start_matches("try_").starts_with(of));
    let mut types = of.turbofish.iter().flat_map(|of| &of.args);
    match (types.next(), types.next()) {
        (Some(syn::GenericArgument::Type(only @ syn::Type::Path(_))), None) if is_it => Some(only),
        _ => None,
    }
}

/// What that code waits for.
fn waits(visit: impl FnOnce(&mut Waits)) -> Waiting {
    let mut found = Waits(Waiting::Nothing);
    visit(&mut found);
    found.0
}

impl Waiting {
    /// Of a loop that waits, and that nothing in it leaves.
    fn endless(self, body: &Block) -> Self {
        let mut exits = Exits(false);
        exits.visit_block(body);
        match self {
            Self::Answers if !exits.0 => Self::Events,
            _ => self,
        }
    }
}

struct Waits(Waiting);

impl<'ast> Visit<'ast> for Waits {
    fn visit_expr_await(&mut self, of: &'ast syn::ExprAwait) {
        let is_event = match &*of.base {
            syn::Expr::MethodCall(of) => {
                let name = of.method.to_string();
                EVENTS.iter().any(|event| name.starts_with(event))
            }
            _ => false,
        };
        self.0 = self.0.max(match is_event {
            true => Waiting::Events,
            false => Waiting::Answers,
        });
        syn::visit::visit_expr_await(self, of);
    }

    fn visit_expr_method_call(&mut self, of: &'ast syn::ExprMethodCall) {
        if WAITS.iter().any(|waits| of.method == waits) {
            self.0 = Waiting::Events;
        }
        syn::visit::visit_expr_method_call(self, of);
    }

    fn visit_macro(&mut self, of: &'ast syn::Macro) {
        let last = of.path.segments.last();
        if last.is_some_and(|of| of.ident == "select") {
            self.0 = Waiting::Events;
        }
    }

    // What another function does is that one's.
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// Whether something leaves a loop's body for good.
struct Exits(bool);

impl<'ast> Visit<'ast> for Exits {
    fn visit_expr_break(&mut self, _: &'ast syn::ExprBreak) {
        self.0 = true;
    }

    fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
        self.0 = true;
    }

    fn visit_expr_try(&mut self, _: &'ast syn::ExprTry) {
        self.0 = true;
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// A binding of `self`.
pub(super) fn this_pat() -> Pat {
    Pat::Name("self".to_owned())
}
