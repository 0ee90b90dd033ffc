// A long prompt is read beside the answers of others: their pauses above, the newcomer's wait below, on one time axis.
import { line, number, part, rect, text } from "../lib/drawing.js";

const LOADING = 10; // ms of a step, as on the page about latency
const ARITHMETIC = 0.04; // ms of a token
const CHUNKS = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];

/**
 * @typedef {{chunk: number, prompt: number, others: number}} Settings
 */

/** The time in ms of each step in which a piece of the prompt is read. */
function times(/** @type {Settings} */ { chunk, prompt, others }) {
  const room = chunk - others;
  return Array.from({ length: Math.ceil(prompt / room) }, (_, i) =>
    Math.max(LOADING, ARITHMETIC * (others + Math.min(room, prompt - i * room))),
  );
}

/** Steps until the prompt is read, the longest of them and all together. */
export function results(/** @type {Settings} */ settings) {
  const steps = times(settings);
  return { steps: steps.length, pause: Math.max(...steps), first: steps.reduce((sum, step) => sum + step, 0) };
}

/** A time as people say it. */
const said = (/** @type {number} */ ms) => (ms < 1000 ? `${number(ms)} ms` : `${number(ms / 1000, 1)} s`);

/** @type {(settings: Settings, data: undefined, wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, data, wide) {
  const { chunk, prompt, others } = settings;
  const steps = times(settings);
  const { pause, first } = results(settings);
  const width = wide ? 720 : 288;
  const left = width / 10; // Before it, the newcomer isn't there yet.
  const unit = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((ms) => ms * 5 >= first * 1.15) ?? 20_000;
  const scale = (width - left - 1) / (unit * 5);
  const at = (/** @type {number} */ ms) => left + ms * scale;

  const ends = [0];
  for (const step of steps) ends.push(ends[ends.length - 1] + step);
  const steady = (/** @type {number} */ from, /** @type {number} */ to) =>
    Array.from({ length: Math.max(0, Math.floor((to - from) / LOADING)) }, (_, i) => from + (i + 1) * LOADING);
  const before = steady(-(Math.floor(left / scale / LOADING) + 1) * LOADING, -LOADING);
  const after = [first, ...steady(first, unit * 5)];
  /** Strokes for the tokens of a stream, no closer than can be told apart. */
  const strokes = (/** @type {number[]} */ moments, /** @type {number} */ top) => {
    let last = -9;
    let d = "";
    for (const x of moments.map(at)) {
      if (x < 0 || x - last < 2.5) continue;
      d += `M${Math.round(x * 10) / 10} ${top}v30`;
      last = x;
    }
    return part("path", "line", { d });
  };

  const people = others === 1 ? "1 other answer" : others + (wide ? " other answers" : " others");
  const [one, two] = [25, 87];
  const parts = [
    text("t b", 0, 17, `${people}: longest pause ${said(pause)}`),
    line("line", 0, one + 30.5, width, one + 30.5),
    strokes([...before, ...ends, ...after], one),
    text("t b", 0, two - 8, `the newcomer: first token after ${said(first)}`),
    line("line", 0, two + 30.5, width, two + 30.5),
    strokes(after, two),
  ];
  if (Math.min(...steps) * scale > 3) {
    steps.forEach((step, i) => {
      const [x, across] = [at(ends[i]) + 1, step * scale - 2];
      parts.push(rect("new", x, two + 5, across, 25));
      if (step >= 3 * LOADING && across > 10) parts.push(rect("ghost", x + 1, one + 2, across - 2, 26));
      if (across > 58) {
        parts.push(text("s mid", x + across / 2, one + 19, said(step)));
        parts.push(text("s mid", x + across / 2, two + 22, `chunk ${i + 1}`));
      }
    });
  } else parts.push(rect("new", at(0), two + 5, first * scale, 25));
  if (steps[0] * scale <= 60 && first * scale > 90) {
    const back = rect("box", at(first / 2) - 38, two + 9, 76, 17);
    parts.push(back, text("s mid", at(first / 2), two + 22, `${number(steps.length)} chunks`));
  }

  const axis = two + 36;
  for (let i = 0; i <= (wide ? 4 : 3); i++) {
    const x = at(i * unit);
    parts.push(line("line", x, axis - 5, x, axis + 3));
    parts.push(text("s mid", x, axis + 17, i ? said(i * unit) : wide ? "it arrives" : "arrives"));
  }
  const note = wide
    ? "a stroke: a token is written; a block: a chunk of the prompt is read, and everybody waits"
    : "a stroke: a token; a block: a chunk is read";
  parts.push(text("s", 0, axis + 38, note));

  // All sizes of a chunk, each with what it costs the others and the newcomer.
  const top = axis + 62;
  const columns = wide ? [92, 120, 420] : [42, 56, 172];
  const longest = wide ? [200, 200] : [58, 62];
  parts.push(
    text("s b", 0, top, wide ? "tokens in a step" : "step"),
    text("s b", columns[1], top, wide ? "longest pause of the others" : "longest pause"),
    text("s b", columns[2], top, wide ? "first token of the newcomer" : "first token"),
  );
  const all = CHUNKS.map((size) => results({ ...settings, chunk: size }));
  const most = [Math.max(...all.map(({ pause }) => pause)), Math.max(...all.map(({ first }) => first))];
  CHUNKS.forEach((size, i) => {
    const y = top + 19 + i * 18;
    const here = size === chunk;
    const classes = here ? "s b" : "s";
    parts.push(text(classes + " end", columns[0], y, number(size)));
    [all[i].pause, all[i].first].forEach((ms, j) => {
      const bar = Math.max(1, (ms / most[j]) * longest[j]);
      parts.push(rect(here ? "fill" : "soft", columns[j + 1], y - 10, bar, 12, 0));
      parts.push(text(classes, columns[j + 1] + bar + 5, y, said(ms)));
    });
  });

  const many = steps.length === 1 ? "one step" : `${number(steps.length)} steps`;
  const read = `A prompt of ${number(prompt)} tokens is read in ${many} of at most ${number(chunk)} tokens.`;
  const [answers, stop, keep] =
    others === 1 ? ["The other answer", "stops", "keeps its"] : [`The ${others} other answers`, "stop", "keep their"];
  const wait = pause > LOADING ? `${stop} for up to ${said(pause)}` : `${keep} pace of ${said(pause)}`;
  return {
    body: parts.join(""),
    height: top + 19 + 8 * 18 + 8,
    says: `${read} ${answers} ${wait}, and the newcomer's first token comes after ${said(first)}.`,
  };
}
