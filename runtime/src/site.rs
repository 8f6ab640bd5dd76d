//! One annotated place in the source.

use crate::{Contract, mode::SiteRecord};

/// One annotated map: its name, where it stands and what was declared about it.
///
/// Made by `#[tracked]` as a `static` and known at link time, so a report names it even if no map of it ever lived.
pub struct Site {
    name: &'static str,
    module_path: &'static str,
    file: &'static str,
    line: u32,
    column: u32,
    contract: Contract,
    pub(crate) record: SiteRecord,
}

impl Site {
    /// A site; called by generated code in a `static`.
    pub const fn new(
        name: &'static str,
        module_path: &'static str,
        file: &'static str,
        line: u32,
        column: u32,
        contract: Contract,
    ) -> Self {
        Self {
            name,
            module_path,
            file,
            line,
            column,
            contract,
            record: SiteRecord::new(),
        }
    }

    /// `Struct.field`, `Enum::Variant.field`, a static's or an alias's own name, or what `name = "…"` said.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The module it stands in.
    pub const fn module_path(&self) -> &'static str {
        self.module_path
    }

    /// The source file, as the compiler was given it.
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// The line of the field, static or alias, from 1.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The column of the field, static or alias, from 1.
    pub const fn column(&self) -> u32 {
        self.column
    }

    /// What was declared about the map.
    pub const fn contract(&self) -> &Contract {
        &self.contract
    }
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site")
            .field("name", &self.name)
            .field("file", &self.file)
            .field("line", &self.line)
            .field("contract", &self.contract)
            .finish_non_exhaustive()
    }
}

/// A site as the linker collects it.
///
/// Not public API: named by generated code.
#[doc(hidden)]
#[derive(Debug)]
pub struct Registered(pub &'static Site);

inventory::collect!(Registered);

/// Every site linked into this program, whether or not a map of it ever lived, in no particular order.
pub fn sites() -> impl Iterator<Item = &'static Site> {
    inventory::iter::<Registered>().map(|registered| registered.0)
}
