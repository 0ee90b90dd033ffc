// What the answers come to, from a reader's notes or from an address. Pure.
import { levels } from "../lib/levels.js";
import { ofRow, rowAnswer, rows, verdict } from "./flow.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/state.js").Items} Items
 *
 * @typedef {object} Standing
 * @property {Record<string, 1 | 2>} known topic to 1 (can be explained) or 2 (shipped)
 * @property {Record<string, number>} right row to situations answered rightly
 * @property {Record<string, number>} answered row to situations answered at all
 * @property {Record<string, import("./flow.js").Verdict>} verdicts topic to how its situation went
 * @property {Set<string>} open rows that were not asked
 */

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
