"use strict";
// Where the page's data comes from: the inspector that serves it, or a snapshot that stands in the page itself.
const source = (() => {
  // Asks the inspector, with the token if it wants one, and listens to its events.
  function ofInspector() {
    const base = location.pathname.replace(/\/?$/, "/");
    const tokenForm = document.getElementById("token");
    let listening = null;
    let told = {};

    const headers = () => {
      const token = sessionStorage.getItem("mapkeeper-token");
      return token ? { Authorization: `Bearer ${token}` } : {};
    };

    async function ask(path, options) {
      const answer = await fetch(base + path, { headers: headers(), ...options });
      if (answer.status === 401) {
        tokenForm.hidden = false;
        throw new Error("the inspector wants its token");
      }
      const data = await answer.json();
      if (!answer.ok) throw new Error(data.error || answer.statusText);
      tokenForm.hidden = true;
      return data;
    }

    // Events are read by hand, for a token can be sent along.
    async function listen() {
      if (listening) listening.abort();
      const mine = (listening = new AbortController());
      try {
        const answer = await fetch(`${base}api/events`, { headers: headers(), signal: mine.signal });
        if (!answer.ok) throw new Error(answer.statusText);
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let text = "";
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          text += value;
          const events = text.split("\n\n");
          text = events.pop();
          for (const event of events) {
            const data = event.split("\n").filter(line => line.startsWith("data:")).map(line => line.slice(5)).join("\n");
            if (data) told.happened(JSON.parse(data));
          }
        }
      } catch (error) {
        if (mine.signal.aborted) return;
      }
      told.lost();
      if (tokenForm.hidden) setTimeout(listen, 2000);
    }

    tokenForm.addEventListener("submit", event => {
      event.preventDefault();
      sessionStorage.setItem("mapkeeper-token", document.getElementById("token-text").value);
      tokenForm.hidden = true;
      told.admitted();
      listen();
    });

    return { snapshot: null, ask, address: path => base + path, follow(whom) { told = whom; listen(); } };
  }

  // Answers as the inspector would, of the moment the snapshot was taken at.
  function ofSnapshot(saved) {
    const { rows, sites, suspects, summary } = saved;
    const isOf = site => suspect => suspect.site === site.site && suspect.module === site.module;
    // A figure that is not known comes last, whichever way.
    const figures = {
      entries: row => row.entries, bytes: row => row.table_bytes, growth: row => row.growth_per_hour ?? -Infinity,
      residue: row => row.residue_share, instances: row => row.instances, inserted: row => row.inserted,
      deviation: row => Math.abs(row.deviation ?? -Infinity), suspects: row => row.suspects,
    };

    function sorted(asked) {
      const q = (asked.get("q") || "").toLowerCase();
      const found = rows.filter(row => `${row.module}::${row.site}`.toLowerCase().includes(q));
      const figure = figures[asked.get("sort")];
      const up = asked.get("order") === "asc";
      // Rows come sorted by name, and stay so where figures are equal.
      if (figure) return found.sort((a, b) => (up ? figure(a) - figure(b) : figure(b) - figure(a)) || 0);
      return up ? found : found.reverse();
    }

    function part(all, asked) {
      const offset = Number(asked.get("offset") || 0);
      return { total: all.length, offset, items: all.slice(offset, offset + Number(asked.get("limit") || 50)) };
    }

    async function ask(path) {
      const [place, query] = path.split("?");
      const asked = new URLSearchParams(query);
      if (place === "api/suspects") return part(suspects, asked);
      if (place === "api/sites") return part(sorted(asked), asked);
      const [, id, flight] = /^api\/sites\/([^/]*)(\/flight)?$/.exec(place) || [];
      const index = rows.findIndex(row => row.id === id);
      if (index < 0) throw new Error("the snapshot knows nothing of that");
      if (flight) return { maps: [] };
      return { site: sites[index], suspects: suspects.filter(isOf(sites[index])), at_ms: summary.at_ms };
    }

    return { snapshot: saved, ask, address: path => path, follow: whom => whom.happened(summary) };
  }

  const saved = document.getElementById("snapshot");
  return saved ? ofSnapshot(JSON.parse(saved.textContent)) : ofInspector();
})();
