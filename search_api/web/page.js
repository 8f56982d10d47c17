// The search page: the form is the address, the address is the search.
const form = document.querySelector("#search");
const message = document.querySelector("#message");
const list = document.querySelector("#hits");
let latest = 0;

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// Offsets of the API count code points; JavaScript's strings count UTF-16 units.
function cut(text, at) {
  const points = Array.from(text);
  return [points.slice(0, at).join(""), points.slice(at).join("")];
}

function titleOf(hit) {
  const title = hit.title || hit.opening;
  const link = /^https?:\/\//.test(hit.url);
  const shown = link ? element("a", title, { href: hit.url, rel: "noreferrer" }) : element("span", title);
  const heading = element("h2", "", { dir: "auto", lang: hit.language });
  heading.append(shown);
  return heading;
}

function hitItem(hit) {
  const item = element("li", "");
  const about = [hit.source, dated(hit), hit.language, `relevance ${hit.relevance.toFixed(2)}`];
  const [heading, text] = cut(hit.text, hit.heading_end);
  const passage = element("p", "", { class: "passage", dir: "auto", lang: hit.language });
  if (heading) passage.append(element("strong", heading.trim()));
  passage.append(...marked(text, hit));
  if (hit.family) about.push(alsoIn(hit.family));
  else if (hit.copies) about.push(`${hit.copies} near-identical`);
  const line = element("p", about.filter(Boolean).join(" · "), { class: "about" });
  item.append(titleOf(hit), line, passage, element("p", reasons(hit.why), { class: "why", dir: "auto" }));
  return item;
}

// The day of publication, and the day of the last change where that is a later one.
function dated({ published, updated }) {
  const [first, last] = [published, updated].map((time) => time?.slice(0, 10) ?? "");
  return [first, last > first ? `updated ${last}` : ""].filter(Boolean).join(", ");
}

// Which words of the query the passage holds, and in which form.
function reasons(why) {
  const words = why.filter(({ kind }) => kind !== "meaning");
  const shown = words.map(({ kind, query, found }) => (kind === "words" ? found : `${query}: ${found}`));
  return shown.length ? `has ${[...new Set(shown)].join(", ")}` : "by its meaning";
}

// Copies of a wire report: who else has it, and who had it first.
function alsoIn(family) {
  const where = family.outlets === 1 ? "1 outlet" : `${family.outlets} outlets`;
  const others = family.outlets ? `also in ${where}` : `told ${family.articles} times`;
  const date = family.first_published?.slice(0, 10);
  return `${others}, first${family.first_source ? ` at ${family.first_source}` : ""}${date ? ` on ${date}` : ""}`;
}

// The sentence that answers best is marked, where there are others.
function marked(text, hit) {
  const tidy = (part) => part.replace(/\s*\n\s*/g, "\n");
  const { start, end } = hit.best_sentence;
  if (hit.sentences.length < 2 || start < hit.heading_end) return [tidy(text.trim())];
  const [before, rest] = cut(text, start - hit.heading_end);
  const [best, after] = cut(rest, end - start);
  return [tidy(before.trimStart()), element("mark", tidy(best)), tidy(after.trimEnd())];
}

function counted(number, thing) {
  return `${number.toLocaleString()} ${thing}${number === 1 ? "" : "s"}`;
}

function summary(found) {
  if (!found.searched) return "No passage passes the filters and has the required words.";
  const passages = counted(found.searched, "passage");
  const nothing = `Nothing in ${passages} is likely to answer`;
  if (!found.hits.length) return found.near.length ? `${nothing}. Only near it:` : `${nothing}.`;
  const hits = counted(found.hits.length, "hit");
  return `${found.answerable ? hits : `${nothing}; the nearest ${hits}`} in ${passages}, ${found.took_ms.toFixed(0)} ms`;
}

// The same search with misspelt words corrected.
function correction(query, parameters) {
  const corrected = new URLSearchParams(parameters);
  corrected.set("q", query);
  return ["Did you mean ", element("a", query, { href: `?${corrected}`, dir: "auto" }), "?"];
}

function say(text, isError = false) {
  message.textContent = text;
  message.classList.toggle("error", isError);
}

// Where the service has keys, the reader is asked for one, which is kept until the tab is closed.
async function fetchJson(address, options = {}) {
  const key = sessionStorage.getItem("key");
  const headers = { ...options.headers, ...(key && { "X-API-Key": key }) };
  const response = await fetch(address, { ...options, headers });
  const body = await response.json();
  if (response.status === 401) {
    const given = sessionStorage.getItem("key") === key && prompt(`${body.error.message}. Key, dl_…:`);
    if (given) sessionStorage.setItem("key", given.trim());
    if (sessionStorage.getItem("key") !== key) return fetchJson(address, options);
  }
  if (!response.ok) throw new Error([body.error.message, body.error.hint].filter(Boolean).join(" – "));
  return body;
}

async function search(parameters) {
  const turn = ++latest;
  say("Searching…");
  try {
    const { q: query, ...filters } = Object.fromEntries(parameters);
    const body = JSON.stringify({ query, ...filters }); // a pasted article is too long for an address
    const found = await fetchJson("search", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (turn !== latest) return;
    list.replaceChildren(...found.hits.map(hitItem), ...found.near.map(hitItem));
    list.classList.toggle("near", found.near.length > 0);
    const missing = found.also_searched.map(({ word, forms }) => `${word}: also searched ${forms.join(", ")}.`);
    say([...missing, summary(found)].join(" "));
    if (found.did_you_mean) message.append(" ", ...correction(found.did_you_mean, parameters));
  } catch (error) {
    if (turn !== latest) return;
    list.replaceChildren();
    say(error.message, true);
  }
}

function wanted() {
  const filled = [...new FormData(form)].filter(([, value]) => value.trim());
  return new URLSearchParams(filled);
}

function searchFromAddress() {
  const parameters = new URLSearchParams(location.search);
  for (const field of form.elements) if (field.name) field.value = parameters.get(field.name) ?? "";
  list.replaceChildren();
  if (parameters.get("q")) search(wanted());
  else say("");
}

async function showStats() {
  const stats = await fetchJson("stats");
  const held = `${counted(stats.articles, "article")} in ${counted(Object.keys(stats.languages).length, "language")}`;
  document.querySelector("#stats").textContent = stats.newest ? `${held}, newest ${stats.newest.slice(0, 10)}` : held;
  for (const [name, counts] of [["language", stats.languages], ["source", stats.sources]]) {
    const options = Object.keys(counts).filter(Boolean).sort();
    document.querySelector(`#${name}`).append(...options.map((value) => element("option", value, { value })));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const address = `?${wanted()}`;
  history.pushState(null, "", address.length > 4000 ? "/" : address); // servers refuse long addresses
  search(wanted());
});
addEventListener("popstate", searchFromAddress);

try {
  const asked = new URLSearchParams(location.search).get("q") ?? "";
  form.q.value = asked;
  await showStats();
  if (form.q.value === asked) searchFromAddress(); // else somebody is typing already
} catch (error) {
  say(error.message, true);
}
