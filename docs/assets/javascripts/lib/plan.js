// A reader's dated plan, computed from the published data. Pure: no clock, no page, no storage.
// Days are whole numbers, counted from 1970-01-01: clocks that change in spring and autumn cannot shift them.

/**
 * @typedef {[number, number, number]} Hours least, likely, most
 * @typedef {{title: string, at: string, phase: string, core: boolean, hours: Hours, requires: string[],
 *   skill: string | null, area?: boolean}} Topic area: its hours are for the specialization, whichever it will be
 * @typedef {{title: string, at: string, phase: string, hours: Hours}} Project
 * @typedef {{id: string, title: string, at: string, weeks: {topics: string[], project: number}[],
 *   outcomes: string[]}} Phase
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
 * @property {number} [length] hours of a session; without it the hours of a week are spread over its days
 * @property {string} [time] when sessions begin, "19:00" unless it says so
 * @property {"floating" | "days"} [calendar] how the calendar file has them: at this time in every time zone, or as
 *   whole days; without it, at this time where the reader is
 *
 * @typedef {{id: string, hours: Hours}} Part a topic or a project
 * @typedef {{id: string, first: number, last: number, hours: number}} Span
 * @typedef {{id: string, day: number, at: number, hours: number}} Block of work on one thing, without a break; at:
 *   hours since its session began
 * @typedef {{monday: number, first: number, hours: number, entries: {id: string, hours: number}[]}} Week first: the
 *   day of its first session
 * @typedef {{blocks: Block[], spans: Span[], weeks: Week[], end: number | null, whole: boolean}} Schedule end: the last
 *   day, null when there is nothing to do; whole: false when the plan does not fit into twenty years
 * @typedef {Schedule & {ends: (number | null)[], hours: Hours}} Plan the likely course; ends and hours at least, likely
 *   and at most
 */

const DAY = 86400000;
/** A share of an hour below which nothing is left: what adding tenths leaves over. */
const NOTHING = 1e-6;
/** Hours below which work is not worth beginning, and hours of a day after which it ends. */
const LEAST = 1;
const MOST = 16;
/** When sessions begin, for somebody who has not said so. */
export const EVENING = "19:00";
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
 * Everything that belongs to a plan, in the order of study: a phase's core topics, the target's own, and then the
 * build, which needs them. Each comes once, so that nobody goes back and forth between two.
 * @param {Course} course
 * @param {string} target
 * @returns {Part[]}
 */
export function parts(course, target) {
  const extra = course.specializations.find((s) => s.id === target)?.topics ?? [];
  return course.phases.flatMap((phase) => {
    const core = new Set(phase.weeks.flatMap((week) => week.topics));
    const deep = extra.filter((id) => course.topics[id].phase === phase.id && !core.has(id));
    const builds = Object.keys(course.projects).filter((id) => course.projects[id].phase === phase.id);
    return [
      ...[...core, ...ordered(deep, course)].map((id) => ({ id, hours: course.topics[id].hours })),
      ...builds.map((id) => ({ id, hours: course.projects[id].hours })),
    ];
  });
}

/**
 * What the plan goes deep in, as it stands behind the topic that is there for it; empty for every other.
 * @param {Course} course
 * @param {string} target
 * @param {string} id
 */
export function areaOf(course, target, id) {
  if (!course.topics[id]?.area) return "";
  return course.specializations.find((area) => area.id === target)?.title ?? "the area that you choose";
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
 * The hours of each session of a week, by weekday. Sessions of a length that the reader has chosen follow each other
 * as long as there are hours for one. Otherwise the hours are spread over the days, by whole hours, since that is what
 * most topics take, and with the longer sessions at the end. Sessions that are fewer than the days stand apart.
 * @param {Pick<Settings, "hours" | "days" | "length">} settings
 * @returns {Map<number, number>}
 */
export function sessions({ hours, days, length }) {
  // Weeks begin on Monday.
  const week = [...days].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7));
  /** @type {number[]} */
  let all;
  if (length) {
    all = Array(Math.min(week.length, Math.floor(hours / length + NOTHING))).fill(length);
    const rest = hours - all.length * length;
    if (all.length < week.length && rest >= Math.min(LEAST, length) - NOTHING) all.push(rest);
  } else {
    const whole = Math.floor(hours);
    const count = Math.min(week.length, whole);
    all = Array.from({ length: count }, (_, i) => Math.floor(whole / count) + (i >= count - (whole % count) ? 1 : 0));
    all[count - 1] += hours - whole;
  }
  return new Map(all.map((each, i) => [week[Math.floor((i * week.length) / all.length)], Math.min(each, MOST)]));
}

/**
 * The shortest block that a thing is cut into: an hour, or a session or the thing itself when they are shorter. What
 * cannot be cut so (1.5 hours in sessions of one) is cut evenly.
 * @param {number} hours of the thing
 * @param {number} session hours of the longest session
 */
function leastOf(hours, session) {
  return Math.min(LEAST, session, hours / Math.ceil(hours / session - NOTHING));
}

/**
 * How much of a thing is done in what is free of a session, so that none of its blocks becomes too short; 0 when it has
 * to wait for the next one.
 * @param {number} left hours of the thing
 * @param {number} free hours of the session
 * @param {number} least hours of a block
 * @param {number} session hours of the longest session
 */
function fitting(left, free, least, session) {
  if (left <= free + NOTHING) return left;
  const taken = Math.min(free, left - least);
  // The rest must go into whole sessions as well: those of 1.5 hours hold 1.5 or 2 hours, but not 1.75.
  const count = Math.ceil((left - taken) / session - NOTHING);
  const wanted = Math.min(taken, left - count * least);
  return wanted >= least - NOTHING ? wanted : 0;
}

/**
 * Puts what is left into sessions, one thing after the other.
 * @param {Course} course
 * @param {Settings} settings
 * @param {0 | 1 | 2} estimate least, likely or most hours
 * @returns {Schedule}
 */
export function schedule(course, settings, estimate) {
  const queue = left(course, settings).map(({ id, hours }) => ({ id, hours: hours[estimate] }));
  const each = sessions(settings);
  const longest = Math.max(...each.values());
  /** @type {Block[]} */
  const blocks = [];
  let last = settings.start - 1;
  let free = 0;
  for (const { id, hours } of queue) {
    const least = leastOf(hours, longest);
    let open = hours;
    while (open > NOTHING) {
      const taken = fitting(open, free, least, longest);
      if (taken) {
        const at = /** @type {number} */ (each.get(weekday(last))) - free;
        blocks.push({ id, day: last, at, hours: taken });
        open -= taken;
        free -= taken;
        continue;
      }
      do last++;
      while (last < settings.start + LONGEST && (!each.has(weekday(last)) || away(settings, last)));
      if (last >= settings.start + LONGEST) return summed(blocks, false);
      free = each.get(weekday(last)) ?? 0;
    }
  }
  return summed(blocks, true);
}

/**
 * @param {Settings} settings
 * @param {number} today
 */
function away(settings, today) {
  return settings.away.some(([first, last]) => today >= first && today <= last);
}

/**
 * Blocks, by what they are for and by week.
 * @param {Block[]} blocks
 * @param {boolean} whole
 * @returns {Schedule}
 */
function summed(blocks, whole) {
  /** @type {Map<string, Span>} */
  const spans = new Map();
  /** @type {Map<number, Week>} */
  const weeks = new Map();
  for (const { id, day, hours } of blocks) {
    const span = spans.get(id) ?? { id, first: day, last: day, hours: 0 };
    spans.set(id, { ...span, last: day, hours: span.hours + hours });
    const key = monday(day);
    const week = weeks.get(key) ?? { monday: key, first: day, hours: 0, entries: [] };
    weeks.set(key, week);
    week.hours += hours;
    const entry = week.entries.find((e) => e.id === id);
    if (entry) entry.hours += hours;
    else week.entries.push({ id, hours });
  }
  const end = blocks.length ? blocks[blocks.length - 1].day : null;
  return { blocks, spans: [...spans.values()], weeks: [...weeks.values()], end, whole };
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
 * The fewest whole hours a week, spread over the days, with which the likely end is not after a day; undefined when not
 * even 60 suffice.
 * @param {Course} course
 * @param {Settings} settings
 * @param {number} latest
 */
export function hoursFor(course, settings, latest) {
  let [low, high] = [1, 60];
  const ends = (/** @type {number} */ hours) => {
    const found = schedule(course, { ...settings, hours, length: undefined }, 1);
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
    length: settings.length ? String(settings.length) : "",
    time: settings.time === EVENING ? "" : (settings.time ?? ""),
    calendar: settings.calendar ?? "",
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
  take("length", (text) => (Number(text) >= 0.5 && Number(text) <= MOST ? Number(text) : undefined));
  take("time", (text) => (/^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? text : undefined));
  take("calendar", (text) => (["floating", "days"].includes(text) ? text : undefined));
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
