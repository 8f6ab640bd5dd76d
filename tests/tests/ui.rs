//! What the compiler says about mistakes (`ui/fail`, each with the text it must say) and what must compile (`ui/pass`).
//!
//! The texts belong to the pinned compiler; `TRYBUILD=overwrite` writes them anew, and then they want to be read.

#[test]
fn mistakes_are_explained_where_they_stand() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.pass("ui/pass/*.rs");
}
