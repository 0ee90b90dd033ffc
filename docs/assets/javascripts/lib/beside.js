// The search on a translated page: its own language first, and English beside it for what nobody has translated yet.

/**
 * @typedef {import("./find.js").Answer} Answer
 * @typedef {import("./find.js").Finder} Finder
 * @typedef {import("./find.js").Result} Result
 */

export class Beside {
  /**
   * @param {Finder} own
   * @param {Finder} english
   * @param {string} folder of the translated pages
   */
  constructor(own, english, folder) {
    this.own = own;
    this.english = english;
    this.folder = folder;
  }

  /**
   * @param {string} query
   * @param {{ unfinished?: boolean, limit?: number, perPage?: number }} [options]
   * @returns {Answer}
   */
  search(query, options = {}) {
    const both = [this.own.search(query, options), this.english.search(query, options)];
    // A word of one language is no typing error in the other.
    const asTyped = both.filter(({ results, corrected }) => results.length && !corrected);
    const kept = asTyped.length ? asTyped : [both[0].results.length ? both[0] : both[1]];
    // Its own first, unless only English knows all that is asked.
    kept.sort((a, b) => a.unknown.length - b.unknown.length);
    const found = new Set(both[0].results.map(({ address }) => address));
    const results = kept.flatMap((answer) =>
      answer === both[0]
        ? answer.results
        : answer.results
            .filter(({ address }) => !found.has(`${this.folder}/${address}`))
            .map((result) => ({ ...result, language: "en" })),
    );
    return {
      results: results.slice(0, options.limit),
      terms: new Map(kept.flatMap(({ terms }) => [...terms])),
      words: kept[0].words,
      corrected: kept[0].corrected,
      unknown: both[0].unknown.filter((word) => both[1].unknown.includes(word)),
    };
  }

  /** @param {string} query */
  nearest(query) {
    const near = this.own.nearest(query);
    return near.length ? near : this.english.nearest(query).map((result) => ({ ...result, language: "en" }));
  }
}
