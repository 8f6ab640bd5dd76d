//! `only-grows`: keys are put in after construction, and nothing ever takes one out.

use std::collections::HashSet;

use super::{Analyzer, Model};
use crate::scan::{
    facts::{At, Receiver, TypeFact},
    finding::{Confidence, Edit, Finding, Spot},
    lifetime::Reason,
    places::{LOCAL, Op, Place, What},
    types::{Head, Type},
    words::{self, Effect, MapKind},
};

pub(super) const ANALYZER: Analyzer = Analyzer {
    kind: "only-grows",
    explanation: EXPLANATION,
    run,
};

const EXPLANATION: &str = "\
only-grows: keys are put into this map while the program runs, and nothing takes one out.

A map that lives as long as a service, and to which every request, connection or
user adds a key, is memory that the borrow checker cannot free: the map owns it.

It is reported if
  - the map is a static, or a field of a type whose values live for long: it is in a
    lock, a shared map, an `Arc` or a static, or part of such a value, or its type
    waits for events in a loop, has async methods or is a future;
  - keys come in after construction: not only in functions that make the value, or
    that are called only by those;
  - no key is removed, wherever the map is passed: no `remove`, `retain`, `drain`,
    `clear`, `pop_first`, `split_off`, `mem::take`, no entry's removal, no assignment
    of the whole field, no removal by another holder of the same `Arc`.

It is not reported if its keys are few by their type (an enum's variants, `bool`,
`TypeId`, `&'static str`), or if somebody takes something out of a field of this name
and it cannot be told of which type.

The confidence is low, and the finding only shown with `--confidence low`, if the map
is handed to a function of another crate, if its length is compared where keys are put
in, if all of those functions only set something up (`register`, `with_…`), or if its
owner is no more than an entry of a map that loses entries, and goes with it.

What to do: remove the key where its owner ends; or bound the map (an LRU, a time to
live); or, if it is meant to grow, say so above the field:
    // mapkeeper: allow(only-grows) one entry for each country
";

const HELP: &str =
    "remove the key where its owner ends; to see what stays, and from which line, track it";

/// Of the insertions so many are told.
const TOLD: usize = 3;

fn run(model: &Model<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (id, own) in model.world.types.iter().enumerate() {
        for (index, ty) in own.fields.iter().enumerate() {
            let field = &own.fact.fields[index];
            if field.declared.as_deref().is_some_and(is_meant_to_grow) {
                continue;
            }
            let Some(why) = lives_long(ty, model.long_lived.get(&id).copied(), own.fact) else {
                continue;
            };
            let Some(judged) = judge(model, Place::Field(id, index), ty, why) else {
                continue;
            };
            if is_guessed_removed(model, own.file, &field.name) {
                continue;
            }
            let (name, local) = match field.name.split_once('.') {
                Some((variant, local)) => (format!("{}::{variant}.{local}", own.fact.name), local),
                None => (format!("{}.{}", own.fact.name, field.name), &*field.name),
            };
            let width = local.chars().count();
            let mut edits = Vec::new();
            if !own.fact.is_tracked {
                edits.push(edit(own.fact.start, "#[mapkeeper::tracked]"));
            }
            if field.declared.is_none() {
                edits.push(edit(field.start, "#[map]"));
            }
            found.push(judged.finding(model, own.file, name, field.at, width, edits));
        }
    }
    for (id, &(file, fact)) in model.world.statics.iter().enumerate() {
        let ty = model.world.resolve(file, &fact.ty);
        if let Some(judged) = judge(model, Place::Static(id), &ty, Reason::Static) {
            if is_guessed_removed(model, file, &fact.name) {
                continue;
            }
            let width = fact.name.chars().count();
            found.push(judged.finding(model, file, fact.name.clone(), fact.at, width, Vec::new()));
        }
    }
    found
}

/// Why a field's map outlives a call, if it does.
fn lives_long(ty: &Type, owner: Option<Reason>, fact: &TypeFact) -> Option<Reason> {
    let kind = ty.map_kind()?;
    if kind.is_shared() || ty.wrappers().any(words::is_lock) {
        return Some(owner.unwrap_or(Reason::Shared).min(Reason::Shared));
    }
    // What is behind a reference is somebody else's.
    if fact.borrows || ty.name() == "&" {
        return None;
    }
    owner
}

struct Judged<'m> {
    insertions: Vec<&'m Op>,
    confidence: Confidence,
    notes: Vec<String>,
}

fn judge<'m>(model: &'m Model<'_>, place: Place, ty: &Type, why: Reason) -> Option<Judged<'m>> {
    ty.map_kind()?;
    if ty.map_kind() != Some(MapKind::Slab)
        && ty
            .peeled()
            .args
            .first()
            .is_some_and(|key| is_bounded(model, key))
    {
        return None;
    }
    let id = model.places.known(place)?;
    let is_shared = ty.wrappers().any(|of| matches!(of, "Arc" | "Rc" | "Weak"));
    let ops = model.places.ops_of(id, is_shared);
    if ops.iter().any(|op| op.what == What::Removes) {
        return None;
    }
    let is_constructing =
        |op: &Op| op.constructing || !op.at_run_time && model.constructors.contains(&op.function);
    let mut insertions: Vec<&Op> = ops
        .iter()
        .copied()
        .filter(|op| op.what == What::Inserts && !is_constructing(op))
        .collect();
    insertions.sort_by_key(|op| (op.file, op.at));
    insertions.dedup_by_key(|op| (op.file, op.at));
    if insertions.is_empty() {
        return None;
    }
    let mut notes = Vec::new();
    let mut confidence = match why {
        Reason::Static | Reason::Shared => Confidence::High,
        Reason::Task => Confidence::Medium,
    };
    if let Place::Field(owner, _) = place
        && model.comes_and_goes(owner)
    {
        confidence = match why {
            Reason::Static | Reason::Shared => Confidence::Medium,
            Reason::Task => Confidence::Low,
        };
        notes.push(
            "its owners are entries of a map that loses entries, and it goes with each".to_owned(),
        );
    }
    if let Some(op) = ops.iter().find(|op| op.what == What::HandedOut) {
        confidence = Confidence::Low;
        notes.push(format!(
            "`{}` of another crate gets the map, and might remove keys",
            op.by
        ));
    }
    let inserting: HashSet<_> = insertions.iter().map(|op| op.function).collect();
    if ops
        .iter()
        .any(|op| op.what == What::Measured && inserting.contains(&op.function))
    {
        confidence = Confidence::Low;
        notes.push("its length is compared where keys are put in: that may bound it".to_owned());
    }
    let sets_up = |op: &&Op| {
        let function = model.world.functions[op.function].1;
        let is_exclusive = matches!(function.receiver, Some(Receiver::RefMut | Receiver::Value));
        let is_called_later = model.places.calls.iter().any(|call| {
            let caller = &model.world.functions[call.caller].1.name;
            call.callee == op.function
                && !call.constructing
                && !model.constructors.contains(&call.caller)
                && !words::sets_up(caller)
        });
        is_exclusive && words::sets_up(&function.name) && !is_called_later
    };
    if insertions.iter().all(sets_up) {
        confidence = Confidence::Low;
        notes.push("the functions that put keys in seem to set something up".to_owned());
    }
    Some(Judged {
        insertions,
        confidence,
        notes,
    })
}

/// Keys of which there are only so many.
fn is_bounded(model: &Model<'_>, key: &Type) -> bool {
    match &key.head {
        Head::Own(id) => {
            let fact = model.world.types[*id].fact;
            fact.is_enum && fact.fields.is_empty()
        }
        Head::Other(name) => match &**name {
            "bool" | "u8" | "i8" | "TypeId" | "Level" | "Ordering" => true,
            "&" => key.args.first().is_some_and(|of| of.name() == "str"),
            "()" | "Option" => {
                !key.args.is_empty() && key.args.iter().all(|of| is_bounded(model, of))
            }
            _ => false,
        },
        _ => false,
    }
}

/// Somebody removes from something of this name, of which nobody knows the type.
fn is_guessed_removed(model: &Model<'_>, file: usize, name: &str) -> bool {
    let files = model.world.files;
    let package = &files[file].package;
    let name = name.rsplit('.').next().unwrap_or(name);
    // `self.0` is too common a name to say anything.
    if name.chars().all(|c| c.is_ascii_digit()) {
        return false;
    }
    let removes = |method: &str| {
        matches!(
            method,
            "assigned" | "mem::take" | "mem::replace" | "mem::swap"
        ) || matches!(
            words::effect(method, 1),
            Some(Effect::Removes | Effect::Consumes)
        )
    };
    let mut guesses = model.places.guesses.iter();
    let by_expression = guesses.any(|(of, at, field, method)| {
        let is_it = match field.strip_prefix(LOCAL) {
            Some(local) => *at == file && local == name,
            None => of == package && field == name,
        };
        is_it && removes(method)
    });
    let of_package = files.iter().filter(|of| of.package == *package);
    let mut mentions = of_package.flat_map(|of| &of.mentions);
    by_expression || mentions.any(|of| of.field == name && removes(&of.method))
}

fn edit(at: At, text: &str) -> Edit {
    Edit {
        at,
        text: text.to_owned(),
    }
}

/// `#[map(growth = allow)]`, or a limit.
fn is_meant_to_grow(declared: &str) -> bool {
    declared.contains("growth=allow") || declared.contains("max_len=")
}

impl Judged<'_> {
    fn finding(
        self,
        model: &Model<'_>,
        file: usize,
        field: String,
        at: At,
        width: usize,
        edits: Vec<Edit>,
    ) -> Finding {
        let files = model.world.files;
        let count = self.insertions.len();
        let spots = self.insertions.iter().take(TOLD).map(|op| Spot {
            file: files[op.file].path.clone(),
            line: op.at.line,
            column: op.at.column,
            width: op.by.chars().count(),
            what: format!(
                "put in here, by `{}`",
                model.world.functions[op.function].1.name
            ),
        });
        let mut notes = vec![
            "nothing in these sources removes a key from it, clears it or replaces it".to_owned(),
        ];
        if count > TOLD {
            notes.push(format!("keys are put in at {} more places", count - TOLD));
        }
        notes.extend(self.notes);
        Finding {
            kind: ANALYZER.kind,
            message: format!("`{field}` only grows: keys are put in, and none is ever removed"),
            field,
            file: files[file].path.clone(),
            line: at.line,
            column: at.column,
            confidence: self.confidence,
            related: spots.collect(),
            notes,
            help: HELP.to_owned(),
            label: "this map",
            width,
            edits,
        }
    }
}
