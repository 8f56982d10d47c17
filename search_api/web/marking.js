// Marks in texts: the sentence that answers, and the words of the query.
import { make } from "./dom.js";

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const MOST_WORDS = 24;
const SURROGATES = /[\ud800-\udbff]/;

// Offsets of the API count code points; JavaScript's strings count UTF-16 units.
export function unitsOf(text) {
  if (!SURROGATES.test(text)) return (at) => at;
  const starts = [];
  let at = 0;
  for (const point of text) {
    starts.push(at);
    at += point.length;
  }
  return (point) => starts[point] ?? text.length;
}

// The words by which hits were found, as a pattern; null where there are none.
export function wordPattern(why) {
  const words = new Set((why ?? []).map(({ found }) => found).filter(Boolean));
  const parts = [...words].slice(0, MOST_WORDS).map((word) => {
    const plain = word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    return UNSPACED.test(word) ? plain : `(?<![\\p{L}\\p{N}])${plain}(?![\\p{L}\\p{N}])`;
  });
  const longestFirst = parts.sort((one, other) => other.length - one.length);
  return parts.length ? new RegExp(longestFirst.join("|"), "giu") : null;
}

export function wordSpans(text, pattern) {
  return pattern ? [...text.matchAll(pattern)].map((found) => [found.index, found.index + found[0].length]) : [];
}

// A text in pieces: <mark> around the best sentence, <b> around words of the query, <i> around what is an aside.
export function marked(text, { best = [], words = [], asides = [] }, from = 0, to = text.length) {
  const layers = [["i", asides, "aside"], ["mark", best, "best"], ["b", words, "word"]];
  return layered(text, layers, from, to);
}

function layered(text, [layer, ...inner], from, to) {
  if (!layer) return from < to ? [text.slice(from, to)] : [];
  const [tag, spans, name] = layer;
  const pieces = [];
  let at = from;
  for (const [start, end] of spans) {
    const [first, last] = [Math.max(start, at), Math.min(end, to)];
    if (first >= last) continue;
    pieces.push(...layered(text, inner, at, first), make(tag, { class: name }, layered(text, inner, first, last)));
    at = last;
  }
  return [...pieces, ...layered(text, inner, at, to)];
}

// A passage of a hit: its heading apart, its line breaks kept.
export function passage(hit, pattern, name = "passage") {
  const units = unitsOf(hit.text);
  const cut = units(hit.heading_end);
  const { start, end } = hit.best_sentence;
  const best = hit.sentences.length > 1 && start >= hit.heading_end ? [[units(start), units(end)]] : [];
  const spans = { best, words: wordSpans(hit.text, pattern) };
  const rest = hit.text.slice(cut).match(/^\s*/)[0].length;
  return make("p", { class: name, dir: "auto", lang: hit.language },
    cut > 0 && make("strong", { class: "subheading" }, marked(hit.text, spans, 0, hit.text.slice(0, cut).trimEnd().length)),
    marked(hit.text, spans, cut + rest));
}
