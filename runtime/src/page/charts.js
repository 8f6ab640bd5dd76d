"use strict";
// Charts as SVG, each drawn from one site's or one line's figures. Colours and strokes are the style sheet's.
const charts = (() => {
  const WIDTH = 420, HEIGHT = 190, LEFT = 46, RIGHT = 12, TOP = 10, BOTTOM = 34;
  const SVG = "http://www.w3.org/2000/svg";

  function node(name, attributes, ...children) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function figure(caption, said, ...parts) {
    const svg = node("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": said }, ...parts);
    const made = document.createElement("figure");
    const text = document.createElement("figcaption");
    text.textContent = caption;
    made.append(svg, text);
    return made;
  }

  const x = part => LEFT + part * (WIDTH - LEFT - RIGHT);
  const y = part => HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP);
  const line = (points, kind) =>
    node("polyline", { class: kind, points: points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(" ") });

  function axes(bottom, left) {
    const parts = [
      node("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: y(0), y2: y(0) }),
      node("line", { class: "axis", x1: LEFT, x2: LEFT, y1: TOP, y2: y(0) }),
    ];
    for (const [part, text] of bottom)
      parts.push(node("text", { x: x(part), y: HEIGHT - BOTTOM + 16, "text-anchor": part < 0.1 ? "start" : part > 0.9 ? "end" : "middle" }, text));
    for (const [part, text] of left)
      parts.push(node("text", { x: LEFT - 6, y: y(part) + 4, "text-anchor": "end" }, text));
    return parts;
  }

  function short(n) {
    for (const [size, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]])
      if (n >= size) return (n / size).toPrecision(n / size >= 100 ? 3 : 2).replace(/\.0$/, "") + unit;
    return String(Math.round(n));
  }

  function span(ms) {
    if (ms < 1000) return `${Math.round(ms)} ms`;
    for (const [size, unit] of [[86400e3, "d"], [3600e3, "h"], [60e3, "min"], [1e3, "s"]])
      if (ms >= size) return `${(ms / size).toPrecision(ms / size >= 100 ? 3 : 2).replace(/\.0$/, "")} ${unit}`;
    return "0";
  }

  // Where an age stands on a logarithmic scale from `from` to `to`.
  const logarithmic = (from, to) => age => {
    const part = Math.log(Math.max(age, from) / from) / Math.log(to / from);
    return Math.min(Math.max(part, 0), 1);
  };

  function ages(lifetimes, live) {
    const all = [...lifetimes, ...live].map(([age]) => age);
    return [Math.max(8, Math.min(...all)), Math.max(64, Math.max(...all) * 2)];
  }

  // The product-limit estimate (Kaplan and Meier 1958): who left is an event, who is there is censored at its age.
  function survival(lifetimes, live) {
    const buckets = new Map();
    for (const [age, n] of lifetimes) buckets.set(age, { left: n, live: 0 });
    for (const [age, n] of live) {
      const bucket = buckets.get(age) || { left: 0, live: 0 };
      bucket.live = n;
      buckets.set(age, bucket);
    }
    let risk = [...buckets.values()].reduce((sum, b) => sum + b.left + b.live, 0);
    let share = 1;
    const curve = [[0, 1]];
    for (const [age, { left, live }] of [...buckets].sort(([a], [b]) => a - b)) {
      const exposed = risk - live / 2;
      if (left > 0 && exposed > 0) share *= Math.max(0, 1 - left / exposed);
      curve.push([age, share]);
      risk -= left + live;
    }
    return curve;
  }

  function survivalChart(lifetimes, live, name) {
    if (!lifetimes.length && !live.length) return null;
    const [from, to] = ages(lifetimes, live);
    const at = logarithmic(from, to);
    const curve = survival(lifetimes, live);
    const stairs = [];
    for (const [i, [age, share]] of curve.entries()) {
      if (i > 0) stairs.push([at(age), curve[i - 1][1]]);
      stairs.push([at(age), share]);
    }
    const stays = curve[curve.length - 1][1];
    stairs.push([1, stays]);
    const marks = [0.01, 0.5, 0.99].map(part => [part, span(from * Math.pow(to / from, part))]);
    return figure(
      "How many entries get so old: where the curve is flat, nobody removes them",
      `Survival of the entries of ${name}: ${(stays * 100).toFixed(1)} percent stay`,
      ...axes(marks, [[0, "0"], [0.5, "50 %"], [1, "100 %"]]),
      line(stairs, "gone"),
      line([[0, stays], [1, stays]], "live dashed"),
      node("text", { x: WIDTH - RIGHT, y: Math.max(y(stays) - 6, TOP + 10), "text-anchor": "end" }, `${(stays * 100).toPrecision(2)} % stay`),
    );
  }

  function agesChart(lifetimes, live, name) {
    if (!lifetimes.length && !live.length) return null;
    const [from, to] = ages(lifetimes, live);
    const at = logarithmic(from, to);
    const most = list => list.reduce((most, [, n]) => Math.max(most, n), 1);
    const bars = (list, kind, up) => {
      const top = most(list);
      return list.map(([age, n]) => {
        const left = x(at(age)), right = x(at(age * Math.SQRT2));
        const half = (y(0) - TOP) / 2 - 2;
        const height = (Math.log1p(n) / Math.log1p(top)) * half;
        return node("rect", { class: kind, x: left.toFixed(1), width: Math.max(right - left - 1, 2).toFixed(1),
          y: (up ? y(0.5) - height : y(0.5)).toFixed(1), height: height.toFixed(1) });
      });
    };
    const marks = [0.01, 0.5, 0.99].map(part => [part, span(from * Math.pow(to / from, part))]);
    return figure(
      "Ages: above, of what is there now; below, of what was removed (logarithmic)",
      `Ages of the live and of the removed entries of ${name}`,
      ...axes(marks, [[0.8, "live"], [0.2, "gone"]]),
      ...bars(live, "live-fill", true),
      ...bars(lifetimes, "gone-fill", false),
      node("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: y(0.5), y2: y(0.5) }),
    );
  }

  // Figures of a site's history, the first one filled in red, the second one blue.
  function historyChart(history, figures, caption, name, top) {
    if (history.length < 2) return null;
    const [first, last] = [history[0].at_ms, history[history.length - 1].at_ms];
    const most = top || Math.max(1, ...figures.flatMap(([, of]) => history.map(of)));
    const at = point => (point.at_ms - first) / Math.max(last - first, 1);
    const lines = figures.map(([kind, of]) => line(history.map(point => [at(point), of(point) / most]), kind));
    const label = top === 1 ? part => `${part * 100} %` : part => short(most * part);
    // What is over has a time of its own, which the head of the page tells.
    const ends = source.snapshot ? [`${span(last - first)} before`, "then"] : [`${span(last - first)} ago`, "now"];
    return figure(caption, `${caption}, ${name}`,
      ...axes([[0, ends[0]], [1, ends[1]]], [[0, "0"], [0.5, label(0.5)], [1, label(1)]]), ...lines);
  }

  const lengthChart = (site, name) => historyChart(site.history,
    [["gone dashed", p => p.capacity], ["live", p => p.len]], "Entries (solid) and room for them (dashed), over time", name);
  const residueChart = (site, name) => historyChart(site.history,
    [["live", p => (p.len ? Math.min(p.residue / p.len, 1) : 0)]], "The share of entries that are vacant, over time", name, 1);

  function spark(points) {
    const most = Math.max(1, ...points);
    const made = node("svg", { viewBox: "0 0 100 24", "aria-hidden": "true" });
    const step = 98 / Math.max(points.length - 1, 1);
    made.append(node("polyline", { class: "spark",
      points: points.map((n, i) => `${(1 + i * step).toFixed(1)},${(22 - (n / most) * 20).toFixed(1)}`).join(" ") }));
    return made;
  }

  // The charts that show what a kind of suspect rests on.
  function evidence(kind, site, callSite) {
    const row = site.call_sites.find(line => line.call_site === callSite) || site.call_sites[0];
    const name = callSite || site.site;
    const lives = row ? [survivalChart(row.lifetimes, row.ages, name), agesChart(row.lifetimes, row.ages, name)] : [];
    const drawn = {
      residue: [residueChart(site, name), lengthChart(site, name)],
      dead_handles: [residueChart(site, name), lengthChart(site, name)],
      never_removed: [...lives, lengthChart(site, name)],
      overdue: [...lives, lengthChart(site, name)],
      retained: [agesChart(site.after_removal.latency, site.after_removal.alive || [], name)],
    }[kind] || [lengthChart(site, name), ...lives];
    return drawn.filter(Boolean);
  }

  return { evidence, survivalChart, agesChart, lengthChart, residueChart, spark, short, span };
})();
