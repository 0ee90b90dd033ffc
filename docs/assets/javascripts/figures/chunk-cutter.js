// A policy in chunks: which one a question finds, and which words of the answer lie outside of it.
import { rect, text } from "../lib/drawing.js";

/**
 * @typedef {{size: number, overlap: number, rule: string, question: string}} Settings
 * @typedef {{sentences: [boolean, string][], questions: Record<string, [string, string[]]>}} Data
 * @typedef {{prefix: string, start: number, end: number}} Cut
 */

const split = (/** @type {string} */ words) => words.split(" ");
const terms = (/** @type {string} */ words) => words.toLowerCase().match(/[a-z0-9-]+/g) ?? [];

/**
 * So many words each, wherever that is.
 * @type {(count: number, size: number, overlap: number) => Cut[]}
 */
function byWords(count, size, overlap) {
  const cuts = [];
  for (let start = 0; start < Math.max(1, count - overlap); start += size - overlap) {
    cuts.push({ prefix: "", start, end: Math.min(count, start + size) });
  }
  return cuts;
}

/**
 * Whole sentences up to the size; the next begins with those at the end that fit into the overlap. With sections, none
 * reaches over a heading, and each has its heading in front.
 * @type {(sentences: [boolean, string][], size: number, overlap: number, sections: boolean) => Cut[]}
 */
function bySentences(sentences, size, overlap, sections) {
  const starts = [0];
  for (const [, words] of sentences) starts.push(starts[starts.length - 1] + split(words).length);
  const stops = (/** @type {number} */ i) => i >= sentences.length || (sections && sentences[i][0]);
  /** @type {Cut[]} */
  const cuts = [];
  let heading = "";
  for (let first = 0; first < sentences.length;) {
    if (sentences[first][0]) heading = sentences[first][1];
    let last = first + 1;
    while (!stops(last) && starts[last + 1] - starts[first] <= size) {
      if (sentences[last][0]) heading = sentences[last][1];
      last++;
    }
    cuts.push({ prefix: sections && !sentences[first][0] ? heading : "", start: starts[first], end: starts[last] });
    let next = last;
    while (!stops(last) && next - 1 > first && starts[last] - starts[next - 1] <= overlap) next--;
    first = next;
  }
  return cuts;
}

/** The place of the chunk that keyword search puts first: BM25, as in the example. */
function firstFound(/** @type {string[]} */ chunks, /** @type {string} */ asked) {
  const counts = chunks.map((chunk) => {
    /** @type {Map<string, number>} */
    const found = new Map();
    for (const term of terms(chunk)) found.set(term, (found.get(term) ?? 0) + 1);
    return found;
  });
  const sizes = chunks.map((chunk) => terms(chunk).length);
  const average = sizes.reduce((sum, size) => sum + size, 0) / chunks.length;
  const scores = chunks.map(() => 0);
  for (const term of [...new Set(terms(asked))].sort()) {
    const holders = counts.filter((one) => one.has(term)).length;
    const rarity = Math.log(1 + (chunks.length - holders + 0.5) / (holders + 0.5));
    counts.forEach((one, i) => {
      const n = one.get(term) ?? 0;
      scores[i] += (rarity * n * 2.5) / (n + 1.5 * (0.25 + (0.75 * sizes[i]) / average));
    });
  }
  return scores.indexOf(Math.max(...scores));
}

/** The chunks, and the place of the one that is found. */
function cutAndSearch(/** @type {Settings} */ { size, overlap, rule, question }, /** @type {Data} */ data) {
  const words = data.sentences.flatMap(([, sentence]) => split(sentence));
  const cuts =
    rule === "words"
      ? byWords(words.length, size, overlap)
      : bySentences(data.sentences, size, overlap, rule === "sections");
  const chunks = cuts.map(({ prefix, start, end }) =>
    [...(prefix ? [prefix] : []), ...words.slice(start, end)].join(" "),
  );
  return { cuts, chunks, words, found: firstFound(chunks, data.questions[question][0]) };
}

/** How many chunks there are, how long together, which is found, and which words of the answer are in it. */
export function results(/** @type {Settings} */ settings, /** @type {Data} */ data) {
  const { chunks, found } = cutAndSearch(settings, data);
  return {
    chunks: chunks.length,
    stored: chunks.reduce((sum, chunk) => sum + split(chunk).length, 0),
    found: found + 1,
    has: data.questions[settings.question][1].map((needed) => chunks[found].includes(needed)),
  };
}

/** The places of a phrase's words, if it begins here. */
function phrase(/** @type {string[]} */ words, /** @type {number} */ at, /** @type {string} */ looked) {
  const parts = split(looked);
  return parts.every((part, k) => words[at + k]?.replace(/[.,:]$/, "") === part) ? parts.map((_, k) => at + k) : [];
}

/** @type {(settings: Settings, data: Data, wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, data, wide) {
  const { cuts, chunks, words, found } = cutAndSearch(settings, data);
  const [asked, needed] = data.questions[settings.question];
  const has = needed.filter((one) => chunks[found].includes(one));
  const lost = needed.filter((one) => !has.includes(one));
  const { prefix, start, end } = cuts[found];
  const parts = [];

  const inside = has.length ? `; in it: ${has.join(", ")}` : "; nothing of the answer is in it";
  const turn = wide || asked.length < 44 ? asked.length : asked.lastIndexOf(" ", 42);
  const lines = [asked.slice(0, turn), asked.slice(turn).trim()].filter(Boolean);
  let y = 20 + lines.length * 16;
  lines.forEach((line, i) => {
    const opened = i ? line : "“" + line;
    parts.push(text("s b", 0, 16 + i * 16, i === lines.length - 1 ? opened + "”" : opened));
  });
  parts.push(text("s", 0, y, `finds chunk ${found + 1} of ${chunks.length}` + (lost.length ? inside : "")));
  y += 8;
  if (lost.length) {
    parts.push(
      rect("fill", 0, y, wide ? 340 : 288, 20, 3),
      text("s b on-fill", 8, y + 14, `MISSING: ${lost.join(", ")}`),
    );
  } else {
    parts.push(
      rect("box", 0.5, y, wide ? 340 : 287, 20, 3),
      text("s b", 8, y + 14, "the whole answer is in this chunk"),
    );
  }
  y += 32;

  // Words stand on a grid, so that a chunk's box fits them in every font.
  const cell = 7.4;
  const columns = Math.floor((wide ? 714 : 282) / cell);
  const step = wide ? 22 : 17;
  const gone = new Set(
    words.flatMap((_, i) => (i < start || i >= end ? lost.flatMap((one) => phrase(words, i, one)) : [])),
  );
  /** @type {{x: number, y: number, width: number, of: string, chunks: number[], gone: boolean}[]} */
  const runs = [];
  const letters = [];
  const bars = [];
  let column = 0;
  let i = 0;
  for (const [isHeading, sentence] of data.sentences) {
    if (isHeading && i) [column, y] = [0, y + step + 6];
    for (const word of split(sentence)) {
      if (column + word.length > columns) [column, y] = [0, y + step];
      const holders = cuts.flatMap((cut, c) => (cut.start <= i && i < cut.end ? [c] : []));
      const here = {
        x: column * cell + 3,
        y,
        width: word.length * cell,
        of: holders.join() + gone.has(i),
        chunks: holders,
      };
      const last = runs[runs.length - 1];
      if (last?.y === y && last.of === here.of) last.width = here.x + here.width - last.x;
      else runs.push({ ...here, gone: gone.has(i) });
      if (cuts.some((cut) => cut.start === i)) bars.push(rect("fill", here.x - 4, y - 2, 3, step - 1, 0));
      letters.push(text(`s mono${isHeading ? " b" : ""}${gone.has(i) ? " on-fill" : ""}`, here.x, y + 12, word));
      column += word.length + 1;
      i++;
    }
    if (isHeading) [column, y] = [0, y + step];
  }
  for (const run of runs) {
    const kind = run.chunks.includes(found) ? "new" : run.chunks.length > 1 ? "soft" : "box";
    parts.push(rect(run.gone ? "fill" : kind, run.x - 3, run.y - 2, run.width + 5.5, step - 1, 2));
  }
  parts.push(...bars, ...letters);
  y += step + 14;
  parts.push(text("s", 0, y, "Bar: a chunk begins. Tinted: the found chunk."));
  y += 16;
  const darker = settings.overlap ? "Darker: in two chunks." : "";
  parts.push(text("s", 0, y, prefix ? `In front of the found chunk: ${prefix}` : darker));

  const are = lost.length > 1 ? "are" : "is";
  const answer = lost.length ? `${lost.join(" and ")} ${are} not in it` : "the whole answer is in it";
  const told = `“${asked}” finds chunk ${found + 1} of ${chunks.length}, and ${answer}`;
  const shared = settings.overlap ? `, ${settings.overlap} of them shared` : "";
  return { body: parts.join(""), height: y + 6, says: `At most ${settings.size} words in a chunk${shared}: ${told}.` };
}
