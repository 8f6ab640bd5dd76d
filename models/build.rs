//! Says that the runtime's source is built to run on a model checker.

fn main() {
    println!("cargo::rustc-cfg=mapkeeper_models");
    // What the runtime asks for that is not built here.
    println!("cargo::rustc-check-cfg=cfg(feature, values(any()))");
    println!("cargo::rerun-if-changed=build.rs");
}
