// Filters beside the list: dates, languages and outlets, with what each would give.
import { tidy, readable } from "./days.js";
import { button, byId, isolated, make, redraw } from "./dom.js";
import { label, languageName, number } from "./labels.js";

const SPANS = ["24h", "7d", "1mo", "1y"];
const FEW = 8;
let allOutlets = false;
let looked = "";

// A value that is chosen, left out, or neither.
function row(page, name, { value, articles }, text, hint = "") {
  const { state, go } = page;
  const [chosen, out] = [state[name].includes(value), state[`not_${name}`].includes(value)];
  const without = (list) => list.filter((each) => each !== value);
  const include = () => go({ [name]: chosen ? without(state[name]) : [...state[name], value], [`not_${name}`]: without(state[`not_${name}`]) });
  const exclude = () => go({ [`not_${name}`]: out ? without(state[`not_${name}`]) : [...state[`not_${name}`], value], [name]: without(state[name]) });
  const box = make("input", { type: "checkbox", change: include, "data-key": `${name} ${value}`, checked: chosen });
  const count = make("span", { class: "count" }, number(articles));
  const not = button({ class: "not", "aria-pressed": String(out), "data-key": `not ${name} ${value}`,
    "aria-label": label("exclude", { what: text }), title: label("exclude", { what: text }), click: exclude }, "−");
  return make("li", { class: out && "out" }, make("label", {}, box, make("span", { class: "name" }, isolated(text), hint && [" ", make("small", {}, hint)]), count), not);
}

// What the facet counts, and what is chosen though it counts nothing.
function valuesOf(found, state, name) {
  const counted = (found?.facets?.[name]?.values ?? []).filter(({ value }) => value);
  const known = new Set(counted.map(({ value }) => value));
  const chosen = [...state[name], ...state[`not_${name}`]].filter((value) => !known.has(value));
  return [...counted, ...chosen.map((value) => ({ value, articles: 0 }))];
}

function languages(page, found) {
  const known = page.corpus.stats?.known_languages;
  const rows = valuesOf(found, page.state, "language").map((each) =>
    row(page, "language", each, languageName(each.value), known && !known.includes(each.value) && label("wordsOnly")));
  return rows.length && make("fieldset", {}, make("legend", {}, label("language")), make("ul", {}, rows));
}

function outlets(page, found) {
  const { state } = page;
  const values = valuesOf(found, state, "source");
  const wanted = looked.toLocaleLowerCase();
  const kept = (value) => state.source.includes(value) || state.not_source.includes(value);
  const shown = values.filter(({ value }, place) =>
    kept(value) || (wanted ? value.toLocaleLowerCase().includes(wanted) : allOutlets || place < FEW));
  const again = () => redraw(byId("filters"), parts(page, found));
  const find = make("input", { type: "search", class: "find", placeholder: label("find"), "aria-label": label("find"), "data-key": "find",
    input: ({ target }) => {
      looked = target.value;
      again();
    } });
  find.value = looked;
  const more = button({ class: "quiet", "data-key": "all outlets", click: () => {
    allOutlets = true;
    again();
  } }, label("moreOutlets", { n: values.length }));
  return values.length && make("fieldset", {}, make("legend", {}, label("source")), values.length > FEW && find,
    make("ul", {}, shown.map((each) => row(page, "source", each, each.value))), !wanted && !allOutlets && values.length > FEW && more);
}

function dateField(page, name, corpus, problem) {
  const changed = ({ target }) => {
    target.value = tidy(target.value);
    if (target.value !== page.state[name]) page.go({ [name]: target.value, since: "" });
  };
  const wrong = problem?.field === name;
  const field = make("input", { name, "data-key": name, autocomplete: "off", size: "11", placeholder: (corpus ?? "").slice(0, 10), change: changed,
    "aria-invalid": wrong && "true", "aria-describedby": wrong ? "date-problem" : "date-bounds" });
  field.value = page.state[name];
  return make("label", {}, make("span", {}, label(name === "published_from" ? "from" : "to")), field);
}

function period(page, { oldest, newest, problem }) {
  const { state, go } = page;
  const spans = SPANS.map((since) => button({ class: "chip", "aria-pressed": String(state.since === since),
    "data-key": since, click: () => go({ since: state.since === since ? "" : since, published_from: "", published_to: "" }) },
  label("last", { span: label("span")[since] })));
  const bounds = oldest && newest ? label("earliest", { from: readable(oldest, false), to: readable(newest, false) }) : "";
  return make("fieldset", {}, make("legend", {}, label("period")), make("div", { class: "spans" }, spans),
    make("div", { class: "dates" }, dateField(page, "published_from", oldest, problem),
      dateField(page, "published_to", newest, problem)),
    problem && make("p", { id: "date-problem", class: "problem" }, problem.message), make("p", { id: "date-bounds", class: "hint" }, bounds));
}

function parts(page, found) {
  const done = button({ class: "main done", "data-key": "done", click: () => byId("filters-button").click() },
    found ? label("showArticles", { n: found.articles_total }) : label("close"));
  return [period(page, page.corpus), languages(page, found), outlets(page, found), done];
}

export function drawFilters(page, found) {
  redraw(byId("filters"), parts(page, found));
}
