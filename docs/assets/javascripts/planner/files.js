// A plan as a calendar file and as a list of tasks.
import { calendar, markdown } from "../lib/calendar.js";
import { BASE, hours as inHours, zoneHere } from "../lib/page.js";
import { EVENING, areaOf, iso, monday, phases } from "../lib/plan.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/plan.js").Plan} Plan
 * @typedef {import("../lib/plan.js").Settings} Settings
 */

/**
 * The plan as a calendar file: an event for each block of work on what is open, and one for each exit check.
 * @param {Data} course
 * @param {Settings} settings
 * @param {Plan} plan
 * @param {Date} [now] when it was written
 * @param {string} [zone] of the reader
 */
export function ics(course, settings, plan, now = new Date(), zone = zoneHere()) {
  const all = { ...course.topics, ...course.projects };
  // The name that it had first: an entry imported before a renaming is moved, not doubled.
  const first = (/** @type {string} */ id) =>
    Object.keys(course.renamed).find((old) => course.renamed[old] === id) ?? id;
  // Events of every edition of a handbook end in it: with another one, a second import would double them all.
  const host = `${course.name}.plan`;
  const [hour, minute] = (settings.time ?? EVENING).split(":").map(Number);
  const work = plan.blocks.flatMap(({ id, day, at, hours }) => {
    if (settings.ticked.has(id)) return [];
    const own = plan.blocks.filter((block) => block.id === id);
    const number = own.findIndex((block) => block.day === day) + 1;
    const area = areaOf(course, settings.target, id);
    return {
      // Files of earlier editions have one event for a thing: that one moves to its first block.
      uid: `${first(id)}${number > 1 ? "." + number : ""}@${host}`,
      day,
      ...(settings.calendar === "days"
        ? {}
        : { start: hour * 60 + minute + Math.round(at * 60), minutes: Math.round(hours * 60) }),
      title:
        `${course.projects[id] ? "Build" : "Learn"}: ${all[id].title}` +
        (own.length > 1 ? ` (${number} of ${own.length})` : ""),
      text: `${inHours(hours)}, an estimate.` + (area && ` For ${area}.`),
      url: String(new URL(all[id].at, BASE)),
    };
  });
  const checks = phases(course, plan).map(({ id, title, last }) => ({
    uid: `${id}-check@${host}`,
    day: last,
    title: `Exit check: ${title}`,
    text: "Go on when it holds.",
    url: String(new URL(course.phases.find((phase) => phase.id === id)?.at ?? "", BASE)),
  }));
  return calendar(course.title, [...work, ...checks], now, settings.calendar === "floating" ? "" : zone);
}

/**
 * The plan as a list of tasks by week.
 * @param {Data} course
 * @param {Settings} settings
 * @param {Plan} plan
 */
export function asMarkdown(course, settings, plan) {
  const all = { ...course.topics, ...course.projects };
  const [soon, likely, late] = plan.ends.map((end) => (end === null ? "today" : iso(end)));
  const entry = (/** @type {number} */ week, /** @type {{id: string, hours: number}} */ { id, hours }) => ({
    title: all[id].title,
    url: String(new URL(all[id].at, BASE)),
    hours: inHours(hours),
    last: plan.spans.some((span) => span.id === id && monday(span.last) === week),
    done: settings.ticked.has(id),
  });
  return markdown({
    title: `My plan: ${course.title}`,
    lines: [
      `${inHours(settings.hours)} a week from ${iso(settings.start)}. ` +
        `Likely end ${likely}, between ${soon} and ${late}. Hours are estimates.`,
    ],
    weeks: plan.weeks.map(({ monday, hours, entries }) => ({
      monday,
      hours: inHours(hours),
      entries: entries.map((each) => entry(monday, each)),
    })),
  });
}
