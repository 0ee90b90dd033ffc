// The search itself: reads the index (macros/site/search.py) and answers with sections in their order. It knows no page
// and no browser, so that tests/search/ measures the same code that readers use.
import * as english from "./words.js";
import { distance, fold, forgiven, inParts, words } from "./words.js";

/**
 * @typedef {{
 *   pages: [address: string, title: string, kind: "t" | "s" | "l" | "g" | "o" | "c", boost: number][],
 *   sections: [id: string, title: string][][], lengths: string, names: [string, ...number[]][],
 *   words: string, counts: string, gaps: string, steps: string }} IndexFile
 *
 * @typedef {{
 *   section: number, page: number, address: string, title: string, pageTitle: string, id: string, kind: string,
 *   score: number, language?: string }} Result
 *
 * @typedef {Pick<typeof english, "isStop" | "isWeak" | "plain" | "stem">} Needed
 * @typedef {Needed & Partial<Pick<typeof english, "alike">>} Forms
 *
 * @typedef {{ results: Result[], terms: Map<string, number>, words: string[], corrected: string,
 *   unknown: string[] }} Answer
 *   terms: words of the texts that were counted, and what each is worth; words: those that were asked; corrected: what
 *   was searched instead of what was typed, or ""; unknown: words that stand nowhere, and nothing like them.
 */

/** What decides the order. Found on the tuning half of docs/data/queries.yml; `make search-report` measures them. */
export const WEIGHTS = {
  k1: 3,
  b: 0.75,
  /** Of a word in the section's title, in its other names, in the page's title and tags above it. */
  heading: 7,
  name: 4,
  pageTitle: 1.2,
  pageName: 0.6,
  /** What a section is worth that has only some of the words. */
  coverage: 0.5,
  /** Other forms of a word, beginnings of one, corrected ones. */
  sameWord: 1,
  family: 0.25,
  /** Others that mean nearly the same, for a word that stands nowhere. */
  alike: 0.7,
  /** What is left of a word without "re", "un" and such. */
  inside: 0.8,
  /** The same in a name of several words. */
  alikeInName: 0.5,
  prefix: 0.75,
  prefixOfWhole: 0.25,
  corrected: 0.85,
  weak: 0.25,
  /** The query is just what a section is called, or such a name stands in it. */
  exact: 0.25,
  phrase: 0.6,
  /** All words of such a name stand in it, in any order. */
  words: 1,
  /** The first section stands for its page. */
  first: 1.25,
  /** How much the whole page counts beside the section, how fast repeated words stop to, and how much length costs. */
  page: 1,
  pageK1: 5,
  pageB: 0.5,
  /** How much the factor of a page's front matter counts. */
  boost: 1,
  /** What each further section of one page keeps of its score: the first three should not be one page. */
  again: 0.5,
  /** What has less than this part of the first one's score is not shown. */
  least: 0.05,
  kinds: /** @type {Record<string, number>} */ ({ t: 1, s: 0.75, g: 0.8, l: 0.62, o: 0.95, c: 0.35 }),
};

const PREFIX = /^(?:re|un|pre|non|auto|multi|self|over|micro)/;
const FIRST = 35;
const DIGITS = Array.from({ length: 127 - FIRST }, (_, i) => String.fromCharCode(FIRST + i))
  .filter((digit) => digit !== "\\")
  .join("");
const HALF = Math.floor(DIGITS.length / 2);
/** What each digit is worth, by its character's number. */
const VALUE = new Uint8Array(127);
[...DIGITS].forEach((digit, i) => (VALUE[digit.charCodeAt(0)] = i));
/** What the steps of a count are worth: in code only, once, twice, and on to eighteen times. */
export const WORTH = [0, 0.35, 1, 2, 3, 5, 8, 12];

/** @param {string} text */
function numbers(text) {
  const found = [];
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const d = VALUE[text.charCodeAt(i)];
    if (d < HALF) {
      found.push(value * HALF + d);
      value = 0;
    } else {
      value = value * HALF + d - HALF;
    }
  }
  return found;
}

/** @param {string} text front-coded: a capital says how many letters a word shares with the one before */
function vocabulary(text) {
  const found = [];
  let before = "";
  for (const match of text.matchAll(/([A-Z])([^A-Z]*)/g)) {
    before = before.slice(0, match[1].charCodeAt(0) - 65) + match[2];
    found.push(before);
  }
  return found;
}

/**
 * @template K, V
 * @param {Map<K, V[]>} map
 * @param {K} key
 * @param {V} value
 */
function put(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

export class Finder {
  /**
   * @param {IndexFile} file
   * @param {Forms} forms of the words of its language
   */
  constructor(file, forms = english) {
    this.forms = forms;
    const { isStop, plain } = forms;
    /** Names have many words in common. @type {Map<string, string>} */
    const stems = new Map();
    const stem = (/** @type {string} */ word) => {
      const known = stems.get(word) ?? forms.stem(word);
      stems.set(word, known);
      return known;
    };
    this.pages = file.pages;
    /** @type {{ page: number, id: string, title: string, first: boolean }[]} */
    this.sections = file.sections.flatMap((list, page) =>
      list.map(([id, title], i) => ({ page, id, title, first: i === 0 })),
    );
    const lengths = [...file.lengths].map((digit) => (VALUE[digit.charCodeAt(0)] / 2) ** 2);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
    this.relative = lengths.map((length) => length / mean);
    const ofPages = this.pages.map(() => 0);
    lengths.forEach((length, s) => (ofPages[this.sections[s].page] += length));
    this.relativeOfPage = ofPages.map((length) => (length * ofPages.length) / (mean * lengths.length));

    /** Where each word stands in texts. */
    this.words = vocabulary(file.words);
    const counts = numbers(file.counts);
    const gaps = numbers(file.gaps);
    this.starts = new Uint32Array(this.words.length + 1);
    this.places = new Uint16Array(gaps.length);
    this.steps = new Uint8Array(gaps.length);
    let at = 0;
    counts.forEach((count, word) => {
      let place = -1;
      for (let i = 0; i < count; i++, at++) {
        place += gaps[at] + 1;
        this.places[at] = place;
        this.steps[at] = file.steps.charCodeAt(at) - 48;
      }
      this.starts[word + 1] = at;
    });

    /**
     * Where each word stands in titles and names, which are few.
     * @type {Map<string, [place: number, share: number][]>}
     */
    this.inTitles = new Map();
    /** @type {Map<string, [place: number, share: number][]>} */
    this.inNames = new Map();
    /** What a section is called, by its words in one form. @type {Map<string, number[]>} */
    this.called = new Map();
    this.sections.forEach(({ title, page, first }, place) => {
      const found = words(title);
      const own = inParts(found);
      for (const word of new Set(own)) put(this.inTitles, word, [place, 1 / (0.6 + 0.1 * own.length)]);
      if (this.pages[page][2] === "g" || first) put(this.called, key(found, stem), place);
    });
    /** Names of several words by their initials. @type {Map<string, string[]>} */
    this.initials = new Map();
    const names = file.names.flatMap(([joined, ...places]) =>
      joined.split("|").map((name) => /** @type {const} */ ([name, new Set(places)])),
    );
    for (const [name, places] of names) {
      const found = words(name);
      const own = inParts(found);
      if (own.length > 2) this.initials.set(own.map(([letter]) => letter).join(""), own);
      const called = key(found, stem);
      for (const place of places) {
        for (const word of new Set(own)) put(this.inNames, word, [place, 1 / (0.6 + 0.2 * own.length)]);
        if (!this.called.get(called)?.includes(place)) put(this.called, called, place);
      }
    }
    /** The same for names of several words, without those that say nothing. */
    this.calledInWords = [...this.called]
      .map(
        ([name, places]) =>
          /** @type {const} */ ([[...new Set(name.split(" "))].filter((word) => !isStop(word)), places]),
      )
      .filter(([own]) => own.length > 1);
    this.longestName = Math.max(0, ...[...this.called.keys()].map((name) => name.split(" ").length));
    this.firstOf = file.pages.map((_, page) => this.sections.findIndex((section) => section.page === page));

    /** Every word that there is, with its families. */
    this.numberOf = new Map(this.words.map((word, n) => [word, n]));
    this.all = [...new Set([...this.words, ...this.inTitles.keys(), ...this.inNames.keys()])].sort();
    this.known = new Set(this.all);
    /** @type {Map<string, string[]>} */
    this.sameWord = new Map();
    /** @type {Map<string, string[]>} */
    this.family = new Map();
    for (const word of this.all) {
      put(this.sameWord, plain(word), word);
      put(this.family, stem(word), word);
    }
  }

  /**
   * In how many sections a word stands.
   * @param {string} word
   */
  count(word) {
    const n = this.numberOf.get(word);
    const inText = n === undefined ? 0 : this.starts[n + 1] - this.starts[n];
    return Math.max(inText, this.inTitles.get(word)?.length ?? 0, this.inNames.get(word)?.length ?? 0);
  }

  /**
   * Words that begin so, from the sorted list.
   * @param {string} beginning
   */
  beginningWith(beginning) {
    const found = [];
    for (let i = this.from(beginning); i < this.all.length && this.all[i].startsWith(beginning); i++)
      found.push(this.all[i]);
    return found;
  }

  /** @param {string} word */
  from(word) {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.all[middle] < word) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Known words that somebody may have meant who typed this one; the nearest, and of these the most frequent.
   * @param {string} typed
   * @param {boolean} unfinished compare with beginnings of words only
   */
  meant(typed, unfinished = false) {
    const most = forgiven(typed);
    /** @type {{ word: string, far: number, count: number }[]} */
    let found = [];
    let limit = most;
    if (most)
      for (let i = this.from(typed[0]); i < this.all.length && this.all[i][0] === typed[0]; i++) {
        const word = this.all[i];
        if (/[^a-z]/.test(word) || word.length < 4) continue;
        const far = distance(typed, unfinished ? word.slice(0, typed.length) : word, limit);
        if (far <= limit) {
          found.push({ word, far, count: this.count(word) });
          limit = far;
        }
      }
    found = found.filter(({ far }) => far === limit);
    return found.sort((a, b) => b.count - a.count).slice(0, unfinished ? 8 : 3);
  }

  /**
   * Two words that were typed as one.
   * @param {string} typed
   * @returns {[string, string] | undefined}
   */
  split(typed) {
    let best;
    let most = 0;
    for (let i = 3; i <= typed.length - 3; i++) {
      const both = /** @type {[string, string]} */ ([typed.slice(0, i), typed.slice(i)]);
      const count = Math.min(...both.map((word) => this.count(word)));
      if (count > most) [best, most] = [both, count];
    }
    return most > 2 ? best : undefined;
  }

  /**
   * What is asked, word by word: the words of the texts that count as each, and how much.
   * @param {string} query
   * @param {boolean} unfinished whether the last word may go on
   */
  read(query, unfinished) {
    const W = WEIGHTS;
    const { isStop, isWeak, plain, stem, alike = () => [] } = this.forms;
    /** @type {{ word: string, as: Map<string, number>, share: number, correctedTo?: string, value?: number }[]} */
    const units = [];
    /**
     * @param {string} word
     * @param {boolean} last
     */
    const add = (word, last) => {
      /** @type {Map<string, number>} */
      const as = new Map();
      /**
       * @param {string} found
       * @param {number} weight
       */
      const also = (found, weight) => as.set(found, Math.max(weight, as.get(found) ?? 0));
      if (this.known.has(word)) also(word, 1);
      for (const found of this.sameWord.get(plain(word)) ?? []) also(found, found === word ? 1 : W.sameWord);
      const whole = as.size > 0;
      for (const found of this.family.get(stem(word)) ?? []) also(found, W.family);
      if (!as.size) {
        // "reingest" is no word of ours, but "ingest" is; "moe" is not, but "mixture of experts" is.
        const bare = word.replace(PREFIX, "");
        if (bare.length > 3) for (const found of this.family.get(stem(bare)) ?? []) also(found, W.inside);
        for (const other of alike(stem(word))) for (const found of this.family.get(other) ?? []) also(found, W.alike);
      }
      if (last && (word.length > 1 || !whole)) {
        const beginnings = this.beginningWith(word);
        const weight = whole ? W.prefixOfWhole : W.prefix;
        for (const found of beginnings.length > 400 ? beginnings.filter((b) => b.length < word.length + 4) : beginnings)
          also(found, weight * Math.sqrt(word.length / found.length));
      }
      /** @type {string | undefined} */
      let correctedTo;
      const stands = as.size ? undefined : this.initials.get(word);
      if (stands) {
        for (const part of stands) add(part, false);
        return;
      }
      if (!as.size) {
        const halves =
          word
            .match(/^(?:(\d+)([a-z]+)|([a-z]+)(\d+))$/)
            ?.slice(1)
            .filter(Boolean) ?? this.split(word);
        if (halves) {
          add(halves[0], false);
          add(halves[1], last);
          return;
        }
        let slips = this.meant(word);
        if (!slips.length && last && word.length > 4) slips = this.meant(word, true);
        for (const { word: found } of slips) {
          also(found, W.corrected);
          for (const other of this.sameWord.get(plain(found)) ?? []) also(other, W.corrected * W.sameWord);
          for (const other of this.family.get(stem(found)) ?? []) also(other, W.corrected * W.family);
        }
        correctedTo = slips[0]?.word;
      }
      units.push({ word, as, share: isWeak(word) ? W.weak : 1, correctedTo });
    };
    const typed = words(query);
    typed.forEach(({ whole, parts: own }, i) => {
      const last = unfinished && i === typed.length - 1;
      if (!own.length || (/[._+#]/.test(whole) && (this.known.has(whole) || own.join("").length < 2))) add(whole, last);
      else own.forEach((part, j) => add(part, last && j === own.length - 1));
    });
    const counting = units.filter(({ word }) => !isStop(word));
    const asked = counting.length ? counting : units;
    // Two words that the texts write as one.
    for (let i = 1; i < units.length; i++) {
      const joined = units[i - 1].word + units[i].word;
      for (const found of joined.length > 4 ? (this.sameWord.get(plain(joined)) ?? []) : []) {
        units[i - 1].as.set(found, 1);
        units[i].as.set(found, 1);
      }
    }
    return { units, asked };
  }

  /**
   * @param {string} query
   * @param {{ unfinished?: boolean, limit?: number, perPage?: number }} [options]
   * @returns {Answer}
   */
  search(query, options = {}) {
    const { unfinished = true, limit = 24, perPage = 3 } = options;
    const W = WEIGHTS;
    const N = this.sections.length;
    const { units, asked } = this.read(query, unfinished && !/\s$/.test(query));
    const score = new Float64Array(N);
    const P = this.pages.length;
    const scoreOfPage = new Float64Array(P);
    const coveredOfPage = new Float64Array(P);
    const covered = new Float64Array(N);
    let all = 0;
    for (const unit of asked) {
      const { as, share } = unit;
      const tf = new Float64Array(N);
      /** The best form of the word that a section has. */
      const best = new Float64Array(N);
      const page = new Float64Array(P);
      /** The same for whole pages. */
      const tfOfPage = new Float64Array(P);
      const bestOfPage = new Float64Array(P);
      for (const [word, weight] of as) {
        const n = this.numberOf.get(word);
        if (n !== undefined)
          for (let i = this.starts[n]; i < this.starts[n + 1]; i++) {
            const place = this.places[i];
            const worth = weight * WORTH[this.steps[i]];
            tf[place] += worth / (1 - W.b + W.b * this.relative[place]);
            const p = this.sections[place].page;
            tfOfPage[p] += worth / (1 - W.pageB + W.pageB * this.relativeOfPage[p]);
            if (weight > best[place]) best[place] = weight;
          }
        for (const [place, part] of this.inTitles.get(word) ?? []) {
          tf[place] += weight * W.heading * part;
          tfOfPage[this.sections[place].page] += weight * W.heading * part * (this.sections[place].first ? 1 : 0.4);
          if (weight > best[place]) best[place] = weight;
          const { first, page: p } = this.sections[place];
          if (first) page[p] = Math.max(page[p], weight * W.pageTitle);
        }
        for (const [place, part] of this.inNames.get(word) ?? []) {
          tf[place] += weight * W.name * part;
          tfOfPage[this.sections[place].page] += weight * W.name * part;
          if (weight > best[place]) best[place] = weight;
          const { first, page: p } = this.sections[place];
          if (first) page[p] = Math.max(page[p], weight * W.pageName);
        }
      }
      let count = 0;
      for (let s = 0; s < N; s++) {
        if (best[s] > 0.5) count++;
        const p = this.sections[s].page;
        if (best[s] > bestOfPage[p]) bestOfPage[p] = best[s];
      }
      const idf = Math.log(1 + (N - count + 0.5) / (count + 0.5)) * share;
      unit.value = idf;
      all += idf;
      for (let s = 0; s < N; s++) {
        const above = page[this.sections[s].page];
        const whole = tf[s] + (this.sections[s].first ? 0 : above);
        if (!whole) continue;
        score[s] += (idf * whole) / (W.k1 + whole);
        covered[s] += idf * Math.max(best[s], above ? 0.7 : 0);
      }
      for (let p = 0; p < P; p++) {
        scoreOfPage[p] += (idf * tfOfPage[p]) / (W.pageK1 + tfOfPage[p]);
        coveredOfPage[p] += idf * bestOfPage[p];
      }
    }
    for (let s = 0; s < N && all; s++) {
      if (!score[s]) continue;
      const p = this.sections[s].page;
      score[s] *= Math.min(1, covered[s] / all) ** W.coverage;
      score[s] += W.page * scoreOfPage[p] * Math.min(1, coveredOfPage[p] / all) ** W.coverage;
    }
    this.addNames(units, score, all);
    this.weighPages(score);
    const results = this.ordered(score, perPage)
      .slice(0, limit)
      .map((s) => this.result(s, score[s]));
    const corrected = units.some(({ correctedTo }) => correctedTo)
      ? units.map(({ word, correctedTo }) => correctedTo ?? word).join(" ")
      : "";
    /** @type {Map<string, number>} */
    const counted = new Map();
    for (const { as, value = 0 } of asked)
      for (const [word, weight] of as)
        if (weight >= 0.2) counted.set(word, Math.max(counted.get(word) ?? 0, weight * value));
    return {
      results,
      terms: counted,
      corrected,
      unknown: asked.filter(({ as }) => !as.size).map(({ word }) => word),
      words: asked.map(({ word, correctedTo }) => correctedTo ?? word),
    };
  }

  /**
   * Sections from the best one down. Each further one of a page loses a part of its score.
   * @param {Float64Array} score
   * @param {number} perPage
   */
  ordered(score, perPage) {
    const W = WEIGHTS;
    const down = (/** @type {number} */ a, /** @type {number} */ b) => score[b] - score[a] || a - b;
    /** @type {Map<number, number>} */
    const ofPage = new Map();
    const found = [...score.keys()].filter((s) => score[s] > 0).sort(down);
    const kept = found.filter((s) => {
      const { page } = this.sections[s];
      const before = ofPage.get(page) ?? 0;
      ofPage.set(page, before + 1);
      score[s] *= W.again ** before;
      return before < perPage;
    });
    return kept.sort(down).filter((s) => score[s] >= W.least * score[kept[0]]);
  }

  /**
   * What is called most like it, letter by letter: for a query that finds nothing.
   * @param {string} query
   * @returns {Result[]}
   */
  nearest(query) {
    const asked = threes(fold(query));
    const near = [...this.called]
      .map(([name, places]) => {
        const own = threes(name);
        const shared = [...own].filter((three) => asked.has(three)).length;
        return { places, share: (2 * shared) / (own.size + asked.size) };
      })
      .filter(({ share }) => share > 0.35)
      .sort((a, b) => b.share - a.share);
    return [...new Set(near.flatMap(({ places }) => places))].slice(0, 3).map((s) => this.result(s, 0));
  }

  /**
   * @param {number} s number of a section
   * @param {number} score
   * @returns {Result}
   */
  result(s, score) {
    const { page, id, title, first } = this.sections[s];
    const [address, pageTitle, kind] = this.pages[page];
    return { section: s, page, address: first ? address : `${address}#${id}`, title, pageTitle, id, kind, score };
  }

  /**
   * Sections that are called what is asked, or called something that stands in it.
   * @param {{ word: string, correctedTo?: string, value?: number }[]} units
   * @param {Float64Array} score
   * @param {number} all
   */
  addNames(units, score, all) {
    const W = WEIGHTS;
    const { isStop, isWeak, stem, alike = () => [] } = this.forms;
    const asked = units.map(({ word, correctedTo }) => stem(correctedTo ?? word));
    const content = units.map(({ word }) => !isStop(word) && !isWeak(word));
    const total = content.filter(Boolean).length || units.length;
    /** @type {Map<number, number>} */
    const gain = new Map();
    for (let i = 0; i < asked.length; i++)
      for (let j = i + 1; j <= Math.min(asked.length, i + this.longestName); j++) {
        const places = this.called.get(asked.slice(i, j).join(" "));
        if (!places) continue;
        const own = content.slice(i, j).filter(Boolean).length || (total === units.length ? j - i : 0);
        const share = own / total;
        const worth = share >= 1 ? W.exact : W.phrase * share;
        for (const place of places) gain.set(place, Math.max(gain.get(place) ?? 0, worth));
      }
    // A name of several words counts in any order, and by how rare its words are.
    const values = new Map(asked.map((word, i) => [word, units[i].value ?? 0]));
    for (const [word, value] of [...values])
      for (const other of alike(word)) if (!values.has(other)) values.set(other, value * W.alikeInName);
    for (const [own, places] of this.calledInWords) {
      if (!own.every((word) => values.has(word))) continue;
      const share = own.reduce((sum, word) => sum + (values.get(word) ?? 0), 0) / all;
      for (const place of places) gain.set(place, Math.max(gain.get(place) ?? 0, W.words * share));
    }
    for (const [place, worth] of gain) score[place] += worth * all * (score[place] ? 1 : 0.6);
  }

  /**
   * What a page is.
   * @param {Float64Array} score
   */
  weighPages(score) {
    const W = WEIGHTS;
    for (let s = 0; s < score.length; s++) {
      const { page, first } = this.sections[s];
      const [, , kind, boost] = this.pages[page];
      score[s] *= (W.kinds[kind] ?? 1) * (first ? W.first : 1) * boost ** W.boost;
    }
  }
}

/**
 * A name by its words in one form.
 * @param {ReturnType<typeof words>} found
 * @param {Forms["stem"]} stem
 */
function key(found, stem) {
  return found
    .flatMap(({ whole, parts: own }) => (own.length && !/[+#]/.test(whole) ? own : [whole]))
    .map(stem)
    .join(" ");
}

/**
 * A text in overlapping pieces of three letters.
 * @param {string} text
 */
function threes(text) {
  const padded = ` ${text} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, i) => padded.slice(i, i + 3)));
}
