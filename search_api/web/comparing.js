// What changed between two versions of a text, word by word.
import { make } from "./dom.js";

const MOST_CELLS = 1_000_000; // of the table of two texts; where they differ in more, all of it is shown as changed

function wordsOf(text, language) {
  try {
    return [...new Intl.Segmenter(language || undefined, { granularity: "word" }).segment(text)].map(({ segment }) => segment);
  } catch {
    return text.split(/(\s+)/);
  }
}

// The longest common subsequence, as pieces [kind, words] where kind is "same", "del" or "ins".
function compared(old, now) {
  const width = now.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      lengths[i * width + j] = old[i] === now[j]
        ? lengths[(i + 1) * width + j + 1] + 1
        : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  const pieces = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) pieces.push(["same", old[i++], j++]);
    else if (j >= now.length || (i < old.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) pieces.push(["del", old[i++]]);
    else pieces.push(["ins", now[j++]]);
  }
  return pieces;
}

export function differences(old, now, language) {
  const [before, after] = [wordsOf(old, language), wordsOf(now, language)];
  let head = 0;
  while (head < before.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const [changedOld, changedNew] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  const fits = changedOld.length * changedNew.length <= MOST_CELLS;
  const middle = fits ? compared(changedOld, changedNew) : [["del", changedOld.join("")], ["ins", changedNew.join("")]];
  const pieces = [["same", before.slice(0, head).join("")], ...middle, ["same", before.slice(before.length - tail).join("")]];
  return merged(pieces);
}

function merged(pieces) {
  const found = [];
  for (const [kind, text] of pieces) {
    if (found.at(-1)?.[0] === kind) found.at(-1)[1] += text;
    else if (text) found.push([kind, text]);
  }
  return found;
}

export function comparison(old, now, language) {
  const pieces = differences(old, now, language).map(([kind, text]) => (kind === "same" ? text : make(kind, {}, text)));
  return make("div", { class: "comparison", dir: "auto", lang: language }, pieces);
}
