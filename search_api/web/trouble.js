// What went wrong, in words, and what to do: try again, give a key, wait.
import { keepKey } from "./api.js";
import { button, byId, make } from "./dom.js";
import { label } from "./labels.js";

const AGAIN = 5000; // milliseconds until an index that is not there is looked for again
const WORDS = { offline: "offline", slow: "slow", building: "building", busy: "busy", refused: "refused", gone: "gone", key: "keyNeeded", failed: "failed", missing: "missing" };
let waiting = 0;

export function wordsFor(error) {
  if (error.kind === "strange") return [label("answerBroke", { code: error.code ? ` (${error.code})` : "" })];
  const known = WORDS[error.kind] && label(WORDS[error.kind]);
  return [known, error.message, error.hint].filter(Boolean);
}

function keyForm(again) {
  const field = make("input", { type: "password", id: "key", autocomplete: "off", required: true, "aria-describedby": "key-hint" });
  const submit = (event) => {
    event.preventDefault();
    keepKey(field.value.trim());
    again();
  };
  return make("form", { class: "key", submit }, make("label", { for: "key" }, label("key")), field, make("button", { class: "main" }, label("keyUse")),
    make("p", { class: "hint", id: "key-hint" }, label("keyHint")));
}

export function clearTrouble() {
  clearTimeout(waiting);
  byId("trouble").replaceChildren();
}

export function showTrouble(error, again) {
  clearTimeout(waiting);
  const parts = wordsFor(error).map((text) => make("p", { dir: "auto" }, text));
  const wants = error.kind === "key";
  if (error.kind === "building") {
    parts.push(make("p", { class: "hint" }, label("buildingHint")));
    waiting = setTimeout(again, AGAIN);
  }
  const repeat = button({ class: "quiet", click: again }, label("retry"));
  byId("trouble").replaceChildren(make("div", { class: "notice", role: "alert" }, make("h2", {}, label("error")), parts, wants ? keyForm(again) : repeat));
}
