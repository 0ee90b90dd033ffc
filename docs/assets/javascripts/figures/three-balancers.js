// The page's simulation three times: who waits for a first token at each of four replicas, over time.
import { line, number, part, rect, text } from "../lib/drawing.js";

/** Of a processor beside a GPU, in the log of the page about load balancing. */
const PROCESSOR = "5%";
const STEPS = 600;
const TOKENS_PER_STEP = 512;
const MEMORY = 60_000;
const ANSWER_CAP = 200;
const LIMIT = 40;
const PAUSED_FROM = 200;
const PROMPTS = [200, 400, 800];

/**
 * @typedef {{documents: number, rate: number, pause: number, seed: number}} Settings
 * @typedef {{arrived: number, prompt: number, answer: number, held: number}} Request
 */

/** Mulberry32, as in docs/figures/three_balancers.py. */
function dice(/** @type {number} */ seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @returns {Request[]} */
function arrivals(/** @type {Settings} */ { documents, rate, seed }) {
  const random = dice(seed);
  const requests = [];
  for (let step = 0; step < STEPS; step++) {
    const isDocument = random() < documents / 100;
    const prompt = isDocument ? 16_000 : PROMPTS[Math.floor(random() * 3)];
    const answer = 20 + Math.floor(random() * (ANSWER_CAP - 19));
    requests.push({ arrived: step, prompt, answer, held: prompt + answer });
  }
  return requests.filter(() => random() < rate / 100);
}

/** Serves the oldest first, and notes how long each new first token took. */
function runStep(/** @type {Request[]} */ replica, /** @type {number} */ now, /** @type {number[]} */ waits) {
  let tokens = TOKENS_PER_STEP;
  let memory = MEMORY;
  for (const request of replica) {
    memory -= request.held;
    if (memory < 0 || tokens === 0) break;
    if (request.prompt > 0) {
      const chunk = Math.min(tokens, request.prompt);
      request.prompt -= chunk;
      tokens -= chunk;
      if (request.prompt === 0) waits.push(now - request.arrived);
    } else {
      request.answer--;
      tokens--;
    }
  }
  return replica.filter((request) => request.answer > 0);
}

/** @type {[string, (replica: Request[]) => number][]} */
const BALANCERS = [
  ["round robin", () => 0],
  ["fewest requests", (replica) => replica.length],
  ["fewest tokens", (replica) => replica.reduce((sum, request) => sum + request.prompt + ANSWER_CAP, 0)],
];

/** What happens under each balancer, step by step: the waiting of each replica, and of them the late. */
function simulated(/** @type {Settings} */ settings) {
  return BALANCERS.map(([name, load]) => {
    const requests = arrivals(settings);
    const replicas = /** @type {Request[][]} */ ([[], [], [], []]);
    const turns = [0, 1, 2, 3];
    const queues = /** @type {number[][]} */ ([[], [], [], []]);
    const overdue = /** @type {number[][]} */ ([[], [], [], []]);
    const waits = /** @type {number[]} */ ([]);
    let next = 0;
    for (let now = 0; now < STEPS; now++) {
      if (requests[next]?.arrived === now) {
        turns.push(/** @type {number} */ (turns.shift()));
        const loads = turns.map((turn) => load(replicas[turn]));
        replicas[turns[loads.indexOf(Math.min(...loads))]].push(requests[next++]);
      }
      for (let i = 0; i < 4; i++) {
        const stopped = i === 1 && now >= PAUSED_FROM && now < PAUSED_FROM + settings.pause;
        if (!stopped) replicas[i] = runStep(replicas[i], now, waits);
        const waiting = replicas[i].filter((request) => request.prompt > 0);
        queues[i].push(waiting.length);
        overdue[i].push(waiting.filter((request) => now - request.arrived > LIMIT).length);
      }
    }
    for (const request of requests) if (request.prompt > 0) waits.push(STEPS - 1 - request.arrived);
    const late = waits.filter((wait) => wait > LIMIT).length;
    return { name, requests: requests.length, late, longest: Math.max(...waits), queues, overdue };
  });
}

/** For each balancer, who was late, and how many waited in each step: the sum and the peak of each replica. */
export function results(/** @type {Settings} */ settings) {
  return simulated(settings).map(({ name, requests, late, longest, queues }) => ({
    name,
    requests,
    late,
    longest,
    waited: queues.map((queue) => queue.reduce((sum, waiting) => sum + waiting, 0)),
    peaks: queues.map((queue) => Math.max(...queue)),
  }));
}

const EACH = 5; // Steps that one stair of the drawing stands for: it shows the first of them.

/**
 * A queue over time as an area on its line.
 * @param {string} classes
 * @param {number[]} queue
 * @param {number} x
 * @param {number} base
 * @param {number} wide units of a stair
 * @param {number} high units of a request
 */
function area(classes, queue, x, base, wide, high) {
  let d = "";
  let level = 0;
  let run = 0;
  const up = (/** @type {number} */ to) => Math.round(to * high);
  for (let i = 0; i <= queue.length; i += EACH) {
    const top = queue[i] ?? 0;
    if (top !== level) {
      d += `h${run * wide}v${up(level) - up(top)}`;
      run = 0;
      level = top;
    }
    run++;
  }
  return d === "" ? "" : part("path", classes, { d: `M${x} ${base}${d}z` });
}

/** @type {(settings: Settings, data: undefined, wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, data, wide) {
  const found = simulated(settings);
  const peak = Math.max(...found.flatMap(({ queues }) => queues.flat()));
  const scale = [15, 30, 60, 120, 240].find((most) => most >= peak) ?? peak;
  const stair = wide ? 1.75 : 2.25;
  const across = (STEPS / EACH) * stair;
  const lane = wide ? 50 : 25;
  const apart = wide ? 62 : 30;
  const head = wide ? 74 : 52;
  const parts = [];
  const share = (/** @type {{late: number, requests: number}} */ { late, requests }) =>
    number((late / requests) * 100, late && late / requests < 0.1 ? 1 : 0) + "%";

  found.forEach((one, i) => {
    const left = wide ? i * 248 : 0;
    const top = wide ? 0 : i * (head + 4 * apart + 6);
    parts.push(text("t b", left, top + 15, one.name));
    if (wide) parts.push(text("big", left, top + 52, share(one)));
    else parts.push(text("big end", 288, top + 32, share(one)));
    const x = wide ? left + 96 : 0;
    const y = wide ? top + 38 : top + 32;
    parts.push(text("s", x, y, `late: ${one.late} of ${one.requests}`));
    if (wide) parts.push(text("s", x, y + 16, `longest wait: ${one.longest}`));
    one.queues.forEach((queue, replica) => {
      const base = top + head + replica * apart + lane;
      const start = left + 14;
      parts.push(text("s", left, base, replica + 1), line("line", start, base + 0.5, start + across, base + 0.5));
      if (replica === 1 && settings.pause) {
        const from = start + (PAUSED_FROM / EACH) * stair;
        parts.push(rect("ghost", from, base - lane, (settings.pause / EACH) * stair, lane, 0));
      }
      parts.push(
        area("new", queue, start, base, stair, lane / scale),
        area("fill", one.overdue[replica], start, base, stair, lane / scale),
      );
    });
  });

  const bottom = wide ? head + 4 * apart + 8 : 3 * (head + 4 * apart + 6) + 4;
  const places = wide ? [0, 0, 230, 0, 474, 0] : [0, 0, 0, 18, 0, 36];
  const legend = [
    ["new", "wait for their first token"],
    ["fill", `of them late: over ${LIMIT} steps`],
  ];
  if (settings.pause) legend.push(["ghost", `replica 2 stops: ${settings.pause} steps`]);
  legend.forEach(([classes, words], i) => {
    const [x, y] = [places[2 * i], bottom + places[2 * i + 1]];
    parts.push(rect(classes, x + 1, y, 11, 11, 0), text("s", x + 19, y + 10, words));
  });
  const under = bottom + (wide ? 30 : 68);
  parts.push(
    text("s", 0, under, `rows: replicas 1 to 4 over ${STEPS} steps, ${scale} requests high`),
    text(wide ? "s b end" : "s b", wide ? 718 : 0, under + (wide ? 0 : 18), `processor of each replica: ${PROCESSOR}`),
  );

  const load = `${settings.documents} of 100 prompts are documents, and ${settings.rate} requests come in 100 steps.`;
  const stop = settings.pause ? ` Replica 2 stops for ${settings.pause} steps.` : "";
  const [turns, count, tokens] = found.map(share);
  const late = `Under round robin, ${turns} of the first tokens are late, under fewest requests ${count}`;
  return {
    body: parts.join(""),
    height: under + (wide ? 6 : 24),
    says: `${load}${stop} ${late}, and under fewest tokens ${tokens}. Every processor shows ${PROCESSOR}.`,
  };
}
