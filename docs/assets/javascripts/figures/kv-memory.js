// One card of 80 GiB: weights at the bottom, conversations above them, and those that find no room outside.
import { line, number, rect, text } from "../lib/drawing.js";
import { modelMemory } from "../lib/formulas.js";

/** From the models' own config.json, as the page cites them. */
const MODELS = {
  "qwen3-8b": { name: "Qwen3-8B", parameters: 8.2, layers: 36, kvHeads: 8, headSize: 128 },
  "qwen3-30b-a3b": { name: "Qwen3-30B-A3B", parameters: 30.5, layers: 48, kvHeads: 4, headSize: 128 },
  "qwen3-32b": { name: "Qwen3-32B", parameters: 32.8, layers: 64, kvHeads: 8, headSize: 128 },
};
const MEMORY = 80;
const RESERVE = 8;

/**
 * @typedef {{users: number, context: number, model: keyof MODELS, weights: string, cache: string}} Settings
 */

/** Gibibytes of the parts, and how many conversations are inside and outside. */
export function results(/** @type {Settings} */ { users, context, model, weights, cache }) {
  const bits = { weightBits: Number(weights), cacheBits: Number(cache) };
  const found = modelMemory({ ...MODELS[model], ...bits, tokens: context, memory: MEMORY, reserve: RESERVE });
  const running = Math.min(users, found.fit);
  return {
    weights: found.weights,
    conversation: found.conversation,
    fit: found.fit,
    running,
    outside: users - running,
  };
}

/** @type {(settings: Settings, data: undefined, wide: boolean) => import("../lib/drawing.js").Drawn} */
export function draw(settings, data, wide) {
  const { weights, conversation, fit, running, outside } = results(settings);
  const { name } = MODELS[settings.model];
  const across = wide ? 580 : 170;
  const scale = 3; // Units a GiB.
  const top = wide ? 62 : 96;
  const bottom = top + MEMORY * scale;
  const weightsTop = bottom - (RESERVE + weights) * scale;
  const parts = [
    rect("box", 0.5, top, across, MEMORY * scale, 0),
    rect("ghost", 1.5, bottom - RESERVE * scale, across - 2, RESERVE * scale - 1, 0),
    rect("soft", 1.5, weightsTop, across - 2, weights * scale, 0),
    text("s", 10, bottom - 8, `kept free: ${RESERVE} GiB`),
    text("t b", 10, weightsTop + 20, "weights"),
    text("s", 10, weightsTop + 36, (wide ? name + ", " : "") + `${settings.weights} bits: ${number(weights, 1)} GiB`),
  ];

  // Each row is as wide as the card, so that areas are true: a row of one conversation is lower than one of five.
  const perRow = Math.max(1, Math.round(Math.sqrt(across / (conversation * scale))));
  let y = weightsTop - 1;
  for (let first = 0; first < running; first += perRow) {
    const count = Math.min(perRow, running - first);
    const height = count * conversation * scale;
    y -= height;
    for (let i = 0; i < count; i++) {
      const width = (across - 2) / count;
      const x = 1.5 + i * width;
      const gap = height > 4 && width > 4 ? 1.5 : 0;
      parts.push(rect("new", x + gap / 2, y + gap / 2, width - gap, height - gap, 2));
      if (height > 15 && width > 19) parts.push(text("s mid", x + width / 2, y + height / 2 + 4, first + i + 1));
    }
  }

  const side = across + 12;
  const one = number(conversation, (conversation * 100) % 1 ? 3 : 2);
  parts.push(
    line("line", 0, top, wide ? 720 : 288, top),
    text("s b", side, top + 16, `${MEMORY} GiB: full`),
    text("big", side, top + 60, fit),
    text("t b", side, top + 88, fit === 1 ? "fits" : "fit"),
    text("s", side, top + 112, `${one} GiB each`),
    text("s", side, top + 130, `${number(settings.context)} tokens`),
  );

  // Outside, in rows from the line upwards.
  const seat = 15;
  const seats = Math.floor((wide ? 720 : 288) / seat);
  for (let i = 0; i < outside; i++) {
    const row = Math.floor(i / seats);
    const classes = i === 0 && running > 0 ? "fill" : "ghost";
    parts.push(rect(classes, (i % seats) * seat + 1, top - 24 - row * seat, seat - 3, seat - 3, 2));
  }
  if (outside) {
    const rows = Math.ceil(outside / seats);
    const label = running ? `no room: ${outside} thrown out or waiting` : `no room: ${outside} waiting`;
    parts.push(text("s b", 0, top - 32 - (rows - 1) * seat, label));
  } else {
    const label = fit > running ? `room for ${number(fit - running)} more` : "full: the next one has no room";
    parts.push(text("s", 0, top - 12, label));
  }

  const held = `${name} with weights of ${settings.weights} bits takes ${number(weights, 1)} of ${MEMORY} GiB.`;
  const size = `A conversation of ${number(settings.context)} tokens takes ${one} GiB, so`;
  const crowd = outside === 1 ? "1 waits or is thrown out" : `${outside} wait or are thrown out`;
  const end = outside
    ? `${fit || "none"} fit${fit === 1 ? "s" : ""}; of ${settings.users} users, ${crowd}.`
    : `${number(fit)} fit, enough for ${settings.users === 1 ? "one user" : "all " + settings.users}.`;
  return { body: parts.join(""), height: bottom + 1, says: `${held} ${size} ${end}` };
}
