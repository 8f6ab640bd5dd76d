//! The inspector's page in a real browser, while the order service runs into its incident.
//!
//! Needs `chromium` and `chromedriver` (Debian: `chromium`, `chromium-driver`). Where there is none it says so and is
//! content, unless `MAPKEEPER_BROWSER=required` asks for one.

#![forbid(unsafe_code)]

mod driver;
mod http;

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use driver::Browser;
use serde_json::json;

/// The order service, serving until it is dropped.
struct Service {
    process: Child,
    address: String,
}

impl Service {
    /// After its replay of the incident, which is over and fixed then.
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_order_service"))
            .args(["--seconds", "1", "--serve"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the order service starts");
        let lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let mut lines = lines.map_while(Result::ok);
        let mut address = None;
        for line in lines.by_ref() {
            if let Some((_, rest)) = line.split_once("http://") {
                let end = rest.find(|c: char| c != ':' && c != '.' && !c.is_ascii_digit());
                address = Some(rest[..end.unwrap_or(rest.len())].to_owned());
            }
            if line.starts_with("GET  /debug/maps/") {
                break;
            }
        }
        // Whatever else it says is read: nobody to read it would be its end.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            address: address.expect("it says where it serves"),
        }
    }

    /// Places so many orders and completes them.
    fn orders(&self, n: u32) {
        let order = json!({ "customer": "Ada", "items": [{ "sku": 7, "quantity": 1 }] });
        let mut client = http::Client::to(&self.address);
        for _ in 0..n {
            let id = client.ask("POST", "/orders", Some(&order));
            client.ask("POST", &format!("/orders/{id}/complete"), None);
        }
    }

    fn post(&self, path: &str) {
        http::Client::to(&self.address).ask("POST", path, None);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Asks again until it is so.
#[track_caller]
fn within(seconds: u64, what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(
            start.elapsed() < Duration::from_secs(seconds),
            "{what}: not within {seconds} s"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn the_leak_appears_on_the_page_while_the_service_runs() {
    let Some(mut browser) = Browser::start() else {
        assert_ne!(
            std::env::var("MAPKEEPER_BROWSER").as_deref(),
            Ok("required"),
            "there is no chromedriver"
        );
        eprintln!("no chromedriver: the page was not tested in a browser");
        return;
    };
    let service = Service::start();
    let page = format!("http://{}/debug/maps/", service.address);

    browser.open(&page);
    within(20, "a healthy service", || {
        browser.text("main").contains("Nothing looks like a leak")
    });
    service.post("/deploy");
    service.orders(3_000);
    let card = "article[data-kind=residue][data-site='OrderService.orders']";
    within(20, "the leak", || browser.count(card) == 1);
    let text = browser.text(card);
    assert!(text.contains("order_service/service.rs:"), "{text}");
    assert!(text.contains("every scan walks over it"), "{text}");
    assert_eq!(browser.count(&format!("{card} svg[role=img]")), 2);
    assert!(
        browser.count(&format!("{card} svg polyline.live")) > 0,
        "a curve is drawn"
    );
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR"));
    browser.screenshot(&shots.join("inspector-light.png"));
    browser.prefer("dark");
    browser.screenshot(&shots.join("inspector-dark.png"));
    browser.prefer("light");

    the_table_sorts_and_filters(&mut browser, &page);
    the_three_buttons_find_the_leak(&mut browser, &page, &service);
    one_map_has_a_page(&mut browser, &page);
    a_snapshot_is_the_same_page_in_a_file(&mut browser, &service);

    service.post("/fix");
    browser.open(&page);
    within(20, "the fix", || {
        browser.text("main").contains("Nothing looks like a leak")
    });
    let errors = browser.errors();
    assert!(errors.is_empty(), "{errors:?}");
}

/// The names in the table, from top to bottom.
fn names(browser: &mut Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('tbody tr')].map(row => row.dataset.site)";
    serde_json::from_value(browser.run(script)).expect("names")
}

fn the_table_sorts_and_filters(browser: &mut Browser, page: &str) {
    browser.open(&format!("{page}#/sites"));
    let by_entries = ["OrderService.orders", "OrderService.deliveries"];
    within(20, "the fullest first", || names(browser) == by_entries);
    // By keyboard: the heading is a button.
    browser.press("th button[data-sort=site]", "\u{e007}");
    let by_name = ["OrderService.deliveries", "OrderService.orders"];
    within(20, "by name", || names(browser) == by_name);
    assert_eq!(browser.count("th[aria-sort=ascending]"), 1);
    browser.press("#filter", "DELIVER");
    within(20, "one row", || names(browser) == by_name[..1]);
    let focused = browser.run("return document.activeElement.id");
    assert_eq!(focused, "filter", "who types keeps the focus");
}

fn the_three_buttons_find_the_leak(browser: &mut Browser, page: &str, service: &Service) {
    browser.open(&format!("{page}#/snapshots"));
    for (i, button) in ["#take-a", "#take-b", "#take-c"].iter().enumerate() {
        within(20, button, || {
            browser.count(&format!("{button}:not([disabled])")) == 1
        });
        browser.click(button);
        within(20, "a snapshot", || {
            browser.count("table[aria-label=Snapshots] tbody tr") == i + 1
        });
        if i == 0 {
            service.orders(6_000);
        }
    }
    within(20, "survivors", || {
        browser.text("main").contains("alive at")
    });
    let rows = browser.text("table[aria-label=Survivors]");
    assert!(rows.contains("OrderService.orders"), "{rows}");
    assert!(rows.contains("order_service/service.rs:"), "{rows}");
}

fn one_map_has_a_page(browser: &mut Browser, page: &str) {
    browser.open(page);
    within(20, "the leak", || browser.count("article a") == 1);
    browser.click("article a");
    within(20, "its page", || {
        browser.text("h2") == "OrderService.orders"
    });
    let lines = browser.text("table[aria-label='Lines that inserted']");
    assert!(lines.contains("order_service/service.rs:"), "{lines}");
    assert!(
        browser
            .text("table[aria-label='Exits by cause']")
            .contains("replaced")
    );
}

/// With a name that would run if it were taken for anything but text.
fn a_snapshot_is_the_same_page_in_a_file(browser: &mut Browser, service: &Service) {
    const HOSTILE: &str = "</script><script>document.title='hostile'</script>";
    let mut client = http::Client::to(&service.address);
    let mut json = client.ask("GET", "/debug/maps/api/snapshots/1", None);
    for site in json["sites"].as_array_mut().expect("sites") {
        if site["site"] == "OrderService.deliveries" {
            site["site"] = HOSTILE.into();
        }
    }
    let snapshot = mapkeeper::Snapshot::from_json(&json.to_string()).expect("a snapshot");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("snapshot.html");
    std::fs::write(&file, snapshot.to_html()).expect("a file");
    let url = format!("file://{}", file.display());

    browser.open(&url);
    let card = "article[data-kind=residue][data-site='OrderService.orders']";
    within(20, "the leak", || browser.count(card) == 1);
    assert_eq!(browser.count(&format!("{card} svg[role=img]")), 2);
    assert!(browser.text("#state").starts_with("snapshot 1 of its run"));
    let chart = browser.run("return document.querySelector('article svg').textContent");
    assert!(chart.as_str().is_some_and(|text| text.contains("then")));
    browser.screenshot(&folder.join("snapshot.png"));
    browser.click(&format!("{card} a"));
    within(20, "its page", || {
        browser.text("h2") == "OrderService.orders"
    });
    browser.open(&format!("{url}#/sites"));
    let by_entries = ["OrderService.orders", HOSTILE];
    within(20, "the fullest first", || names(browser) == by_entries);
    browser.click("th button[data-sort=entries]");
    let fewest_first = [HOSTILE, "OrderService.orders"];
    within(20, "the emptiest first", || names(browser) == fewest_first);
    browser.press("#filter", "ORDERS");
    within(20, "one row", || names(browser) == by_entries[..1]);
    assert_eq!(browser.run("return document.title"), "mapkeeper");
    assert_eq!(browser.count("nav a"), 2, "no more snapshots can be taken");
}
