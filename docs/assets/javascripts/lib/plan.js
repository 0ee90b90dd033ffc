// A reader's dated plan, computed from the published data. Pure: no clock, no page, no storage.
// Days are whole numbers, counted from 1970-01-01: clocks that change in spring and autumn cannot shift them.

/**
 * @typedef {[number, number, number]} Hours least, likely, most
 * @typedef {{title: string, at: string, phase: string, core: boolean, hours: Hours, requires: string[],
 *   skill: string | null}} Topic
 * @typedef {{title: string, at: string, phase: string, hours: Hours}} Project
 * @typedef {{id: string, title: string, at: string, weeks: {topics: string[], project: number}[]}} Phase
 * @typedef {{pace: number, months: [number, number], role: number, phases: Phase[], topics: Record<string, Topic>,
 *   projects: Record<string, Project>, specializations: {id: string, title: string, topics: string[]}[]}} Course
 *
 * @typedef {object} Settings
 * @property {number} hours hours a week, 1 to 60
 * @property {number} start first day
 * @property {number} [began] first day before the rest was planned anew
 * @property {number[]} days weekdays of study, 0 is Sunday
 * @property {[number, number][]} away first and last day of each time away
 * @property {string} target id of a specialization, or empty
 * @property {Record<string, 1 | 2>} known topics: 1 can be explained, half of the hours; 2 has been shipped, no hours
 * @property {Set<string>} done topics and projects that were finished when the plan began, and are no part of it
 * @property {Set<string>} ticked those finished since; they keep their place
 *
 * @typedef {{id: string, hours: Hours}} Part of a topic or a project
 * @typedef {{id: string, first: number, last: number, hours: number}} Span
 * @typedef {{monday: number, hours: number, entries: {id: string, hours: number}[]}} Week
 * @typedef {{spans: Span[], weeks: Week[], end: number | null, whole: boolean}} Schedule end: the last day, null when
 *   there is nothing to do; whole: false when the plan does not fit into twenty years
 * @typedef {Schedule & {ends: (number | null)[], hours: Hours}} Plan the likely course; ends and hours at least, likely
 *   and at most
 */

const DAY = 86400000;
/** A share of an hour below which nothing is left: what adding tenths leaves over. */
const NOTHING = 1e-6;
/** Plans end somewhere: twenty years at one hour a week and away every other week. */
const LONGEST = 365 * 20;

/**
 * "2026-02-28" as a day; undefined when there is no such day.
 * @param {string} text
 */
export function day(text) {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!match) return undefined;
  const found = Date.UTC(+match[1], +match[2] - 1, +match[3]) / DAY;
  return iso(found) === text ? found : undefined;
}

/** @param {number} value */
export function iso(value) {
  return new Date(value * DAY).toISOString().slice(0, 10);
}

/**
 * 0 is Sunday.
 * @param {number} value
 */
export function weekday(value) {
  // 1970-01-01 was a Thursday.
  return ((value % 7) + 11) % 7;
}

/** @param {number} value */
export function monday(value) {
  return value - ((weekday(value) + 6) % 7);
}

/**
 * Everything that belongs to a plan, in the order of study: a phase's weeks, then the target's own topics, then the
 * last of its project.
 * @param {Course} course
 * @param {string} target
 * @returns {Part[]}
 */
export function parts(course, target) {
  const extra = new Set(course.specializations.find((s) => s.id === target)?.topics);
  /** @type {Part[]} */
  const all = [];
  for (const phase of course.phases) {
    const project = Object.keys(course.projects).filter((id) => course.projects[id].phase === phase.id);
    const named = phase.weeks.flatMap((week) => week.topics);
    const planned = phase.weeks.reduce((sum, week) => sum + week.project, 0);
    /** @type {Part[]} */
    const own = [];
    for (const week of phase.weeks) {
      for (const id of week.topics) {
        const times = named.filter((other) => other === id).length;
        own.push({ id, hours: /** @type {Hours} */ (course.topics[id].hours.map((h) => h / times)) });
      }
      for (const id of week.project ? project : []) {
        own.push({
          id,
          hours: /** @type {Hours} */ (course.projects[id].hours.map((h) => (h * week.project) / planned)),
        });
      }
    }
    // The target's topics come before the last work on the project, which may then use them.
    const deep = ordered(
      [...extra].filter((id) => course.topics[id].phase === phase.id && !course.topics[id].core),
      course,
    );
    const last = own.length && project.includes(own[own.length - 1].id) ? own.splice(-project.length) : [];
    all.push(...own, ...deep.map((id) => ({ id, hours: course.topics[id].hours })), ...last);
  }
  return all;
}

/**
 * Topics with each after those it requires.
 * @param {string[]} ids
 * @param {Course} course
 */
function ordered(ids, course) {
  /** @type {string[]} */
  const sorted = [];
  const visit = (/** @type {string} */ id) => {
    if (sorted.includes(id)) return;
    for (const before of course.topics[id].requires) if (ids.includes(before)) visit(before);
    sorted.push(id);
  };
  ids.forEach(visit);
  return sorted;
}

/**
 * What is left to do, with the hours that are left of it.
 * @param {Course} course
 * @param {Settings} settings
 * @returns {Part[]}
 */
export function left(course, settings) {
  return parts(course, settings.target)
    .filter(({ id }) => !settings.done.has(id) && settings.known[id] !== 2)
    .map(({ id, hours }) => ({
      id,
      hours: settings.known[id] === 1 ? /** @type {Hours} */ (hours.map((h) => h / 2)) : hours,
    }));
}

/**
 * Puts what is left on days, one thing after the other.
 * @param {Course} course
 * @param {Settings} settings
 * @param {0 | 1 | 2} estimate least, likely or most hours
 * @returns {Schedule}
 */
export function schedule(course, settings, estimate) {
  const queue = left(course, settings).map(({ id, hours }) => ({ id, hours: hours[estimate] }));
  /** @type {Map<string, Span>} */
  const spans = new Map();
  /** @type {Week[]} */
  const weeks = [];
  const capacity = settings.hours / settings.days.length;
  let end = null;
  let next = 0;
  for (let today = settings.start; next < queue.length && today < settings.start + LONGEST; today++) {
    if (
      !settings.days.includes(weekday(today)) ||
      settings.away.some(([first, last]) => today >= first && today <= last)
    )
      continue;
    let free = capacity;
    while (free > NOTHING && next < queue.length) {
      const part = queue[next];
      const taken = Math.min(free, part.hours);
      free -= taken;
      part.hours -= taken;
      if (part.hours <= NOTHING) next++;
      if (taken <= NOTHING) continue;
      const span = spans.get(part.id) ?? { id: part.id, first: today, last: today, hours: 0 };
      spans.set(part.id, { ...span, last: today, hours: span.hours + taken });
      let week = weeks[weeks.length - 1];
      if (week?.monday !== monday(today)) weeks.push((week = { monday: monday(today), hours: 0, entries: [] }));
      week.hours += taken;
      const entry = week.entries.find((e) => e.id === part.id);
      if (entry) entry.hours += taken;
      else week.entries.push({ id: part.id, hours: taken });
      end = today;
    }
  }
  return { spans: [...spans.values()], weeks, end, whole: next >= queue.length };
}

/**
 * The plan: the likely course of it, and the ends at the least and the most hours.
 * @param {Course} course
 * @param {Settings} settings
 * @returns {Plan}
 */
export function plan(course, settings) {
  const [soon, likely, late] = [0, 1, 2].map((e) => schedule(course, settings, /** @type {0 | 1 | 2} */ (e)));
  const total = (/** @type {0 | 1 | 2} */ e) => left(course, settings).reduce((sum, part) => sum + part.hours[e], 0);
  return {
    ...likely,
    ends: [soon.end, likely.end, late.end],
    hours: /** @type {Hours} */ ([total(0), total(1), total(2)]),
  };
}

/**
 * First and last day of each phase that still has something to do.
 * @param {Course} course
 * @param {Schedule} schedule
 */
export function phases(course, schedule) {
  return course.phases.flatMap((phase) => {
    const own = schedule.spans.filter(({ id }) => (course.topics[id] ?? course.projects[id]).phase === phase.id);
    if (!own.length) return [];
    return [
      {
        id: phase.id,
        title: phase.title,
        first: Math.min(...own.map((s) => s.first)),
        last: Math.max(...own.map((s) => s.last)),
      },
    ];
  });
}

/**
 * The fewest whole hours a week with which the likely end is not after a day; undefined when not even 60 suffice.
 * @param {Course} course
 * @param {Settings} settings
 * @param {number} latest
 */
export function hoursFor(course, settings, latest) {
  let [low, high] = [1, 60];
  const ends = (/** @type {number} */ hours) => {
    const found = schedule(course, { ...settings, hours }, 1);
    return found.whole ? (found.end ?? settings.start) : Infinity;
  };
  if (ends(high) > latest) return undefined;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (ends(middle) <= latest) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * What should be finished before a day and is not, in the order of the plan.
 * @param {Schedule} schedule
 * @param {Settings} settings
 * @param {number} today
 */
export function overdue(schedule, settings, today) {
  return schedule.spans.filter((span) => span.last < today && !settings.ticked.has(span.id));
}

/**
 * Settings as the part of an address after #, which browsers do not send to servers. Readable, and without a word on
 * who wrote it.
 * @param {Settings} settings
 */
export function toFragment(settings) {
  const of = (/** @type {number} */ level) =>
    Object.keys(settings.known)
      .filter((id) => settings.known[id] === level && !settings.done.has(id))
      .sort();
  const fields = {
    hours: String(settings.hours),
    start: iso(settings.start),
    began: settings.began === undefined ? "" : iso(settings.began),
    days: settings.days.join(""),
    away: settings.away.map((range) => range.map(iso).join("_")).join("."),
    target: settings.target,
    shipped: of(2).join("."),
    explained: of(1).join("."),
    done: [...settings.done].sort().join("."),
    ticked: [...settings.ticked].sort().join("."),
  };
  return Object.entries(fields)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/**
 * Settings from an address. What cannot be read is left out and named.
 * @param {string} fragment without the #
 * @param {Course} course
 * @param {Record<string, string>} renamed old id to new
 * @returns {{settings: Partial<Settings>, problems: string[]}}
 */
export function fromFragment(fragment, course, renamed) {
  const fields = new URLSearchParams(fragment);
  /** @type {Partial<Settings>} */
  const settings = {};
  /** @type {string[]} */
  const problems = [];
  const take = (/** @type {string} */ name, /** @type {(text: string) => unknown} */ read) => {
    const text = fields.get(name);
    if (!text) return;
    const value = read(text);
    if (value === undefined) problems.push(name);
    else Object.assign(settings, { [name]: value });
  };
  take("hours", (text) => (Number(text) >= 1 && Number(text) <= 60 ? Number(text) : undefined));
  take("start", day);
  take("began", day);
  take("days", (text) => (/^[0-6]{1,7}$/.test(text) ? [...new Set([...text].map(Number))].sort() : undefined));
  take("away", (text) => ranges(text.split(".").map((part) => part.split("_"))));
  take("target", (text) => (course.specializations.some((s) => s.id === text) ? text : undefined));
  /** @type {Record<string, 1 | 2>} */
  const known = {};
  const done = new Set();
  const ticked = new Set();
  const ids = (/** @type {string} */ name, /** @type {(id: string) => void} */ keep) => {
    for (const old of fields.get(name)?.split(".") ?? []) {
      const id = Object.hasOwn(renamed, old) ? renamed[old] : old;
      if (Object.hasOwn(course.topics, id) || Object.hasOwn(course.projects, id)) keep(id);
      else problems.push(old);
    }
  };
  ids("explained", (id) => (known[id] = 1));
  ids("shipped", (id) => (known[id] = 2));
  ids("done", (id) => done.add(id));
  ids("ticked", (id) => ticked.add(id));
  return { settings: { ...settings, known, done, ticked }, problems };
}

/**
 * Times away from pairs of days as text; undefined when one is not a day or ends before it begins.
 * @param {string[][]} pairs
 * @returns {[number, number][] | undefined}
 */
export function ranges(pairs) {
  /** @type {[number, number][]} */
  const found = [];
  for (const [from, to] of pairs) {
    const first = day(from);
    const last = day(to || from);
    if (first === undefined || last === undefined || last < first) return undefined;
    found.push([first, last]);
  }
  return found;
}
