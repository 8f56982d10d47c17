// The article beside the list: matches in place, versions, copies, similar articles, citation.
import { askArticle } from "./api.js";
import { permanent } from "./address.js";
import { byline, copiesItem, dateOf, idOf, innerLink, outletOf, titleOf } from "./cards.js";
import { bibtex, citedFrom, plain, ris } from "./citation.js";
import { comparison } from "./comparing.js";
import { readable } from "./days.js";
import { button, byId, copyText, isolated, make, webAddress, woven } from "./dom.js";
import { label } from "./labels.js";
import { marked, unitsOf, wordPattern, wordSpans } from "./marking.js";
import { markRead, starButton } from "./shelf.js";
import { wordsFor } from "./trouble.js";

const SIMILAR = 5;
let turn = 0;
let stops = [];
let here = -1;

// Where the article is told about in the results: the passages that answer, and why.
function hitOf(page, id) {
  const { hits = [], near = [] } = page.found ?? {};
  return [...hits, ...near].find((hit) => hit.article_id === id);
}

function bestSpans(article, hit, units) {
  if (!hit) return [];
  return [hit, ...(hit.others ?? [])].map(({ start, best_sentence: best }) => [units(start + best.start), units(start + best.end)])
    .filter(([start, end]) => end > start && end <= article.body.length).sort(([one], [other]) => one - other);
}

function paragraphsOf(body) {
  const found = [];
  for (const { index, 0: text } of body.matchAll(/[^\n]+(?:\n(?!\s*\n)[^\n]+)*/g)) {
    if (text.trim()) found.push([index, index + text.length]);
  }
  return found;
}

function bodyOf(page, article, hit) {
  const units = unitsOf(article.body);
  const best = bestSpans(article, hit, units);
  const words = wordSpans(article.body, wordPattern(hit?.why));
  const asides = article.asides.map(({ start, end }) => [units(start), units(end)]);
  const passages = article.passages.map((each) => ({ ...each, from: units(each.start), to: units(each.end), head: units(each.start + each.heading_end) }));
  const begun = new Set();
  return paragraphsOf(article.body).map(([from, to]) => {
    const own = passages.find((each) => each.from < to && each.to > from);
    const heading = own && own.heading_end && from >= own.from && to <= own.head;
    const pieces = marked(article.body, { best, words, asides }, from, to);
    const begins = own && !heading && !begun.has(own);
    begun.add(begins && own);
    const anchor = begins && anchorOf(page, article, own);
    return make(heading ? "h3" : "p", { dir: "auto", lang: own?.language ?? article.language, "data-passage": begins && own.passage_id }, pieces, anchor);
  });
}

function anchorOf(page, article, { passage_id: passage }) {
  return innerLink(page, { article: article.id, passage }, { class: "anchor", "aria-label": label("passageLink"), title: label("passageLink") }, "¶");
}

function copyButton(text, name = "copy") {
  return button({ class: "quiet", click: async ({ currentTarget }) => {
    if (await copyText(typeof text === "function" ? text() : text)) currentTarget.textContent = label("copied");
  } }, label(name));
}

// The quotation is what is selected in the article, else the sentence that answers best.
function quotation(article, hit) {
  const selection = getSelection();
  const body = byId("article-body");
  if (body && !selection.isCollapsed && body.contains(selection.anchorNode) && body.contains(selection.focusNode)) return String(selection);
  if (hit) return Array.from(hit.text).slice(hit.best_sentence.start, hit.best_sentence.end).join("");
  return "";
}

function citing(page, article, hit) {
  const { passage } = page.state;
  const list = make("div", { class: "citations" });
  const show = () => {
    const cited = citedFrom(article, quotation(article, hit), permanent({ article: article.id, passage }));
    list.replaceChildren(...[["plain", plain], ["bibtex", bibtex], ["ris", ris]].map(([name, form]) => {
      const text = form(cited);
      return make("section", {}, make("h3", {}, label(name)), make("pre", { dir: "auto", tabindex: "0", "aria-label": label(name) }, text), copyButton(text));
    }));
  };
  return make("details", { id: "citing", toggle: ({ target }) => target.open && show() }, make("summary", {}, label("cite")), list);
}

function versionsOf(article) {
  if (!article.versions.length) return null;
  const texts = [...article.versions, { ...article, now: true }];
  const shown = article.versions.map((version, place) => {
    const next = texts[place + 1];
    const whole = ({ title, body }) => (title ? `${title}\n\n${body}` : body);
    const date = version.updated || version.published;
    const after = next.now ? label("currentVersion") : readable(next.updated || next.published);
    const differs = make("div");
    const toggle = ({ target }) => {
      if (target.open && !differs.childElementCount) differs.append(comparison(whole(version), whole(next), article.language));
    };
    return make("details", { class: "version", toggle }, make("summary", {}, label("version", { date: date ? readable(date) : label("noDate") }), ` → ${after}`), differs);
  });
  return make("section", { class: "beside" }, make("h3", {}, label("earlier")), shown);
}

function copiesOf(page, article) {
  if (!article.family.length) return null;
  return make("section", { class: "beside" }, make("h3", {}, label("copies")),
    make("ol", { class: "copies" }, article.family.map((copy) => copiesItem(page, copy))));
}

// Where there are none, or the service is busy, nothing is said of them.
async function similarTo(page, article, place) {
  try {
    const { hits = [] } = await askArticle(article.id, `/similar?limit=${SIMILAR}`);
    if (!hits.length) return;
    const items = hits.map((hit) => make("li", {}, make("b", {}, outletOf(hit)), " ", dateOf(hit, false), make("br"),
      innerLink(page, { article: idOf(hit), passage: hit.passage_id ?? "" }, { lang: hit.language }, isolated(titleOf(hit)))));
    place.replaceChildren(make("h3", {}, label("similar")), make("ul", { class: "copies" }, items));
  } catch {
    place.remove();
  }
}

export function step(by) {
  if (!stops.length) return;
  stops[here]?.classList.remove("here");
  here = (here + by + stops.length) % stops.length;
  const stop = stops[here];
  stop.classList.add("here");
  stop.scrollIntoView({ block: "center" });
  byId("match-count").textContent = label("jump", { here: here + 1, n: stops.length });
}

function stepping() {
  if (!stops.length) return null;
  const arrow = (name, sign, by) => button({ class: "quiet", "aria-label": label(name), title: label(name), click: () => step(by) }, sign);
  return make("div", { class: "stepping", role: "group", "aria-label": label("matches") }, arrow("previousMatch", "↑", -1),
    make("span", { id: "match-count", role: "status" }, label("jump", { here: 0, n: stops.length })), arrow("nextMatch", "↓", 1));
}

function closing(page) {
  return button({ class: "quiet close", "aria-label": label("close"), title: label("close"),
    click: () => page.go({ article: "", passage: "" }) }, "×");
}

function original(article) {
  const address = webAddress(article.url);
  if (!address) return null;
  return make("a", { href: address, rel: "noreferrer noopener", class: "original" },
    woven(label("open"), { outlet: isolated(article.source || new URL(address).host) }), " ↗");
}

function drawArticle(page, article) {
  const hit = hitOf(page, article.id);
  const body = make("div", { id: "article-body" }, bodyOf(page, article, hit));
  stops = [...body.querySelectorAll("mark")];
  if (!stops.length) stops = [...body.querySelectorAll("b.word")];
  here = -1;
  const link = () => permanent({ article: article.id, passage: page.state.passage });
  const title = make("h2", { id: "reading-title", tabindex: "-1", dir: "auto", lang: article.language }, titleOf(article));
  const similar = make("section", { class: "beside" });
  const bar = make("div", { class: "bar" }, stepping(), copyButton(link, "copyLink"), starButton(article, permanent({ article: article.id })), closing(page));
  byId("reading").replaceChildren(bar, make("article", {}, byline(article), title, original(article), body),
    ...[citing(page, article, hit), copiesOf(page, article), versionsOf(article), similar].filter(Boolean));
  byId("reading").append(make("p", { class: "hint" }, label("id"), " ", make("code", { dir: "auto" }, article.id)));
  similarTo(page, article, similar);
}

// Goes to the passage that the address names, else to the first match.
function arrive(page) {
  const { passage } = page.state;
  const place = [...document.querySelectorAll("[data-passage]")].find((each) => each.dataset.passage === passage);
  place?.classList.add("linked");
  const after = (stop) => place.contains(stop) || place.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING;
  const near = place ? stops.findIndex(after) : 0;
  byId("reading").scrollTop = 0;
  if (near >= 0 && stops.length) {
    here = near - 1;
    step(1);
  } else place?.scrollIntoView({ block: "center" });
  byId("reading-title").focus({ preventScroll: true });
}

// Opens the article of the state, or closes the pane.
export async function openArticle(page) {
  const { article: id } = page.state;
  const mine = ++turn;
  const pane = byId("reading");
  pane.replaceChildren();
  if (!id) return;
  pane.append(make("div", { class: "bar" }, closing(page)), make("p", { class: "notice", role: "status" }, label("loading")));
  try {
    const article = await askArticle(id);
    if (mine !== turn) return;
    markRead(id);
    drawArticle(page, article);
    arrive(page);
  } catch (error) {
    if (mine !== turn) return;
    if (!error.kind) throw error;
    const says = error.kind === "missing" ? label("missing") : wordsFor(error).join(" ");
    const again = button({ class: "quiet", click: () => openArticle(page) }, label("retry"));
    pane.replaceChildren(make("div", { class: "bar" }, closing(page)), make("div", { class: "notice", role: "alert" }, make("p", { id: "reading-title" }, says), again));
  }
}
