"use strict";
// The page: what the address after # asks for, drawn from the source's JSON, and kept up to date by its events.
// Everything that comes from the program is put in as text: keys and names are whatever they are.
(() => {
  const content = document.getElementById("content");
  const state = document.getElementById("state");
  const { short, span } = charts;
  const { ask, snapshot } = source;
  let known = "";       // the suspects that are shown, by fingerprint
  let table = { sort: "entries", order: "desc", offset: 0, q: "" };
  let drawing = 0;      // the latest drawing; an earlier one that comes late is dropped

  // ---- making elements

  function make(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
    }
    made.append(...children.filter(child => child !== null && child !== undefined));
    return made;
  }

  const count = n => Number(n).toLocaleString("en-US");
  const percent = share => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  const bytes = n => (n >= 1024 ? `${short(n / 1.024 ** Math.floor(Math.log10(n) / 3))}B`.replace("kB", " KB").replace("MB", " MB").replace("GB", " GB") : `${n} B`);
  const seconds = s => span(s * 1000);
  const siteLink = (id, name) => make("a", { href: `#/site/${id}` }, name);
  const fact = (name, value) => make("li", {}, `${name} `, make("b", {}, value));

  function tableOf(caption, columns, rows) {
    if (!rows.length) return make("p", { class: "quiet" }, `${caption}: none.`);
    const head = columns.map(([name, numeric]) => make("th", { scope: "col", class: numeric && "n" }, name));
    const body = rows.map(row => make("tr", {}, ...row.map((cell, i) => make("td", { class: columns[i][1] && "n" }, cell))));
    return make("div", { class: "scroll" },
      make("table", { "aria-label": caption }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body)));
  }

  // ---- the header

  function showTotals(summary) {
    const totals = [["suspects", summary.suspects.length], ["maps in use", `${count(summary.sites_in_use)} of ${count(summary.sites)}`],
      ["instances", count(summary.instances)], ["entries", count(summary.entries)], ["vacant", count(summary.residue)],
      ["tables", bytes(summary.table_bytes)], ["breaches", count(summary.breaches)]];
    document.getElementById("totals").replaceChildren(...totals.map(([name, value]) =>
      make("div", {}, make("dt", {}, name), make("dd", {}, String(value)))));
    const how = summary.mode === "off" ? "off: nothing is recorded"
      : summary.mode === "strict" ? "strict: every entry" : `observe: counts exact, lines from 1 entry in ${summary.sampled_one_in}`;
    state.textContent = snapshot ? `snapshot ${snapshot.number} of its run, ${new Date(snapshot.taken_at_ms).toLocaleString()}; ${how}` : how;
    state.classList.remove("lost");
  }

  // ---- suspects

  function suspectCard(suspect, site, id) {
    const facts = [fact("map", ""), fact("entries", count(suspect.entries)), fact("each hour", count(Math.round(suspect.entries_per_hour))),
      suspect.bytes_per_hour ? fact("tables", `${bytes(Math.round(suspect.bytes_per_hour))}/h`) : null,
      fact("sure to", percent(suspect.confidence)), fact("seen for", seconds(suspect.observed_seconds))];
    facts[0].querySelector("b").replaceChildren(siteLink(id, suspect.site));
    const parts = [
      make("h3", {}, make("span", { class: "kind" }, suspect.kind.replaceAll("_", " ")), suspect.call_site ? make("code", {}, suspect.call_site) : suspect.site),
      make("p", {}, suspect.sentence),
      ...suspect.also.map(also => make("p", { class: "quiet" }, also.sentence)),
      suspect.emptied_at ? make("p", {}, "emptied at ", make("code", {}, suspect.emptied_at)) : null,
      make("p", { class: "advice" }, suspect.advice),
      make("ul", { class: "facts" }, ...facts.filter(Boolean)),
      make("div", { class: "charts" }, ...charts.evidence(suspect.kind, site, suspect.call_site)),
      make("p", { class: "quiet" }, "known? ", make("code", {}, `mapkeeper::silence("${suspect.fingerprint}", "why")`)),
    ];
    return make("article", { class: suspect.confidence < 0.7 && "soft", "data-kind": suspect.kind, "data-site": suspect.site }, ...parts);
  }

  async function suspectsView() {
    const page = await ask("api/suspects?limit=20");
    known = page.items.map(suspect => suspect.fingerprint).join();
    if (!page.total) {
      return () => [make("h2", {}, "Suspects"),
        make("p", { class: "good" }, "Nothing looks like a leak."),
        make("p", { class: "quiet" }, "A share that stays is told once entries are old enough to say so: hours in production, sooner in strict and for residue.")];
    }
    const ids = new Map();
    for (const suspect of page.items) {
      const name = `${suspect.module}::${suspect.site}`;
      if (ids.has(name)) continue;
      const found = await ask(`api/sites?limit=200&q=${encodeURIComponent(suspect.site)}`);
      const row = found.items.find(row => row.site === suspect.site && row.module === suspect.module);
      if (row) ids.set(name, { id: row.id, ...(await ask(`api/sites/${row.id}`)) });
    }
    const cards = page.items.flatMap(suspect => {
      const of = ids.get(`${suspect.module}::${suspect.site}`);
      return of ? [suspectCard(suspect, of.site, of.id)] : [];
    });
    const more = page.total > page.items.length ? make("p", { class: "quiet" }, `and ${page.total - page.items.length} more, ${snapshot ? "on the pages of their maps" : "in api/suspects"}`) : null;
    return () => [make("h2", {}, `Suspects (${page.total})`), ...cards, more];
  }

  // ---- the table of maps

  const COLUMNS = [["site", "map"], ["entries", "entries", true], ["growth", "each hour", true], ["residue", "vacant", true],
    ["bytes", "tables", true], ["instances", "instances", true], ["inserted", "inserted", true], ["suspects", "suspects", true]];

  // One for all drawings: what is being typed is not drawn over.
  const filter = make("input", { id: "filter", type: "search", placeholder: "name or module", "aria-label": "Filter maps by name or module",
    oninput: event => { table = { ...table, q: event.target.value, offset: 0 }; draw(); } });

  function sorted(column) {
    const same = table.sort === column;
    table = { ...table, sort: column, offset: 0, order: same ? (table.order === "desc" ? "asc" : "desc") : column === "site" ? "asc" : "desc" };
    draw();
  }

  async function sitesView() {
    const query = new URLSearchParams({ limit: 50, ...table });
    const page = await ask(`api/sites?${query}`);
    const heads = COLUMNS.map(([column, name, numeric]) => make("th", { scope: "col", class: numeric && "n",
      "aria-sort": table.sort === column ? (table.order === "desc" ? "descending" : "ascending") : null },
      make("button", { type: "button", "data-sort": column, onclick: () => sorted(column) }, name + (table.sort === column ? (table.order === "desc" ? " ▾" : " ▴") : ""))));
    heads.push(make("th", { scope: "col" }, "over time"));
    const rows = page.items.map(row => make("tr", { "data-site": row.site },
      make("td", {}, siteLink(row.id, row.site), make("span", { class: "module" }, row.module)),
      make("td", { class: "n" }, count(row.entries)),
      make("td", { class: "n" }, row.growth_per_hour === null ? "" : count(Math.round(row.growth_per_hour))),
      make("td", { class: "n" }, row.residue_share ? percent(row.residue_share) : ""),
      make("td", { class: "n" }, bytes(row.table_bytes)),
      make("td", { class: "n" }, count(row.instances)),
      make("td", { class: "n" }, count(row.inserted)),
      make("td", { class: "n" }, row.suspects ? make("b", { class: "bad" }, String(row.suspects)) : ""),
      make("td", {}, charts.spark(row.spark))));
    const turn = by => () => { table = { ...table, offset: Math.max(0, table.offset + by) }; draw(); };
    const last = Math.min(page.offset + page.items.length, page.total);
    return () => [make("h2", {}, "Maps"),
      make("div", { class: "tools" }, filter,
        make("button", { type: "button", disabled: page.offset === 0 && "", onclick: turn(-50) }, "previous"),
        make("button", { type: "button", disabled: last >= page.total && "", onclick: turn(50) }, "next"),
        make("span", { class: "quiet" }, page.total ? `${count(page.offset + 1)}–${count(last)} of ${count(page.total)}` : "none")),
      make("div", { class: "scroll" }, make("table", { "aria-label": "Maps" },
        make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)))];
  }

  // ---- one map

  async function siteView(id) {
    const { site, suspects } = await ask(`api/sites/${encodeURIComponent(id)}`);
    const name = site.site;
    const lines = site.call_sites.map(line => [make("code", {}, line.call_site), count(line.live), count(line.births),
      count(Object.values(line.exits).reduce((a, b) => a + b, 0)), count(line.residue),
      line.oldest_seconds === undefined ? "" : seconds(line.oldest_seconds), count(line.returned),
      (line.spans || []).map(of => `${of.name} ${count(of.births)}`).join(", ")]);
    const causes = Object.entries(site.removed).filter(([, n]) => n > 0).map(([cause, n]) => [cause.replaceAll("_", " "), count(n)]);
    const instances = site.largest.map(of => [String(of.id), count(of.len), count(of.capacity), bytes(of.table_bytes), count(of.residue), seconds(of.age_seconds)]);
    const declared = [["max_len", site.max_len], ["max_age", site.max_age_seconds && seconds(site.max_age_seconds)],
      ["growth", site.growth_allowed && "allow"], ["follows", site.follows], ["subset_of", site.subset_of]].filter(([, value]) => value);
    const after = site.after_removal;
    const retained = after.retained.map(of => [make("code", {}, of.removed_at), of.cause.replaceAll("_", " "), count(of.values), String(of.strong_count_max), seconds(of.oldest_seconds)]);
    const parts = [
      make("h2", {}, name), make("p", { class: "quiet" }, `${site.module}, `, make("code", {}, site.declared_at)),
      make("ul", { class: "facts" }, fact("entries", count(site.len)), fact("at most", count(site.peak)), fact("inserted", count(site.inserts)),
        fact("replaced", count(site.replaces)), fact("misses", count(site.misses)), fact("vacant", count(site.residue)), fact("breaches", count(site.breaches)),
        fact("leftovers", count(site.leftovers)), fact("maps", `${count(site.instances)} of ${count(site.instances_total)}`),
        site.samples_dropped ? fact("not noted for want of room", count(site.samples_dropped)) : null,
        site.contention ? fact("waits", count(site.contention.waits)) : null),
      declared.length ? make("p", {}, "declared: ", make("code", {}, declared.map(([key, value]) => `${key} = ${value}`).join(", "))) : null,
      ...suspects.map(suspect => suspectCard(suspect, site, id)),
      make("div", { class: "charts" }, ...[charts.lengthChart(site, name), charts.residueChart(site, name)].filter(Boolean)),
      make("h3", {}, "Lines"),
      tableOf("Lines that inserted", [["line"], ["live", 1], ["inserted", 1], ["left", 1], ["vacant", 1], ["oldest", 1], ["came back", 1], ["spans"]], lines),
      ...site.call_sites.filter(line => line.lifetimes.length || line.ages.length).slice(0, 3).map(line => make("div", {},
        make("h3", {}, make("code", {}, line.call_site)),
        make("div", { class: "charts" }, ...[charts.survivalChart(line.lifetimes, line.ages, line.call_site), charts.agesChart(line.lifetimes, line.ages, line.call_site)].filter(Boolean)),
        ...(line.backtraces || []).map(trace => make("pre", { class: "code" }, trace)))),
      make("h3", {}, "Why entries left"), tableOf("Exits by cause", [["cause"], ["entries", 1]], causes),
      make("h3", {}, "Largest maps"), tableOf("The largest live maps", [["number"], ["entries", 1], ["room", 1], ["table", 1], ["vacant", 1], ["age", 1]], instances),
      make("h3", {}, "Values that left and live on"),
      tableOf("Values that left and live on", [["removed at"], ["cause"], ["values", 1], ["owners", 1], ["oldest", 1]], retained),
    ];
    const flight = await ask(`api/sites/${encodeURIComponent(id)}/flight`);
    const operations = flight.maps.flatMap(map => map.operations.map(of => ({ map: map.map, ...of }))).sort((a, b) => b.at_ms - a.at_ms).slice(0, 100);
    if (operations.length) {
      const newest = operations[0].at_ms;
      parts.push(make("h3", {}, "Last operations"), tableOf("Last operations", [["before", 1], ["map"], ["operation"], ["key"], ["line"], ["thread"]],
        operations.map(of => [span(newest - of.at_ms), String(of.map), of.operation.replaceAll("_", " "), of.key || of.key_hash || `${count(of.entries)} entries`,
          make("code", {}, of.call_site || ""), of.thread_name])));
    }
    return () => parts;
  }

  // ---- snapshots: three buttons

  async function snapshotsView() {
    const taken = await ask("api/snapshots");
    const step = Math.min(taken.length, 3);
    const take = async () => { await ask("api/snapshots", { method: "POST" }); draw(); };
    const said = ["1. Take A: before", "2. Take B: after what you suspect", "3. Take C: when it should all be gone"];
    const buttons = said.map((text, i) => make("button", { type: "button", id: `take-${"abc"[i]}`, disabled: i > step && "", onclick: take }, text));
    const parts = [make("h2", {}, "Snapshots"),
      make("p", {}, "What is born between A and B and still there at C is what nobody removed."),
      make("div", { class: "tools" }, ...buttons),
      tableOf("Snapshots", [["number"], ["taken"], ["entries", 1], [""]], taken.map(of => [String(of.number), new Date(of.taken_at_ms).toLocaleTimeString(),
        count(of.entries), make("a", { href: source.address(`api/snapshots/${of.number}`), download: `snapshot-${of.number}.json` }, "save as JSON")]))];
    if (taken.length >= 3) {
      const [a, b, c] = taken.slice(-3).map(of => of.number);
      const found = await ask(`api/snapshots/survivors?a=${a}&b=${b}&c=${c}`);
      const rows = found.sites.flatMap(site => site.call_sites.filter(line => line.alive > 0).map(line => [site.site, make("code", {}, line.call_site), count(line.born), count(line.alive), percent(line.alive / Math.max(line.born, 1))]));
      parts.push(make("h3", {}, `Born between ${a} and ${b}, alive at ${c}: ${count(found.alive)} of ${count(found.born)}`),
        tableOf("Survivors", [["map"], ["line"], ["born", 1], ["alive", 1], ["share", 1]], rows));
    }
    if (taken.length >= 2) {
      const [from, to] = taken.slice(-2).map(of => of.number);
      const diff = await ask(`api/snapshots/diff?from=${from}&to=${to}`);
      const rows = diff.sites.filter(site => site.entries.after !== site.entries.before).slice(0, 50)
        .map(site => [site.site, count(site.entries.before), count(site.entries.after), count(site.entries.after - site.entries.before)]);
      parts.push(make("h3", {}, `From ${from} to ${to}`), tableOf("Changes", [["map"], ["before", 1], ["after", 1], ["by", 1]], rows));
    }
    return () => parts;
  }

  // ---- what is shown

  // What makes the elements, once what they tell was asked for.
  function view() {
    const path = location.hash.replace(/^#\/?/, "");
    if (path === "sites") return sitesView();
    if (path === "snapshots" && !snapshot) return snapshotsView();
    if (path.startsWith("site/")) return siteView(path.slice(5));
    return suspectsView();
  }

  async function draw() {
    const mine = ++drawing;
    const place = location.hash.replace(/^#\/?/, "").split("/")[0];
    for (const link of document.querySelectorAll("nav a"))
      link.toggleAttribute("aria-current", link.getAttribute("href").slice(2) === (place === "site" ? "sites" : place));
    try {
      const build = await view();
      if (mine !== drawing) return;
      // Before anything is moved: an element that is loses the focus.
      const focused = document.activeElement;
      const where = focused && (focused.id ? `#${focused.id}` : focused.dataset.sort && `[data-sort="${focused.dataset.sort}"]`);
      const caret = focused === filter ? [filter.selectionStart, filter.selectionEnd] : null;
      content.replaceChildren(...build().filter(Boolean));
      const again = where && content.querySelector(where);
      if (again) again.focus();
      if (caret) filter.setSelectionRange(...caret);
    } catch (error) {
      if (mine === drawing) content.replaceChildren(make("p", { class: "bad", role: "alert" }, error.message));
    }
  }

  // ---- events

  function lost() {
    state.textContent = "no connection: trying again";
    state.classList.add("lost");
  }

  let ticks = 0;
  function happened(summary) {
    showTotals(summary);
    ticks += 1;
    const path = location.hash.replace(/^#\/?/, "");
    const onSuspects = path === "";
    const changed = onSuspects && summary.suspects.slice(0, 20).join() !== known;
    // What is being read does not jump more often than one can follow.
    if (changed || (path !== "snapshots" && ticks % 3 === 0)) draw();
  }

  window.addEventListener("hashchange", () => { table = { ...table, offset: 0 }; draw(); content.focus(); });
  // Of a moment that is over, no more can be taken.
  if (snapshot) document.querySelector('nav a[href="#/snapshots"]').remove();
  draw();
  source.follow({ happened, lost, admitted: draw });
})();
