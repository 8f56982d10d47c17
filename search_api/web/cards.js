// Articles in lists, one card each: outlet and date are seen first.
import { askArticle } from "./api.js";
import { linkTo, permanent } from "./address.js";
import { readable } from "./days.js";
import { isolated, joined, make, woven } from "./dom.js";
import { label, languageName } from "./labels.js";
import { marked, passage, wordPattern, wordSpans } from "./marking.js";
import { isRead, starButton } from "./shelf.js";

const STRONG = 0.6;
const LIKELY = 0.3;
const OTHERS = 2;

export const idOf = (article) => article.article_id ?? article.id;
export const titleOf = (article) => article.title || article.opening || idOf(article);

// A link within the page: it opens here, and in another tab when asked to.
export function innerLink(page, changes, attributes, ...children) {
  const click = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    page.go(changes);
  };
  return make("a", { href: linkTo(page.state, changes), click, ...attributes }, ...children);
}

export function outletOf(article) {
  return article.source ? isolated(article.source) : label("noOutlet");
}

export function dateOf({ published, updated }, withTime = true) {
  if (!published) return label("noDate");
  const first = make("time", { datetime: published }, isolated(readable(published, withTime)));
  const changed = (updated ?? "").slice(0, 10) > published.slice(0, 10) && readable(updated, false);
  return changed ? make("span", {}, first, ", ", label("updated", { date: changed })) : first;
}

export function byline(article, ...more) {
  const language = article.language && isolated(languageName(article.language));
  const parts = joined([make("span", {}, dateOf(article)), language, ...more]);
  return make("p", { class: "byline" }, make("b", { class: "outlet" }, outletOf(article)), " ", make("span", {}, parts));
}

function strength(hit) {
  if (hit.relevance === undefined) return null;
  const name = hit.relevance >= STRONG ? "strong" : hit.relevance >= LIKELY ? "likely" : "weak";
  return make("span", { class: `strength ${name}` }, label(name));
}

// Which words of the query the passage holds.
function reasons({ why }) {
  const words = (why ?? []).filter(({ kind }) => kind !== "meaning");
  if (!words.length) return why ? label("byMeaning") : null;
  const shown = words.map(({ kind, query, found }) => (kind === "words" ? found : `${query}: ${found}`));
  const parts = joined([...new Set(shown)].map((word) => isolated(word)), ", ");
  return make("span", {}, woven(label("has"), { words: make("span", {}, parts) }));
}

export function copiesItem(page, copy) {
  const place = make("b", {}, outletOf(copy));
  const title = innerLink(page, { article: idOf(copy), passage: "" }, { lang: copy.language }, isolated(titleOf(copy)));
  return make("li", {}, place, " ", dateOf(copy), make("br"), title);
}

// Who else has the story, and who had it first; unfolds to all of them.
function family(hit, page) {
  if (!hit.family) return null;
  const { outlets, articles, first_source: source, first_published: date } = hit.family;
  const also = outlets ? label("alsoIn", { outlets: label("outletsElse", { n: outlets }) }) : label("told", { n: articles });
  const where = make("span", {}, joined([source && isolated(source), date && readable(date)], ", "));
  const first = make("span", {}, woven(label("firstAt"), { where }));
  const list = make("ul", { class: "copies" });
  const unfold = async () => {
    if (list.childElementCount) return;
    try {
      const found = await askArticle(idOf(hit));
      list.replaceChildren(...found.family.map((copy) => copiesItem(page, copy)));
    } catch (error) {
      list.replaceChildren(make("li", {}, error.message || label("failed")));
    }
  };
  const key = `family ${idOf(hit)}`;
  return make("details", { class: "family", toggle: unfold }, make("summary", { "data-key": key }, joined([also, first], ", ")), list);
}

// A hit, or an article of a list.
export function card(article, page, isNear = false) {
  const id = idOf(article);
  const opens = { article: id, passage: article.passage_id ?? "" };
  const pattern = wordPattern(article.why);
  const title = titleOf(article);
  const link = innerLink(page, opens, { dir: "auto", lang: article.language, "data-key": `card ${id}`, class: "title" },
    marked(title, { words: wordSpans(title, pattern) }));
  const open = page.state.article === id;
  const texts = article.text ? [passage(article, pattern), ...(article.others ?? []).slice(0, OTHERS).map((other) =>
    passage(other, pattern, "passage other"))] : [opening(article)];
  const notes = joined([...(isNear ? [] : [strength(article), reasons(article)]), isRead(id) && label("read")]);
  return make("article", { class: `card${isRead(id) ? " read" : ""}`, "data-article": id, "aria-current": open && "true" },
    byline(article), make("h2", {}, link), texts, notes.length && make("div", { class: "foot" }, make("p", {}, notes)),
    family(article, page), starButton(article, permanent(opens)));
}

function opening(article) {
  if (!article.title || !article.opening) return null;
  return make("p", { class: "passage", dir: "auto", lang: article.language }, article.opening);
}

export function cardList(articles, page, isNear = false) {
  return make("ol", { class: isNear ? "cards near" : "cards" }, articles.map((each) => make("li", {}, card(each, page, isNear))));
}
