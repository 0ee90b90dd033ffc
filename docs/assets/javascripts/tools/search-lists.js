// The box that asks words, vectors and both of them side by side. Fetches nothing before somebody asks: then the index
// of the search and the words' vectors. The queries on its buttons are those of the table below it.
import { Finder } from "../lib/find.js";
import { BASE, button, link, make } from "../lib/page.js";
import { compared, Vectors } from "../lib/vectors.js";

/** @typedef {import("../lib/find.js").Result} Result */

/** So many places of each list are shown. */
const SHOWN = 6;
/** In the order of the columns: both stand between the two that they are made of. */
const LISTS = /** @type {const} */ ([
  { from: 0, name: "Words" },
  { from: 2, name: "Both" },
  { from: 1, name: "Vectors" },
]);

/** @type {Promise<{ finder: Finder, vectors: Vectors }> | undefined} */
let started;

/** Both engines, started once. */
function engines() {
  started ??= start().catch((error) => {
    started = undefined;
    throw error;
  });
  return started;
}

async function start() {
  const [index, table] = await Promise.all(["search/index.json", "data/word-vectors.json"].map(fetched));
  const finder = new Finder(index);
  return { finder, vectors: new Vectors(table, finder) };
}

/** @param {string} name */
async function fetched(name) {
  const answer = await fetch(new URL(name, BASE));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.json();
}

/** No other tool needs this sheet. */
function styled() {
  const href = String(new URL("assets/stylesheets/search-lists.css", BASE));
  const sheet = /** @type {HTMLLinkElement} */ (make("link", { rel: "stylesheet", href }));
  return new Promise((resolve) => {
    sheet.onload = sheet.onerror = resolve;
    document.head.append(sheet);
  });
}

/** @param {HTMLElement} place */
export async function mount(place) {
  await styled();
  const field = /** @type {HTMLInputElement} */ (
    make("input", { id: "search-lists-query", type: "text", autocomplete: "off", maxlength: "120" })
  );
  const status = make("p", { role: "status", class: "search-lists__status" });
  const columns = make("div", { class: "search-lists" });
  const ask = make("button", { type: "submit", class: "md-button" }, "Ask all three");
  const form = make(
    "form",
    { class: "search-lists__form" },
    make("label", { for: field.id }, "Your query"),
    field,
    ask,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(field.value.trim(), columns, status);
  });
  const examples = queries(place).map((query) =>
    button(query, () => {
      field.value = query;
      show(query, columns, status);
    }),
  );
  place.append(form, make("p", { class: "search-lists__examples" }, "Or one of these: ", ...examples), status, columns);
  new ResizeObserver(() => join(columns)).observe(columns);
}

/**
 * The first column of the table that follows.
 * @param {HTMLElement} place
 */
function queries(place) {
  const after = [...document.querySelectorAll("article table")].find(
    (table) => place.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  const cells = after?.querySelectorAll("tbody tr > :first-child") ?? [];
  return [...cells].map((cell) => cell.textContent?.trim() ?? "");
}

/** What was asked last: an answer that comes late is not shown. */
let asked = "";

/**
 * @param {string} query
 * @param {HTMLElement} columns
 * @param {HTMLElement} status
 */
async function show(query, columns, status) {
  asked = query;
  if (!query) {
    status.textContent = "Type a query, or choose one.";
    return;
  }
  if (!started) status.textContent = "Fetching the index and the vectors …";
  try {
    const { finder, vectors } = await engines();
    if (asked !== query) return;
    const { lists, corrected, unknown } = compared(query, finder, vectors);
    columns.replaceChildren(...LISTS.map(({ from, name }) => column(name, lists, from)));
    status.textContent = told(query, corrected, unknown);
    join(columns);
  } catch {
    status.textContent = "The index or the vectors could not be loaded. Ask again to retry.";
  }
}

/**
 * @param {string} query
 * @param {string} corrected
 * @param {string[]} unknown
 */
function told(query, corrected, unknown) {
  const parts = [`Three lists for “${query}”.`];
  if (corrected) parts.push(`Words took it for “${corrected}”.`);
  if (unknown.length) parts.push(`There is no vector for “${unknown.join("”, “")}”.`);
  return parts.join(" ");
}

/**
 * @param {string} name
 * @param {Result[][]} lists
 * @param {number} from which of them
 */
function column(name, lists, from) {
  const items = lists[from].slice(0, SHOWN).map((result) => {
    const title = link({ title: result.title, at: result.address });
    const item = make("li", { "data-section": String(result.section) }, title);
    if (result.title !== result.pageTitle)
      item.append(" ", make("span", { class: "search-lists__page" }, result.pageTitle));
    if (from === 2) item.append(" ", make("span", { class: "search-lists__from" }, origin(result, lists)));
    return item;
  });
  const list = items.length ? make("ol", {}, ...items) : make("p", {}, "Nothing: no word of it is known here.");
  return make("section", { "aria-label": name }, make("p", { class: "search-lists__name" }, name), list);
}

/**
 * Where a merged result comes from: "words 2, vectors 5".
 * @param {Result} result
 * @param {Result[][]} lists
 */
function origin(result, [words, vectors]) {
  /** @param {Result[]} list */
  const rank = (list) => list.findIndex(({ section }) => section === result.section) + 1 || "–";
  return `words ${rank(words)}, vectors ${rank(vectors)}`;
}

/**
 * Draws a line between the places of one section in neighboring columns, where columns stand side by side. Lines say
 * nothing that the text does not.
 * @param {HTMLElement} columns
 */
function join(columns) {
  columns.querySelector("svg")?.remove();
  const [left, middle, right] = columns.querySelectorAll("section");
  if (!right || left.offsetTop !== right.offsetTop) return;
  const all = columns.getBoundingClientRect();
  const svg = shape("svg", { "aria-hidden": "true", width: all.width, height: all.height });
  for (const side of [left, right])
    for (const item of side.querySelectorAll("li")) {
      const same = middle.querySelector(`[data-section="${item.dataset.section}"]`);
      if (!same) continue;
      const [one, other] = [item, same].map((element) => element.getBoundingClientRect());
      const [from, to] = side === left ? [one, other] : [other, one];
      const height = (/** @type {DOMRect} */ { top }) => top - all.top + 10;
      const start = { x1: from.right - all.left + 3, y1: height(from) };
      svg.append(shape("line", { ...start, x2: to.left - all.left - 22, y2: height(to) }));
    }
  columns.append(svg);
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function shape(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
