// What a reader keeps in this browser: starred and read articles.
import { button, byId, download, make } from "./dom.js";
import { label } from "./labels.js";
import { keep, recall } from "./storage.js";

const MOST_READ = 2000;
let changed = () => {};

function load(name) {
  try {
    return new Map(JSON.parse(recall(name)));
  } catch {
    return new Map();
  }
}

const save = (name, entries) => keep(name, JSON.stringify([...entries]));
let starred = load("starred");
let read = load("read");

addEventListener("storage", ({ key }) => {
  if (!key?.startsWith("dateline.")) return;
  [starred, read] = [load("starred"), load("read")];
  changed();
});

export const whenShelfChanges = (told) => (changed = told);
export const isRead = (id) => read.has(id);
export const starredArticles = () => [...starred.values()].reverse();

export function markRead(id) {
  read.delete(id);
  read.set(id, new Date().toISOString());
  for (const oldest of [...read.keys()].slice(0, Math.max(0, read.size - MOST_READ))) read.delete(oldest);
  save("read", read);
}

function toggle(article, link) {
  const id = article.article_id ?? article.id;
  if (starred.has(id)) starred.delete(id);
  else {
    const { title, opening, source, published, updated, language, url } = article;
    starred.set(id, { article_id: id, title, opening, source, published, updated, language, url, link, starred: new Date().toISOString() });
  }
  save("starred", starred);
  changed();
}

export function starButton(article, link) {
  const id = article.article_id ?? article.id;
  const star = button({ class: "star", "data-star": id, "data-key": `star ${id}`,
    click: () => toggle(article, link) });
  drawStar(star);
  return star;
}

function drawStar(star) {
  const is = starred.has(star.dataset.star);
  star.setAttribute("aria-pressed", is);
  star.setAttribute("aria-label", label(is ? "unstar" : "star"));
  star.textContent = is ? "★" : "☆";
}

export function drawShelf() {
  for (const star of document.querySelectorAll("[data-star]")) drawStar(star);
  byId("starred").textContent = label("starred", { n: starred.size });
}

export function saveStarred() {
  const kept = { starred: starredArticles(), read: [...read].map(([article_id, at]) => ({ article_id, at })) };
  download("dateline-starred.json", "application/json", JSON.stringify(kept, null, 2));
}
