//! `html` of snapshots that the runtime made. What the page does is tested in a browser by `examples/tests/browser`.

use std::{collections::HashMap, fs};

use mapkeeper::Snapshot;
use serde_json::Value;

use super::{Folder, broken, run};

#[mapkeeper::tracked]
#[derive(Default)]
struct Page {
    #[map]
    map: HashMap<u64, Option<u64>>,
}

fn snapshot(folder: &Folder) -> String {
    let mut s = Page::default();
    s.map.extend((0..2_000).map(|n| (n, Some(n))));
    for n in 0..1_500 {
        s.map.insert(n, None);
    }
    folder.save("snapshot.json", &Snapshot::now(), "Page.", |_| {})
}

#[test]
fn the_page_has_the_snapshots_figures_and_what_is_suspected() {
    let folder = Folder::new("html-page");
    let (snapshot, page) = (snapshot(&folder), folder.path("report.html"));
    let told = run(["mapkeeper", "html", &snapshot, "-o", &page]);
    assert_eq!((told.code, &*told.out), (0, ""));
    assert!(
        told.err.starts_with(&format!("wrote {page} (")),
        "{}",
        told.err
    );
    let html = fs::read_to_string(&page).unwrap();
    let data = html.split_once("id=\"snapshot\">").unwrap().1;
    let data: Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(data["rows"][0]["site"], "Page.map");
    assert_eq!(data["rows"][0]["entries"], 2_000);
    assert_eq!(data["suspects"][0]["kind"], "residue");
    assert_eq!(
        folder.names(),
        ["report.html", "snapshot.json"],
        "nothing else is left"
    );
    // Without -o it goes where it is sent.
    let piped = run(["html", &snapshot]);
    assert_eq!((piped.code, &*piped.err), (0, ""));
    assert_eq!(piped.out, html);
    // A file that is there is replaced.
    fs::write(&page, "old").unwrap();
    assert_eq!(run(["html", "--output", &page, &snapshot]).code, 0);
    assert_eq!(fs::read_to_string(&page).unwrap(), html);
}

#[test]
fn what_cannot_be_read_or_written_is_told() {
    let folder = Folder::new("html-broken");
    let (snapshot, page) = (snapshot(&folder), folder.path("report.html"));
    for (path, says) in broken(&folder, &snapshot) {
        run(["html", &path, "-o", &page]).is_refused(&says);
    }
    let names = folder.names();
    let nowhere = folder.path("not/there/report.html");
    run(["html", &snapshot, "-o", &nowhere]).is_refused(&[
        "cannot write",
        "not/there",
        "folder that exists",
    ]);
    run(["html", &snapshot, "-o", &folder.path("")]).is_refused(&["cannot write"]);
    run(["html", &snapshot, "-o", &snapshot]).is_refused(&["is the snapshot itself"]);
    run(["html", &snapshot, "-o"]).is_refused(&["-o", "html --help"]);
    run(["html"]).is_refused(&["no snapshot is named"]);
    assert_eq!(folder.names(), names, "nothing is left behind");
    assert!(fs::read_to_string(&snapshot).unwrap().starts_with('{'));
}
