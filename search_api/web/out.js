// What a reader takes along: the current search as a spreadsheet, as JSON, as a feed.
import { FILTERS } from "./address.js";
import { fetchFile, hasKey } from "./api.js";
import { byId, download, make, redraw } from "./dom.js";
import { label } from "./labels.js";
import { showTrouble } from "./trouble.js";

const FOLLOWED = ["q", ...FILTERS, "min_relevance"]; // a feed has an order of its own
const FORMATS = { csv: "csv", json: "ndjson" };

// A link cannot send a key: with one, the file is fetched and saved.
function saving(address, name) {
  return async (event) => {
    if (!hasKey()) return;
    event.preventDefault();
    try {
      download(name, "", await fetchFile(address));
    } catch (error) {
      showTrouble(error, () => saving(address, name)(event));
    }
  };
}

export function drawOut(parameters) {
  const files = Object.entries(FORMATS).map(([name, format]) => {
    const address = `export?${new URLSearchParams([...parameters, ["format", format]])}`;
    const file = `dateline.${format}`;
    return make("li", {}, make("a", { href: address, download: file, click: saving(address, file) }, label(name)));
  });
  const followed = new URLSearchParams([...parameters].filter(([name]) => FOLLOWED.includes(name)));
  files.push(make("li", {}, make("a", { href: `feed.atom?${followed}`, title: label("feedHint") }, label("feed"))));
  redraw(byId("out"), make("h2", { id: "out-title" }, label("out")), make("ul", { "aria-labelledby": "out-title" }, files));
}
