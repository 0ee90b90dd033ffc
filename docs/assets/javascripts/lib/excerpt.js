// The line of a section that answers a query, with the words that were found in it.
import { fold } from "./words.js";

/** As long as two lines of a phone; what is longer is cut around the words. */
const LENGTH = 150;
/** A line that says something. */
const LEAST = 30;
/** What a word is worth that is only a part of another, as in the name of a file. */
const IN_ANOTHER = 0.4;
const WORD = /[\p{L}\p{N}]+(?:[._+/'’-]+[\p{L}\p{N}]+)*(?:\+\+|#)?|[@#$%&*+<>=|~^{}[\]:\\]+/gu;
const PART = /[\p{L}\p{N}]+/gu;

/** @param {string} text */
function sentences(text) {
  // Not with a look-behind for the mark alone: "e.g. this" and "v1.2" are no ends.
  return text.split(/(?<=[.?!:;]["”)]?)\s+(?=["“(]?[\p{Lu}\p{N}])/u);
}

/**
 * A sentence and as many of those after it as the line has room for.
 * @param {string[]} own sentences of a paragraph
 * @param {number} i which of them
 */
function filling(own, i) {
  let text = own[i];
  for (const next of own.slice(i + 1)) {
    if (text.length + 1 + next.length > LENGTH) break;
    text += ` ${next}`;
  }
  return text;
}

/**
 * Where the terms stand in a text: pairs of beginning and end.
 * @param {string} text
 * @param {Map<string, number>} terms words of the texts, folded, with what each is worth
 */
function places(text, terms) {
  /** @type {{ from: number, to: number, term: string, share: number }[]} */
  const found = [];
  for (const match of text.matchAll(WORD)) {
    const at = match.index ?? 0;
    const whole = fold(match[0]);
    if (terms.has(whole)) found.push({ from: at, to: at + match[0].length, term: whole, share: 1 });
    else if (!/[\p{L}\p{N}]/u.test(whole) && terms.has(whole[0]))
      found.push({ from: at, to: at + 1, term: whole[0], share: 1 });
    else {
      const share = /[._]/.test(whole) ? IN_ANOTHER : 1;
      for (const part of match[0].matchAll(PART)) {
        const term = fold(part[0]);
        const from = at + (part.index ?? 0);
        if (terms.has(term)) found.push({ from, to: from + part[0].length, term, share });
      }
    }
  }
  return found;
}

/**
 * @param {[prose: string[], code: string[]] | undefined} texts of a section, in its order
 * @param {Map<string, number>} terms
 * @returns {{ text: string, marked: boolean }[]} the line in parts; empty when the section has no text
 */
export function excerpt(texts, terms) {
  if (!texts) return [];
  let best = { text: "", worth: -1, found: /** @type {ReturnType<typeof places>} */ ([]) };
  texts.forEach((lines, kind) => {
    for (const line of lines) {
      const own = kind ? [line] : sentences(line);
      own.forEach((text, i) => {
        const found = places(text, terms);
        /** @type {Map<string, number>} */
        const shares = new Map();
        for (const { term, share } of found) shares.set(term, Math.max(share, shares.get(term) ?? 0));
        const worth = [...shares].reduce((sum, [term, share]) => sum + share * (terms.get(term) ?? 0), 0);
        // Prose before code, a sentence before a word in a cell, and the earlier of two that are equal.
        const fair = worth * (kind ? 0.6 : 1) * (text.length < LEAST ? 0.4 : 1) - text.length / 1e5;
        if (fair <= best.worth) return;
        const filled = kind ? text : filling(own, i);
        best = { text: filled, worth: fair, found: filled === text ? found : places(filled, terms) };
      });
    }
  });
  // Found by a name that the text does not have: then what it begins with.
  if (!best.found.length) {
    const line = texts[0].find((text) => text.length >= LEAST);
    best.text = line ? filling(sentences(line), 0) : (texts.flat()[0] ?? "");
  }
  const { text, found } = best;
  let from = 0;
  let to = text.length;
  if (text.length > LENGTH) {
    const first = found[0]?.from ?? 0;
    if (first > LENGTH * 0.6) from = text.lastIndexOf(" ", first - LENGTH / 4) + 1;
    const end = text.lastIndexOf(" ", from + LENGTH);
    to = text.length <= from + LENGTH ? text.length : end > from ? end : from + LENGTH;
  }
  const line = [];
  let at = from;
  if (from > 0) line.push({ text: "… ", marked: false });
  for (const place of found) {
    if (place.from < at || place.to > to) continue;
    if (place.from > at) line.push({ text: text.slice(at, place.from), marked: false });
    line.push({ text: text.slice(place.from, place.to), marked: true });
    at = place.to;
  }
  if (at < to) line.push({ text: text.slice(at, to), marked: false });
  if (to < text.length) line.push({ text: " …", marked: false });
  return line;
}
