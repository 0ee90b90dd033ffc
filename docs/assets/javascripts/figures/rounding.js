// 64 real weights and the grid that their scales allow: what is stored, and what comes back.
import { circle, line, number, part, rect, text } from "../lib/drawing.js";

/**
 * @typedef {{bits: number, group: number, times: number}} Settings
 * @typedef {{token: string, weights: number[], outlier: number, table: number, errors: Errors}} Data
 * @typedef {Record<string, Record<string, number>>} Errors of the whole table, by bits and group
 */

/** To the nearest whole number, and from the middle to the even one, as numpy does. */
function even(/** @type {number} */ value) {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 ? down + 1 : down;
}

/** As a number of 16 bits, which has 11 of them for its digits. */
function half(/** @type {number} */ value) {
  const step = 2 ** (Math.floor(Math.log2(value)) - 10);
  return even(value / step) * step;
}

/** Rounds with one scale for each group, with the numbers of 32 bits that the page's example uses. */
function rounded(/** @type {Settings} */ { bits, group, times }, /** @type {Data} */ { weights, outlier }) {
  const largest = 2 ** (bits - 1) - 1;
  const values = weights.map((value, i) => (i === outlier ? value * times : value));
  const scales = [];
  const read = [];
  for (let from = 0; from < values.length; from += group) {
    const block = values.slice(from, from + group);
    const scale = half(Math.fround(Math.max(...block.map(Math.abs)) / largest));
    scales.push(scale);
    for (const value of block) {
      const steps = even(Math.fround(value / scale));
      read.push(Math.fround(Math.max(-largest, Math.min(largest, steps)) * scale));
    }
  }
  return { values, scales, read };
}

const length = (/** @type {number[]} */ list) => Math.sqrt(list.reduce((sum, value) => sum + value * value, 0));
const bytes = (/** @type {Settings} */ { bits, group }, /** @type {number} */ count) =>
  (count * bits) / 8 + (count / group) * 2;

/** The error of these weights, how many became zero, what they take, and what is read back. */
export function results(/** @type {Settings} */ settings, /** @type {Data} */ data) {
  const { values, read } = rounded(settings, data);
  return {
    error: length(values.map((value, i) => value - read[i])) / length(values),
    zeros: read.filter((value) => value === 0).length,
    bytes: bytes(settings, values.length),
    read,
  };
}

/** @type {(settings: Settings, data: Data, wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, data, wide) {
  const { bits, group, times } = settings;
  const { values, scales, read } = rounded(settings, data);
  const found = results(settings, data);
  const width = wide ? 720 : 288;
  const count = values.length;
  const each = width / count;
  const most = 1.3; // The outlier leaves the drawing, so that its neighbors can be seen.
  const [top, high] = [66, wide ? 240 : 210];
  const at = (/** @type {number} */ value) =>
    top + high / 2 - (Math.max(-most, Math.min(most, value)) / most) * (high / 2);
  const percent = (/** @type {number} */ share) => number(share * 100, share < 0.1 ? 1 : 0) + "%";

  const columns = wide ? [0, 250, 500] : [0, 100, 196];
  const heads = [
    [percent(found.error), "error"],
    [number(found.zeros), wide ? `of ${count} became 0` : `became 0`],
    [number(found.bytes), wide ? `bytes, of ${2 * count} at 16 bits` : `bytes of ${2 * count}`],
  ];
  const parts = heads.flatMap(([figure, words], i) => [
    text("big", columns[i], 34, figure),
    text("s", columns[i], 53, words),
  ]);

  // The grid of each group, while its lines can be told apart.
  let grid = "";
  scales.forEach((scale, i) => {
    const from = i * group * each + 1;
    const across = group * each - 2;
    const largest = Math.min(2 ** (bits - 1) - 1, Math.floor(most / scale));
    if (at(0) - at(scale) < 3)
      parts.push(rect("box", from, at(largest * scale), across, at(-largest * scale) - at(largest * scale), 0));
    else
      for (let k = -largest; k <= largest; k++)
        if (k) grid += `M${from} ${Math.round(at(k * scale) * 10) / 10}h${across}`;
  });
  parts.push(part("path", "ghost", { d: grid || `M0 ${at(0)}` }));
  read.forEach((value, i) => {
    const [x, y] = [i * each, at(value)];
    if (value) parts.push(rect("new", x + each * 0.2, Math.min(y, at(0)), each * 0.6, Math.abs(y - at(0)), 0));
  });
  parts.push(line("line", 0, at(0), width, at(0)));
  values.forEach((value, i) => {
    if (Math.abs(value) <= most) parts.push(circle("fill", (i + 0.5) * each, at(value), wide ? 3 : 2));
  });
  const outlier = values[data.outlier];
  if (outlier > most)
    parts.push(
      text("s b", (data.outlier + 0.5) * each + (wide ? 22 : 14), top + 11, `↑ the outlier, ${number(outlier, 2)}`),
    );

  const bottom = top + high;
  const step = Math.max(...scales);
  parts.push(
    circle("fill", 6, bottom + 16, wide ? 3 : 2.5),
    text("s", 16, bottom + 20, "the weight as it was"),
    rect("new", 161, bottom + 11, 10, 10, 0),
    text("s", 178, bottom + 20, "as it's read back"),
  );
  const apart = `${group === count ? "they are" : "at most"} ${number(step, 3)} apart`;
  const levels = `${2 ** bits - 1} values to choose from; ${apart}`;
  const table = number(bytes(settings, data.table) / 2 ** 20, 2);
  const whole = `${table} MiB, error ${percent(data.errors[bits][group])}`;
  const name = wide
    ? `the whole table of ${number(data.table / 1e6, 1)} million weights, none of them moved`
    : "whole table";
  [levels, `${name}: ${whole}`].forEach((words, i) => parts.push(text("s", 0, bottom + 42 + i * 18, words)));

  const large = times === 1 ? "" : ` with the largest at ${number(outlier, 2)}`;
  const shared = group === count ? "one scale" : `a scale for each ${group}`;
  const size = `${count} weights of the token “${data.token}”${large} take ${number(found.bytes)} bytes`;
  const lost = `${found.zeros || "none"} of them ${found.zeros === 1 ? "becomes" : "become"} 0`;
  return {
    body: parts.join(""),
    height: bottom + 66,
    says: `At ${bits} bits and ${shared}, ${size}, have an error of ${percent(found.error)}, and ${lost}.`,
  };
}
