// Keys: a dialog that tells them and switches them off, and what each does.
import { make } from "./dom.js";
import { label } from "./labels.js";
import { keep, recall } from "./storage.js";

const KEYS = ["/", "j, k", "Enter", "n, p", "s", "Esc"];
const OPERATORS = ["“port strike”", "+ferry", "-football", "Who pays for the flood?"];

const areOff = () => recall("keys") === "off";

function explained(tag, typed, meaning) {
  const means = meaning.split("; ");
  return make("dl", {}, typed.map((text, place) => [make("dt", {}, make(tag, {}, text)), make("dd", {}, means[place])]));
}

export function showHelp() {
  const box = make("input", { type: "checkbox", checked: !areOff(), change: ({ target }) => keep("keys", target.checked ? "on" : "off") });
  const dialog = make("dialog", { "aria-labelledby": "help-title" }, make("h2", { id: "help-title" }, label("shortcuts")), explained("kbd", KEYS, label("keys")),
    make("p", {}, make("label", {}, box, label("shortcutsOn"))), make("form", { method: "dialog" }, make("button", { class: "main" }, "OK")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export const operatorsList = () => explained("code", OPERATORS, label("operatorsMean"));

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");

// `actions` by key; Escape also works while somebody types.
export function listenToKeys(actions) {
  addEventListener("keydown", (event) => {
    if (areOff() && event.key !== "Escape") return;
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (isTyping(event.target) && event.key !== "Escape") return;
    if (actions[event.key]?.(event)) event.preventDefault();
  });
}

// The next or previous card gets the focus, on the link that opens it.
export function stepCards(by) {
  const links = [...document.querySelectorAll("#list a.title")];
  if (!links.length) return false;
  const current = document.activeElement?.closest?.(".card") ?? document.querySelector('.card[aria-current="true"]');
  const at = current ? links.findIndex((link) => current.contains(link)) : by > 0 ? -1 : links.length;
  const next = links[Math.min(Math.max(at + by, 0), links.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}
