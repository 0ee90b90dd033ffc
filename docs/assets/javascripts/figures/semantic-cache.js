// Twelve pairs of questions in the order of their similarity, the threshold between them, and what a hit then returns.
import { number, rect, text } from "../lib/drawing.js";

/** As the page supposes, in cents: what a hit saves, and what a wrong answer costs. */
const SAVED = 1;
const LOST = 500;

/**
 * @typedef {{threshold: number, tenant: boolean, exact: boolean}} Settings
 * @typedef {{stored: string, asked: string, score: number}} Questions
 * @typedef {Questions & {same: boolean, one_tenant: boolean, equal_part: boolean}} Row
 */

const fits = (/** @type {Settings} */ settings, /** @type {Row} */ row) =>
  (row.one_tenant || !settings.tenant) && (row.equal_part || !settings.exact);

const isHit = (/** @type {Settings} */ settings, /** @type {Row} */ row) =>
  row.score >= settings.threshold && fits(settings, row);

/** How many get a stored answer, of which kind, and what that saves and costs in cents. */
export function results(/** @type {Settings} */ settings, /** @type {Row[]} */ rows) {
  const hits = rows.filter((row) => isHit(settings, row));
  const right = hits.filter((row) => row.same).length;
  const leaks = hits.filter((row) => !row.one_tenant).length;
  const bad = hits.length - right;
  return { hits: hits.length, right, wrong: bad - leaks, leaks, saved: hits.length * SAVED, lost: bad * LOST };
}

/** The class of a row's box, of its words, and what came of it. */
function fate(/** @type {Settings} */ settings, /** @type {Row} */ row) {
  if (!isHit(settings, row)) {
    const near = row.score >= settings.threshold;
    return { box: near ? "ghost" : "", words: "s", mark: near ? "key differs" : "asks the model" };
  }
  if (row.same) return { box: "box", words: "s", mark: "right" };
  return { box: "fill", words: "s on-fill", mark: row.one_tenant ? "WRONG" : "LEAK" };
}

/** A number of things. */
const count = (/** @type {number} */ n, /** @type {string} */ one) => `${n} ${one}${n === 1 ? "" : "s"}`;

/** @type {(settings: Settings, rows: Row[], wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, rows, wide) {
  const { hits, right, wrong, leaks, saved, lost } = results(settings, rows);
  const bad = wrong + leaks;
  const limit = number(settings.threshold, 2);
  const across = wide ? 548 : 288;
  const high = wide ? 27 : 33;
  const parts = [];

  // The sums: beside the rows, or above them on a phone.
  /** @type {(x: number, y: number, sum: unknown, words: string[]) => void} */
  const sum = (x, y, n, words) =>
    void parts.push(text("big", x, y, n), ...words.map((line, i) => text("s", x, y + 18 + i * 15, line)));
  if (wide) {
    sum(566, 48, `${hits} of 12`, ["from the cache"]);
    sum(566, 132, bad, ["wrong or leaked"]);
    sum(566, 216, `${saved} ct`, ["saved, 1 cent a hit"]);
    sum(566, 300, `${lost / 100} EUR`, ["lost, 5 euros for each", "wrong or leaked answer"]);
  } else {
    sum(0, 31, hits, ["of 12 from", "the cache"]);
    sum(78, 31, bad, ["wrong or", "leaked"]);
    sum(154, 31, `${saved} ct`, ["saved"]);
    sum(220, 31, lost / 100, ["euros lost"]);
  }

  let y = wide ? 0 : 74;
  if (wide) {
    parts.push(text("s b", 8, 14, "stored question"), text("s b", 206, 14, "new question"));
    parts.push(text("s b end", 440, 14, "alike"), text("s b", 454, 14, "result"));
    y = 22;
  }
  const border = () => {
    const side = across / 2 - 64;
    parts.push(rect("fill", 0, y + 9, side, 2, 0), rect("fill", across - side, y + 9, side, 2, 0));
    parts.push(text("t b mid", across / 2, y + 15, `threshold ${limit}`));
    y += 22;
  };
  let drawn = false;
  for (const row of rows) {
    if (!drawn && row.score < settings.threshold) {
      border();
      drawn = true;
    }
    const { box, words, mark } = fate(settings, row);
    const [stored, asked] = row.one_tenant ? [row.stored, row.asked] : [`acme: ${row.stored}`, `globex: ${row.asked}`];
    const strong = mark === mark.toUpperCase() ? " b" : "";
    if (box) parts.push(rect(box, 0.5, y + 1, across - 1, high - 3, 3));
    if (wide) {
      parts.push(text(words, 8, y + 17, stored), text(words, 206, y + 17, asked));
      parts.push(text(words + " end", 440, y + 17, number(row.score, 3)), text(words + strong, 454, y + 17, mark));
    } else {
      parts.push(text(words, 6, y + 13, stored), text(words, 6, y + 27, asked));
      parts.push(text(words + " end", 282, y + 13, number(row.score, 3)));
      parts.push(text(words + strong + " end", 282, y + 27, mark));
    }
    y += high;
  }
  if (!drawn) border();

  // What is logged of the worst of them.
  const red = rows.filter((row) => isHit(settings, row) && !row.same);
  const worst = red.find((row) => !row.one_tenant) ?? red[0];
  if (worst) {
    const told = worst.one_tenant ? `q="${worst.asked}"` : "tenant=globex stored_by=acme";
    const hit = `cache=hit score=${number(worst.score, 3)} status=200`;
    parts.push(text("s b", 0, y + 20, wide ? "in your log" : "log"));
    if (wide) parts.push(text("s mono", 76, y + 20, `${hit} ${told}`));
    else parts.push(text("s mono", 28, y + 20, hit), text("s mono", 28, y + 36, told));
  } else {
    parts.push(
      text("s", 0, y + 20, hits ? "Every stored answer fits its question." : "Every question asks the model."),
    );
  }
  y += wide ? 28 : 42;

  const key = settings.tenant && settings.exact ? "tenant and named words" : settings.tenant ? "tenant" : "named words";
  const first = settings.tenant || settings.exact ? `with the ${key} in the key` : "by similarity alone";
  const kinds = `${right} right, ${wrong} wrong, ${leaks} another customer’s`;
  const sums = `Saved: ${count(saved, "cent")}; lost: ${count(lost / 100, "euro")}.`;
  const found = hits
    ? `${hits} of 12 ${hits === 1 ? "gets" : "get"} a stored answer${bad ? ", with status 200" : ""}: ${kinds}. ${sums}`
    : "none of the 12 gets a stored answer.";
  return { body: parts.join(""), height: y, says: `At a threshold of ${limit}, ${first}, ${found}` };
}
