// Live updates: on a new sequence number the page fetches itself and takes over
// the regions marked data-live that differ. The browser parses the answer, so
// no script turns text into markup.
"use strict";
(() => {
  const d = document, all = (s, r = d) => [...r.querySelectorAll(s)], id = s => d.getElementById(s);
  const base = new URL("../", d.currentScript.src), onDisk = location.protocol == "file:";
  const local = new Intl.DateTimeFormat([], { dateStyle: "medium", timeStyle: "long" });
  const stale = id("stale"), say = id("say"), seen = new Map(), calm = matchMedia("(prefers-reduced-motion: reduce)");
  let skew = 0, seq = +d.body.dataset.seq, at = Date.now(), told = 0, source, poll, retry, later, loading, telling;
  const now = () => Date.now() + skew; // the server's clock
  const pad = n => String(n).padStart(2, "0");

  function parts(ms) {
    const s = Math.max(0, Math.ceil(ms / 1000));
    return [Math.floor(s / 86400), pad(Math.floor(s / 3600) % 24), pad(Math.floor(s / 60) % 60), pad(s % 60)];
  }
  function enhance(root) {
    for (const e of all("[data-local]", root)) {
      e.lastElementChild.textContent = local.format(new Date(e.dataset.local));
      e.hidden = false;
    }
    for (const e of all(".countdown", root)) e.hidden = false;
    tick();
  }
  function tick() {
    for (const e of all(".countdown")) {
      const p = parts(Date.parse(e.dataset.to) - now());
      all("b", e).forEach((b, i) => b.textContent = p[i]);
    }
    for (const e of seq ? all("[data-age]") : []) { // a copy is of one moment
      const [days, h, m, s] = parts(now() - Date.parse(e.dataset.age)).map(Number);
      e.textContent = days ? `${days} d ${h} h` : h ? `${h} h ${m} min` : m ? `${m} min ${s} s` : `${s} s`;
    }
    const age = Math.floor((now() - at) / 1000);
    stale.hidden = !seq || onDisk || age <= 30;
    stale.textContent = stale.hidden ? "" : `Data is ${age} seconds old`;
  }

  function swap(next) {
    const news = [];
    for (const old of all("[data-live]")) {
      const fresh = next.getElementById(old.id);
      if (!fresh || seen.get(old.id) == fresh.outerHTML) continue;
      seen.set(old.id, fresh.outerHTML);
      const was = new Map(all("[data-key]", old).map(r => [r.dataset.key, { top: r.getBoundingClientRect().top, rank: +r.dataset.rank }]));
      const focus = old.contains(d.activeElement) && d.activeElement.getAttribute("href");
      old.replaceWith(d.adoptNode(fresh));
      enhance(fresh);
      if (focus) all("a", fresh).find(a => a.getAttribute("href") == focus)?.focus({ preventScroll: true });
      if (was.size) for (const r of all("[data-key]", fresh)) move(r, was.get(r.dataset.key), fresh, news);
    }
    if (!news.length) return;
    clearTimeout(telling); // at most one message in five seconds
    telling = setTimeout(() => {
      told = Date.now();
      say.textContent = news.slice(0, 3).join(". ") + (news.length > 3 ? `. And ${news.length - 3} more` : "");
    }, told + 5000 - Date.now());
  }
  function move(row, was, region, news) {
    const rank = +row.dataset.rank, dy = was ? was.top - row.getBoundingClientRect().top : 0, up = !was || rank < was.rank;
    if (rank && up) news.push(`${row.dataset.name}: ${was ? `from ${was.rank} to` : "new at"} ${rank}, ${region.dataset.live}`);
    if (calm.matches) return;
    if (up) row.animate([{ opacity: was ? 1 : 0 }, { opacity: 1, background: "var(--accent-wash)", offset: .3 }, {}], 3000);
    if (dy) row.animate([{ transform: `translateY(${dy}px)` }, {}], { duration: 700, easing: "cubic-bezier(.2,.8,.2,1)" });
  }

  function load() {
    loading?.abort();
    const x = loading = new XMLHttpRequest(), u = new URL(location);
    u.searchParams.set("v", seq); // past every cache
    x.open("GET", u);
    x.responseType = "document";
    x.onload = () => x.status == 200 && x.response && swap(x.response);
    x.send();
  }
  function heard(m) {
    if (m.now) skew = m.now - Date.now();
    at = Date.parse(m.at);
    if (m.seq != seq) {
      seq = m.seq;
      clearTimeout(later);
      later = setTimeout(load, Math.random() * 300); // not everybody in one instant
    }
    tick();
  }
  async function head() {
    try {
      const r = await fetch(new URL("api/v1/head.json", base), { cache: "no-store" });
      const date = Date.parse(r.headers.get("Date")) + 1000 * r.headers.get("Age");
      if (Math.abs(date - now()) > 2000) skew = date - Date.now();
      heard(await r.json());
    } catch { /* the age of the data tells */ }
  }
  function connect() {
    if (source) return;
    source = new EventSource(new URL("events", base));
    source.onopen = () => poll = clearInterval(poll);
    source.onmessage = e => heard(JSON.parse(e.data));
    source.onerror = () => {
      if (!poll) {
        poll = setInterval(head, 15000 + Math.random() * 2000);
        head();
      }
      if (source?.readyState != 2) return; // the browser tries again
      source = null; // full, or a static host
      retry = setTimeout(connect, 300000);
    };
  }
  function visible() {
    clearTimeout(retry);
    if (!d.hidden) return connect();
    source?.close();
    source = poll = clearInterval(poll);
  }

  const q = new URLSearchParams(location.search).get("q"), box = id("q");
  if (q && box && !box.value) { // a static host does not search
    box.value = q;
    for (const r of all("[data-name]")) r.hidden = !r.dataset.name.toLowerCase().includes(q.toLowerCase());
  }
  for (const e of all("[data-live]")) seen.set(e.id, e.outerHTML);
  enhance(d);
  setInterval(tick, 1000);
  if (!seq || onDisk) return;
  d.addEventListener("visibilitychange", visible);
  visible();
})();
