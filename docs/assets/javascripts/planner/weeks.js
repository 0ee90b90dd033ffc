// The plan by week, folded by phase, with a box to tick for everything that is planned.
import { link, make, tableRow, tenth, today, wideTable } from "../lib/page.js";
import { iso, monday } from "../lib/plan.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/plan.js").Plan} Plan
 * @typedef {import("../lib/plan.js").Settings} Settings
 * @typedef {(id: string, done: boolean) => void} Tick
 */

const TITLES = ["Week", "From", "Hours", "Learn and build"];

/**
 * @param {Data} course
 * @param {Settings} settings
 * @param {Plan} plan
 * @param {string[]} open phases that the reader has open
 * @param {Tick | undefined} tick what a box does; none on somebody else's plan
 */
export function weeks(course, settings, plan, open, tick) {
  const all = { ...course.topics, ...course.projects };
  /** @type {Map<string, HTMLElement[]>} */
  const rows = new Map();
  plan.weeks.forEach((week, index) => {
    const { phase } = all[week.entries[0].id];
    const row = weekRow(week, index + 1, work(course, settings, plan, week, tick));
    rows.set(phase, [...(rows.get(phase) ?? []), row]);
  });
  const folded = [...rows].map(([id, own]) => {
    const title = course.phases.find((phase) => phase.id === id)?.title;
    return phaseWeeks(id, `${title}: ${own.length} week${own.length === 1 ? "" : "s"}`, own, open.includes(id));
  });
  // What is on now, or comes first, is open.
  const current = folded.find((part) => part.hasAttribute("open") || part.querySelector("[aria-current]")) ?? folded[0];
  current?.setAttribute("open", "");
  return make("div", { class: "planner__weeks" }, ...folded);
}

/**
 * What a week is for, as a list.
 * @param {Data} course
 * @param {Settings} settings
 * @param {Plan} plan
 * @param {Plan["weeks"][number]} week
 * @param {Tick | undefined} tick
 */
function work(course, settings, plan, week, tick) {
  const all = { ...course.topics, ...course.projects };
  const items = week.entries.map(({ id, hours }) => {
    const ticked = settings.ticked.has(id);
    // One box for each thing, in the week that finishes it.
    const last = plan.spans.some((span) => span.id === id && monday(span.last) === week.monday);
    const boxes = tick && last ? [box(id, all[id].title, ticked, tick)] : [];
    const name = ticked ? [make("s", {}, link(all[id])), " done"] : [link(all[id])];
    return make("li", {}, ...boxes, ...name, ` ${tenth(hours)} h`);
  });
  return make("ul", {}, ...items);
}

/**
 * @param {string} id
 * @param {string} title
 * @param {boolean} checked
 * @param {Tick} tick
 */
function box(id, title, checked, tick) {
  const input = make("input", { type: "checkbox", checked, "data-tick": id, "aria-label": `${title}: done` });
  input.addEventListener("change", () => tick(id, /** @type {HTMLInputElement} */ (input).checked));
  return input;
}

/**
 * @param {{monday: number, hours: number}} week
 * @param {number} number
 * @param {HTMLElement} work
 */
function weekRow(week, number, work) {
  const now = week.monday === monday(today());
  const cells = [String(number), iso(week.monday), tenth(week.hours), work];
  return tableRow(TITLES, cells, { "aria-current": now ? "date" : false });
}

/**
 * @param {string} phase
 * @param {string} summary
 * @param {HTMLElement[]} rows
 * @param {boolean} open
 */
function phaseWeeks(phase, summary, rows, open) {
  return make("details", { open, "data-phase": phase }, make("summary", {}, summary), wideTable(TITLES, rows));
}
