// The plan at a glance: what it amounts to in sentences, and its phases on the same axis as the roadmap.
import { button, hours as inHours, link, make, store, tenth, today } from "../lib/page.js";
import { areaOf, hoursFor, iso, left, overdue, parts, phases } from "../lib/plan.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/plan.js").Plan} Plan
 * @typedef {import("../lib/plan.js").Settings} Settings
 */

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** Where the label of a range moves to its left, as a share of the axis: two dates are longer than one. */
const LATE_RANGE = 0.5;

/**
 * The end, what is left, and whether the pace is plausible.
 * @param {Data} course
 * @param {Settings} settings
 * @param {Plan & {end: number}} plan one that ends
 * @param {() => void} replan plans the rest from today
 * @returns {HTMLElement[]}
 */
export function summary(course, settings, plan, replan) {
  return [
    likelyEnd(plan),
    onPaper(course, settings),
    whatIsLeft(course, settings, plan.end),
    ...behind(course, settings, plan, replan),
    ...ahead(settings, plan, replan),
    ...doneBefore(course, settings),
    takenOff(settings),
    ...undecided(course, settings),
    ...pace(course, settings, plan.end),
  ];
}

/**
 * The plan's first day. One that was made anew is as long as it is since it began: otherwise it would never leave the
 * range that the source article reports.
 * @param {Settings} settings
 */
function beginning(settings) {
  return settings.began ?? settings.start;
}

/** @param {Plan} plan */
function likelyEnd(plan) {
  const [soon, likely, late] = plan.ends.map((end) => (end === null ? "today" : iso(end)));
  const parts = ["Likely end ", make("strong", {}, likely), ", between ", make("time", {}, soon)];
  return make("p", { class: "planner__end" }, ...parts, " and ", make("time", {}, late), ".");
}

/**
 * What the form says, for the printed plan, which has no form.
 * @param {Data} course
 * @param {Settings} settings
 */
function onPaper(course, settings) {
  const days = [1, 2, 3, 4, 5, 6, 0].filter((each) => settings.days.includes(each)).map((each) => DAYS[each]);
  const area = course.specializations.find(({ id }) => id === settings.target)?.title ?? "none yet";
  const pace = `${inHours(settings.hours)} a week from ${iso(settings.start)}, on ${days.join(", ")}`;
  return make("p", { class: "planner__paper" }, `${pace}. Specialization: ${area}.`);
}

/**
 * @param {Data} course
 * @param {Settings} settings
 * @param {number} end
 */
function whatIsLeft(course, settings, end) {
  const days = end + 1 - beginning(settings);
  const months = days / course.days_per_month;
  const length = months < 2 ? `${Math.ceil(days / 7)} weeks` : `${tenth(months)} months`;
  const open = left(course, { ...settings, done: new Set([...settings.done, ...settings.ticked]) });
  const [least, likely, most] = [0, 1, 2].map((e) => open.reduce((sum, part) => sum + part.hours[e], 0));
  const rest = open.length
    ? `${inHours(likely)} are left, between ${tenth(least)} and ${tenth(most)}`
    : "Everything in this plan is done";
  return make("p", {}, `${rest}. From ${iso(beginning(settings))} it takes ${length}.`);
}

/**
 * What should be done by now and is not, with a way out; nothing when nothing is.
 * @param {Data} course
 * @param {Settings} settings
 * @param {Plan} plan
 * @param {() => void} replan
 */
function behind(course, settings, plan, replan) {
  const late = overdue(plan, settings, today());
  if (!late.length) return [];
  const all = { ...course.topics, ...course.projects };
  const sum = late.reduce((hours, span) => hours + span.hours, 0);
  const first = late.slice(0, 3).map(({ id }) => all[id].title);
  const names = first.join(", ") + (late.length > 3 ? ` and ${late.length - 3} more` : "");
  const text = `You are behind by ${inHours(sum)}: ${names}. What you did but did not tick counts as open.`;
  return [make("div", { class: "tool__notice" }, make("p", {}, text), button("Plan the rest from today", replan))];
}

/**
 * What is done before its time still has its place in the plan; nothing when nothing is.
 * @param {Settings} settings
 * @param {Plan} plan
 * @param {() => void} replan
 */
function ahead(settings, plan, replan) {
  const early = plan.spans.filter(({ id, first }) => first > today() && settings.ticked.has(id));
  if (!early.length || overdue(plan, settings, today()).length) return [];
  const sum = early.reduce((hours, span) => hours + span.hours, 0);
  const text = `You are ahead by ${inHours(sum)}. What you ticked keeps its place until you plan anew.`;
  return [make("div", { class: "tool__notice" }, make("p", {}, text), button("Plan the rest anew", replan))];
}

/**
 * @param {Data} course
 * @param {Settings} settings
 */
function doneBefore(course, settings) {
  const planned = parts(course, settings.target).map(({ id }) => id);
  const before = new Set(planned.filter((id) => settings.done.has(id))).size;
  if (!before) return [];
  const text = `Done before this plan, and not planned again: ${before} of the topics and builds. `;
  return [make("p", {}, text, link({ title: "See which", at: "roadmap/progress/" }))];
}

/** @param {Settings} settings */
function takenOff(settings) {
  const known = Object.values(settings.known).length;
  const assessment = (/** @type {string} */ title) => link({ title, at: "start/where-do-i-stand/" });
  if (known || Object.keys(store.items).some((key) => key.startsWith("answer/"))) {
    const text = `Taken off for what you know: ${known} topic${known === 1 ? "" : "s"}. `;
    return make("p", {}, text, assessment("Change it"));
  }
  const text = "Nothing is taken off for what you know. ";
  return make("p", {}, text, assessment("Find out where you stand"), ".");
}

/**
 * What hours are for that nobody can fill yet; nothing once there is a specialization.
 * @param {Data} course
 * @param {Settings} settings
 */
function undecided(course, settings) {
  const open = left(course, settings).filter(({ id }) => areaOf(course, "", id));
  if (settings.target || !open.length) return [];
  const sum = open.reduce((all, { hours }) => all + hours[1], 0);
  const text = `${inHours(sum)} are kept for the area that you'll choose, in `;
  const names = open.map(({ id }) => link(course.topics[id]));
  return [make("p", {}, text, ...names, ". Once you know it, choose it above as your specialization.")];
}

/**
 * A word on a plan that is longer or shorter than what the source article reports; nothing on one between.
 * @param {Data} course
 * @param {Settings} settings
 * @param {number} end
 */
function pace(course, settings, end) {
  const [shortest, longest] = course.months;
  const reported = `than the ${shortest}–${longest} months that the source article reports`;
  const began = beginning(settings);
  const latest = Math.floor(began + longest * course.days_per_month) - 1;
  if (end > latest) {
    const enough = hoursFor(course, settings, latest);
    const wayOut = enough
      ? `With ${enough} hours a week it would end by ${iso(latest)}. `
      : "Not even 60 hours a week would change that with these times away. ";
    const advice =
      "More weeks at your own pace cost nothing but patience; if you have a date to keep, cut the builds as each " +
      "phase page says, and keep the checks.";
    return [make("p", { class: "tool__notice" }, `This is longer ${reported}. ${wayOut}${advice}`)];
  }
  if ((end + 1 - began) / course.days_per_month < shortest) {
    const advice =
      "That is plausible when you know a good part already. Otherwise plan for the late end: whole days of study " +
      "wear out sooner than evenings.";
    return [make("p", { class: "tool__notice" }, `This is shorter ${reported}. ${advice}`)];
  }
  return [];
}

/**
 * The list that the style sheet draws as a chart, as on the roadmap (macros/render/timeline.py). Positions are weeks.
 * @param {Data} course
 * @param {Settings} settings
 * @param {Plan} plan one that ends
 */
export function timeline(course, settings, plan) {
  const [shortest, longest] = course.months;
  const began = beginning(settings);
  const [soon, , late] = /** @type {number[]} */ (plan.ends);
  const months = Math.max(longest, Math.ceil((late + 1 - began) / course.days_per_month));
  const weeks = (/** @type {number} */ months) => (months * course.days_per_month) / 7;
  const scale = { began, axis: weeks(months) };
  const items = phases(course, plan).map((phase) => {
    const at = course.phases.find(({ id }) => id === phase.id)?.at ?? "";
    const bar = lane("fast", phase, `until ${iso(phase.last)}`, scale, course.timeline.late);
    return row(link({ title: phase.title, at }), bar);
  });
  const range = lane("slow", { first: soon, last: late }, `${iso(soon)} to ${iso(late)}`, scale, LATE_RANGE);
  items.push(row("Earliest and latest end", range));
  const [first, last, mark] = [shortest, longest, course.role].map(weeks);
  return make(
    "div",
    { class: "timeline timeline--own", style: positions({ axis: scale.axis, first, last, mark }) },
    monthAxis(months, weeks),
    make("ol", { class: "timeline__phases" }, ...items),
    legend(course),
  );
}

/**
 * Weeks for the style sheet.
 * @param {Record<string, number>} values
 */
function positions(values) {
  return Object.entries(values)
    .map(([name, value]) => `--${name}:${value.toFixed(2)}`)
    .join(";");
}

/**
 * At most twelve months are named.
 * @param {number} months
 * @param {(months: number) => number} weeks
 */
function monthAxis(months, weeks) {
  const step = Math.ceil(months / 12);
  const named = Array.from({ length: Math.floor(months / step) }, (_, index) => (index + 1) * step);
  const marks = named.map((month) => make("span", { style: positions({ at: weeks(month) }) }, String(month)));
  return make("div", { class: "timeline__axis", "aria-hidden": "true" }, make("b", {}, "months"), ...marks);
}

/**
 * @param {string | Node} name
 * @param {HTMLElement} lane
 */
function row(name, lane) {
  return make("li", {}, make("p", { class: "timeline__name" }, name), lane);
}

/**
 * @param {"fast" | "slow"} kind a bar, or the range between two days
 * @param {{first: number, last: number}} days
 * @param {string} label
 * @param {{began: number, axis: number}} scale first day, and length in weeks
 * @param {number} late the share of the axis beyond which a label would leave it, and stands on the left of its bar
 */
function lane(kind, days, label, { began, axis }, late) {
  const [from, to] = [days.first, days.last + 1].map((day) => (day - began) / 7);
  const side = to > late * axis ? " timeline__lane--late" : "";
  return make(
    "p",
    { class: `timeline__lane timeline__lane--${kind}${side}`, style: positions({ from, to, letters: label.length }) },
    make("span", { class: "timeline__bar" }),
    make("span", { class: "timeline__label" }, label),
  );
}

/** @param {Data} course */
function legend(course) {
  const [shortest, longest] = course.months;
  return make(
    "ul",
    { class: "timeline__legend" },
    make("li", { class: "key-fast" }, "Your plan"),
    make("li", { class: "key-range" }, `${shortest}–${longest} months, as the source article reports`),
    make("li", { class: "key-mark" }, course.timeline.mark),
  );
}
