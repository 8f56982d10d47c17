// Elements made of texts: nothing that comes from an article is ever read as HTML.

// Signs that turn the direction of writing: one too many would end <bdi> and turn what follows.
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

// Attributes that are functions listen, those that are true or false are there or not; children that are empty are left out.
export function make(tag, attributes = {}, ...children) {
  return fill(set(document.createElement(tag), attributes), ...children);
}

export const button = (attributes, ...children) => make("button", { type: "button", ...attributes }, ...children);

export function draw(tag, attributes = {}, ...children) {
  return fill(set(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes), ...children);
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  return element;
}

function fill(element, ...children) {
  const harmless = (child) => child.replaceAll?.(TURNING, "") ?? child;
  element.append(...children.flat(9).filter(Boolean).map(harmless));
  return element;
}

export const byId = (id) => document.getElementById(id);

// A text of somebody else, whose direction of writing changes nothing around it.
export function isolated(text, attributes = {}) {
  return make("bdi", attributes, text);
}

// Parts with a separator between them, empty ones left out.
export function joined(parts, separator = " · ") {
  const there = parts.filter(Boolean);
  return there.flatMap((part, place) => (place ? [separator, part] : [part]));
}

// What stands in the sentence where {name} is: texts and elements.
export function woven(sentence, parts) {
  return sentence.split(/(\{\w+\})/).map((piece) => parts[piece.slice(1, -1)] ?? piece);
}

// Draws a part of the page anew; whoever has the focus there keeps it, by its data-key.
export function redraw(place, ...children) {
  const key = place.contains(document.activeElement) ? document.activeElement.dataset.key : "";
  const { scrollTop } = place;
  place.replaceChildren(...children.flat(9).filter(Boolean));
  if (key) [...place.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key)?.focus({ preventScroll: true });
  if (scrollTop) place.scrollTop = scrollTop;
}

// Only addresses of the web are links; a script in an article's address is not one.
export function webAddress(text) {
  try {
    return ["http:", "https:"].includes(new URL(text).protocol) ? text : "";
  } catch {
    return "";
  }
}

export function download(name, type, text) {
  const address = URL.createObjectURL(text instanceof Blob ? text : new Blob([text], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not every origin may
  }
}
