// The list of results: its head, notes, chips, cards, lanes, and what is near where nothing answers.
import { isFiltered, withoutFilters } from "./address.js";
import { cardList, innerLink } from "./cards.js";
import { readable } from "./days.js";
import { button, byId, isolated, joined, make, redraw, woven } from "./dom.js";
import { label, languageName } from "./labels.js";
import { saveStarred, starredArticles } from "./shelf.js";

const SORTS = ["relevance", "newest", "oldest"];
const ORDERS = { "": "orderAnywhere", "my-language-first": "orderMine", "one-lane-per-language": "lanes" };
const SKELETONS = 4;
export const LANES = "one-lane-per-language";

export function say(text) {
  byId("status").textContent = text;
}

export function drawLoading() {
  const cards = Array.from({ length: SKELETONS }, () => make("div", { class: "card skeleton", "aria-hidden": "true" },
    make("i"), make("i"), make("i"), make("i")));
  byId("list").replaceChildren(...cards);
}

function choice(page, name, options, chosen) {
  const change = ({ target }) => page.go({ [name]: target.value });
  return make("select", { "aria-label": label(name), "data-key": name, change },
    Object.entries(options).map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
}

export function drawSorting(page) {
  const { state } = page;
  const query = state.q.trim();
  const sorts = query ? SORTS : SORTS.slice(1);
  const first = sorts[0];
  const named = Object.fromEntries(sorts.map((name) => [name === first ? "" : name, label(name)]));
  const orders = Object.fromEntries(Object.entries(ORDERS).map(([value, name]) => [value, label(name)]));
  redraw(byId("sorting"), choice(page, "sort", named, state.sort), query && choice(page, "order", orders, state.order));
}

export function summaryOf(found, { language, not_language: left }) {
  const key = found.total_is === "exact" ? "articles" : "articlesAtLeast";
  const total = label(key, { n: found.articles_total });
  const passes = ({ value, count }) => count && (!language.length || language.includes(value)) && !left.includes(value);
  const languages = found.facets?.language?.values.filter(passes).length;
  return languages > 1 ? `${total}, ${label("languages", { n: languages })}` : total;
}

// Other spellings, a likelier one, languages that are searched by words only.
export function drawNotes(page, found, wordsOnly) {
  const notes = (found.also_searched ?? []).map(({ word, forms }) => make("p", {}, woven(label("alsoSearched"), {
    word: isolated(word), forms: make("span", {}, joined(forms.map((form) => isolated(form)), ", ")) })));
  if (found.did_you_mean) {
    const query = innerLink(page, { q: found.did_you_mean, article: "", passage: "" }, { "data-key": "correction" },
      isolated(found.did_you_mean));
    notes.unshift(make("p", {}, woven(label("didYouMean"), { query })));
  }
  if (wordsOnly.length) notes.push(make("p", {}, label("byLanguageOnly", { languages: wordsOnly.map((code) => languageName(code)).join(", ") })));
  redraw(byId("notes"), notes);
}

function chipTexts(state) {
  const without = (name, value) => ({ [name]: state[name].filter((each) => each !== value) });
  const chips = [];
  for (const [name, of] of [["language", languageName], ["source", (text) => text]]) {
    for (const value of state[name]) chips.push([of(value), without(name, value)]);
    for (const value of state[`not_${name}`]) chips.push([label("excluded", { what: of(value) }), without(`not_${name}`, value)]);
  }
  if (state.since) chips.push([label("untilNow", { span: label("span")[state.since] ?? state.since }), { since: "" }]);
  if (state.published_from) chips.push([`${label("from")} ${readable(state.published_from)}`, { published_from: "" }]);
  if (state.published_to) chips.push([`${label("to")} ${readable(state.published_to)}`, { published_to: "" }]);
  return chips;
}

export function drawChips(page) {
  const chips = chipTexts(page.state);
  const items = chips.map(([text, changes], place) => make("li", {},
    button({ class: "chip", "data-key": `chip ${place}`, "aria-label": label("remove", { what: text }),
      click: () => page.go(changes) }, isolated(text), make("span", { "aria-hidden": "true" }, " ×"))));
  if (chips.length > 1) items.push(make("li", {}, button({ class: "quiet", click: () => page.go(withoutFilters()) }, label("clear"))));
  redraw(byId("chips"), items);
  byId("chips").hidden = !chips.length;
  byId("filters-button").textContent = chips.length ? label("filtersChosen", { n: chips.length }) : label("filters");
}

function lanes(hits, page) {
  return make("div", { class: "lanes", role: "group", "aria-label": label("lanes"), tabindex: "0" }, [...grouped(hits)].map(([language, own]) =>
    make("section", { "aria-label": languageName(language) },
      make("h2", { class: "lane" }, languageName(language)), cardList(own, page))));
}

function grouped(hits) {
  const found = new Map();
  for (const hit of hits) found.set(hit.language, [...(found.get(hit.language) ?? []), hit]);
  return found;
}

export function drawList(page, found, before = null) {
  const { state } = page;
  const articles = found.hits ?? found.articles;
  const parts = [before];
  if (articles.length) parts.push(state.order === LANES && found.hits ? lanes(articles, page) : cardList(articles, page));
  if (found.near?.length) parts.push(make("p", { class: "line" }, label("near")), cardList(found.near, page, true));
  if (!articles.length && !found.near?.length) parts.push(nothing(page, found));
  if (found.cursor) parts.push(button({ class: "more", "data-key": "more", click: page.more }, label("more")));
  else if (state.q.trim() && found.searched) parts.push(showAll(page, found));
  redraw(byId("list"), parts);
}

function showAll(page, found) {
  const all = page.state.min_relevance === "0";
  if (!all && found.total && found.total_is !== "exact") return null;
  return button({ class: "quiet wide", "data-key": "all",
    click: () => page.go({ min_relevance: all ? "" : "0" }) }, label(all ? "showLikely" : "showAll"));
}

function nothing({ state }, found) {
  const filtered = isFiltered(state) && !found.searched;
  const says = filtered && found.newest ? label("nothingFiltered", { date: readable(found.newest, false) }) : label("nothingHint");
  return make("div", { class: "notice" }, make("h2", {}, label("nothing")), make("p", {}, says));
}

export function drawStarred(page) {
  const articles = starredArticles();
  say(label("starred", { n: articles.length }));
  const save = button({ class: "quiet", "data-key": "save", click: saveStarred }, label("starredExport"));
  redraw(byId("list"), make("h2", { class: "section" }, label("starredTitle")),
    articles.length ? [save, cardList(articles, page)] : make("p", { class: "notice" }, label("starredEmpty")));
}
