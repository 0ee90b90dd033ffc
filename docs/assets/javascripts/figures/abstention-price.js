// What a threshold costs: wrong answers above it and handoffs below it, for each place where it may be.
import { circle, line, number, part, rect, text } from "../lib/drawing.js";

/**
 * @typedef {{threshold: number, wrong: number, handed: number}} Settings
 * @typedef {{score: number, right: boolean}} Answer
 */

const THRESHOLDS = Array.from({ length: 81 }, (_, step) => step / 100);

/** Answers that are right and wrong from this score on, and questions below it, which a person gets. */
function counts(/** @type {number} */ threshold, /** @type {Answer[]} */ answers) {
  const given = answers.filter((answer) => answer.score >= threshold);
  const right = given.filter((answer) => answer.right).length;
  return { right, wrong: given.length - right, handed: answers.length - given.length };
}

/** What wrong answers and handoffs cost at each threshold, in euros. */
function costs(/** @type {Settings} */ { wrong, handed }, /** @type {Answer[]} */ answers) {
  return THRESHOLDS.map((threshold) => {
    const count = counts(threshold, answers);
    const people = handed * count.handed;
    return { threshold, people, all: people + wrong * count.wrong };
  });
}

/** The counts and the cost at the threshold, and the first of the cheapest ones. */
export function results(/** @type {Settings} */ settings, /** @type {Answer[]} */ answers) {
  const { right, wrong, handed } = counts(settings.threshold, answers);
  const best = costs(settings, answers).reduce((least, one) => (one.all < least.all ? one : least));
  const cost = wrong * settings.wrong + handed * settings.handed;
  return { right, wrong, handed, cost, cheapest: best.threshold, least: best.all };
}

/** @type {(settings: Settings, answers: Answer[], wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, answers, wide) {
  const { right, wrong, handed, cost, cheapest, least } = results(settings, answers);
  const curve = costs(settings, answers);
  const most = Math.max(...curve.map((one) => one.all));
  const [left, width] = wide ? [96, 720] : [46, 288];
  const [top, high] = wide ? [96, 200] : [148, 150];
  const base = top + high;
  const parts = [];

  // The numbers: one row, or two on a phone.
  /** @type {[number, number, number, string][]} */
  const sums = wide
    ? [
        [0, 34, right, "answered right"],
        [132, 34, wrong, "answered wrong"],
        [264, 34, handed, "handed over"],
        [416, 34, cost, `euros at ${number(settings.threshold, 2)}`],
        [560, 34, least, `euros at ${number(cheapest, 2)}, the cheapest`],
      ]
    : [
        [0, 32, right, "right"],
        [96, 32, wrong, "wrong"],
        [192, 32, handed, "handed over"],
        [0, 90, cost, `euros at ${number(settings.threshold, 2)}`],
        [96, 90, least, `euros at ${number(cheapest, 2)}, the cheapest`],
      ];
  for (const [x, y, sum, words] of sums) parts.push(text("big", x, y, number(sum)), text("s", x, y + 18, words));

  const across = (/** @type {number} */ score) => left + (score / 0.8) * (width - left - 4);
  const down = (/** @type {number} */ euros) => base - (euros / most) * high;
  /** Words around a line, and within the drawing. */
  const beside = (/** @type {number} */ score, /** @type {number} */ half) =>
    Math.max(left + half, Math.min(width - half, across(score)));

  // The curve stands on what people cost; wrong answers lie on top of that.
  /** @type {(classes: string, height: (one: {people: number, all: number}) => number) => void} */
  const area = (classes, height) => {
    const steps = curve.map((one, i) => {
      const same = i && height(one) === height(curve[i - 1]);
      return same ? "" : `H${number(across(one.threshold), 1)}V${number(down(height(one)), 1)}`;
    });
    parts.push(part("path", classes, { d: `M${left} ${base}${steps.join("")}H${width - 4}V${base}Z` }));
  };
  area("new", (one) => one.all);
  area("soft", (one) => one.people);
  const here = across(settings.threshold);
  const best = across(cheapest);
  /** The first of the places where words lie in their area, with no line through them. */
  const name = (
    /** @type {string} */ words,
    /** @type {number} */ wide,
    /** @type {number[]} */ places,
    /** @type {(one: {people: number, all: number}) => number[]} */ bounds,
  ) => {
    for (const x of places) {
      const under = curve.filter((one) => across(one.threshold) > x - 8 && across(one.threshold) < x + wide + 8);
      const low = down(Math.max(...under.map((one) => bounds(one)[0])));
      const high = down(Math.min(...under.map((one) => bounds(one)[1])));
      const crossed = [here, best].some((at) => at > x - 4 && at < x + wide + 4);
      if (crossed || low - high < 18 || x < left || x + wide > width - 4) continue;
      parts.push(text("s b", x, (low + high) / 2 + 4, words));
      return;
    }
  };
  const starts = [left + 8, here + 8, best + 8];
  name(wide ? "wrong answers" : "wrong", wide ? 88 : 38, starts, (one) => [one.people, one.all]);
  const ends = [width - 12, here - 8, best - 8].map((end) => end - 56);
  name("handoffs", 56, [...ends, ...starts], (one) => [0, one.people]);
  parts.push(text("s end", left - 8, top + 10, number(most)), text("s end", left - 8, base, "0"));
  parts.push(text("s end", left - 8, top - 8, "euros"));

  // Each question at its score.
  const rows = [base + 42, base + 64];
  parts.push(text("s end", left - 8, rows[0] + 4, wide ? "right answers" : "right"));
  parts.push(text("s end", left - 8, rows[1] + 4, wide ? "wrong answers" : "wrong"));
  for (const answer of answers) {
    const [x, y] = [across(answer.score), rows[answer.right ? 0 : 1]];
    const given = answer.score >= settings.threshold;
    if (answer.right) parts.push(circle(given ? "new" : "ghost", x, y, 5));
    else parts.push(rect(given ? "fill" : "ghost", x - 4.5, y - 4.5, 9, 9, 0));
  }

  parts.push(line("ghost", best, down(least), best, base + 76));
  parts.push(circle("fill", best, down(least), 5));
  parts.push(rect("fill", here - 1, top - 3, 2, high + 78, 0));
  parts.push(text("s b mid", beside(settings.threshold, 48), top - 8, `threshold ${number(settings.threshold, 2)}`));
  if (here - left > 82) parts.push(text("s end", here - 8, base + 20, "handed over"));
  if (width - here > 70) parts.push(text("s", here + 8, base + 20, "answered"));
  parts.push(text("s b mid", beside(cheapest, 48), base + 90, `cheapest ${number(cheapest, 2)}`));
  for (const tick of [0, 0.2, 0.4, 0.6, 0.8])
    parts.push(text("s mid", Math.min(across(tick), width - 10), base + 110, number(tick, 1)));
  parts.push(text("s mid", (left + width) / 2, base + 128, "score of the best passage"));

  const at = `At a threshold of ${number(settings.threshold, 2)}`;
  const share = `the service answers ${right} of ${answers.length} questions right and ${wrong} wrong`;
  const rest = cost === least ? "no threshold is cheaper" : `${number(cheapest, 2)} would cost ${number(least)}`;
  const says = `${at}, ${share}, and hands over ${handed}: this costs ${number(cost)} euros, and ${rest}.`;
  return { body: parts.join(""), height: base + 134, says };
}
