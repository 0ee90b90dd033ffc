// A plan as a calendar file (RFC 5545) and as Markdown. Pure: text out of a plan, and what the browser knows of clocks.
import { iso } from "./plan.js";

/**
 * @typedef {{uid: string, day: number, start?: number, minutes?: number, title: string, text: string,
 *   url: string}} Event start: minutes after midnight by the clock on the wall; without it the event is the whole day
 */

const DAY = 86400000;
const MINUTE = 60000;

/**
 * Text in a property's value (RFC 5545, 3.3.11).
 * @param {string} text
 */
export function escapeText(text) {
  return text.replace(/[\\;,]/g, "\\$&").replace(/\r\n|\r|\n/g, "\\n");
}

/**
 * A line of at most 75 octets, continued on lines that begin with a space (RFC 5545, 3.1).
 * @param {string} line
 */
export function fold(line) {
  const size = (/** @type {string} */ text) => new TextEncoder().encode(text).length;
  let folded = "";
  let length = 0;
  // By code points, so that no character is cut in two.
  for (const character of line) {
    const octets = size(character);
    if (length + octets > 75) {
      folded += "\r\n ";
      length = 1;
    }
    folded += character;
    length += octets;
  }
  return folded;
}

/**
 * A time by the clock on the wall, as the format writes it.
 * @param {number} time milliseconds, as if that clock showed UTC
 */
function wall(time) {
  return new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, "");
}

/**
 * How far clocks are ahead of UTC somewhere, in minutes.
 * @param {string} zone
 * @returns {(time: number) => number} of a moment in milliseconds
 */
function offsets(zone) {
  const shown = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (time) => {
    const part = Object.fromEntries(shown.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const there = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
    return Math.round((there - time) / MINUTE);
  };
}

/** @param {number} minutes */
function offsetText(minutes) {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return (minutes < 0 ? "-" : "+") + String(hours).padStart(2, "0") + String(rest).padStart(2, "0");
}

/**
 * What clocks do in a time zone between two days, and in the year before (RFC 5545, 3.6.5). Programs that know the zone
 * by its name use their own rules; the others find here all that the events need.
 * @param {string} zone
 * @param {number} first
 * @param {number} last
 */
function timezone(zone, first, last) {
  const offset = offsets(zone);
  /** @type {Map<string, {kind: string, from: number, to: number, onsets: number[]}>} */
  const changes = new Map();
  const add = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ onset) => {
    const change = changes.get(`${from} ${to}`) ?? { kind: to > from ? "DAYLIGHT" : "STANDARD", from, to, onsets: [] };
    changes.set(`${from} ${to}`, change);
    change.onsets.push(onset);
  };
  const begin = (first - 400) * DAY;
  for (let week = begin; week < (last + 2) * DAY; week += 7 * DAY) {
    let [before, after] = [week, week + 7 * DAY];
    const [from, to] = [offset(before), offset(after)];
    if (from === to) continue;
    while (after - before > MINUTE) {
      const middle = Math.floor((before + after) / 2 / MINUTE) * MINUTE;
      if (offset(middle) === from) before = middle;
      else after = middle;
    }
    add(from, to, after + from * MINUTE);
  }
  // Nothing has changed yet when the first event begins.
  if (![...changes.values()].some(({ onsets }) => onsets[0] < first * DAY)) add(offset(begin), offset(begin), 0);
  const lines = [...changes.values()].flatMap(({ kind, from, to, onsets }) => [
    `BEGIN:${kind}`,
    `DTSTART:${wall(onsets[0])}`,
    recurrence(onsets),
    `TZOFFSETFROM:${offsetText(from)}`,
    `TZOFFSETTO:${offsetText(to)}`,
    `END:${kind}`,
  ]);
  return ["BEGIN:VTIMEZONE", `TZID:${zone}`, ...lines, "END:VTIMEZONE"];
}

/**
 * A rule for changes of clocks, as they are nearly everywhere ("on the last Sunday of October"), since not every
 * program reads a list of days; or the list, where there is no such rule.
 * @param {number[]} onsets by the clock on the wall
 */
function recurrence(onsets) {
  const rules = onsets.map((onset, index) => {
    const date = new Date(onset);
    const [number, month, year] = [date.getUTCDate(), date.getUTCMonth(), date.getUTCFullYear()];
    const last = number + 7 > new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    const name = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"][date.getUTCDay()];
    const yearly = year === new Date(onsets[0]).getUTCFullYear() + index;
    const rule = (/** @type {number} */ nth) => `BYMONTH=${month + 1};BYDAY=${nth}${name} ${wall(onset).slice(8)}`;
    return yearly ? [...(last ? [rule(-1)] : []), rule(Math.ceil(number / 7))] : [];
  });
  const rule = rules[0].find((one) => rules.every((each) => each.includes(one)));
  if (!rule || onsets.length < 2) return `RDATE:${onsets.map(wall).join(",")}`;
  return "RRULE:FREQ=YEARLY;" + rule.split(" ")[0];
}

/**
 * When an event is. A whole day has no time zone: it is the same day wherever the reader is. A session has a length
 * rather than an end, so that it stays as long in the night in which clocks change.
 * @param {Event} event
 * @param {string} zone
 */
function when({ day, start, minutes = 0 }, zone) {
  const date = (/** @type {number} */ day) => iso(day).replaceAll("-", "");
  // The end is the first day that no longer belongs to it. Nobody is busy because of a whole day.
  if (start === undefined)
    return [`DTSTART;VALUE=DATE:${date(day)}`, `DTEND;VALUE=DATE:${date(day + 1)}`, "TRANSP:TRANSPARENT"];
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [
    `DTSTART${zone && ";TZID=" + zone}:${wall(day * DAY + start * MINUTE)}`,
    `DURATION:PT${hours ? hours + "H" : ""}${rest ? rest + "M" : ""}`,
    "TRANSP:OPAQUE",
  ];
}

/**
 * A calendar without alarms. The uid of an event stays the same from plan to plan, so a second import moves events and
 * doubles none.
 * @param {string} title of what has written it
 * @param {Event[]} events
 * @param {Date} now when it was written; later files replace earlier ones
 * @param {string} zone that times belong to, by its name in the time zone database; empty for the clock on the wall,
 *   wherever the reader is
 * @returns {string}
 */
export function calendar(title, events, now, zone) {
  const stamp = wall(now.getTime()) + "Z";
  // Programs take over a change only when the number has grown; minutes since 2026 fit its 32 bits for 4,000 years.
  const sequence = Math.max(0, Math.floor((now.getTime() - Date.UTC(2026, 0, 1)) / MINUTE));
  const timed = events.filter(({ start }) => start !== undefined).map(({ day }) => day);
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:" + escapeText(`-//${title}//Plan//EN`),
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    ...(zone && timed.length ? timezone(zone, Math.min(...timed), Math.max(...timed)) : []),
  ];
  for (const event of events) {
    lines.push(
      "BEGIN:VEVENT",
      `UID:${event.uid}`,
      `DTSTAMP:${stamp}`,
      `SEQUENCE:${sequence}`,
      ...when(event, zone),
      `SUMMARY:${escapeText(event.title)}`,
      `DESCRIPTION:${escapeText(event.text)}`,
      `URL:${event.url}`,
      "END:VEVENT",
    );
  }
  lines.push("END:VCALENDAR");
  return lines.map((line) => fold(line) + "\r\n").join("");
}

/**
 * Text in Markdown that shows as it is.
 * @param {string} text
 */
export function plain(text) {
  return text.replace(/[\\`*_[\]<>#|]/g, "\\$&");
}

/**
 * The weeks as a task list. What goes on in the next week has no box yet.
 * @param {{title: string, lines: string[], weeks: {monday: number, hours: string,
 *   entries: {title: string, url: string, hours: string, last: boolean, done: boolean}[]}[]}} plan
 * @returns {string}
 */
export function markdown({ title, lines, weeks }) {
  const text = [`# ${plain(title)}`, "", ...lines.map(plain), ""];
  weeks.forEach((week, index) => {
    text.push(`## Week ${index + 1}, from ${iso(week.monday)}: ${week.hours}`, "");
    for (const entry of week.entries) {
      const box = entry.last ? `[${entry.done ? "x" : " "}] ` : "";
      text.push(`- ${box}[${plain(entry.title)}](${entry.url}), ${entry.hours}`);
    }
    text.push("");
  });
  return text.join("\n");
}
