// Lets a reader move a figure. The page holds the drawing and the controls already; nothing happens before the figure
// comes into sight. docs/contribute/code-guide.md#figures says what a module in figures/ gives.
import { framed, number, shown } from "../lib/drawing.js";
import { BASE, make } from "../lib/page.js";

/**
 * @typedef {Record<string, any>} Settings numbers, yes or no, and texts, by the ids of the controls
 * @typedef {{draw: (settings: Settings, data: any, wide: boolean) => import("../lib/drawing.js").Drawn}} Module
 * @typedef {HTMLInputElement | HTMLSelectElement} Field
 */

const STEP = 900; // Milliseconds between two steps that are played: long enough to read what has changed.
const SETTLED = 600; // Milliseconds of rest after which a screen reader says what the drawing shows.

/** What a control is set to, as a module takes it. */
export function value(/** @type {Field} */ field) {
  if (field instanceof HTMLSelectElement || field.type === "text") return field.value;
  if (field.type === "checkbox") return field.checked;
  return field.dataset.stops ? Number(field.dataset.stops.split(" ")[Number(field.value)]) : Number(field.value);
}

/** The same as it stands in an address. */
function word(/** @type {Field} */ field) {
  const set = value(field);
  return encodeURIComponent(typeof set === "boolean" ? (set ? "yes" : "no") : String(set));
}

/**
 * Sets a control to what an address says, or to what comes nearest; what it cannot be is left out.
 * @param {Field} field
 * @param {string} said
 */
function set(field, said) {
  if (field instanceof HTMLSelectElement) {
    if ([...field.options].some((option) => option.value === said)) field.value = said;
  } else if (field.type === "checkbox") field.checked = said === "yes";
  else if (field.type === "text") field.value = said.slice(0, field.maxLength);
  else if (said.trim() !== "" && isFinite(Number(said))) {
    const stops = field.dataset.stops?.split(" ").map((stop) => Math.abs(Number(stop) - Number(said)));
    // A slider keeps within its bounds by itself, a field for a number does not.
    const low = Math.max(Number(field.min), Number(said));
    field.value = stops ? String(stops.indexOf(Math.min(...stops))) : String(Math.min(Number(field.max), low));
  }
}

/** "users:5,context:8192" as pairs; what is none is left out. */
export function pairs(/** @type {string} */ said) {
  const found = said.split(",").map((pair) => pair.split(":"));
  return found.flatMap(([name, text, ...more]) => {
    try {
      return text === undefined || more.length ? [] : [[name, decodeURIComponent(text)]];
    } catch {
      return [];
    }
  });
}

/** Starts the figure once it comes near the window. */
export function mount(/** @type {HTMLElement} */ place) {
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      start(place).catch((error) => {
        const words = "This figure could not be started. Reload the page to try again.";
        place.prepend(make("p", { class: "tool__trouble", role: "status" }, words));
        throw error;
      });
    },
    { rootMargin: "400px" },
  );
  watch.observe(place);
}

/** The data that a figure draws, as docs/figures/ holds it. */
async function captured(/** @type {string} */ id) {
  const answer = await fetch(new URL(`figures/${id}.json`, BASE));
  if (!answer.ok) throw new Error(`figures/${id}.json: ${answer.status}`);
  return answer.json();
}

/** @param {HTMLElement} place */
async function start(place) {
  const id = /** @type {string} */ (place.dataset.figure);
  const data = place.dataset.captured === undefined ? undefined : captured(id);
  const [module, drawnFrom] = await Promise.all([/** @type {Promise<Module>} */ (import(`../figures/${id}.js`)), data]);
  const one = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (place.querySelector(selector));
  const form = /** @type {HTMLFormElement} */ (one("form"));
  const fields = /** @type {Field[]} */ ([...form.querySelectorAll("input, select")]);
  const [narrow, wide, says, status] = [".moving__narrow", ".moving__wide", ".moving__says", "[role=status]"].map(one);
  const title = one(".moving__title strong").textContent ?? "";
  const initial = new Map(fields.map((field) => [field.name, word(field)]));

  /** Draws both layouts, or the one that the style sheet shows, and gives the sentence that says it. */
  function draw(/** @type {boolean} */ both) {
    const settings = Object.fromEntries(fields.map((field) => [field.name, value(field)]));
    const inSight = getComputedStyle(wide).display === "none" ? narrow : wide;
    let sentence = "";
    for (const layout of both ? [narrow, wide] : [inSight]) {
      const drawn = module.draw(settings, drawnFrom, layout === wide);
      const prefix = `${id}-${layout === wide ? "wide" : "narrow"}`;
      layout.innerHTML = shown(framed(drawn, layout === wide), title, prefix);
      sentence = drawn.says;
    }
    says.textContent = sentence;
    return sentence;
  }
  let asked = 0;
  let rest = 0;
  let moved = false;
  /** Shows what is set: at the next frame, however often a slider tells of itself; aloud when it has come to rest. */
  function show() {
    // Each slider says its value itself: an <output> would say it again, over every other one.
    for (const place of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-value]"))) {
      const field = /** @type {HTMLInputElement} */ (form.elements.namedItem(place.dataset.value ?? ""));
      const set = Number(value(field));
      const text = number(set, (String(set).split(".")[1] ?? "").length);
      place.textContent = place.dataset.unit ? text + " " + place.dataset.unit : text;
      field.setAttribute("aria-valuetext", place.textContent);
    }
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      const sentence = draw(false);
      clearTimeout(rest);
      // What stands there already is not read out.
      if (moved) rest = setTimeout(() => (status.textContent = sentence), SETTLED);
      moved = true;
    });
  }

  /** The address with what is set and not as it was at the start. */
  function address() {
    const changed = fields.filter((field) => word(field) !== initial.get(field.name));
    const query = new URLSearchParams(location.search);
    if (changed.length) query.set(id, changed.map((field) => `${field.name}:${word(field)}`).join(","));
    else query.delete(id);
    const readable = String(query).replace(/%3A/g, ":").replace(/%2C/g, ",");
    return location.pathname + (readable && "?" + readable);
  }
  function settle() {
    history.replaceState(history.state, "", address() + location.hash);
    show();
  }
  function apply(/** @type {string} */ said) {
    for (const field of fields) set(field, decodeURIComponent(/** @type {string} */ (initial.get(field.name))));
    for (const [name, text] of pairs(said)) {
      const field = fields.find((field) => field.name === name);
      if (field) set(field, text);
    }
  }

  let playing = 0;
  const player = /** @type {HTMLButtonElement | null} */ (form.querySelector("[data-play]"));
  const play = player?.textContent ?? "";
  function stop() {
    clearInterval(playing);
    playing = 0;
    if (player) player.textContent = play;
  }
  /** One step of a control, from the last to the first where it goes round; whether there was one. */
  function step(/** @type {string} */ name, /** @type {number} */ by) {
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    const before = field.value;
    if (by > 0) field.stepUp();
    else field.stepDown();
    if (field.type === "number" && field.value === before) field.value = field.min;
    settle();
    return field.value !== before;
  }
  function turn(/** @type {HTMLButtonElement} */ player) {
    if (playing) return stop();
    const name = /** @type {string} */ (player.dataset.play);
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    if (field.value === field.max) field.value = field.min;
    settle();
    player.textContent = player.dataset.pause ?? "";
    playing = setInterval(() => {
      if (!step(name, 1)) stop();
    }, STEP);
  }
  async function copy(/** @type {HTMLButtonElement} */ button) {
    try {
      await navigator.clipboard.writeText(`${location.origin}${address()}#${place.id}`);
      status.textContent = button.dataset.copy ?? "";
    } catch {
      // Not every browser gives it, and not on every host.
      status.textContent = button.dataset.address ?? "";
    }
    clearTimeout(rest); // Or what was moved just before would be said instead.
    const note = make("span", { class: "moving__note", "aria-hidden": "true" }, status.textContent ?? "");
    button.parentElement?.querySelector(".moving__note")?.remove();
    button.after(note);
  }

  place.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && /** @type {HTMLButtonElement | null} */ (target.closest("button"));
    if (!button) return;
    const { settings, of, step: by, play } = button.dataset;
    if (play === undefined) stop();
    if (settings !== undefined || button.matches("[data-reset]")) {
      apply(settings ?? "");
      settle();
      // The move stands below the drawing that it changes. On a phone the controls take the lower edge of the window.
      if (settings && narrow.clientWidth) narrow.scrollIntoView();
      else if (settings) wide.scrollIntoView({ block: "nearest" });
    } else if (of) step(of, Number(by));
    else if (play !== undefined) turn(button);
    else copy(button);
  });
  form.addEventListener("input", () => (stop(), show()));
  form.addEventListener("change", settle);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeprint", () => draw(true));
  if (player && matchMedia("(prefers-reduced-motion: reduce)").matches) player.hidden = true;

  apply(new URLSearchParams(location.search).get(id) ?? "");
  for (const hidden of place.querySelectorAll("form, .moving__move button")) hidden.removeAttribute("hidden");
  show();
  let before = narrow.clientWidth > 0;
  new ResizeObserver(() => {
    const now = narrow.clientWidth > 0;
    if (now !== before) draw(false);
    before = now;
  }).observe(place);
  place.dataset.moves = "yes";
}
