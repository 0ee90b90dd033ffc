// The order of a situation's options. Pure.

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
