// The state of the page is its address: a link reproduces the view.
const LISTS = ["language", "source", "not_language", "not_source"];
const TEXTS = ["q", "published_from", "published_to", "since", "sort", "order", "min_relevance"];
const VIEW = ["shown", "article", "passage", "view"];
export const FILTERS = [...LISTS, "published_from", "published_to", "since"];
export const PAGE = 20;
const LONGEST = 4000; // servers refuse longer addresses

export function readAddress(search, kept = {}) {
  const given = new URLSearchParams(search);
  const state = { ...kept };
  for (const name of LISTS) state[name] = [...new Set(given.getAll(name).filter(Boolean))];
  for (const name of [...TEXTS, ...VIEW]) state[name] = given.get(name) ?? "";
  if (kept.q && !state.q) state.q = kept.q;
  return state;
}

function parameters(state, names) {
  const made = new URLSearchParams();
  for (const name of names) {
    for (const value of [state[name] ?? []].flat()) if (value) made.append(name, value);
  }
  return made;
}

// A query too long for an address, such as a pasted article, is kept with the entry of the history.
export function writeAddress(state) {
  const all = [...TEXTS, ...LISTS, ...VIEW];
  const address = `?${parameters(state, all)}`;
  if (address.length <= LONGEST) return { address: address === "?" ? "./" : address, kept: {} };
  return { address: `?${parameters(state, all.filter((name) => name !== "q"))}`, kept: { q: state.q } };
}

// What is asked of the service: the search, or the list of articles where there is no query.
export function searchOf(state) {
  const names = state.q.trim() ? [...TEXTS, ...LISTS] : FILTERS;
  const made = parameters(state, names);
  if (!state.q.trim() && ["newest", "oldest"].includes(state.sort)) made.set("sort", state.sort);
  return made;
}

export const linkTo = (state, changes) => writeAddress({ ...state, ...changes }).address;
export const isFiltered = (state) => FILTERS.some((name) => state[name]?.length);
export const withoutFilters = () => Object.fromEntries(FILTERS.map((name) => [name, LISTS.includes(name) ? [] : ""]));
export const permanent = (changes) => new URL(writeAddress(changes).address, document.baseURI).href;
