// A plan outside of its page: as calendar, Markdown, on paper and as an address, and what is said of one that came so.
import { calendar, markdown } from "../lib/calendar.js";
import { BASE, addressField, button, download, hours as inHours, make } from "../lib/page.js";
import { iso, phases, plan, toFragment } from "../lib/plan.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/plan.js").Plan} Plan
 * @typedef {import("../lib/plan.js").Settings} Settings
 */

/**
 * Buttons for the files and the print, and the plan's address.
 * @param {{course: Data, settings: Settings, follow: () => void}} current the plan, and what is done before it is used
 */
export function outputs(current) {
  const file =
    (/** @type {string} */ name, /** @type {string} */ type, /** @type {typeof asMarkdown} */ write) => () => {
      current.follow();
      download(name, type, write(current.course, current.settings, plan(current.course, current.settings)));
    };
  const onPaper = () => {
    current.follow();
    print();
  };
  return [
    make(
      "p",
      { class: "planner__outputs" },
      button("Calendar (.ics)", file("handbook-plan.ics", "text/calendar", ics)),
      " ",
      button("Markdown", file("handbook-plan.md", "text/markdown", asMarkdown)),
      " ",
      button("Print", onPaper),
    ),
    addressField("This plan as an address: ", "Address of this plan", toFragment(current.settings)),
  ];
}

/**
 * What is said above a plan that came with the address.
 * @param {string[]} unknown what the address names and this edition does not know
 * @param {() => void} keep makes it the reader's own
 * @param {() => void} leave goes back to the reader's own
 */
export function foreignNote(unknown, keep, leave) {
  const lines = ["This plan came with the address. Your own notes are unchanged."];
  if (unknown.length) lines.push(`Left out, because this edition does not know it: ${unknown.join(", ")}.`);
  const notes = lines.map((line) => make("p", {}, line));
  return make(
    "div",
    { class: "tool__notice" },
    ...notes,
    button("Keep it as my plan", keep),
    " ",
    button("Back to mine", leave),
  );
}

/**
 * The plan as a calendar file: an event for each topic and build that is open, and one for each exit check.
 * @param {Data} course
 * @param {Settings} settings
 * @param {Plan} plan
 * @param {Date} [now] when it was written
 */
export function ics(course, settings, plan, now = new Date()) {
  const all = { ...course.topics, ...course.projects };
  // The name that it had first: an entry imported before a renaming is moved, not doubled.
  const first = (/** @type {string} */ id) =>
    Object.keys(course.renamed).find((old) => course.renamed[old] === id) ?? id;
  // Events of every edition of a handbook end in it: with another one, a second import would double them all.
  const host = `${course.name}.plan`;
  const open = plan.spans.filter(({ id }) => !settings.ticked.has(id));
  const work = open.map(({ id, hours, ...days }) => ({
    uid: `${first(id)}@${host}`,
    ...days,
    title: `${course.projects[id] ? "Build" : "Learn"}: ${all[id].title}`,
    text: `${inHours(hours)}, an estimate.`,
    url: String(new URL(all[id].at, BASE)),
  }));
  const checks = phases(course, plan).map(({ id, title, last }) => ({
    uid: `${id}-check@${host}`,
    first: last,
    last,
    title: `Exit check: ${title}`,
    text: "Go on when it holds.",
    url: String(new URL(course.phases.find((phase) => phase.id === id)?.at ?? "", BASE)),
  }));
  return calendar(course.title, [...work, ...checks], now);
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
  const entry = (/** @type {{id: string, hours: number}} */ { id, hours }) => ({
    title: all[id].title,
    url: String(new URL(all[id].at, BASE)),
    hours: inHours(hours),
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
      entries: entries.map(entry),
    })),
  });
}
