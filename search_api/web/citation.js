// A quotation with where it is from: plain, as BibTeX and as RIS.
import { webAddress } from "./dom.js";
import { readable } from "./days.js";

const flat = (text) => (text ?? "").replace(/\s+/g, " ").trim();

export function plain({ quotation, title, source, published, address }) {
  const quoted = quotation && `“${quotation}”`;
  return [quoted, title && `“${title}”`, source, published && readable(published), address].filter(Boolean).join(", ");
}

const escaped = (text) => flat(text).replace(/[\\{}$&#^_%~]/g, (sign) => ({ "\\": "\\textbackslash{}", "^": "\\^{}", "~": "\\~{}" })[sign] ?? `\\${sign}`);

export function bibtex({ quotation, title, source, published, address, language, id }) {
  const fields = {
    title: `{${escaped(title)}}`, journal: escaped(source), date: (published ?? "").slice(0, 10), year: (published ?? "").slice(0, 4),
    url: address.replace(/[{}\\\s]/g, encodeURIComponent), langid: language, note: quotation && `\`\`${escaped(quotation)}''`,
  };
  const lines = Object.entries(fields).filter(([, value]) => value).map(([name, value]) => `  ${name} = {${value}},`);
  const key = id.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || "article";
  return [`@article{${key},`, ...lines, "}"].join("\n");
}

export function ris({ quotation, title, source, published, address, language }) {
  const [year, month = "", day = ""] = (published ?? "").slice(0, 10).split("-");
  const fields = [["TY", "NEWS"], ["TI", title], ["T2", source], ["PY", year], ["DA", year && `${year}/${month}/${day}`], ["LA", language],
    ["UR", address], ["N1", quotation && `“${quotation}”`]];
  return [...fields.filter(([, value]) => value).map(([name, value]) => `${name}  - ${flat(value)}`), "ER  - "].join("\n");
}

// What is cited: without an address of its own, an article is cited by its permanent link.
export function citedFrom(article, quotation, link) {
  const { id, source, published, language } = article;
  return { id, source: flat(source), published, language, title: flat(article.title || article.opening), quotation: flat(quotation),
    address: webAddress(article.url) || link };
}
