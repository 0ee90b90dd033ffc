// Two models on the same cases: the 95% interval of each, whether they overlap, and how both shrink with more cases.
import { line, number, rect, text } from "../lib/drawing.js";
import { pairedCases } from "../lib/formulas.js";

const OF = 20; // Shares are moved in twentieths, so that every number of cases has whole passes.
const CASES = [20, 40, 60, 100, 200, 400, 800, 1600];
const Z = 1.96; // As in the page's example.

/**
 * @typedef {{first: number, second: number, cases: number}} Settings
 */

/** Bounds of the 95% interval of a share: Wilson's formula, as in the page's example. */
function wilson(/** @type {number} */ passed, /** @type {number} */ cases) {
  const share = passed / cases;
  const width = (Z * Z) / cases;
  const middle = share + width / 2;
  const half = Z * Math.sqrt((share * (1 - share)) / cases + width / (4 * cases));
  return [(middle - half) / (1 + width), (middle + half) / (1 + width)];
}

/** Both intervals, whether they overlap, and the cases that such a difference needs; null if there is none. */
export function results(/** @type {Settings} */ { first, second, cases }) {
  const [one, two] = [first, second].map((passes) => wilson((passes * cases) / OF, cases));
  const [p, q] = [first / OF, second / OF];
  return {
    first: one,
    second: two,
    overlap: one[0] <= two[1] && two[0] <= one[1],
    // Two models that fail independently of each other: the variances add up.
    needed: first === second ? null : pairedCases(p * (1 - p) + q * (1 - q), p - q),
  };
}

const percent = (/** @type {number} */ share) => number(share * 100) + "%";

/** @type {(settings: Settings, data: undefined, wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, data, wide) {
  const { cases } = settings;
  const now = results(settings);
  const all = CASES.map((count) => results({ ...settings, cases: count }));
  const [left, right] = wide ? [70, 650] : [40, 236];
  // The same axis for all numbers of cases, so that shrinking is seen.
  const low = Math.floor(Math.min(all[0].first[0], all[0].second[0]) * 10) / 10;
  const at = (/** @type {number} */ share) => left + ((share - low) / (1 - low)) * (right - left);
  const bar = (
    /** @type {string} */ classes,
    /** @type {number[]} */ [from, to],
    /** @type {number} */ y,
    height = 5,
  ) => rect(classes, at(from), y, at(to) - at(from), height, 0);

  const needed = now.needed ?? Infinity;
  const enough = cases >= needed;
  const equal = now.needed === null;
  const better = settings.first > settings.second ? "first" : "second";
  const verdict = now.overlap ? "They overlap: you can't tell yet" : `Apart: the ${better} is better`;
  const count = `${number(needed)} cases`;
  const missing = enough || equal ? "" : `, ${number(needed - cases)} more`;
  const passes = [settings.first, settings.second].map((of20) => `${number((of20 * cases) / OF)} of ${number(cases)}`);
  const spans = [now.first, now.second].map(([from, to]) => `${percent(from)} to ${percent(to)}`);

  const top = 72; // Of the two bars.
  const parts = [
    text("t b", 0, 17, equal ? "The same share" : verdict),
    text("s", 0, 36, equal ? "no number of cases tells them apart" : `this difference needs ${count}${missing}`),
    text("s b", left, top - 9, `first: ${passes[0]}, so ${spans[0]}`),
    bar("fill", now.first, top, 20),
    bar("box", now.second, top + 24, 20),
    rect("on-fill", at(settings.first / OF) - 1, top + 3, 2, 14, 0),
    rect("t", at(settings.second / OF) - 1, top + 27, 2, 14, 0),
    text("s b", left, top + 61, `second: ${passes[1]}, so ${spans[1]}`),
  ];
  if (now.overlap) {
    const from = Math.max(now.first[0], now.second[0]);
    const to = Math.min(now.first[1], now.second[1]);
    parts.push(rect("ghost", at(from), top - 4, at(to) - at(from), 52, 0));
  }

  const rows = top + 96;
  const step = 23;
  parts.push(text("s b end", left - 8, rows - 14, "cases"));
  all.forEach((found, i) => {
    const y = rows + i * step;
    const classes = CASES[i] === cases ? "s b" : "s";
    parts.push(
      text(classes + " end", left - 8, y + 10, number(CASES[i])),
      bar("fill", found.first, y),
      bar("box", found.second, y + 7),
      text(classes, right + 6, y + 10, found.overlap ? "overlap" : "apart"),
    );
  });

  const axis = rows + CASES.length * step;
  parts.push(line("line", left, axis, right, axis));
  const ticks = wide || low >= 0.7 ? 0.1 : 0.2;
  for (let share = 1; share > low - 0.01; share -= ticks) {
    parts.push(line("line", at(share), axis, at(share), axis + 5), text("s mid", at(share), axis + 19, percent(share)));
  }
  parts.push(text("s mid", (left + right) / 2, axis + 37, "how much of all your traffic may pass"));

  const [one, two] = passes.map((passed, i) => `${passed}, so ${spans[i]}`);
  const seen = `The first passes ${one} of all your traffic; the second ${two}.`;
  const more = enough ? "which you have" : `${number(needed - cases)} more than you have`;
  const found = `The intervals ${now.overlap ? "overlap" : "are apart"}:`;
  const end = equal
    ? "The shares are the same, so no number of cases tells them apart."
    : `${found} finding such a difference four times of five takes ${count}, ${more}.`;
  return { body: parts.join(""), height: axis + 43, says: `${seen} ${end}` };
}
