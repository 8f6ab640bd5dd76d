//! Chromium without a window, driven by chromedriver: the few commands of the WebDriver protocol that are needed here
//! (W3C, WebDriver, 2018).

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use crate::http::Client;

/// What an element is called in answers.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub(crate) struct Browser {
    driver: Child,
    client: Client,
    session: String,
}

impl Browser {
    /// `None` if there is no chromedriver.
    pub(crate) fn start() -> Option<Self> {
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let address = format!("127.0.0.1:{port}");
        for _ in 0..100 {
            if std::net::TcpStream::connect(&address).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let mut browser = Self {
            driver,
            client: Client::to(&address),
            session: String::new(),
        };
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            // Root has no sandbox, and a container's shared memory may be small.
            "goog:chromeOptions": { "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1100,800",
            ] },
        } } });
        let session = browser.command("POST", "/session", &wanted);
        browser.session = format!(
            "/session/{}",
            session["sessionId"].as_str().expect("a session")
        );
        Some(browser)
    }

    #[track_caller]
    fn command(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let path = format!("{}{path}", self.session);
        let body = (method == "POST").then_some(body);
        let answer = self.client.ask(method, &path, body);
        let value = answer["value"].clone();
        assert!(value["error"].is_null(), "{path}: {value}");
        value
    }

    pub(crate) fn open(&mut self, url: &str) {
        self.command("POST", "/url", &json!({ "url": url }));
    }

    /// What a script returns.
    #[track_caller]
    pub(crate) fn run(&mut self, script: &str) -> Value {
        self.command(
            "POST",
            "/execute/sync",
            &json!({ "script": script, "args": [] }),
        )
    }

    /// How many elements there are.
    pub(crate) fn count(&mut self, selector: &str) -> usize {
        let script = format!(
            "return document.querySelectorAll({}).length",
            json!(selector)
        );
        self.run(&script).as_u64().expect("a number") as usize
    }

    /// The text of the first element; empty if there is none.
    pub(crate) fn text(&mut self, selector: &str) -> String {
        let script = format!(
            "return document.querySelector({})?.innerText ?? ''",
            json!(selector)
        );
        self.run(&script).as_str().expect("a text").to_owned()
    }

    /// The path of an element. The page draws itself anew: it is looked for each time.
    #[track_caller]
    fn element(&mut self, selector: &str) -> String {
        let by = json!({ "using": "css selector", "value": selector });
        let found = self.command("POST", "/element", &by);
        format!("/element/{}", found[ELEMENT].as_str().expect("an element"))
    }

    #[track_caller]
    pub(crate) fn click(&mut self, selector: &str) {
        let element = self.element(selector);
        self.command("POST", &format!("{element}/click"), &json!({}));
    }

    #[track_caller]
    pub(crate) fn press(&mut self, selector: &str, keys: &str) {
        let element = self.element(selector);
        self.command(
            "POST",
            &format!("{element}/value"),
            &json!({ "text": keys }),
        );
    }

    /// What the page is told of light and dark.
    pub(crate) fn prefer(&mut self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let command =
            json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": features } });
        self.command("POST", "/goog/cdp/execute", &command);
    }

    pub(crate) fn screenshot(&mut self, to: &Path) {
        let picture = self.command("GET", "/screenshot", &Value::Null);
        let picture = base64(picture.as_str().expect("a picture"));
        assert!(picture.starts_with(b"\x89PNG"));
        std::fs::write(to, picture).expect("a file");
    }

    /// What the console was told, but for what is no fault.
    #[track_caller]
    pub(crate) fn errors(&mut self) -> Vec<String> {
        let entries = self.command("POST", "/se/log", &json!({ "type": "browser" }));
        let entries = entries.as_array().expect("a list").iter();
        let faults =
            entries.filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        faults.map(Value::to_string).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Also when a test failed: else the browser stays.
        let _ = self.client.try_ask("DELETE", &self.session, None);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// The bytes of a text in base 64 (RFC 4648).
fn base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}
