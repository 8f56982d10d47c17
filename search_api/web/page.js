// The page: its state is the address, everything else is drawn from it.
import { isFiltered, PAGE, readAddress, searchOf, writeAddress } from "./address.js";
import { ask, askFor } from "./api.js";
import { intervalFor } from "./days.js";
import { byId } from "./dom.js";
import { drawFilters } from "./filters.js";
import { listenToKeys, operatorsList, showHelp, stepCards } from "./help.js";
import { chooseTongue, keepTongue, label, tongue } from "./labels.js";
import { drawOut } from "./out.js";
import { openArticle, step } from "./reading.js";
import { drawChips, drawList, drawLoading, drawNotes, drawSorting, drawStarred, LANES, say, summaryOf } from "./results.js";
import { drawShelf, whenShelfChanges } from "./shelf.js";
import { drawTimeline } from "./timeline.js";
import { clearTrouble, showTrouble } from "./trouble.js";
import { welcome } from "./welcome.js";

const PAUSE = 250; // milliseconds without a key after which a query is searched while it is typed
const PATIENCE = 3000;
const LANE = 5; // articles in a lane
const MOST = 1000;
const SPANS = { "24h": "day", "7d": "day", "1mo": "day", "1y": "week" }; // of the timeline
const page = { state: readAddress(location.search, history.state ?? {}), found: null, corpus: {}, go, more };
let turn = 0;
let asking = new AbortController();
let searched = null;
let opened = "";
let typing = 0;
let isTyped = false;

// A change of the state is a new entry of the history; while somebody types, it replaces the current one.
function go(changes, replace = false) {
  const state = { ...page.state, ...changes };
  if (String(searchOf(state)) !== String(searchOf(page.state)) && !("shown" in changes)) state.shown = "";
  if (!("view" in changes)) state.view = "";
  page.state = state;
  if (changes.q !== undefined && byId("q").value !== state.q) byId("q").value = state.q;
  const { address, kept } = writeAddress(state);
  history[replace ? "replaceState" : "pushState"](kept, "", address);
  show();
}

// Makes room for what will be drawn, so that nothing moves when it comes.
function frame({ article, order, q, view }) {
  const is = { reading: article, "in-lanes": order === LANES && q.trim(), starred: view === "starred" };
  for (const [name, on] of Object.entries(is)) document.body.classList.toggle(name, Boolean(on));
  byId("reading").hidden = !article;
}

async function show() {
  const { state } = page;
  frame(state);
  document.title = state.q.trim() ? `${state.q.trim().slice(0, 100)} – Dateline` : "Dateline";
  drawChips(page);
  drawSorting(page);
  if (state.view === "starred") {
    drawStarred(page);
    searched = null;
  } else await search();
  await read();
}

async function read() {
  const { article, passage } = page.state;
  const wanted = `${article}\n${passage}`;
  if (wanted === opened) return;
  const before = opened.split("\n")[0];
  opened = wanted;
  await openArticle(page);
  for (const card of document.querySelectorAll(".card[data-article]")) {
    card.toggleAttribute("aria-current", false);
    if (card.dataset.article !== article) continue;
    card.setAttribute("aria-current", "true");
    card.classList.add("read");
  }
  if (!article && before) [...document.querySelectorAll("#list a.title")].find((link) => link.dataset.key === `card ${before}`)?.focus();
}

const pageSize = ({ order, q }) => (order === LANES && q.trim() ? LANE : PAGE);

function request(state) {
  const parameters = searchOf(state);
  const { oldest, newest } = page.corpus;
  parameters.append("facets", "language");
  parameters.append("facets", "source");
  const interval = intervalFor(state.published_from.slice(0, 10) || oldest, state.published_to.slice(0, 10) || newest);
  parameters.set("timeline", state.since ? SPANS[state.since] ?? "month" : interval);
  parameters.set("limit", Math.min(Math.max(pageSize(state), Number(state.shown) || 0), MOST));
  return parameters;
}

// Answers to earlier searches that come late are not shown.
async function search() {
  const parameters = request(page.state);
  if (searched === String(parameters)) return;
  searched = String(parameters);
  const mine = ++turn;
  asking.abort();
  asking = new AbortController();
  say(label("loading"));
  const slow = setTimeout(() => mine === turn && say(label("stillLoading")), PATIENCE);
  byId("results").setAttribute("aria-busy", "true");
  if (!page.found) drawLoading();
  try {
    const found = await askFor(parameters, asking.signal);
    if (mine === turn) draw(found);
  } catch (error) {
    if (mine === turn) fail(error);
  } finally {
    clearTimeout(slow);
    if (mine === turn) byId("results").removeAttribute("aria-busy");
  }
}

function draw(found) {
  const { state } = page;
  page.found = found;
  page.corpus.problem = "";
  clearTrouble();
  say(found.total || !found.near?.length ? summaryOf(found, state) : label("nothing"));
  drawNotes(page, found, wordsOnly());
  drawTimeline(page, found);
  drawFilters(page, found);
  drawList(page, found, !state.q.trim() && !isFiltered(state) && welcome(page, found.articles));
  drawOut(searchOf(state));
}

// Chosen languages in which only words are found.
function wordsOnly() {
  const known = page.corpus.stats?.known_languages;
  return known && page.state.q.trim() ? page.state.language.filter((code) => !known.includes(code)) : [];
}

function fail(error) {
  if (error.kind === undefined) throw error;
  searched = null;
  page.found = null;
  page.corpus.problem = error.field && error;
  for (const place of ["list", "notes", "timeline", "out"]) byId(place).replaceChildren();
  drawFilters(page, null);
  say("");
  showTrouble(error, () => (page.corpus.stats ? search() : start()));
  if (error.kind === "gone") go({ shown: "" }, true);
}

// The next page joins the list; the address remembers how much is shown.
async function more() {
  const { found, state } = page;
  const mine = turn;
  const parameters = request(state);
  const hits = (each) => each.hits ?? each.articles;
  parameters.set("limit", pageSize(state));
  parameters.set("cursor", found.cursor);
  for (const name of ["facets", "timeline"]) parameters.delete(name);
  try {
    const next = await askFor(parameters, asking.signal);
    if (mine !== turn) return;
    const both = [...hits(found), ...hits(next)];
    page.found = { ...found, [found.hits ? "hits" : "articles"]: both, cursor: next.cursor };
    page.state = { ...state, shown: String((Number(state.shown) || pageSize(state)) + pageSize(state)) };
    const { address, kept } = writeAddress(page.state);
    history.replaceState(kept, "", address);
    searched = String(request(page.state));
    const place = document.querySelectorAll("#list a.title").length;
    drawList(page, page.found);
    document.querySelectorAll("#list a.title")[place]?.focus({ preventScroll: true });
  } catch (error) {
    if (mine === turn) showTrouble(error, () => (clearTrouble(), more()));
  }
}

function typed() {
  clearTimeout(typing);
  const q = byId("q").value;
  if (q.trim() === page.state.q.trim()) return;
  go({ q, article: "", passage: "" }, isTyped);
  isTyped = true;
}

function listen() {
  const field = byId("q");
  field.addEventListener("input", (event) => {
    clearTimeout(typing);
    if (!event.isComposing) typing = setTimeout(typed, PAUSE);
  });
  field.addEventListener("compositionend", () => (typing = setTimeout(typed, PAUSE)));
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    typed();
    isTyped = false;
    if (!page.found) search();
  });
  field.addEventListener("blur", () => (isTyped = false));
  byId("home").addEventListener("click", (event) => {
    event.preventDefault();
    page.go({ ...readAddress(""), q: "" });
    field.focus();
  });
  byId("starred").addEventListener("click", () => go({ view: page.state.view ? "" : "starred" }));
  byId("help").addEventListener("click", showHelp);
  byId("tongue").addEventListener("change", ({ target }) => {
    keepTongue(target.value);
    drawAgain();
  });
  unfolding("operators-button", "operators");
  unfolding("filters-button", "filters");
  addEventListener("popstate", ({ state }) => {
    page.state = readAddress(location.search, state ?? {});
    isTyped = false;
    byId("q").value = page.state.q;
    show();
  });
  addEventListener("online", () => !page.found && start());
}

function unfolding(button, place) {
  byId(button).addEventListener("click", () => {
    const open = byId(place).classList.toggle("open");
    if (place === "operators") byId(place).hidden = !open;
    byId(button).setAttribute("aria-expanded", String(open));
  });
}

function drawAgain() {
  byId("operators").replaceChildren(operatorsList());
  drawShelf();
  opened = "";
  searched = null;
  show();
}

function keys() {
  listenToKeys({
    "/": () => {
      byId("q").select();
      byId("q").focus();
      return true;
    },
    j: () => stepCards(1),
    k: () => stepCards(-1),
    n: () => step(1),
    p: () => step(-1),
    s: () => (document.activeElement.closest?.(".card, #reading") ?? document.querySelector(".card[aria-current]"))?.querySelector(".star")?.click(),
    "?": () => showHelp(),
    Escape: () => page.state.article && go({ article: "", passage: "" }),
  });
}

async function start() {
  try {
    const stats = await ask("stats");
    Object.assign(page.corpus, { stats, newest: stats.newest, oldest: stats.oldest });
  } catch (error) {
    return fail(error);
  }
  searched = null;
  return show();
}

chooseTongue();
byId("tongue").value = tongue();
byId("operators").replaceChildren(operatorsList());
byId("q").value ||= page.state.q; // somebody may be typing already
drawShelf();
frame(page.state);
drawChips(page);
drawSorting(page);
drawFilters(page, null);
drawLoading();
say(label("loading"));
whenShelfChanges(() => {
  drawShelf();
  if (page.state.view === "starred") drawStarred(page);
});
listen();
keys();
start();
