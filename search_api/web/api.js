// Asking the service. What goes wrong becomes a Failure whose kind the page has words for.
const PATIENCE = 30_000; // milliseconds
const LONGEST = 2000; // characters of an address that every proxy passes on
const KINDS = { 401: "key", 403: "key", 404: "missing", 410: "gone", 421: "refused", 422: "query", 429: "busy", 503: "building" };

export class Failure extends Error {
  constructor(kind, { message = "", hint = "", code = "" } = {}) {
    const [field] = /^published_\w+(?=: )/.exec(message) ?? [""];
    super(message.slice(field && field.length + 2));
    Object.assign(this, { kind, hint, code, field });
  }
}

export const hasKey = () => Boolean(sessionStorage.getItem("dateline.key"));
export const keepKey = (key) => sessionStorage.setItem("dateline.key", key);

function headers() {
  const key = sessionStorage.getItem("dateline.key");
  return key ? { Authorization: `Bearer ${key}` } : {};
}

async function fetched(address, options, signal) {
  const patience = AbortSignal.timeout(PATIENCE);
  try {
    const signals = AbortSignal.any([patience, ...(signal ? [signal] : [])]);
    return await fetch(address, { ...options, signal: signals });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure(patience.aborted ? "slow" : "offline");
  }
}

async function bodyOf(response, signal) {
  try {
    return await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure("strange", { code: String(response.status) });
  }
}

export async function ask(address, { signal, json } = {}) {
  const options = { headers: headers() };
  if (json) {
    Object.assign(options, { method: "POST", body: JSON.stringify(json) });
    options.headers["Content-Type"] = "application/json";
  }
  const response = await fetched(address, options, signal);
  const body = await bodyOf(response, signal);
  if (response.ok) return body;
  if (!body?.error) throw new Failure("strange", { code: String(response.status) });
  throw new Failure(KINDS[response.status] ?? (response.status < 500 ? "query" : "failed"), body.error);
}

export const askArticle = (id, more = "") => ask(`articles/${encodeURIComponent(id)}${more}`);

// A search, or the list of articles where there is no query; long queries go as JSON.
export function askFor(parameters, signal) {
  if (!parameters.get("q")) return ask(`articles?${parameters}`, { signal });
  if (String(parameters).length < LONGEST) return ask(`search?${parameters}`, { signal });
  const json = {};
  for (const name of parameters.keys()) {
    const values = parameters.getAll(name);
    json[name === "q" ? "query" : name] = values.length > 1 ? values : values[0];
  }
  return ask("search", { signal, json });
}

// A file, also where only a key opens it.
export async function fetchFile(address) {
  const response = await fetched(address, { headers: headers() });
  if (response.ok) return response.blob();
  const body = await bodyOf(response);
  throw new Failure(KINDS[response.status] ?? "failed", body?.error);
}
