// The formulas of the calculators: pure functions from plain numbers to plain numbers. Units are in the names of the
// results or said beside them. tests/browser/test_calculators.py holds each against sums worked by hand and published
// figures.

const MILLION = 1e6;
const GIB = 2 ** 30;
/** 365 days of 24 hours, divided by 12. */
const HOURS_A_MONTH = 730;

/**
 * What calls of a model cost. Prices are per million tokens, in any currency.
 * @param {{input: number, cached: number, output: number, priceInput: number, priceCached: number, priceOutput: number,
 *   calls: number, retries: number, accepted: number}} v tokens of one call, of which `cached` were read from a prompt
 *   cache; calls a day; retries and accepted answers in percent of the calls
 */
export function callCost(v) {
  const fresh = v.input - v.cached;
  const call = (fresh * v.priceInput + v.cached * v.priceCached + v.output * v.priceOutput) / MILLION;
  const day = call * v.calls * (1 + v.retries / 100);
  return { call, day, month: day * 30, accepted: day / (v.calls * (v.accepted / 100)) };
}

/**
 * Memory of a model that is served: weights and KV cache, and how many conversations fit. Gibibytes, but for one token.
 * @param {{parameters: number, weightBits: number, layers: number, kvHeads: number, headSize: number,
 *   cacheBits: number, tokens: number, memory: number, reserve: number}} v parameters in billions; tokens of one
 *   conversation
 */
export function modelMemory(v) {
  const weights = (v.parameters * 1e9 * v.weightBits) / 8 / GIB;
  // One key and one value, for each layer, each KV head and each token.
  const tokenBytes = (2 * v.layers * v.kvHeads * v.headSize * v.cacheBits) / 8;
  const conversation = (tokenBytes * v.tokens) / GIB;
  const free = v.memory - v.reserve - weights;
  return { weights, tokenKib: tokenBytes / 1024, conversation, fit: Math.max(0, Math.floor(free / conversation)) };
}

/**
 * Storage of vectors and of an HNSW index that keeps them in memory. Gibibytes, but for one vector.
 * @param {{vectors: number, dimensions: number, bits: number, links: number, copies: number}} v bits of one number;
 *   links is the parameter M; copies counts replicas
 */
export function vectorStorage(v) {
  const vectorBytes = (v.dimensions * v.bits) / 8;
  // The lowest layer has up to 2 M links of 4 bytes a vector; the layers above it add little.
  const linkBytes = 2 * v.links * 4;
  const vectors = (v.vectors * vectorBytes) / GIB;
  const links = (v.vectors * linkBytes) / GIB;
  return { vectorBytes, vectors, links, all: (vectors + links) * v.copies };
}

/**
 * Whether a prompt cache pays. Write and read are multiples of the plain input price; times in minutes.
 * Requests come independently and each use starts the lifetime anew, so a request hits when the one before it came less
 * than a lifetime ago: with probability 1 - exp(-lifetime / gap).
 * @param {{write: number, read: number, lifetime: number, gap: number, prefix: number, price: number}} v
 */
export function cacheBreakEven(v) {
  const hits = 1 - Math.exp(-v.lifetime / v.gap);
  const relative = hits * v.read + (1 - hits) * v.write;
  const needed = Math.max(0, (v.write - 1) / (v.write - v.read));
  const widestGap = needed === 0 ? Infinity : v.lifetime / -Math.log(1 - needed);
  const plain = (1000 * v.prefix * v.price) / MILLION;
  return { hits: hits * 100, relative, needed: needed * 100, widestGap, plain, cached: plain * relative };
}

/**
 * A model behind an API against one on machines of your own, for a month of the same tokens.
 * @param {{input: number, output: number, priceInput: number, priceOutput: number, machine: number, fewest: number,
 *   speed: number, use: number, work: number}} v millions of tokens a month; prices per million; a machine's price an
 *   hour; the fewest machines that you would run; output tokens a second of one machine under full load; the share of
 *   that speed that your traffic uses over a month, in percent; what the work on it costs a month
 */
export function apiOrOwn(v) {
  const api = v.input * v.priceInput + v.output * v.priceOutput;
  const capacity = (v.speed * 3600 * HOURS_A_MONTH * (v.use / 100)) / MILLION;
  const machines = Math.max(v.fewest, Math.ceil(v.output / capacity));
  const own = machines * v.machine * HOURS_A_MONTH + v.work;
  return { api, own, machines, capacity, factor: own / api };
}

/** Two-sided 5 percent. */
const Z_95 = 1.959964;
/** Power of 80 percent. */
const Z_80 = 0.841621;

/**
 * How many cases an evaluation needs. All inputs in percent.
 * @param {{share: number, half: number, rate: number, changed: number, gain: number}} v expected share of right answers
 *   and wanted half width of its 95 percent interval; the failure rate to exclude when no case fails; the share of
 *   cases that change between two versions and the net gain to be found
 */
export function sampleSize(v) {
  const share = v.share / 100;
  const interval = Math.ceil((Z_95 ** 2 * share * (1 - share)) / (v.half / 100) ** 2);
  const clean = Math.ceil(Math.log(0.05) / Math.log(1 - v.rate / 100));
  // A case counts +1, 0 or -1, so the variance of the paired difference is what changed less the square of the gain.
  const gain = v.gain / 100;
  const paired = pairedCases(v.changed / 100 - gain ** 2, gain);
  return { interval, clean, paired };
}

/** Cases for finding a difference with 80 percent power at 5 percent, from the variance of the paired difference. */
export function pairedCases(/** @type {number} */ variance, /** @type {number} */ difference) {
  return Math.ceil(((Z_95 + Z_80) ** 2 * variance) / difference ** 2);
}
