// Dates as the service writes them (2024, 2024-05, 2024-05-27, 2024-05-27T18:20:00+02:00), and as people read them.
import { tongue } from "./labels.js";

const DAY = 86_400_000;
const PARTS = [{ year: "numeric" }, { month: "long" }, { day: "numeric" }];

// The day and the hour are those of the place where the article appeared.
export function readable(text, withTime = true) {
  const found = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d))?)?)?/.exec(text ?? "");
  if (!found) return text ?? "";
  const [, year, month, day, hour, minute] = found;
  const shown = Object.assign({ timeZone: "UTC" }, ...PARTS.slice(0, 1 + Boolean(month) + Boolean(day)));
  if (hour && withTime) Object.assign(shown, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const moment = Date.UTC(year, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0);
  return new Intl.DateTimeFormat(tongue() === "en" ? "en-GB" : tongue(), shown).format(moment);
}

// A date that somebody typed, with its zeros: 2026-3-1 is 2026-03-01, and 14.3.2024 is 2024-03-14.
export function tidy(text) {
  const trimmed = text.trim();
  const turned = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(trimmed);
  const parts = turned ? turned.slice(1).reverse() : trimmed.split(/[-/.]/);
  if (!parts.every((part) => /^\d{1,4}$/.test(part))) return trimmed;
  return parts.map((part, place) => part.padStart(place ? 2 : 4, "0")).join("-");
}

export const dayNumber = (text) => Math.floor(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / DAY);
export const dayText = (number) => new Date(number * DAY).toISOString().slice(0, 10);

// The span of an interval (day, week, month, year) that holds a day: its first and last day.
export function spanAround(interval, number) {
  const date = new Date(number * DAY);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  if (interval === "day") return [number, number];
  if (interval === "week") {
    const monday = number - ((date.getUTCDay() + 6) % 7);
    return [monday, monday + 6];
  }
  const bounds = interval === "month" ? [[year, month], [year, month + 1]] : [[year, 0], [year + 1, 0]];
  const [first, next] = bounds.map(([y, m]) => Date.UTC(y, m, 1) / DAY);
  return [first, next - 1];
}

const first = (text) => dayNumber(text + "0000-01-01".slice(text.length)); // of a year, a month or a day

// The interval in which a period makes a timeline that is read at a glance.
export function intervalFor(from, to) {
  if (!from || !to) return "month";
  const days = first(to) - first(from);
  if (days > 366 * 15) return "year";
  if (days > 366 * 1.5) return "month";
  return days > 90 ? "week" : "day";
}

export function spanLabel(interval, start) {
  if (interval === "year") return readable(start.slice(0, 4));
  return readable(interval === "month" ? start.slice(0, 7) : start);
}
