// The plan by week, folded by phase, with a box to tick for everything that is planned.
import { link, make, tableRow, tenth, today, wideTable } from "../lib/page.js";
import { areaOf, iso, monday } from "../lib/plan.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/plan.js").Plan} Plan
 * @typedef {import("../lib/plan.js").Settings} Settings
 * @typedef {(id: string, done: boolean) => void} Tick
 */

const TITLES = ["Week", "From", "Hours", "Learn and build"];

/**
 * The plan's weeks, each where its work belongs: a week between two phases stands in both. Times away have rows too.
 * @param {Data} course
 * @param {Settings} settings
 * @param {Plan} plan
 * @param {string[]} open phases that the reader has open
 * @param {Tick | undefined} tick what a box does; none on somebody else's plan
 */
export function weeks(course, settings, plan, open, tick) {
  const all = { ...course.topics, ...course.projects };
  const away = [...settings.away].sort(([a], [b]) => a - b).filter(([, last]) => last >= settings.start);
  const folded = course.phases.flatMap((phase) => {
    let count = 0;
    const rows = plan.weeks.flatMap((week, index) => {
      const entries = week.entries.filter(({ id }) => all[id].phase === phase.id);
      if (!entries.length) return [];
      count++;
      const before = [];
      while (away.length && away[0][0] < week.first) before.push(awayRow(away.shift() ?? [0, 0]));
      const hours = entries.reduce((sum, each) => sum + each.hours, 0);
      const list = work(course, settings, plan, { monday: week.monday, entries }, tick);
      return [...before, weekRow(week.monday, hours, index + 1, list)];
    });
    if (!rows.length) return [];
    const title = `${phase.title}: ${count} week${count === 1 ? "" : "s"}`;
    return [phaseWeeks(phase.id, title, rows, open.includes(phase.id))];
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
 * @param {Pick<Plan["weeks"][number], "monday" | "entries">} week
 * @param {Tick | undefined} tick
 */
function work(course, settings, plan, week, tick) {
  const all = { ...course.topics, ...course.projects };
  const items = week.entries.map(({ id, hours }) => {
    const ticked = settings.ticked.has(id);
    const span = plan.spans.find((each) => each.id === id);
    // One box for each thing, in the week that finishes it.
    const last = span && monday(span.last) === week.monday;
    const boxes = tick && last ? [box(id, all[id].title, ticked, tick)] : [];
    // Struck through it is as wide as before, so that no line below moves.
    const spoken = make("span", { class: "for-screen-readers" }, " done");
    const name = ticked ? [make("s", {}, link(all[id])), spoken] : [link(all[id])];
    const area = areaOf(course, settings.target, id);
    const whole = span && span.hours - hours > 0.01 ? " of " + tenth(span.hours) : "";
    return make("li", {}, ...boxes, ...name, (area && ", for " + area) + ` ${tenth(hours)}${whole} h`);
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
 * @param {number} first day
 * @param {number} hours
 * @param {number} number
 * @param {HTMLElement} work
 */
function weekRow(first, hours, number, work) {
  const now = first === monday(today());
  return tableRow(TITLES, [String(number), iso(first), tenth(hours), work], { "aria-current": now ? "date" : false });
}

/** @param {[number, number]} days */
function awayRow([first, last]) {
  const cells = ["", iso(first), "0", last > first ? `Away until ${iso(last)}` : "Away"];
  const row = tableRow(TITLES, cells, { class: "planner__pause" });
  row.firstElementChild?.replaceWith(make("td", {}));
  return row;
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
