// Five parts of a service, one below the other: the number of each over all questions, and what it did with one.
import { number, rect, text } from "../lib/drawing.js";

/** Each part, and what its number is called. */
const PARTS = {
  ingestion: "whole in a chunk",
  search: "recall@5",
  prompt: "found and sent",
  model: "supported",
  check: "rightly abstained",
};
/** What is wrong with each when it is broken. */
const FAULTS = {
  ingestion: "cuts every 12 words",
  search: "vectors of another model",
  prompt: "keeps the last 30 words",
  model: "takes a number from elsewhere",
  check: "lets everything pass",
};
const LOWEST = 0.32;

/**
 * @typedef {{whole: boolean, recall: number | null, rank: number | null, sent: boolean, given: number}} Found
 * @typedef {{answer: string, supported: boolean, score: number, passed: boolean, right: boolean}} Answered
 * @typedef {Found & Answered} Trace
 * @typedef {keyof PARTS} Part
 * @typedef {{broken: "none" | Part, question: number}} Settings
 * @typedef {{questions: [string, string | null][], traces: Record<string, Trace[]>}} Data
 */

/** How a question ends for the person who asked it. */
function end(/** @type {Trace} */ one) {
  if (one.passed) return one.right ? "right" : "wrong";
  return one.recall === null ? "right" : "unanswered";
}

/** Each part's number as a count, and of how many. */
function numbers(/** @type {Trace[]} */ traces) {
  const known = traces.filter((one) => one.recall !== null);
  const ranked = known.filter((one) => one.rank);
  const answers = traces.filter((one) => one.passed);
  const unknown = traces.filter((one) => one.recall === null);
  /** @type {(of: Trace[], good: (one: Trace) => boolean) => number[]} */
  const count = (of, good) => [of.filter(good).length, of.length];
  return {
    ingestion: count(known, (one) => one.whole),
    search: [known.reduce((sum, one) => sum + (one.recall ?? 0), 0), known.length],
    prompt: count(ranked, (one) => one.sent),
    model: count(answers, (one) => one.supported),
    check: count(unknown, (one) => !one.passed),
  };
}

/** The numbers, how the questions end, and how the chosen one does. */
export function results(/** @type {Settings} */ { broken, question }, /** @type {Data} */ { traces }) {
  const ends = traces[broken].map(end);
  const count = (/** @type {string} */ kind) => ends.filter((one) => one === kind).length;
  return {
    numbers: numbers(traces[broken]),
    right: count("right"),
    wrong: count("wrong"),
    unanswered: count("unanswered"),
    end: ends[question - 1],
  };
}

/**
 * What each part did with one question.
 * @type {(one: Trace, broken: string) => Record<Part, string>}
 */
function steps(one, broken) {
  const known = one.recall !== null;
  const others = one.given - Number(one.sent);
  const sent = one.sent ? `sent, with ${others} other${others === 1 ? "" : "s"}` : `${others} others sent`;
  const score = number(one.score, 2);
  const place = one.rank ? `at rank ${one.rank}` : "not in the first 5";
  const why = one.answer ? `${score} is below ${LOWEST}` : "no answer";
  const passed = broken === "check" ? "passes: nothing is checked" : `passes: ${score} is at least ${LOWEST}`;
  return {
    ingestion: !known ? "no passage has the answer" : `right passage ${one.whole ? "is one chunk" : "is cut in two"}`,
    search: !known ? "there is none to find" : `right passage ${place}`,
    prompt: one.rank && !one.sent ? "right passage cut off: no room" : sent,
    model: one.answer ? `“${one.answer}”${one.supported ? "" : " No passage says so."}` : "nothing to answer from",
    check: one.passed ? passed : `“I don’t know”: ${why}`,
  };
}

/** Words in lines of at most so many letters. */
function wrapped(/** @type {string} */ words, /** @type {number} */ width) {
  const lines = [""];
  for (const word of words.split(" ")) {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}

/** @type {(settings: Settings, data: Data, wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, data, wide) {
  const { broken, question } = settings;
  const found = results(settings, data);
  const normal = numbers(data.traces.none);
  const ones = data.traces[broken];
  const [asked, rightText] = data.questions[question - 1];
  const one = ones[question - 1];
  const parts = [];
  const full = wide ? 720 : 288;

  // A square for each question: how it ends. Those without an answer stand apart.
  const [pitch, size, perRow] = wide ? [25, 21, 28] : [20, 17, 14];
  const known = ones.filter((one) => one.recall !== null).length;
  const label = wide ? `${known} questions that a passage answers` : "28 questions; no passage answers the last 6";
  parts.push(text("s", 0, 14, label));
  if (wide) parts.push(text("s", known * pitch + 16, 14, "6 that none answers"));
  const top = 26;
  ones.forEach((each, i) => {
    const x = (i % perRow) * pitch + (each.recall === null ? (wide ? 16 : 6) : 0) + 1;
    const y = top + Math.floor(i / perRow) * (pitch + 2);
    const ends = end(each);
    if (i === question - 1) parts.push(rect("new", x - 2.5, y - 4, size + 5, size + 8, 3));
    parts.push(rect({ right: "box", wrong: "fill", unanswered: "ghost" }[ends], x, y, size, size, 2));
    const sign = { right: "", wrong: "×", unanswered: "?" }[ends];
    if (sign) parts.push(text(ends === "wrong" ? "s b mid on-fill" : "s mid", x + size / 2, y + size / 2 + 4, sign));
  });
  let y = top + Math.ceil(ones.length / perRow) * (pitch + 2) + 16;
  const ends = [`${found.right} right`, `${found.wrong} wrong (×)`, `${found.unanswered} left unanswered (?)`];
  if (wide) parts.push(text("t b", 0, y + 2, ends.join(", ")));
  else parts.push(text("s b", 0, y, ends.slice(0, 2).join(", ") + `, ${found.unanswered} unanswered (?)`));
  y += wide ? 32 : 22;

  const said = wrapped(`Question ${question}: “${asked}”`, wide ? 100 : 46);
  said.forEach((line, i) => parts.push(text("s", wide ? 340 : 0, y + i * 15, line)));
  if (wide) parts.push(text("s b", 8, y, "part"), text("s b", 104, y, "its number over all questions"));
  y += said.length * 15 - 5;

  const done = steps(one, broken);
  /** @type {string[]} */
  const fallen = [];
  for (const part of /** @type {Part[]} */ (Object.keys(PARTS))) {
    const show = (/** @type {number[]} */ [n, of]) => (part === "search" ? number(n / of, 2) : `${number(n)} of ${of}`);
    const [n, of] = found.numbers[part];
    const share = of ? n / of : 1;
    const fell = share < normal[part][0] / normal[part][1];
    if (fell) fallen.push(`${PARTS[part]} falls from ${show(normal[part])} to ${show([n, of])}`);
    const lines = wrapped(done[part], wide ? 60 : 46);
    const fault = part === broken ? "broken: " + FAULTS[part] : "";
    const more = fault ? 15 : 0;
    const height = wide ? Math.max(48 + more, lines.length * 15 + 16) : 34 + more + lines.length * 15;
    if (fault) parts.push(rect("new", 0.5, y, full - 1, height - 3, 3));
    const before = part === "search" ? number(normal[part][0] / normal[part][1], 2) : number(normal[part][0]);
    const now = show([n, of]) + (fell ? ` (was ${before})` : "");
    const [x, bar, long, right] = wide ? [104, y + 26, 212, 340] : [6, y + 21, 276, 6];
    parts.push(text("t b", wide ? 8 : 6, y + (wide ? 22 : 16), part), text("s", wide ? x : 86, y + 16, PARTS[part]));
    parts.push(text(fell ? "s b end" : "s end", x + long, y + 16, now));
    if (fault) parts.push(text("s b", x, bar + 21, fault));
    parts.push(rect("ghost", x, bar, long, 8, 1), rect(fell ? "fill" : "soft", x, bar, long * share, 8, 1));
    lines.forEach((line, i) => parts.push(text("s", right, y + (wide ? 16 : 42 + more) + i * 15, line)));
    y += height;
  }

  const verdict = {
    right: one.passed ? "right" : "right: it says that it doesn’t know",
    wrong: "WRONG, with status 200",
    unanswered: "no answer, although a passage has one",
  }[found.end];
  const box = { right: "box", wrong: "fill", unanswered: "ghost" }[found.end] ?? "";
  parts.push(rect(box, wide ? 332.5 : 0.5, y + 3, wide ? 387 : 287, 24, 3));
  parts.push(text(found.end === "wrong" ? "s b on-fill" : "s b", wide ? 340 : 6, y + 19, verdict));
  y += 32;
  if (found.end !== "right" && rightText) {
    const lines = wrapped(`Passage: “${rightText}”`, wide ? 60 : 46);
    lines.forEach((line, i) => parts.push(text("s", wide ? 340 : 6, y + 11 + i * 15, line)));
  }
  y += wide ? 34 : 48;

  const whole = broken === "none" ? "No part is broken" : `The ${broken} is broken`.replace("The ing", "Ing");
  const others = `${found.wrong} wrong, ${found.unanswered} unanswered`;
  const sums = `${found.right} of ${ones.length} questions end right, ${others}`;
  const which = fallen.length ? `; ${fallen.join("; ")}` : "";
  const chosen = `Question ${question} ends ${found.end}.`;
  return { body: parts.join(""), height: y, says: `${whole}: ${sums}${which}. ${chosen}` };
}
