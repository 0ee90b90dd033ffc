// The self-assessment: keeps what is chosen, and draws the map of what is there and what is missing.
import { addressField, button, data, link, make, store, tableRow, tenth, wideTable } from "../lib/page.js";

/**
 * @typedef {{known: Record<string, 1 | 2>, right: Record<string, number>}} Standing
 *   known: topic to 1 (can be explained) or 2 (shipped); right: row to questions answered rightly
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {{id: string, title: string, at: string, shipped: number, explained: number, missing: string[],
 *   saved: number, right?: number}} Row
 */

const TITLES = ["Row", "Shipped", "Can explain", "Missing", "Answered right", "Hours saved"];
const CARRIES = "This map as an address, without your name or your answers: ";

/**
 * What a standing means, row by row. Pure.
 * @param {Data} course
 * @param {Standing} standing
 */
export function judge(course, standing) {
  /** @type {Row[]} */
  const rows = [...course.skills, { id: "all", title: "Across all rows", at: "reference/topics/#row-all" }].map(
    (skill) => {
      const own = Object.entries(course.topics).filter(([, t]) => t.core && (t.skill ?? "all") === skill.id);
      const level = (/** @type {number} */ wanted) => own.filter(([id]) => (standing.known[id] ?? 0) === wanted);
      const sum = (/** @type {typeof own} */ topics) => topics.reduce((hours, [, t]) => hours + t.hours[1], 0);
      return {
        ...skill,
        shipped: level(2).length,
        explained: level(1).length,
        missing: level(0).map(([id]) => id),
        saved: sum(level(2)) + sum(level(1)) / 2,
        right: standing.right[skill.id],
      };
    },
  );
  // Where to start: the first core topic of the roadmap that is missing. What it requires comes earlier there.
  const order = course.phases.flatMap((phase) => phase.weeks.flatMap((week) => week.topics));
  const begin = order.find((id) => !standing.known[id]);
  return { rows, begin, saved: rows.reduce((hours, row) => hours + row.saved, 0) };
}

/**
 * A standing as the part of an address after #.
 * @param {Standing} standing
 */
export function toFragment({ known, right }) {
  const of = (/** @type {number} */ level) =>
    Object.keys(known)
      .filter((id) => known[id] === level)
      .sort()
      .join(".");
  const fields = {
    shipped: of(2),
    explained: of(1),
    right: Object.entries(right)
      .map(([row, count]) => `${row}_${count}`)
      .join("."),
  };
  return Object.entries(fields)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/**
 * @param {string} fragment
 * @param {Data} course
 * @returns {Standing} what is not known to this edition is left out
 */
export function fromFragment(fragment, course) {
  const fields = new URLSearchParams(fragment);
  /** @type {Standing} */
  const standing = { known: {}, right: {} };
  for (const [name, level] of /** @type {[string, 1 | 2][]} */ ([
    ["explained", 1],
    ["shipped", 2],
  ])) {
    for (const old of fields.get(name)?.split(".") ?? []) {
      const id = Object.hasOwn(course.renamed, old) ? course.renamed[old] : old;
      if (Object.hasOwn(course.topics, id)) standing.known[id] = level;
    }
  }
  for (const pair of fields.get("right")?.split(".") ?? []) {
    const [row, count] = pair.split("_");
    if (course.skills.some((s) => s.id === row) && /^\d$/.test(count)) standing.right[row] = Number(count);
  }
  return standing;
}

/**
 * Keeps what is chosen in the form, and draws the map below it when it is asked for or comes with the address.
 * @param {HTMLElement} form
 */
export async function mount(form) {
  const course = await data();
  const result = /** @type {HTMLElement} */ (form.parentElement?.querySelector("[data-standing-result]"));
  const topics = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-topic]")]);
  const questions = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-question]")]);
  const fill = () => {
    for (const set of topics) choose(set, store.get("known", set.dataset.topic) ?? 0);
    for (const set of questions) choose(set, store.get("answer", set.dataset.question) ?? 0);
  };
  fill();
  store.addEventListener("change", fill);
  form.addEventListener("change", (event) => keep(/** @type {Element} */ (event.target)));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.append(
    button("Show my map", () => {
      questions.forEach(explain);
      show(result, course, chosen(topics, questions), false);
    }),
  );
  if (location.hash.includes("=")) show(result, course, fromFragment(location.hash.slice(1), course), true);
}

/**
 * The number of what is chosen in a set of fields; 0 when nothing is.
 * @param {HTMLElement} set
 */
function choice(set) {
  return Number(/** @type {HTMLInputElement | null} */ (set.querySelector("input:checked"))?.value ?? 0);
}

/**
 * @param {HTMLElement} set
 * @param {number} value
 */
function choose(set, value) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (set.querySelectorAll("input"));
  for (const input of inputs) input.checked = Number(input.value) === value;
}

/**
 * Notes what has just been chosen.
 * @param {Element} input
 */
function keep(input) {
  const set = /** @type {HTMLElement} */ (input.closest("[data-topic], [data-question]"));
  if (set.dataset.topic) store.set("known", set.dataset.topic, choice(set));
  else store.set("answer", set.dataset.question ?? "", choice(set));
}

/**
 * Where the reader stands by what is chosen.
 * @param {HTMLElement[]} topics
 * @param {HTMLElement[]} questions
 * @returns {Standing}
 */
function chosen(topics, questions) {
  /** @type {Standing} */
  const found = { known: {}, right: {} };
  for (const set of topics) {
    if (choice(set)) found.known[set.dataset.topic ?? ""] = /** @type {1 | 2} */ (choice(set));
  }
  for (const set of questions) {
    const row = /** @type {HTMLElement} */ (set.closest("[data-row]")).dataset.row ?? "";
    if (choice(set)) found.right[row] = (found.right[row] ?? 0) + Number(choice(set) === Number(set.dataset.right));
  }
  return found;
}

/**
 * Says whether a question was answered right, and opens the explanation of one that was not.
 * @param {HTMLElement} set
 */
function explain(set) {
  const picked = choice(set);
  const right = picked === Number(set.dataset.right);
  set.querySelector(".standing__mark")?.remove();
  const details = set.querySelector("details");
  if (details) details.open = Boolean(picked) && !right;
  if (!picked) return;
  const mark = make("span", { class: "standing__mark" }, right ? " Right." : " Not right.");
  set.querySelector("legend")?.append(mark);
}

/**
 * Draws the map, and takes the reader to it.
 * @param {HTMLElement} result
 * @param {Data} course
 * @param {Standing} standing
 * @param {boolean} foreign whether it came with the address
 */
function show(result, course, standing, foreign) {
  const judged = judge(course, standing);
  const title = foreign ? "A map that came with the address" : "Your map";
  const heading = make("h2", { id: "map", tabindex: "-1" }, title);
  const fragment = toFragment(standing);
  // Without storage, or for somebody else's map, the address carries what the planner has to know.
  const at = "roadmap/planner/" + (foreign || store.trouble ? forPlanner(fragment) : "");
  result.replaceChildren(
    heading,
    ...sentences(course, judged),
    make("p", {}, link({ title: "Make a dated plan of it", at })),
    wideTable(
      TITLES,
      judged.rows.map((row) => mapRow(course, row)),
    ),
    // An empty map has nothing to hand on.
    ...(fragment ? [addressField(CARRIES, "Address of this map", fragment)] : []),
  );
  heading.focus();
}

/**
 * The part of a standing that the planner reads, with its #.
 * @param {string} fragment
 */
function forPlanner(fragment) {
  const fields = new URLSearchParams(fragment);
  fields.delete("right");
  return String(fields) && "#" + decodeURIComponent(String(fields));
}

/**
 * What the map says, before its table: on a phone that is three screens long.
 * @param {Data} course
 * @param {ReturnType<typeof judge>} judged
 */
function sentences(course, { rows, begin, saved }) {
  const estimates = ", at the likely estimates: all hours of what you have shipped, half of what you can explain.";
  const start = begin
    ? ["Start with ", link(course.topics[begin]), ", the first core topic of the roadmap that you lack."]
    : ["No core topic is missing. Choose a specialization in the planner."];
  const doubtful = rows.filter(
    (row) => row.right !== undefined && row.right < 2 && row.shipped + row.explained > row.missing.length,
  );
  return [
    make("p", {}, make("strong", {}, `${tenth(saved)} hours saved`), estimates),
    make("p", {}, ...start),
    ...doubtful.map(({ title, right }) => {
      const doubt = `${title}: you say that you have most of it, and answered ${right} of 3. `;
      return make(
        "p",
        { class: "tool__notice" },
        doubt + "Read the answers of this row before you take its hours off.",
      );
    }),
  ];
}

/**
 * @param {Data} course
 * @param {Row} row
 */
function mapRow(course, row) {
  const { id, shipped, explained, missing, right, saved } = row;
  const names = missing.flatMap((topic, index) => [index ? ", " : "", link(course.topics[topic])]);
  // Of a row that is missing whole nobody needs the names.
  const lacking = shipped + explained ? names : [`all ${missing.length}`];
  const asked = id === "all" ? "no questions" : right === undefined ? "not answered" : `${right} of 3`;
  const cells = [String(shipped), String(explained), lacking.length ? lacking : "nothing", asked, tenth(saved)];
  return tableRow(TITLES, [link(row), ...cells]);
}
