// Live updates: a new sequence number makes the page fetch itself and take over
// the regions marked data-live that differ. The browser parses the answer as a
// document (XMLHttpRequest), so no text is ever turned into markup by script.
"use strict";
(() => {
  const d = document, body = d.body, all = (s, r = d) => [...r.querySelectorAll(s)];
  const base = new URL("../", d.currentScript.src), calm = matchMedia("(prefers-reduced-motion: reduce)");
  const local = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "long" });
  const stale = d.getElementById("stale"), say = d.getElementById("say");
  let skew = 0, seq = +body.dataset.seq, at = Date.now(), source, poll, loading, later, html;
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
      all("b", e).forEach((b, i) => { if (b.textContent != p[i]) b.textContent = p[i]; });
    }
    for (const e of all("[data-age]")) {
      const [days, h, m, s] = parts(now() - Date.parse(e.dataset.age)).map(Number);
      e.textContent = days ? `${days} d ${h} h` : h ? `${h} h ${m} min` : m ? `${m} min ${s} s` : `${s} s`;
    }
    const age = Math.floor((now() - at) / 1000);
    if (seq && location.protocol != "file:") {
      stale.hidden = age <= 30;
      if (age > 30) stale.textContent = `Data is ${age} seconds old`;
    }
  }

  function swap(next) {
    const news = [];
    for (const old of all("[data-live]")) {
      const fresh = next.getElementById(old.id);
      if (!fresh || html.get(old.id) == fresh.outerHTML) continue;
      html.set(old.id, fresh.outerHTML);
      const was = new Map(all("[data-key]", old).map(r => [r.dataset.key, [r.getBoundingClientRect().top, +r.dataset.rank]]));
      const focus = old.contains(d.activeElement) && d.activeElement.getAttribute("href");
      old.replaceWith(d.adoptNode(fresh));
      enhance(fresh);
      if (focus) all("a", fresh).find(a => a.getAttribute("href") == focus)?.focus({ preventScroll: true });
      const what = fresh.querySelector("caption a")?.textContent || "";
      for (const r of all("[data-key]", fresh)) move(r, was.get(r.dataset.key), was.size, what, news);
    }
    if (news.length) tell(news.slice(0, 3).join(". ") + (news.length > 3 ? `. And ${news.length - 3} more` : ""));
  }
  function move(row, was, rows, what, news) {
    const rank = +row.dataset.rank, dy = was ? was[0] - row.getBoundingClientRect().top : 0;
    if (rank && (was ? rank < was[1] : rows))
      news.push(`${row.dataset.name} ${was ? `moved from ${was[1]} to` : "is new at"} ${rank} ${what}`.trim());
    if (calm.matches || !rows) return;
    if (!was) row.animate([{ opacity: 0 }, { opacity: 1 }], 700);
    else if (Math.abs(dy) > 1) row.animate([{ transform: `translateY(${dy}px)` }, { transform: "none" }], { duration: 700, easing: "cubic-bezier(.2,.8,.2,1)" });
    if (!was || rank < was[1]) {
      row.classList.add("moved");
      setTimeout(() => row.classList.remove("moved"), 4000);
    }
  }
  let told = 0, telling;
  function tell(text) { // at most one message in five seconds
    clearTimeout(telling);
    telling = setTimeout(() => { told = Date.now(); say.textContent = text; }, Math.max(0, told + 5000 - Date.now()));
  }

  function load() {
    loading?.abort();
    const x = loading = new XMLHttpRequest(), u = new URL(location.href);
    u.searchParams.set("v", seq);
    u.hash = "";
    x.open("GET", u);
    x.responseType = "document";
    x.onload = () => { if (x.status == 200 && x.response) swap(x.response); };
    x.send();
  }
  function heard(m) {
    if (m.now) skew = m.now - Date.now();
    at = Math.max(Date.parse(m.at), 0) || at;
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
      if (!r.ok) return;
      const date = Date.parse(r.headers.get("Date")) + 1000 * (r.headers.get("Age") || 0);
      if (date && Math.abs(date - now()) > 2000) skew = date - Date.now();
      heard(await r.json());
    } catch { /* the age of the data tells */ }
  }
  function connect() {
    if (source || d.hidden) return;
    source = new EventSource(new URL("events", base));
    source.onopen = () => { poll = clearInterval(poll); };
    source.onmessage = e => heard(JSON.parse(e.data));
    source.onerror = () => {
      if (source?.readyState == EventSource.CLOSED) source = null; // refused, or a static host
      if (!poll) { poll = setInterval(head, 15000 + Math.random() * 2000); head(); }
      if (!source) { clearTimeout(retry); retry = setTimeout(connect, 300000); }
    };
  }
  let retry;
  function hide() {
    if (!d.hidden) return connect();
    source?.close();
    source = null;
    poll = clearInterval(poll);
    clearTimeout(retry);
  }

  const q = new URLSearchParams(location.search).get("q"), box = d.getElementById("q");
  if (q && box && !box.value) { // a static host does not search
    box.value = q;
    for (const r of all("tr[data-name]")) r.hidden = !r.dataset.name.toLowerCase().includes(q.toLowerCase());
  }
  html = new Map(all("[data-live]").map(e => [e.id, e.outerHTML]));
  enhance(d);
  setInterval(tick, 1000);
  if (seq && location.protocol != "file:") {
    connect();
    d.addEventListener("visibilitychange", hide);
  }
})();
