// The self-assessment's way: what is asked, in which order, and what it comes to. Pure.
import { levels } from "../lib/levels.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/state.js").Items} Items
 * @typedef {{id: string, title: string, at: string, topics: string[]}} Row a row of the map with its core topics
 * @typedef {{at: string, row: Row, kind: "row" | "topics" | "question"}} Step at: its name in the address
 * @typedef {"right" | "wrong" | "unknown"} Verdict
 *
 * @typedef {object} Standing
 * @property {Record<string, 1 | 2>} known topic to 1 (can be explained) or 2 (shipped)
 * @property {Record<string, number>} right row to situations answered rightly
 * @property {Record<string, number>} answered row to situations answered at all
 * @property {Record<string, Verdict>} verdicts topic to how its situation went
 * @property {Set<string>} open rows that were not asked
 */

/** What is said of a row; the numbers are kept in notes. */
export const [NO, SOME, ALL] = [1, 2, 3];
/** The answer "I don't know", which no option has. */
export const UNKNOWN = 9;
export const MAP = "map";

/**
 * @param {Data} course
 * @returns {Row[]}
 */
export function rows(course) {
  const across = { id: "all", title: "Across all rows", at: "reference/topics/#row-all" };
  return [...course.skills, across]
    .map((row) => ({
      ...row,
      topics: Object.keys(course.topics).filter((id) => {
        const { core, skill } = course.topics[id];
        return core && (skill ?? "all") === row.id;
      }),
    }))
    .filter((row) => row.topics.length);
}

/**
 * What the reader has said of a row: NO, SOME or ALL, and 0 for nothing. Levels of topics count more than the note on
 * the row: they were noted before rows were asked, and a plan that is kept brings them alone.
 * @param {Row} row
 * @param {Items} items
 */
export function rowAnswer(row, items) {
  const noted = items["row/" + row.id]?.v ?? 0;
  const said = row.topics.map((id) => items["known/" + id]?.v ?? 0);
  if (!said.some(Boolean)) return noted === ALL ? 0 : noted;
  return noted !== SOME && said.every((level) => level === 2) ? ALL : SOME;
}

/**
 * @param {Data} course
 * @param {string} id of a question
 * @param {Items} items
 * @returns {Verdict | undefined} undefined while it is open
 */
export function verdict(course, id, items) {
  const answer = items["answer/" + id]?.v;
  if (!answer) return undefined;
  if (answer === UNKNOWN) return "unknown";
  return answer === course.asked[id].right ? "right" : "wrong";
}

/**
 * The situations that a row's claims call for: the first one, and after a miss a second.
 * @param {Data} course
 * @param {Row} row
 * @param {Items} items
 */
function situations(course, row, items) {
  const claimed = row.topics.filter((id) => items["known/" + id]?.v);
  // A topic in depth is no topic of the list, so it is tested with whatever is claimed of the row.
  const fitting = ofRow(course, row.id).filter((id) => {
    const { topic } = course.asked[id];
    return claimed.includes(topic) || (claimed.length && !row.topics.includes(topic));
  });
  const missed = fitting.length && (verdict(course, fitting[0], items) ?? "right") !== "right";
  return fitting.slice(0, missed ? 2 : 1);
}

/**
 * @param {Data} course
 * @param {string} row
 */
function ofRow(course, row) {
  return Object.keys(course.asked).filter((id) => course.asked[id].skill === row);
}

/**
 * Situations of a row that are open, asked on the way or not.
 * @param {Data} course
 * @param {string} row
 * @param {Items} items
 */
export function open(course, row, items) {
  return ofRow(course, row).filter((id) => !verdict(course, id, items));
}

/**
 * All steps by what is said so far. Topics are asked only of a row that is known in part.
 * @param {Data} course
 * @param {Items} items
 * @returns {Step[]}
 */
export function steps(course, items) {
  return rows(course).flatMap((row) => {
    /** @type {Step[]} */
    const own = [{ at: row.id, row, kind: "row" }];
    if (rowAnswer(row, items) === SOME) own.push({ at: row.id + ".topics", row, kind: "topics" });
    return own.concat(situations(course, row, items).map((at) => ({ at, row, kind: "question" })));
  });
}

/**
 * The step with a name, whether or not it is on the way by now; undefined for the map and for what is no step.
 * @param {Data} course
 * @param {string} at
 * @returns {Step | undefined}
 */
export function step(course, at) {
  const asked = Object.hasOwn(course.asked, at);
  const [id, part] = asked ? [course.asked[at].skill] : at.split(".");
  const row = rows(course).find((one) => one.id === id);
  if (!row || !["topics", undefined].includes(part)) return undefined;
  return { at, row, kind: asked ? "question" : part ? "topics" : "row" };
}

/**
 * What comes after a step, and what came before it.
 * @param {Data} course
 * @param {Items} items
 * @param {string} at
 */
export function around(course, items, at) {
  const way = steps(course, items).map((one) => one.at);
  const here = way.indexOf(at);
  if (here >= 0) return { before: way[here - 1], after: way[here + 1] ?? MAP };
  // A situation that the reader asked for on the map, or topics of a row of which everything has been shipped by now.
  const found = step(course, at);
  if (!found) return { after: MAP };
  const rest = open(course, found.row.id, items).filter((id) => id !== at);
  const after = found.kind === "question" ? rest[0] : way[way.indexOf(found.row.id) + 1];
  return { before: found.row.id, after: after ?? MAP };
}

/**
 * Where a reader goes on: the first thing that was not answered, or the map.
 * @param {Data} course
 * @param {Items} items
 */
export function resume(course, items) {
  const next = steps(course, items).find(({ at, row, kind }) =>
    kind === "question" ? !verdict(course, at, items) : !rowAnswer(row, items),
  );
  return next?.at ?? MAP;
}

/**
 * The order in which each question shows its options, as their numbers in the data. The same seed gives the same
 * orders. In no row do the right options stand in three different places: then two of them would give the third.
 * @param {{id: string, row: string, right: number, options: number[]}[]} questions
 * @param {string} seed
 * @returns {Record<string, number[]>}
 */
export function orders(questions, seed) {
  /** @type {Record<string, number[]>} */
  const found = {};
  /** @type {Record<string, number[]>} where the right options of a row stand */
  const places = {};
  for (const { id, row, right, options } of questions) {
    const random = numbers(seed + id);
    const order = [...options].sort((a, b) => a - b);
    for (let last = order.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [order[last], order[other]] = [order[other], order[last]];
    }
    const taken = (places[row] ??= []);
    if (new Set([...taken, order.indexOf(right)]).size > 2) order.push(/** @type {number} */ (order.shift()));
    taken.push(order.indexOf(right));
    found[id] = order;
  }
  return found;
}

/**
 * Numbers from 0 to below 1 that follow from a text: FNV-1a, then mulberry32.
 * @param {string} text
 */
function numbers(text) {
  let state = 2166136261;
  for (const letter of text) state = Math.imul(state ^ letter.charCodeAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Where the reader stands by their notes.
 * @param {Data} course
 * @param {Items} items
 * @returns {Standing}
 */
export function own(course, items) {
  /** @type {Standing} */
  const standing = { known: levels(course, items).known, right: {}, answered: {}, verdicts: {}, open: new Set() };
  for (const [id, { skill, topic }] of Object.entries(course.asked)) {
    const found = verdict(course, id, items);
    if (!found) continue;
    standing.answered[skill] = (standing.answered[skill] ?? 0) + 1;
    standing.right[skill] = (standing.right[skill] ?? 0) + Number(found === "right");
    standing.verdicts[topic] = found;
  }
  for (const row of rows(course)) if (!rowAnswer(row, items)) standing.open.add(row.id);
  return standing;
}

/**
 * What a standing means, row by row.
 * @param {Data} course
 * @param {Standing} standing
 */
export function judge(course, { known, verdicts, open }) {
  // What a topic requires comes before it on the roadmap.
  const order = course.phases.flatMap((phase) => phase.weeks.flatMap((week) => week.topics));
  const lacking = order.filter((id) => !known[id]);
  const judged = rows(course).map((row) => {
    const at = (/** @type {number} */ level) => row.topics.filter((id) => (known[id] ?? 0) === level);
    const hours = (/** @type {string[]} */ ids) => ids.reduce((sum, id) => sum + course.topics[id].hours[1], 0);
    const [missing, explained, shipped] = [0, 1, 2].map(at);
    const saved = hours(shipped) + hours(explained) / 2;
    const first = lacking.find((id) => row.topics.includes(id));
    return { ...row, missing, explained, shipped, saved, left: hours(row.topics) - saved, first };
  });
  // The page to read first: missing in a row that was asked, else missing at all, else missed in a situation.
  const begin =
    lacking.find((id) => !open.has(course.topics[id].skill ?? "all")) ??
    lacking[0] ??
    order.find((id) => verdicts[id] && verdicts[id] !== "right");
  return { rows: judged, begin, saved: judged.reduce((sum, row) => sum + row.saved, 0) };
}

/**
 * A standing as the part of an address after #.
 * @param {Pick<Standing, "known" | "right" | "answered">} standing
 */
export function toFragment({ known, right, answered }) {
  const of = (/** @type {number} */ level) =>
    Object.keys(known)
      .filter((id) => known[id] === level)
      .sort()
      .join(".");
  const counts = (/** @type {Record<string, number>} */ of) =>
    Object.entries(of)
      .map(([row, count]) => `${row}_${count}`)
      .join(".");
  const fields = { shipped: of(2), explained: of(1), right: counts(right), asked: counts(answered) };
  return Object.entries(fields)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/**
 * @param {string} fragment
 * @param {Data} course
 * @returns {Standing} what is not known to this edition is left out
 */
export function fromFragment(fragment, course) {
  const fields = new URLSearchParams(fragment);
  /** @type {Standing} */
  const standing = { known: {}, right: {}, answered: {}, verdicts: {}, open: new Set() };
  for (const [name, level] of /** @type {[string, 1 | 2][]} */ ([
    ["explained", 1],
    ["shipped", 2],
  ])) {
    for (const old of fields.get(name)?.split(".") ?? []) {
      const id = Object.hasOwn(course.renamed, old) ? course.renamed[old] : old;
      if (Object.hasOwn(course.topics, id)) standing.known[id] = level;
    }
  }
  const counts = (/** @type {string} */ name, /** @type {Record<string, number>} */ into) => {
    for (const pair of fields.get(name)?.split(".") ?? []) {
      const [row, count] = pair.split("_");
      if (course.skills.some((s) => s.id === row) && /^\d$/.test(count)) into[row] = Number(count);
    }
  };
  counts("right", standing.right);
  counts("asked", standing.answered);
  // Addresses from before 2026-11-28 say only how many were right: of all that the row has.
  for (const row of Object.keys(standing.right)) standing.answered[row] ??= ofRow(course, row).length;
  return standing;
}
