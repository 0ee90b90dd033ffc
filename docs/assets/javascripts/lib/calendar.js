// A plan as a calendar file (RFC 5545) and as Markdown. Pure: text out of a plan.
import { iso } from "./plan.js";

/**
 * @typedef {{uid: string, first: number, last: number, title: string, text: string, url: string}} Event first and last
 *   are whole days, both included
 */

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
 * A calendar of whole days. A day has no time zone: it is the same day wherever the reader is, and no clock change
 * moves it. The uid of an event stays the same from plan to plan, so a second import moves events and doubles none.
 * @param {string} title of what has written it
 * @param {Event[]} events
 * @param {Date} now when it was written; later files replace earlier ones
 * @returns {string}
 */
export function calendar(title, events, now) {
  const date = (/** @type {number} */ day) => iso(day).replaceAll("-", "");
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  // Programs take over a change only when the number has grown; minutes since 2026 fit its 32 bits for 4,000 years.
  const sequence = Math.max(0, Math.floor((now.getTime() - Date.UTC(2026, 0, 1)) / 60000));
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:" + escapeText(`-//${title}//Plan//EN`),
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
  ];
  for (const event of events) {
    lines.push(
      "BEGIN:VEVENT",
      `UID:${event.uid}`,
      `DTSTAMP:${stamp}`,
      `SEQUENCE:${sequence}`,
      `DTSTART;VALUE=DATE:${date(event.first)}`,
      // The end is the first day that no longer belongs to it.
      `DTEND;VALUE=DATE:${date(event.last + 1)}`,
      `SUMMARY:${escapeText(event.title)}`,
      `DESCRIPTION:${escapeText(event.text)}`,
      `URL:${event.url}`,
      "TRANSP:TRANSPARENT",
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
 * The weeks as a task list.
 * @param {{title: string, lines: string[], weeks: {monday: number, hours: string,
 *   entries: {title: string, url: string, hours: string, done: boolean}[]}[]}} plan
 * @returns {string}
 */
export function markdown({ title, lines, weeks }) {
  const text = [`# ${plain(title)}`, "", ...lines.map(plain), ""];
  weeks.forEach((week, index) => {
    text.push(`## Week ${index + 1}, from ${iso(week.monday)}: ${week.hours}`, "");
    for (const entry of week.entries)
      text.push(`- [${entry.done ? "x" : " "}] [${plain(entry.title)}](${entry.url}), ${entry.hours}`);
    text.push("");
  });
  return text.join("\n");
}
