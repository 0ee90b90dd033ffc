// What the tools on pages share: where the site lives, its data, the reader's notes, and elements.
import { NOTES, Store } from "./state.js";

/** The site's root: this file lies three folders below it. */
export const BASE = new URL("../../../", import.meta.url);

/** Milliseconds of a day. */
export const DAY = 86400000;

/** One set of notes for each site: several may share a host, as projects of one owner do. */
export const store = new Store(() => localStorage, "handbook " + BASE.pathname);
addEventListener("storage", (event) => {
  if (event.key === store.key) store.refresh();
});

// With the first note there is something to lose. The browser is asked once: Firefox asks its reader.
store.addEventListener("note", () => {
  if (store.trouble || store.mark("asked to persist")) return;
  store.setMark("asked to persist", "yes");
  navigator.storage?.persist?.().catch(() => {});
});

/**
 * @typedef {import("./plan.js").Course & {
 *   title: string, name: string, days_per_month: number, timeline: {late: number, mark: string},
 *   skills: {id: string, title: string, at: string}[],
 *   asked: Record<string, {skill: string, topic: string, right: number}>,
 *   renamed: Record<string, string>}} Data
 */

/** @type {Promise<Data> | undefined} */
let fetched;
/**
 * The handbook's data, fetched once a page. Notes under former ids move to the present ones.
 * @returns {Promise<Data>}
 */
export function data() {
  fetched ??= fetch(new URL("data/course.json", BASE)).then(async (answer) => {
    if (!answer.ok) throw new Error(`data/course.json: ${answer.status}`);
    const course = await answer.json();
    // A topic on a page of its own is not written out: the planner loads this with everything else.
    for (const [id, topic] of Object.entries(course.topics ?? {})) topic.at ??= `topics/${id}/`;
    store.rename(course.renamed);
    return course;
  });
  return fetched;
}

/**
 * What a script says, in the language of the page: a translation has words of its own (macros/render/phrases.py).
 * @param {string} phrase with what is filled in in braces
 * @param {Record<string, string | number>} [values]
 */
export function say(phrase, values = {}) {
  const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset.words;
  const said = words ? JSON.parse(words)[phrase] : undefined;
  return String(said ?? phrase).replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * An element; text becomes text, never markup.
 * @param {string} tag
 * @param {Record<string, string | boolean>} [attributes]
 * @param {(string | Node)[]} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/**
 * @param {string} text
 * @param {() => void} act
 * @returns {HTMLElement}
 */
export function button(text, act) {
  const element = make("button", { type: "button", class: "md-button" }, text);
  element.addEventListener("click", act);
  return element;
}

/**
 * A link into the site.
 * @param {{title: string, at: string}} target
 */
export function link(target) {
  return make("a", { href: String(new URL(target.at, BASE)) }, target.title);
}

/**
 * A table that may be wider than a phone: the style sheet shows its rows as cards there.
 * @param {string[]} titles of the columns
 * @param {Node[]} rows
 */
export function wideTable(titles, rows) {
  const head = make("tr", {}, ...titles.map((title) => make("th", { scope: "col" }, title)));
  const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
  return make("div", { class: "wide-table" }, table);
}

/**
 * A row of such a table.
 * @param {string[]} labels titles of the columns, as they stand before a cell on a phone
 * @param {(string | Node | (string | Node)[])[]} cells the first names the row
 * @param {Record<string, string | boolean>} [attributes]
 */
export function tableRow(labels, [name, ...cells], attributes = {}) {
  const rest = cells.map((cell, index) => make("td", { "data-label": labels[index + 1] }, ...[cell].flat()));
  return make("tr", attributes, make("th", { scope: "row" }, ...[name].flat()), ...rest);
}

/**
 * Hours to a tenth, as people write them: "2.5", "3".
 * @param {number} hours
 */
export function tenth(hours) {
  return String(Math.round(hours * 10) / 10);
}

/**
 * Hours with their word: "1 hour", "2.5 hours".
 * @param {number} count
 */
export function hours(count) {
  return `${tenth(count)} hour${tenth(count) === "1" ? "" : "s"}`;
}

/**
 * A moment as the whole day that it belongs to where the reader is.
 * @param {Date} moment
 */
export function localDay(moment) {
  return Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate()) / DAY;
}

/** Today where the reader is, as a whole day. */
export function today() {
  return localDay(new Date());
}

/** The time zone of this browser, by its name; empty when it has none that programs know. */
export function zoneHere() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    return zone && new Intl.DateTimeFormat("en-US", { timeZone: zone }) ? zone : "";
  } catch {
    return "";
  }
}

/**
 * This page's address with a fragment, to copy.
 * @param {string} label what stands before it
 * @param {string} name what a screen reader says
 * @param {string} fragment without the #
 */
export function addressField(label, name, fragment) {
  const value = `${location.origin}${location.pathname}#${fragment}`;
  const input = make("input", { type: "text", readonly: true, "aria-label": name, value });
  input.addEventListener("focus", () => /** @type {HTMLInputElement} */ (input).select());
  return make("p", { class: "planner__address" }, make("label", {}, label, input));
}

/**
 * Hands a file to the reader.
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const anchor = make("a", { href: address, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // The browser reads the file after the click returns.
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/**
 * One sentence when something is wrong with the storage. It speaks once, when it appears or changes.
 * @param {Element} place
 */
export function tellTrouble(place) {
  const note = make("p", { class: "tool__trouble", role: "status" });
  const update = () => {
    const text = store.trouble ? NOTES[store.trouble] : "";
    if (note.textContent !== text) note.textContent = text;
  };
  place.prepend(note);
  update();
  store.addEventListener("change", update);
}
