//! The dependency in manifests of every form; all else in them stays.

use super::{annotate, manifest, package};

const TEXT: &str =
    "#[derive(Default)]\npub struct A { m: parking_lot::Mutex<indexmap::IndexMap<u8, u8>> }\n";

fn becomes(before: &str, after: &str) {
    let head = "[package]\nname   = \"it\" # its name\nversion = '0.1.0'\nedition = \"2024\"\n[workspace]\n";
    let folder = package("annotate-manifests", &format!("{head}{before}"), TEXT);
    let run = annotate(&folder.0, ["A.m"]);
    assert_eq!((run.code, &*run.err), (0, ""), "{before}");
    assert_eq!(manifest(&folder), format!("{head}{after}"));
    let run = annotate(&folder.0, ["A.m"]);
    assert_eq!(run.out, "annotated already: nothing to change\n");
    assert_eq!(manifest(&folder), format!("{head}{after}"));
}

#[test]
fn it_is_added_where_it_belongs_with_the_features_that_are_needed() {
    const IT: &str =
        "mapkeeper = { version = \"0.1\", features = [\"indexmap\", \"parking_lot\"] }\n";
    becomes("", &format!("\n[dependencies]\n{IT}"));
    becomes("[dependencies]", &format!("[dependencies]\n{IT}"));
    becomes(
        "[dependencies]\nindexmap = \"2\"\n# locks\nparking_lot = {version=\"0.12\"}   # these\n\n[features]\n",
        &format!(
            "[dependencies]\nindexmap = \"2\"\n{IT}# locks\nparking_lot = {{version=\"0.12\"}}   # these\n\n[features]\n"
        ),
    );
    becomes(
        "[dependencies]\nparking_lot = \"0.12\"\nindexmap = { version = \"2\", features = [\n  \"std\",\n] }\n[features]\n",
        &format!(
            "[dependencies]\nparking_lot = \"0.12\"\nindexmap = {{ version = \"2\", features = [\n  \"std\",\n] }}\n{IT}[features]\n"
        ),
    );
    becomes(
        "[dependencies]\nparking_lot = \"0.12\"\n",
        &format!("[dependencies]\n{IT}parking_lot = \"0.12\"\n"),
    );
    becomes(
        "[dependencies.indexmap]\nversion = \"2\"\n",
        &format!("[dependencies.indexmap]\nversion = \"2\"\n\n[dependencies]\n{IT}"),
    );
}

#[test]
fn features_are_added_to_what_is_there() {
    for (before, after) in [
        (
            "mapkeeper = \"0.1.0\"",
            "mapkeeper = { version = \"0.1.0\", features = [\"indexmap\", \"parking_lot\"] }",
        ),
        (
            "mapkeeper = { version = \"0.1\" } # near",
            "mapkeeper = { version = \"0.1\", features = [\"indexmap\", \"parking_lot\"] } # near",
        ),
        (
            "mapkeeper = { version = \"0.1\", features = [ 'strict' , \"indexmap\" ] }",
            "mapkeeper = { version = \"0.1\", features = [ 'strict' , \"indexmap\", \"parking_lot\" ] }",
        ),
        (
            "mapkeeper = { version = \"0.1\", features = [] }",
            "mapkeeper = { version = \"0.1\", features = [\"indexmap\", \"parking_lot\"] }",
        ),
    ] {
        becomes(
            &format!("[dependencies]\n{before}\n"),
            &format!("[dependencies]\n{after}\n"),
        );
    }
    becomes(
        "[dependencies.mapkeeper]\nversion = \"0.1\"\n\n[features]\n",
        "[dependencies.mapkeeper]\nversion = \"0.1\"\nfeatures = [\"indexmap\", \"parking_lot\"]\n\n[features]\n",
    );
}

#[test]
fn what_a_workspace_says_of_it_is_taken() {
    let workspace = "[workspace.dependencies]\nmapkeeper = \"0.1\"\n[dependencies]\n";
    becomes(
        workspace,
        &format!(
            "{workspace}mapkeeper = {{ workspace = true, features = [\"indexmap\", \"parking_lot\"] }}\n"
        ),
    );
    becomes(
        &format!("{workspace}mapkeeper.workspace = true\n"),
        &format!(
            "{workspace}mapkeeper.workspace = true\nmapkeeper.features = [\"indexmap\", \"parking_lot\"]\n"
        ),
    );
}
