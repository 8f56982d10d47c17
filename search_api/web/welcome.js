// The first visit: what is in the index, and what could be asked of it.
import { innerLink } from "./cards.js";
import { readable } from "./days.js";
import { isolated, make } from "./dom.js";
import { label, languageName } from "./labels.js";

const EXAMPLES = 6;
const LONG = 80;

// Titles of the corpus, one a language as long as there are languages.
function examples(articles) {
  const titled = articles.filter(({ title }) => title && Array.from(title).length >= 8);
  const seen = new Set();
  const first = titled.filter(({ language }) => !seen.has(language) && seen.add(language));
  const others = titled.filter((article) => !first.includes(article));
  return [...first, ...others].slice(0, EXAMPLES);
}

// A title up to its first stop, as somebody would ask for it.
export function asked(title) {
  const clause = title.split(/[.:;!?|–—。！？：；]\s*|\s-\s/u).map((part) => part.trim()).find((part) => Array.from(part).length >= 8) ?? title;
  const points = Array.from(clause.replace(/["“”„«»+]/g, " ").replace(/(^|\s)-/g, "$1").replace(/\s+/g, " ").trim());
  return points.length <= LONG ? points.join("") : points.slice(0, LONG).join("").replace(/\s\S*$/u, "");
}

export function welcome(page, articles) {
  const { stats, oldest, newest } = page.corpus;
  if (!stats) return null;
  const held = label("heldNow", { articles: label("articles", { n: stats.articles }), languages: label("languages", { n: Object.keys(stats.languages).length }),
    outlets: label("outlets", { n: Object.keys(stats.sources).filter(Boolean).length }), from: readable(oldest, false), to: readable(newest, false) });
  const tries = examples(articles).map((article) => make("li", {},
    innerLink(page, { q: asked(article.title) }, { lang: article.language, class: "example" }, isolated(asked(article.title))),
    make("span", { class: "hint" }, " ", languageName(article.language))));
  return make("div", { id: "welcome" }, make("p", { class: "held" }, stats.articles ? held : label("empty")),
    tries.length && [make("h2", { class: "section" }, label("examples")), make("ul", { class: "examples" }, tries), make("h2", { class: "section" }, label("browse"))]);
}
