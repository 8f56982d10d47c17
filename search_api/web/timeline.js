// How the articles lie in time: bars, dragged over to choose a period, and a table of the same.
import { dayNumber, dayText, spanAround, spanLabel } from "./days.js";
import { byId, draw, make, redraw } from "./dom.js";
import { label, number } from "./labels.js";

const HEIGHT = 56;
const WIDTH = 1000;
const GAP = 0.16;
const FEWEST = 24; // intervals that the axis is wide at least, so that a bar is no block

function bars(spans, first, days, most) {
  return spans.map(({ start, end, articles }) => {
    const [from, to] = [dayNumber(start) - first, dayNumber(end) - first + 1];
    const width = ((to - from) / days) * WIDTH;
    const height = Math.max(2, (articles / most) * HEIGHT);
    return draw("rect", { x: (from / days) * WIDTH, width: Math.max(1.5, width * (1 - GAP)), y: HEIGHT - height, height });
  });
}

// Dragging over the bars chooses whole intervals; a click chooses one.
function dragging(svg, band, { interval, first, days, caption, spans, choose, rest }) {
  let start = null;
  const dayAt = ({ clientX }) => {
    const box = svg.getBoundingClientRect();
    const share = Math.min(Math.max((clientX - box.left) / box.width, 0), 0.9999);
    return first + Math.floor(share * days);
  };
  const chosen = (event) => {
    const [one, other] = [start ?? dayAt(event), dayAt(event)].sort((a, b) => a - b);
    return [spanAround(interval, one)[0], spanAround(interval, other)[1]];
  };
  const show = (event) => {
    const [from, to] = chosen(event);
    const [left, right] = [Math.max(from, first), Math.min(to + 1, first + days)];
    band.setAttribute("x", ((left - first) / days) * WIDTH);
    band.setAttribute("width", ((right - left) / days) * WIDTH);
    const inside = spans.filter((span) => dayNumber(span.start) >= from && dayNumber(span.start) <= to);
    const total = inside.reduce((sum, { articles }) => sum + articles, 0);
    const [one, other] = [from, to].map((day) => spanLabel(interval, dayText(day)));
    caption.classList.remove("rest");
    caption.textContent = `${one === other ? one : `${one} – ${other}`}: ${label("articles", { n: total })}`;
  };
  const leave = () => {
    if (start !== null) return;
    band.setAttribute("width", 0);
    caption.textContent = rest;
    caption.classList.add("rest");
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    start = dayAt(event);
    svg.setPointerCapture(event.pointerId);
    show(event);
  });
  svg.addEventListener("pointermove", show);
  svg.addEventListener("pointerleave", leave);
  svg.addEventListener("pointercancel", () => {
    start = null;
    leave();
  });
  svg.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const [from, to] = chosen(event).map(dayText);
    start = null;
    choose({ published_from: from, published_to: to, since: "" });
  });
}

function table(interval, spans) {
  const rows = spans.map(({ start, articles }) => make("tr", {}, make("th", { scope: "row" }, spanLabel(interval, start)), make("td", {}, number(articles))));
  return make("details", { class: "table" }, make("summary", { "data-key": "table" }, label("table")), make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label("timeline") },
    make("table", {}, make("caption", {}, label("interval", { interval: label(interval) })),
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, label("tableTime")), make("th", { scope: "col" }, label("tableCount")))),
      make("tbody", {}, rows))));
}

// From the first span to the last, with room on both sides where they are few.
function axisOf(interval, spans) {
  const length = dayNumber(spans[0].end) - dayNumber(spans[0].start) + 1;
  let [first, last] = [dayNumber(spans[0].start), dayNumber(spans.at(-1).end)];
  const missing = Math.max(0, FEWEST - Math.round((last - first + 1) / length));
  first = spanAround(interval, first - Math.ceil(missing / 2) * length)[0];
  last = spanAround(interval, last + Math.floor(missing / 2) * length)[1];
  return { first, last, days: last - first + 1 };
}

export function drawTimeline(page, found) {
  const place = byId("timeline");
  const spans = (found?.timeline?.spans ?? []).filter(({ start }) => start);
  place.classList.toggle("none", !spans.length);
  if (!spans.length) return redraw(place);
  const { interval } = found.timeline;
  const { first, last, days } = axisOf(interval, spans);
  const most = Math.max(...spans.map(({ articles }) => articles));
  const undated = found.timeline.spans.find(({ start }) => !start)?.articles;
  const rest = undated ? label("undated", { n: undated }) : label("timelineHint");
  const caption = make("span", { class: "caption rest" }, rest);
  const band = draw("rect", { class: "band", y: 0, height: HEIGHT, width: 0 });
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label("interval", { interval: label(interval) }) },
    band, bars(spans, first, days, most));
  dragging(svg, band, { interval, first, days, caption, spans, choose: page.go, rest });
  redraw(place, svg, make("p", { class: "axis" }, make("span", {}, spanLabel(interval, dayText(first))), caption,
    make("span", {}, spanLabel(interval, dayText(last)))),
  table(interval, spans));
}
