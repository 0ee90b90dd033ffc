// Draws a calculator into its place. Without a script the page's formula and worked example stand alone.
import { apiOrOwn, cacheBreakEven, callCost, modelMemory, sampleSize, vectorStorage } from "../lib/formulas.js";
import { make } from "../lib/page.js";

/**
 * @typedef {{id: string, label: string, unit: string, example: number, min?: number, max?: number}} Input
 * @typedef {{id: string, label: string, unit: string, whole?: boolean}} Result
 * @typedef {{compute: (v: any) => Record<string, number>, inputs: Input[], results: Result[],
 *   check?: (v: any) => string | undefined}} Calculator
 */

const price = "per million tokens";
/** @type {Record<string, Calculator>} */
export const CALCULATORS = {
  "call-cost": {
    compute: callCost,
    check: (v) =>
      v.cached > v.input ? "Tokens from the cache are part of the input: write at most as many." : undefined,
    inputs: [
      { id: "input", label: "Input", unit: "tokens a call", example: 6000 },
      { id: "cached", label: "of it from a prompt cache", unit: "tokens a call", example: 1000 },
      { id: "output", label: "Output, hidden reasoning included", unit: "tokens a call", example: 300 },
      { id: "priceInput", label: "Price of input", unit: price, example: 2 },
      { id: "priceCached", label: "Price of cached input", unit: price, example: 0.5 },
      { id: "priceOutput", label: "Price of output", unit: price, example: 10 },
      { id: "calls", label: "Calls", unit: "a day", example: 20000 },
      { id: "retries", label: "Retries and repairs", unit: "% of calls", example: 4, max: 1000 },
      { id: "accepted", label: "Accepted answers", unit: "% of calls", example: 96, min: 0.1, max: 100 },
    ],
    results: [
      { id: "call", label: "One call", unit: "" },
      { id: "accepted", label: "One accepted answer", unit: "" },
      { id: "day", label: "A day", unit: "" },
      { id: "month", label: "30 days", unit: "" },
    ],
  },
  "model-memory": {
    compute: modelMemory,
    inputs: [
      { id: "parameters", label: "Parameters", unit: "billions", example: 8.2, min: 0.001 },
      { id: "weightBits", label: "Bits of a weight", unit: "bits, scales included", example: 16, min: 1, max: 64 },
      { id: "layers", label: "Layers", unit: "num_hidden_layers", example: 36, min: 1 },
      { id: "kvHeads", label: "KV heads", unit: "num_key_value_heads", example: 8, min: 1 },
      { id: "headSize", label: "Head size", unit: "head_dim", example: 128, min: 1 },
      { id: "cacheBits", label: "Bits of a cached number", unit: "bits", example: 16, min: 1, max: 64 },
      { id: "tokens", label: "One conversation", unit: "tokens", example: 8192, min: 1 },
      { id: "memory", label: "Memory of the accelerator", unit: "GiB", example: 80 },
      { id: "reserve", label: "Kept free for the rest", unit: "GiB", example: 8 },
    ],
    results: [
      { id: "weights", label: "Weights", unit: "GiB" },
      { id: "tokenKib", label: "KV cache of one token", unit: "KiB" },
      { id: "conversation", label: "KV cache of one conversation", unit: "GiB" },
      { id: "fit", label: "Conversations that fit", unit: "at once", whole: true },
    ],
  },
  "vector-storage": {
    compute: vectorStorage,
    inputs: [
      { id: "vectors", label: "Vectors", unit: "rows", example: 1000000, min: 1 },
      { id: "dimensions", label: "Dimensions", unit: "numbers a vector", example: 1024, min: 1 },
      { id: "bits", label: "Bits of a number", unit: "32, 16, 8 or 1", example: 32, min: 1, max: 64 },
      { id: "links", label: "Links of HNSW (M)", unit: "a vector", example: 16, min: 2, max: 1000 },
      { id: "copies", label: "Copies", unit: "replicas included", example: 2, min: 1, max: 1000 },
    ],
    results: [
      { id: "vectorBytes", label: "One vector", unit: "bytes", whole: true },
      { id: "vectors", label: "All vectors", unit: "GiB" },
      { id: "links", label: "Links of the graph", unit: "GiB" },
      { id: "all", label: "Vectors and links, all copies", unit: "GiB" },
    ],
  },
  "cache-break-even": {
    compute: cacheBreakEven,
    check: (v) =>
      v.read >= v.write ? "Reading has to be cheaper than writing; otherwise there is nothing to save." : undefined,
    inputs: [
      { id: "write", label: "Price of a write", unit: "times the input price", example: 1.25 },
      { id: "read", label: "Price of a read", unit: "times the input price", example: 0.1, max: 0.999 },
      { id: "lifetime", label: "Lifetime", unit: "minutes, renewed by use", example: 5, min: 0.001 },
      { id: "gap", label: "Mean time between requests", unit: "minutes", example: 15, min: 0.001 },
      { id: "prefix", label: "Shared prefix", unit: "tokens", example: 8000 },
      { id: "price", label: "Price of input", unit: price, example: 2 },
    ],
    results: [
      { id: "hits", label: "Requests that hit", unit: "%" },
      { id: "relative", label: "Cost of the prefix, 1 without a cache", unit: "" },
      { id: "needed", label: "Hits needed to pay", unit: "%" },
      { id: "widestGap", label: "Pays up to one request each", unit: "minutes" },
      { id: "plain", label: "1,000 requests without a cache", unit: "" },
      { id: "cached", label: "1,000 requests with it", unit: "" },
    ],
  },
  "api-or-own": {
    compute: apiOrOwn,
    inputs: [
      { id: "input", label: "Input", unit: "million tokens a month", example: 2000 },
      { id: "output", label: "Output", unit: "million tokens a month", example: 300, min: 0.001 },
      { id: "priceInput", label: "Price of input", unit: price, example: 0.5, min: 0.000001 },
      { id: "priceOutput", label: "Price of output", unit: price, example: 1.5 },
      { id: "machine", label: "A machine", unit: "an hour", example: 2.5 },
      { id: "fewest", label: "Fewest machines", unit: "two survive a failure", example: 2, min: 1 },
      { id: "speed", label: "One machine under full load", unit: "output tokens a second", example: 600, min: 0.001 },
      { id: "use", label: "Share of that speed that is used", unit: "% over a month", example: 40, min: 0.1, max: 100 },
      { id: "work", label: "Work on it", unit: "a month", example: 2000 },
    ],
    results: [
      { id: "api", label: "API, a month", unit: "" },
      { id: "own", label: "Own machines, a month", unit: "" },
      { id: "machines", label: "Machines", unit: "", whole: true },
      { id: "capacity", label: "One machine serves", unit: "million output tokens a month" },
      { id: "factor", label: "Own over API", unit: "times" },
    ],
  },
  "sample-size": {
    compute: sampleSize,
    check: (v) =>
      v.gain > v.changed ? "The net gain cannot be larger than the share of cases that change." : undefined,
    inputs: [
      { id: "share", label: "Right answers, expected", unit: "%", example: 90, min: 0.1, max: 99.9 },
      { id: "half", label: "Interval, to each side", unit: "percentage points", example: 5, min: 0.01, max: 50 },
      { id: "rate", label: "Failure rate to exclude", unit: "%", example: 1, min: 0.001, max: 99 },
      { id: "changed", label: "Cases that change between versions", unit: "%", example: 25, min: 0.01, max: 100 },
      { id: "gain", label: "Net gain to be found", unit: "percentage points", example: 5, min: 0.01, max: 100 },
    ],
    results: [
      { id: "interval", label: "Cases for that interval", unit: "", whole: true },
      { id: "clean", label: "Clean cases that exclude the rate", unit: "", whole: true },
      { id: "paired", label: "Cases for the comparison of two versions", unit: "", whole: true },
    ],
  },
};

const numbers = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A result as people read it. */
export function shown(/** @type {number} */ value, /** @type {Result} */ result) {
  if (value === Infinity) return "any number of " + result.unit;
  const text = (result.whole ? whole : numbers).format(value);
  return result.unit === "%" ? text + "%" : (text + " " + result.unit).trim();
}

/** What is wrong with a field's text, as one sentence; undefined when nothing is. */
export function fault(/** @type {string} */ text, /** @type {Input} */ input) {
  const low = input.min ?? 0;
  const high = input.max ?? 1e15;
  const value = Number(text);
  if (text.trim() === "" || !(value >= low && value <= high)) {
    return `Write a number from ${numbers.format(low)} to ${numbers.format(high)}.`;
  }
}

/** Builds one calculator; its fields begin with what the address says, or with the worked example. */
export function mount(/** @type {HTMLElement} */ place) {
  const { inputs, results, compute, check } = CALCULATORS[place.dataset.calculator ?? ""];
  const asked = new URLSearchParams(location.search);
  /** @type {Record<string, HTMLInputElement>} */
  const fields = {};
  /** @type {Record<string, HTMLElement>} */
  const notes = {};
  const form = make("form", { class: "calculator__form" });
  for (const input of inputs) {
    const id = "calculator-" + input.id;
    const field = /** @type {HTMLInputElement} */ (
      make("input", { id, type: "text", inputmode: "decimal", autocomplete: "off", "aria-describedby": id + "-note" })
    );
    field.value = asked.get(input.id) ?? String(input.example);
    fields[input.id] = field;
    notes[input.id] = make("span", { id: id + "-note", class: "calculator__note" }, input.unit);
    form.append(make("div", {}, make("label", { for: id }, input.label), field, notes[input.id]));
  }
  /** @type {Record<string, HTMLElement>} */
  const cells = {};
  const list = make("dl", {});
  for (const result of results) {
    cells[result.id] = make("dd", {});
    list.append(make("div", {}, make("dt", {}, result.label), cells[result.id]));
  }
  // One line speaks, when a value is settled; nine that change at once would drown it.
  const status = make("p", { role: "status", class: "calculator__status" });
  const reset = make("button", { type: "button", class: "md-button" }, "Back to the example");

  function update() {
    /** @type {Record<string, number>} */
    const values = {};
    let faulty = false;
    for (const input of inputs) {
      const wrong = fault(fields[input.id].value, input);
      fields[input.id].setAttribute("aria-invalid", String(Boolean(wrong)));
      notes[input.id].textContent = wrong ?? input.unit;
      faulty ||= Boolean(wrong);
      values[input.id] = Number(fields[input.id].value);
    }
    const wrong = faulty ? "Correct the marked fields to see results." : check?.(values);
    const found = wrong ? undefined : compute(values);
    status.toggleAttribute("data-fine", Boolean(found));
    for (const result of results) cells[result.id].textContent = found ? shown(found[result.id], result) : "–";
    return wrong ?? `${results[0].label}: ${cells[results[0].id].textContent}`;
  }
  function settle() {
    status.textContent = update();
    // What others keep in the address stays: on a topic's page there may be a figure.
    const query = new URLSearchParams(location.search);
    for (const input of inputs)
      if (fields[input.id].value !== String(input.example)) query.set(input.id, fields[input.id].value);
      else query.delete(input.id);
    const readable = String(query).replace(/%3A/g, ":").replace(/%2C/g, ",");
    history.replaceState(null, "", location.pathname + (readable && "?" + readable) + location.hash);
  }
  form.addEventListener("input", update);
  form.addEventListener("change", settle);
  form.addEventListener("submit", (event) => event.preventDefault());
  reset.addEventListener("click", () => {
    for (const input of inputs) fields[input.id].value = String(input.example);
    settle();
  });
  form.append(reset);
  place.replaceChildren(form, list, status);
  if (inputs.some((input) => asked.has(input.id))) place.closest("details")?.setAttribute("open", "");
  status.textContent = update();
}
