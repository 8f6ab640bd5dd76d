//! What findings are about: fields and statics that are maps.

use super::Model;
use crate::scan::{
    facts::{At, TypeFact},
    finding::Edit,
    lifetime::Reason,
    places::{LOCAL, Op, Place, What},
    types::{Head, Type},
    words::{self, Effect, MapKind},
};

pub(super) struct Subject {
    pub(super) place: Place,
    pub(super) ty: Type,
    pub(super) file: usize,
    /// `Struct.field`, `Enum::Variant.field`, or a static's name.
    pub(super) name: String,
    /// The field's own name.
    local: String,
    pub(super) at: At,
    pub(super) width: usize,
    /// Why it outlives a call, if it does.
    pub(super) why: Option<Reason>,
    /// What its `#[map(…)]` says.
    declared: Option<String>,
    pub(super) is_tracked: bool,
    /// What makes a tracked map of it.
    pub(super) edits: Vec<Edit>,
}

impl Subject {
    /// Of every field and static that is a map.
    pub(super) fn all(model: &Model<'_>) -> Vec<Self> {
        let types = model.world.types.iter().enumerate();
        let fields = types
            .flat_map(|(id, own)| (0..own.fields.len()).map(move |index| Place::Field(id, index)));
        let statics = (0..model.world.statics.len()).map(Place::Static);
        let all = fields.chain(statics);
        all.filter_map(|place| Self::of(model, place)).collect()
    }

    pub(super) fn of(model: &Model<'_>, place: Place) -> Option<Self> {
        let world = &model.world;
        match place {
            Place::Field(id, index) => {
                let own = &world.types[id];
                let (field, ty) = (&own.fact.fields[index], &own.fields[index]);
                ty.map_kind()?;
                let (name, local) = match field.name.split_once('.') {
                    Some((variant, local)) => {
                        (format!("{}::{variant}.{local}", own.fact.name), local)
                    }
                    None => (format!("{}.{}", own.fact.name, field.name), &*field.name),
                };
                let mut edits = Vec::new();
                if !own.fact.is_tracked {
                    edits.push(edit(own.fact.start, "#[mapkeeper::tracked]"));
                }
                if field.declared.is_none() {
                    edits.push(edit(field.start, "#[map]"));
                }
                let owner = model.long_lived.get(&id).copied();
                Some(Self {
                    place,
                    ty: ty.clone(),
                    file: own.file,
                    name,
                    local: local.to_owned(),
                    at: field.at,
                    width: local.chars().count(),
                    why: lives_long(ty, owner, own.fact)
                        .filter(|_| !model.brief.gone.contains(&id) || is_anothers(model, place)),
                    declared: field.declared.clone(),
                    is_tracked: field.declared.is_some() || world.is_tracked(own.file, &field.ty),
                    edits,
                })
            }
            Place::Static(id) => {
                let (file, fact) = world.statics[id];
                let ty = world.resolve(file, &fact.ty);
                ty.map_kind()?;
                Some(Self {
                    place,
                    ty,
                    file,
                    name: fact.name.clone(),
                    local: fact.name.clone(),
                    at: fact.at,
                    width: fact.name.chars().count(),
                    why: Some(Reason::Static),
                    declared: None,
                    is_tracked: fact.is_tracked || world.is_tracked(file, &fact.ty),
                    edits: Vec::new(),
                })
            }
            Place::Param(..) | Place::Local(..) => None,
        }
    }

    /// Within an `Arc` or the like others may have it, too.
    pub(super) fn is_shared(&self) -> bool {
        let mut wrappers = self.ty.wrappers();
        wrappers.any(|of| matches!(of, "Arc" | "Rc" | "Weak"))
    }

    /// What is done to it, or to what is so many levels down in it.
    pub(super) fn ops<'m>(&self, model: &'m Model<'_>, depth: i32) -> Vec<&'m Op> {
        let id = model.places.known(self.place);
        let ops = id.map(|id| model.places.ops_within(id, self.is_shared(), depth));
        ops.unwrap_or_default()
    }

    /// `#[map(growth = allow)]`, or a limit.
    pub(super) fn is_meant_to_grow(&self) -> bool {
        let declared = self.declared.as_deref().unwrap_or_default();
        declared.contains("growth=allow") || declared.contains("max_len=")
    }

    /// There are only so many keys.
    pub(super) fn has_few_keys(&self, model: &Model<'_>) -> bool {
        let key = self.ty.peeled().args.first();
        let is_few = |key: &Type| is_bounded(model, key, KEYS_WITHIN);
        self.ty.map_kind() != Some(MapKind::Slab) && key.is_some_and(is_few)
    }

    /// Somebody removes from a field of another type that has the same name and is shared as this one is: most likely the
    /// same map, passed on where nobody saw it.
    pub(super) fn is_removed_by_namesake(&self, model: &Model<'_>) -> bool {
        if !self.is_shared() || self.local.chars().all(|c| c.is_ascii_digit()) {
            return false;
        }
        let mut types = model.world.types.iter().enumerate();
        types.any(|(id, own)| {
            let mut fields = own.fact.fields.iter().zip(&own.fields).enumerate();
            fields.any(|(index, (field, ty))| {
                let place = Place::Field(id, index);
                field.name == self.local
                    && *ty == self.ty
                    && place != self.place
                    && model.places.known(place).is_some_and(|id| {
                        let ops = model.places.ops_of(id, true);
                        ops.iter().any(|op| op.what == What::Removes)
                    })
            })
        })
    }

    /// Somebody removes from something of this name, of which nobody knows the type.
    pub(super) fn is_guessed_removed(&self, model: &Model<'_>) -> bool {
        let files = model.world.files;
        let package = &files[self.file].package;
        let name = &self.local;
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
                Some(local) => *at == self.file && local == name,
                None => of == package && field == name,
            };
            is_it && removes(method)
        });
        let of_package = files.iter().filter(|of| of.package == *package);
        let mut mentions = of_package.flat_map(|of| &of.mentions);
        by_expression || mentions.any(|of| of.field == *name && removes(&of.method))
    }
}

impl Model<'_> {
    /// It is done while nobody else has the map.
    pub(super) fn constructs(&self, op: &Op) -> bool {
        op.constructing || !op.at_run_time && self.constructors.contains(&op.function)
    }

    /// Those that put keys in while it runs.
    pub(super) fn insertions<'m>(&self, ops: &[&'m Op]) -> Vec<&'m Op> {
        let ops = ops.iter().copied();
        let mut all: Vec<&Op> = ops
            .filter(|op| op.what == What::Inserts && !self.constructs(op))
            .collect();
        all.sort_by_key(|op| (op.file, op.at));
        all.dedup_by_key(|op| (op.file, op.at));
        all
    }
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

/// Whether a field's map comes from something that is not as brief as its owner.
fn is_anothers(model: &Model<'_>, place: Place) -> bool {
    let id = model.places.known(place);
    let from = id.map(|id| model.places.sources(id)).unwrap_or_default();
    from.iter().any(|&of| match model.places.all[of] {
        Place::Field(owner, _) => !model.brief.gone.contains(&owner),
        Place::Static(_) => true,
        _ => false,
    })
}

/// How deeply keys are made of others.
const KEYS_WITHIN: usize = 4;

/// Keys of which there are only so many: by their type, or because the program has only so many of them.
fn is_bounded(model: &Model<'_>, key: &Type, within: usize) -> bool {
    let Some(within) = within.checked_sub(1) else {
        return false;
    };
    let all = |of: &[Type]| of.iter().all(|of| is_bounded(model, of, within));
    match &key.head {
        Head::Own(id) => {
            let own = &model.world.types[*id];
            (own.fact.is_enum || !own.fields.is_empty()) && all(&own.fields)
        }
        Head::Other(name) => match &**name {
            "bool" | "u8" | "i8" | "u16" | "i16" | "NonZeroU8" | "NonZeroU16" | "TypeId"
            | "Level" | "Ordering" | "fn" => true,
            "&" => key
                .args
                .first()
                .is_some_and(|of| matches!(of.name(), "str" | "Location")),
            "()" | "Option" => !key.args.is_empty() && all(&key.args),
            _ => false,
        },
        _ => false,
    }
}

fn edit(at: At, text: &str) -> Edit {
    Edit {
        at,
        text: text.to_owned(),
    }
}
