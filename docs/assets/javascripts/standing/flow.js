// The self-assessment's way: what is asked, by what was said so far. Pure.

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/state.js").Items} Items
 * @typedef {{id: string, title: string, at: string, topics: string[]}} Row a row of the map with its core topics
 * @typedef {{at: string, row: Row, kind: "row" | "topics" | "question"}} Step at: its name in the address
 * @typedef {"right" | "wrong" | "unknown"} Verdict
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
export function ofRow(course, row) {
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
