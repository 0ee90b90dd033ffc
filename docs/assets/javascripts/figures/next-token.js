// The tokens that may come next, with their probabilities, and which of them each of twenty equal requests gets.
import { circle, line, number, rect, text } from "../lib/drawing.js";

const DRAWS = 20;

/**
 * @typedef {{prompt: string, right: string | null, tokens: [string, number][], others: number, rest: number[]}} Text
 * @typedef {{text: string, temperature: number, "top-p": number, seed: number}} Settings
 * @typedef {Record<string, Text>} Data
 */

/** How likely each shown token is, and last all others together; what top-p drops has 0. */
function shares(/** @type {Text} */ { tokens, rest }, /** @type {number} */ temperature, /** @type {number} */ topP) {
  if (temperature === 0) return [1, ...tokens.map(() => 0)];
  const weights = tokens.map(([, p]) => Math.exp(p / temperature));
  weights.push(Math.exp(rest[Math.round(temperature * 10) - 1]));
  const all = sum(weights);
  let before = 0;
  const kept = weights.map((weight, index) => {
    const share = weight / all;
    const left = before >= topP ? 0 : share;
    const part = left && index === tokens.length ? Math.min(left, topP - before) : left;
    before += share;
    return part;
  });
  return kept.map((share) => share / sum(kept));
}

const sum = (/** @type {number[]} */ numbers) => numbers.reduce((a, b) => a + b, 0);

/** Random numbers from 0 up to 1: Tommy Ettinger's generator, the same in Python. */
function mulberry32(/** @type {number} */ seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The probabilities by row, and the row that each request gets. */
export function results(/** @type {Settings} */ settings, /** @type {Data} */ data) {
  const found = shares(data[settings.text], settings.temperature, settings["top-p"]);
  const random = mulberry32(settings.seed);
  const drawn = Array.from({ length: DRAWS }, () => {
    let left = random();
    let row = 0;
    while (row < found.length - 1 && left >= found[row]) left -= found[row++];
    return row;
  });
  return { shares: found, drawn };
}

/** 32%, and less than a half is not nothing. */
function percent(/** @type {number} */ share, wide = true) {
  if (share && share < 0.005) return wide ? "under 1%" : "<1%";
  return number(Math.round(share * 100)) + "%";
}

/** @type {(settings: Settings, data: Data, wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, data, wide) {
  const { prompt, right, tokens, others } = data[settings.text];
  const { shares, drawn } = results(settings, data);
  const names = [...tokens.map(([token]) => token.trim() || "(a space)"), `${number(others)} others`];
  const top = wide ? 66 : 80;
  const high = wide ? 34 : 42;
  const bar = wide ? { x: 142, width: 250 } : { x: 0, width: 112 };
  const dots = wide ? { x: 470, step: 12.5, r: 5 } : { x: 134, step: 7.8, r: 3.3 };
  const parts = [
    text("t b", 0, 18, `“${prompt} …”`),
    text("s", bar.x, top - 12, wide ? "probability of the next token" : "probability"),
    text("s", dots.x - dots.r, top - 12, wide ? "20 equal requests, a dot each" : "20 requests, a dot each"),
  ];
  names.forEach((name, row) => {
    const y = top + row * high;
    const isRight = name === right;
    const share = shares[row];
    const label = isRight ? `${name}, right` : name;
    const gone = wide ? "dropped" : "out";
    const says = share ? percent(share, wide) : settings.temperature ? gone : "0%";
    const classes = isRight ? "new" : share ? "soft" : "ghost";
    const width = Math.max(share * bar.width, share ? 2 : 24);
    const middle = wide ? y + high / 2 - 4 : y + 12;
    if (wide) {
      parts.push(text(isRight ? "t b" : "t", 0, middle + 5, label));
      if (share || isRight) parts.push(rect(classes, bar.x, middle - 10, share ? width : 2, 20, 1));
      parts.push(text("s", bar.x + (share ? width : 0) + 8, middle + 4, says));
    } else {
      parts.push(text(isRight ? "s b" : "s", 0, y + 12, label), text("s end", 126, y + 12, says));
      if (share) parts.push(rect(classes, 0, y + 17, width, 11, 1));
    }
    const on = wide ? middle : y + 17;
    parts.push(line("line", dots.x - dots.r, on, dots.x + dots.step * (DRAWS - 1) + dots.r, on));
    drawn.forEach((of, request) => {
      if (of === row) parts.push(circle("fill", dots.x + request * dots.step, on, dots.r));
    });
  });

  const count = (/** @type {number} */ row) => drawn.filter((of) => of === row).length;
  const best = names[0];
  const at = right ? names.indexOf(right) : -1;
  const kinds = new Set(drawn).size;
  const equal = kinds === 1 ? "always the same" : "no answer is right or wrong";
  const score = right ? `${count(at)} of ${DRAWS} right` : equal;
  parts.push(text(wide ? "t b end" : "t b", wide ? 717 : 0, wide ? 18 : 40, score));

  const words = [`Temperature ${settings.temperature}, top-p ${settings["top-p"]}: ${best} has ${percent(shares[0])}`];
  if (at > 0) words.push(` and ${right}, the right answer, ${percent(shares[at])}`);
  const rest = count(names.length - 1);
  if (kinds === 1) words.push(`. All ${DRAWS} requests get ${best}`, at > 0 ? ", which is wrong" : "");
  else {
    words.push(`. Of ${DRAWS} requests, ${count(0)} get ${best}`);
    if (at > 0) words.push(`, ${count(at)} ${right}`);
    if (rest) words.push(`, and ${rest} one of the tokens not shown`);
  }
  return { body: parts.join(""), height: top + names.length * high, says: words.join("") + "." };
}
