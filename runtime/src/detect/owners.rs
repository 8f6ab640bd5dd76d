//! Which maps stand beside each other: those of one struct, enum or name.

use std::collections::BTreeMap;

use crate::SiteReport;

/// Sites by module and struct.
pub(super) struct Owners<'r>(BTreeMap<(&'r str, &'r str), Vec<&'r SiteReport>>);

impl<'r> Owners<'r> {
    /// Of the sites that anything was ever put into.
    pub(super) fn of(sites: &'r [SiteReport]) -> Self {
        let mut by_owner = BTreeMap::<_, Vec<_>>::new();
        for site in sites.iter().filter(|site| site.inserts > 0) {
            by_owner.entry(owner(site)).or_default().push(site);
        }
        Self(by_owner)
    }

    /// Those of the same struct, without the site itself.
    pub(super) fn beside<'a>(
        &'a self,
        site: &'a SiteReport,
    ) -> impl Iterator<Item = &'r SiteReport> + 'a {
        let of_this_struct = self.0.get(&owner(site)).into_iter().flatten().copied();
        of_this_struct.filter(|other| !std::ptr::eq(*other, site))
    }
}

/// Module and struct; a name of the user's own stands for its struct.
fn owner(site: &SiteReport) -> (&str, &str) {
    let name = &site.site;
    let owner = name.rsplit_once('.').map_or(&**name, |(owner, _)| owner);
    (&site.module, owner)
}
