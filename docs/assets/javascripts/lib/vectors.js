// Search by vectors, for the box that compares engines: words have vectors of 256 numbers, kept as one sign each, and a
// text is the sum of its words. The index says which words a section has, so no section needs a vector of its own.
import { WORTH } from "./find.js";
import { isStop, parts } from "./words.js";

/**
 * @typedef {import("./find.js").Finder} Finder
 * @typedef {{ dimensions: number, words: string, scales: string, signs: string }} VectorFile
 *   words: apart by spaces; scales: for each a base64 byte, how long its vector is; signs: a bit for each dimension.
 */

/** Of the titles and other names above a text: without them a short section drowns among long ones. */
const TITLE = 1;
const NAME = 0.5;
/** What a rank is worth in the fusion: 1 / (60 + rank), as its authors chose it. */
const RANK = 60;

/** @param {string} text base64 */
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

export class Vectors {
  /**
   * @param {VectorFile} file
   * @param {Finder} finder
   */
  constructor(file, finder) {
    this.finder = finder;
    this.dimensions = file.dimensions;
    const scales = bytes(file.scales);
    const signs = bytes(file.signs);
    const size = file.dimensions / 8;
    /** @type {Map<string, Float32Array>} */
    this.known = new Map();
    file.words.split(" ").forEach((word, n) => {
      // Rare words decide more, and words such as "the" nothing.
      const rare = isStop(word) ? 0 : Math.log(1 + finder.sections.length / (1 + finder.count(word)));
      const vector = new Float32Array(file.dimensions);
      for (let d = 0; d < vector.length; d++)
        vector[d] = (signs[n * size + (d >> 3)] >> (d & 7)) & 1 ? scales[n] * rare : -scales[n] * rare;
      this.known.set(word, vector);
    });
    this.texts = this.sums();
    this.titles = this.sums();
    finder.words.forEach((word, n) => {
      if (!this.known.has(word)) return;
      for (let i = finder.starts[n]; i < finder.starts[n + 1]; i++)
        this.add(this.texts[finder.places[i]], word, WORTH[finder.steps[i]]);
    });
    finder.sections.forEach(({ title, page }, place) => {
      for (const word of parts(title)) this.add(this.titles[place], word, 1);
      for (const word of parts(finder.pages[page][1])) this.add(this.titles[place], word, NAME);
    });
    for (const [word, places] of finder.inNames) for (const [place] of places) this.add(this.titles[place], word, NAME);
    for (const sum of [...this.texts, ...this.titles]) toLengthOne(sum);
  }

  sums() {
    return this.finder.sections.map(() => new Float32Array(this.dimensions));
  }

  /**
   * @param {Float32Array} sum
   * @param {string} word
   * @param {number} times
   */
  add(sum, word, times) {
    const vector = this.known.get(word);
    if (vector) for (let d = 0; d < sum.length; d++) sum[d] += vector[d] * times;
  }

  /**
   * Sections by their nearness to what is asked, the nearest first.
   * @param {string} query
   * @param {number} limit
   */
  search(query, limit) {
    const words = parts(query).filter((word) => !isStop(word));
    const asked = new Float32Array(this.dimensions);
    for (const word of words) this.add(asked, word, 1);
    const unknown = words.filter((word) => !this.known.has(word));
    if (unknown.length === words.length) return { results: [], unknown };
    toLengthOne(asked);
    const near = this.texts.map((text, place) => dot(asked, text) + TITLE * dot(asked, this.titles[place]));
    const order = [...near.keys()].sort((a, b) => near[b] - near[a] || a - b).slice(0, limit);
    return { results: order.map((place) => this.finder.result(place, near[place])), unknown };
  }
}

/** So many of each list are merged. */
const DEPTH = 30;

/**
 * The same question to the words, to the vectors, and to both.
 * @param {string} query
 * @param {Finder} finder
 * @param {Vectors} vectors
 */
export function compared(query, finder, vectors) {
  const words = finder.search(query, { limit: DEPTH });
  const near = vectors.search(query, DEPTH);
  const lists = [words.results, near.results, fused([words.results, near.results])];
  return { lists, corrected: words.corrected, unknown: near.unknown };
}

/**
 * Merges lists by reciprocal rank: what stands near the top of several lists comes first.
 * @template {{ section: number }} T
 * @param {T[][]} lists
 */
export function fused(lists) {
  /** @type {Map<number, { result: T, score: number }>} */
  const found = new Map();
  for (const list of lists)
    list.forEach((result, n) => {
      const before = found.get(result.section)?.score ?? 0;
      found.set(result.section, { result, score: before + 1 / (RANK + n + 1) });
    });
  return [...found.values()].sort((a, b) => b.score - a.score).map(({ result }) => result);
}

/** @param {Float32Array} vector */
function toLengthOne(vector) {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  for (let d = 0; d < vector.length; d++) vector[d] /= length;
}

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function dot(a, b) {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d] * b[d];
  return sum;
}
