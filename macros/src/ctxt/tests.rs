use proc_macro2::Span;

use super::Ctxt;

#[test]
fn all_errors_are_kept_in_order() {
    let ctxt = Ctxt::new();
    ctxt.error_at(Span::call_site(), "first");
    ctxt.error_at(Span::call_site(), "second");
    let messages: Vec<String> = ctxt
        .check()
        .expect_err("two errors")
        .into_iter()
        .map(|error| error.to_string())
        .collect();
    assert_eq!(messages, ["first", "second"]);
}

#[test]
fn nothing_wrong_is_fine() {
    assert!(Ctxt::new().check().is_ok());
}

#[test]
#[should_panic(expected = "never checked")]
fn forgetting_to_check_is_a_bug() {
    drop(Ctxt::new());
}
