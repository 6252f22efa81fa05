"use strict";
// The index of all cases: search, filters and sort. Reads the constant of site_cases_data.js; texts become text only.
(() => {
  const COLUMNS = ["id", "position", "title", "lane", "families", "indicators", "flags", "subjects", "district", "newest", "names", "hasPage"];
  const SHOWN_AT_ONCE = 100;
  // The words of the page's language, where that is not English.
  const say = (text) => (UNDERTOW_CASES.words || {})[text] || text;
  const slug = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "unnamed";
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const family = (code) => UNDERTOW_CASES.families[code] || code;
  const cases = UNDERTOW_CASES.rows.map((row) => {
    const one = Object.fromEntries(COLUMNS.map((name, at) => [name, row[at]]));
    const titles = one.indicators.map((code) => code + " " + (UNDERTOW_CASES.titles[code] || ""));
    one.words = fold([one.id, one.title, one.lane, one.district || "", ...one.families.map(family), ...titles, ...one.names].join(" \n "));
    one.districtKey = one.district === null ? "unknown" : slug(one.district);
    return one;
  });
  const state = { text: "", lane: "", family: "", district: "", indicator: "", only: "", by: "position", down: false, shown: SHOWN_AT_ONCE };

  const make = (tag, properties = {}, ...inside) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...inside);
    return node;
  };
  const body = document.querySelector("#cases tbody");
  const count = document.querySelector("#count");
  const more = document.querySelector("#more");

  const value = { families: (one) => -one.families.length, district: (one) => one.district ?? "\uffff", lane: (one) => ["stop", "act", "look", "data"].indexOf(one.lane) };
  const compare = (a, b) => {
    const of = value[state.by] || ((one) => one[state.by]);
    const [x, y] = [of(a), of(b)];
    const order = x < y ? -1 : x > y ? 1 : 0;
    return (state.down ? -order : order) || a.position - b.position;
  };
  const matching = () => {
    const words = fold(state.text).split(/\s+/).filter(Boolean);
    return cases.filter((one) =>
      (!state.lane || one.lane === state.lane) && (!state.family || one.families.includes(state.family)) &&
      (!state.district || one.districtKey === state.district) && (!state.indicator || one.indicators.includes(state.indicator)) &&
      (!state.only || one.id === state.only) && words.every((word) => one.words.includes(word)));
  };
  const cell = (label, text, isNumber) => {
    const node = make("td", { className: isNumber ? "n" : "" }, String(text));
    node.dataset.label = say(label);
    return node;
  };
  const line = (one) => {
    const title = make("bdi", {}, one.title);
    const name = one.hasPage ? make("a", { href: `cases/${one.id}.html` }, title) : title;
    const badge = make("span", { className: `badge lane-${one.lane}` }, say(one.lane));
    const lane = cell("Lane", "");
    lane.replaceChildren(badge);
    return make("tr", { id: `case-${one.id}` }, cell("Place", one.position, true),
      make("th", { scope: "row" }, name, make("span", { className: "sub" }, make("code", {}, one.id))),
      lane, cell("Families", one.families.map(family).join(", ")), cell("Flags", one.flags, true), cell("Subjects", one.subjects, true),
      cell("District", one.district ?? say("not known")), cell("Newest flag", one.newest));
  };
  const show = () => {
    const rows = matching();  // in review order
    if (state.by !== "position" || state.down) rows.sort(compare);
    body.replaceChildren(...rows.slice(0, state.shown).map(line));
    count.textContent = rows.length === cases.length ? `${cases.length} ${say("cases")}` : `${rows.length} ${say("of")} ${cases.length} ${say("cases")}`;
    const left = rows.length - state.shown;
    more.replaceChildren();
    if (left > 0) {
      const button = make("button", { type: "button" }, `${say("Show")} ${Math.min(left, SHOWN_AT_ONCE)} ${say("more of")} ${left}`);
      button.addEventListener("click", () => { state.shown += SHOWN_AT_ONCE; show(); });
      more.append(button);
    }
    for (const head of document.querySelectorAll("#cases thead th")) {
      if (head.dataset.column === state.by) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  };
  const change = (name, to) => { state[name] = to; state.shown = SHOWN_AT_ONCE; show(); };

  const controls = document.querySelector("#controls");
  controls.className = "controls";
  const search = make("input", { type: "search", autocomplete: "off" });
  search.addEventListener("input", () => change("text", search.value));
  controls.append(make("label", { className: "wide" }, say("Search names, ids, indicators"), search));
  const choices = (key) => [...new Map(cases.flatMap(key).sort((a, b) => (a[1] < b[1] ? -1 : 1)))];
  const selects = {};
  const select = (name, label, options) => {
    const node = make("select", {}, make("option", { value: "" }, say("all")), ...options.map(([code, words]) => make("option", { value: code }, words)));
    node.addEventListener("change", () => change(name, node.value));
    controls.append(make("label", {}, say(label), node));
    selects[name] = node;
  };
  select("lane", "Lane", ["stop", "act", "look", "data"].filter((lane) => cases.some((one) => one.lane === lane)).map((lane) => [lane, say(lane)]));
  select("family", "Family", choices((one) => one.families.map((code) => [code, family(code)])));
  select("district", "District", choices((one) => [[one.districtKey, one.district ?? say("not known")]]));
  select("indicator", "Indicator", choices((one) => one.indicators.map((code) => [code, `${code} ${UNDERTOW_CASES.titles[code] || ""}`])));
  const clear = make("button", { type: "button" }, say("Clear"));
  clear.addEventListener("click", () => { search.value = ""; for (const node of Object.values(selects)) node.value = ""; Object.assign(state, { text: "", lane: "", family: "", district: "", indicator: "", only: "", by: "position", down: false }); change("text", ""); });
  controls.append(clear);
  for (const head of document.querySelectorAll("#cases thead th")) {
    const button = make("button", { type: "button" }, head.textContent);
    button.addEventListener("click", () => { state.down = state.by === head.dataset.column && !state.down; change("by", head.dataset.column); });
    head.replaceChildren(button);
  }
  // Links lead here as #lane-act, #family-OWN, #district-penwith, #indicator-OWN-010 and #case-ID.
  const follow = () => {
    const [, name, code] = /^#(lane|family|district|indicator|case)-(.+)$/.exec(location.hash) || [];
    if (!name) return show();
    if (name === "case") return change("only", code);
    selects[name].value = code;
    return change(name, code);
  };
  addEventListener("hashchange", follow);
  follow();
})();
