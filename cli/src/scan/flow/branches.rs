//! Where a function waits, and where it goes one way or another.

use super::{Exits, Flow, Value};
use crate::scan::{
    facts::{At, Expr, Pat},
    places::{Happens, What},
    words,
};

impl Flow<'_, '_> {
    pub(super) fn awaited(&mut self, of: &Expr, at: At) -> Value {
        let pending = self.exits.pending();
        let value = self.expr(of);
        // To wait for a lock takes no time, as long as nobody waits while holding it.
        let is_lock = matches!(of, Expr::Method { name, .. } if words::opens(name));
        if !is_lock {
            self.exits
                .leave(pending, Happens::LeftByWaiting, "`.await`", at);
        }
        self.waits(at);
        value
    }

    /// How many entries a map has is compared with something, or what was found out about that before is.
    pub(super) fn compares(&mut self, sides: [&Expr; 2]) -> Value {
        for side in sides {
            match side {
                Expr::Method { on, name, args, at }
                    if matches!(&**name, "len" | "count" | "capacity") && args.is_empty() =>
                {
                    let map = self.expr(on);
                    self.op(&map, What::Measured, name, *at);
                }
                _ => {
                    let counts = self.expr(side).counts;
                    let map = Value {
                        slots: counts,
                        ..Value::default()
                    };
                    self.op(&map, What::Measured, "len", At::default());
                }
            }
        }
        Value::default()
    }

    pub(super) fn either(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: Option<&Expr>,
    ) -> Value {
        let depth = self.scope.len();
        let (pending, temps) = (self.exits.pending(), self.held.temps());
        self.expr(condition);
        if !binds(condition) {
            self.held.end(temps);
        }
        let tested = self.exits.suspend(pending);
        let start = self.exits.clone();
        self.exits = start.forked();
        let mut any = self.expr(then);
        self.scope.truncate(depth);
        let after = std::mem::replace(&mut self.exits, start.forked());
        if let Some(otherwise) = otherwise {
            any = any.or(self.expr(otherwise));
        }
        self.exits.join(after);
        self.exits.after_branches(&start);
        self.exits.resume(tested);
        any
    }

    pub(super) fn matched(&mut self, on: &Expr, arms: &[(Pat, Expr)]) -> Value {
        let pending = self.exits.pending();
        let on = self.expr(on);
        self.bound(&on);
        let tested = self.exits.suspend(pending);
        let start = self.exits.clone();
        let mut after: Option<Exits> = None;
        let mut any = Value::default();
        for (pat, body) in arms {
            let depth = self.scope.len();
            self.exits = start.forked();
            self.bind(pat, on.clone());
            any = any.or(self.expr(body));
            self.scope.truncate(depth);
            let arm = std::mem::take(&mut self.exits);
            match &mut after {
                Some(after) => after.join(arm),
                None => after = Some(arm),
            }
        }
        self.exits = after.unwrap_or_else(|| start.clone());
        self.exits.after_branches(&start);
        self.exits.resume(tested);
        any
    }
}

/// Whether a condition binds something.
fn binds(condition: &Expr) -> bool {
    match condition {
        Expr::Let { .. } => true,
        Expr::Parts(all) => all.iter().any(binds),
        _ => false,
    }
}

pub(super) fn is_error(of: &Expr) -> bool {
    matches!(of, Expr::Call { callee, .. }
        if matches!(&**callee, Expr::Path(path) if path.last().is_some_and(|name| name == "Err")))
}
