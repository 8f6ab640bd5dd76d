//! What is asked, and what is said of answers that are none.

use std::{net::TcpListener, time::Duration};

use super::served::{Served, recorded, seen, wanted};
use crate::top::{client::Client, data, poller::Poller, sort::Sort};

fn fault(url: &str, token: Option<&str>) -> String {
    let client = Client::new(url, token.map(str::to_owned)).unwrap();
    let fault = data::seen(&client, &wanted()).unwrap_err().to_string();
    assert!(!fault.contains('\n'), "one sentence: {fault}");
    fault
}

#[test]
fn an_address_is_taken_as_people_copy_it() {
    for (given, meant) in [
        (
            "http://127.0.0.1:80/debug/maps",
            "http://127.0.0.1:80/debug/maps",
        ),
        (
            "http://127.0.0.1:80/debug/maps/#/sites",
            "http://127.0.0.1:80/debug/maps",
        ),
        ("localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080///", "http://[::1]:8080"),
        ("host", "http://host"),
    ] {
        assert_eq!(
            Client::new(given, None).unwrap().address(),
            meant,
            "{given}"
        );
    }
    for bad in [
        "",
        "http://",
        "ftp://x",
        "http://a b",
        "http://me@host",
        "http://h:99999",
        "http://h:x",
        "/debug",
    ] {
        let why = Client::new(bad, None).err().expect(bad).to_string();
        assert!(why.contains("is no address to ask"), "{why}");
    }
    let why = Client::new("https://host", None).err().unwrap().to_string();
    assert!(why.contains("TLS") && why.contains("ssh -L"), "{why}");
    let why = Client::new("http://host", Some("a\nb".to_owned()))
        .err()
        .unwrap();
    assert!(why.to_string().contains("cannot be sent"), "{why}");
}

#[test]
fn who_is_no_inspector_is_told_so() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let closed = fault(&format!("http://{port}"), None);
    assert!(closed.contains("nobody listens"), "{closed}");
    for (status, body, what) in [
        (404, "not here", "answers with status 404"),
        (200, "<html>", "not JSON"),
        (200, "{}", "other data"),
        (200, "[1]", "other data"),
        (301, "", "points elsewhere"),
        (500, "", "answers with status 500"),
    ] {
        let served = Served::saying(move |_, _| (status, body.to_owned()));
        let why = fault(&served.url(), None);
        assert!(why.contains("there is no mapkeeper inspector at"), "{why}");
        assert!(why.contains(what), "{why}");
    }
}

#[test]
fn a_token_is_sent_and_asked_for() {
    let served = Served::saying(|path, token| match token {
        Some("s3cret") => recorded(path, &|_| {}),
        _ => (
            401,
            r#"{"error":"this inspector wants its token"}"#.to_owned(),
        ),
    });
    let url = served.url();
    let client = Client::new(&url, Some("s3cret".to_owned())).unwrap();
    assert!(data::seen(&client, &wanted()).is_ok());
    assert!(fault(&url, None).contains("wants its token"));
    let wrong = fault(&url, Some("guess"));
    assert!(wrong.contains("does not accept this token") && !wrong.contains("guess"));
}

#[test]
fn data_of_another_version_is_told_as_that() {
    let served = Served::recorded(|json| {
        if let Some(items) = json["items"].as_array_mut() {
            items.iter_mut().for_each(|item| item["site"] = 7.into());
        }
    });
    let why = fault(&served.url(), None);
    assert!(
        why.contains("does not understand") && why.contains("api/suspects"),
        "{why}"
    );
    // More fields are no other version.
    let served = Served::recorded(|json| json["colour"] = "blue".into());
    seen(&served, &wanted());
}

fn which(id: Option<String>) -> data::Which {
    data::Which {
        site: "OrderService.orders".to_owned(),
        module: "order_service::service".to_owned(),
        id,
    }
}

/// A suspect's map need not be among the rows that are shown.
#[test]
fn a_map_is_found_by_its_name() {
    let served = Served::saying(|path, _| {
        let (place, query) = path.split_once('?').unwrap_or((path, ""));
        assert!(
            !place.contains("/api/sites/") || place.ends_with("/2799b000526f3308"),
            "{place}"
        );
        recorded(path, &|json| {
            // The table shows others.
            let q = query.ends_with("&q=");
            if let Some(items) = json["items"].as_array_mut().filter(|_| q) {
                items.retain(|row| row["site"] != "OrderService.orders");
            }
        })
    });
    let mut wanted = wanted();
    wanted.site = Some(which(None));
    let seen = seen(&served, &wanted);
    assert_eq!(seen.rows.items.len(), 1);
    assert_eq!(seen.site.unwrap().site.site, "OrderService.orders");
    wanted.site = Some(data::Which {
        module: "elsewhere".to_owned(),
        ..which(None)
    });
    assert!(super::served::seen(&served, &wanted).site.is_none());
}

#[test]
fn a_map_that_is_gone_is_no_fault() {
    let served = Served::recorded(|_| {});
    served.says(|path, _| match path.contains("/api/sites/") {
        true => (404, r#"{"error":"there is no site x"}"#.to_owned()),
        false => recorded(path, &|_| {}),
    });
    let mut wanted = wanted();
    for id in [Some("x/../y".to_owned()), None] {
        wanted.site = Some(which(id));
        assert!(seen(&served, &wanted).site.is_none());
    }
}

/// An inspector sorts by one figure and gives 200 rows at a time.
#[test]
fn of_very_many_maps_the_first_by_all_figures_are_asked_for() {
    let served = Served::saying(|path, _| {
        recorded(path, &|json| {
            if !path.contains("/api/sites?") {
                return;
            }
            let (sort, step) = if path.contains("sort=growth") {
                ("growth", 1_000)
            } else if path.contains("sort=entries") {
                ("entries", 2_000)
            } else {
                ("suspects", 0)
            };
            let model = json["items"][0].clone();
            let rows = (0..200).map(|n| {
                let mut row = model.clone();
                row["id"] = format!("{}", n + step).into();
                row["site"] = format!("{sort}{n:03}").into();
                row["suspects"] = u64::from(sort == "suspects" && n < 5).into();
                row["growth_per_hour"] = if sort == "growth" {
                    (500 - n).into()
                } else {
                    serde_json::Value::Null
                };
                row["entries"] = if sort == "entries" {
                    9.into()
                } else {
                    1.into()
                };
                row
            });
            json["items"] = rows.collect();
            json["total"] = 10_000.into();
        })
    });
    let rows = seen(&served, &wanted()).rows;
    assert_eq!((rows.total, rows.items.len()), (10_000, 200));
    let names: Vec<&str> = rows.items.iter().map(|row| &*row.site).collect();
    assert_eq!(
        names[..6],
        [
            "suspects000",
            "suspects001",
            "suspects002",
            "suspects003",
            "suspects004",
            "growth000"
        ]
    );
    assert_eq!(names[199], "growth194");
    let by_name = data::Wanted {
        sort: Sort::Name,
        ascending: true,
        ..wanted()
    };
    assert_eq!(seen(&served, &by_name).rows.items.len(), 200);
}

#[test]
fn it_is_asked_again_and_again_and_what_is_wanted_at_once() {
    let served = Served::recorded(|_| {});
    let often = Poller::start(served.client(), wanted(), Duration::from_millis(1));
    let seldom = Poller::start(served.client(), wanted(), Duration::from_secs(3600));
    let next = |poller: &Poller| loop {
        if let Some(news) = poller.news().unwrap() {
            break news;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    assert!(next(&often).is_ok() && next(&often).is_ok());
    served.says(|_, _| (500, String::new()));
    while next(&often).is_ok() {}
    served.says(|path, _| recorded(path, &|_| {}));
    while next(&often).is_err() {}
    assert!(seldom.news().unwrap().is_none());
    let site = data::Wanted {
        site: Some(which(Some("x".to_owned()))),
        ..wanted()
    };
    seldom.want(site);
    assert!(next(&seldom).unwrap().site.is_some());
}
