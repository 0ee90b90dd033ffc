// What a reader knows by their own word, as far as their answers bear it out. Pure.

/** @typedef {import("./state.js").Items} Items */
/** @typedef {Pick<import("./page.js").Data, "topics" | "asked">} Course */

/**
 * The level of each topic: 1 can be explained, 2 has been shipped. A missed situation takes it down by one, unless the
 * reader has said that their word stands.
 * @param {Course} course
 * @param {Items} items
 * @returns {{known: Record<string, 1 | 2>, lowered: Record<string, 1 | 2>}} lowered: what was said of a topic whose
 *   level was taken down
 */
export function levels(course, items) {
  /** @type {Record<string, 1 | 2>} */
  const known = {};
  /** @type {Record<string, 1 | 2>} */
  const lowered = {};
  for (const id of Object.keys(course.topics)) {
    const level = items["known/" + id]?.v;
    if (!level) continue;
    known[id] = level;
    if (misses(course, items, id).every(({ question, answer }) => items["despite/" + question]?.v === answer)) continue;
    lowered[id] = level;
    if (level === 2) known[id] = 1;
    else delete known[id];
  }
  return { known, lowered };
}

/**
 * The situations of a topic that were missed. A reader's word stands after all when "despite/question" names the
 * answer.
 * @param {Course} course
 * @param {Items} items
 * @param {string} topic
 * @returns {{question: string, answer: number}[]}
 */
export function misses(course, items, topic) {
  return Object.keys(course.asked).flatMap((question) => {
    const answer = items["answer/" + question]?.v;
    const asked = course.asked[question];
    return asked.topic === topic && answer && answer !== asked.right ? [{ question, answer }] : [];
  });
}
