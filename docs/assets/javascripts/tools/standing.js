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

/** @param {HTMLElement} form */
export async function mount(form) {
  const course = await data();
  const result = /** @type {HTMLElement} */ (form.parentElement?.querySelector("[data-standing-result]"));
  const topics = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-topic]")]);
  const questions = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-question]")]);
  const choice = (/** @type {HTMLElement} */ set) =>
    Number(/** @type {HTMLInputElement | null} */ (set.querySelector("input:checked"))?.value ?? 0);
  const choose = (/** @type {HTMLElement} */ set, /** @type {number} */ value) => {
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (set.querySelectorAll("input")))
      input.checked = Number(input.value) === value;
  };
  const fill = () => {
    for (const set of topics) choose(set, store.get("known", set.dataset.topic) ?? 0);
    for (const set of questions) choose(set, store.get("answer", set.dataset.question) ?? 0);
  };
  fill();
  store.addEventListener("change", fill);
  form.addEventListener("change", (event) => {
    const set = /** @type {HTMLElement} */ (
      /** @type {Element} */ (event.target).closest("[data-topic], [data-question]")
    );
    if (set.dataset.topic) store.set("known", set.dataset.topic, choice(set));
    else store.set("answer", set.dataset.question ?? "", choice(set));
  });

  /** @returns {Standing} */
  function standing() {
    /** @type {Standing} */
    const found = { known: {}, right: {} };
    for (const set of topics)
      if (choice(set)) found.known[set.dataset.topic ?? ""] = /** @type {1 | 2} */ (choice(set));
    for (const set of questions) {
      const row = /** @type {HTMLElement} */ (set.closest("[data-row]")).dataset.row ?? "";
      if (choice(set)) found.right[row] = (found.right[row] ?? 0) + Number(choice(set) === Number(set.dataset.right));
    }
    return found;
  }

  /**
   * @param {Standing} found
   * @param {boolean} foreign
   */
  function show(found, foreign) {
    const { rows, begin, saved } = judge(course, found);
    const heading = make(
      "h2",
      { id: "map", tabindex: "-1" },
      foreign ? "A map that came with the address" : "Your map",
    );
    const missing = (/** @type {Row} */ row) => {
      const known = row.shipped + row.explained;
      const names = known
        ? row.missing.flatMap((id, index) => [index ? ", " : "", link(course.topics[id])])
        : [`all ${row.missing.length}`];
      return names.length ? names : "nothing";
    };
    const body = rows.map((row) => {
      const asked = row.id === "all" ? "no questions" : row.right === undefined ? "not answered" : `${row.right} of 3`;
      const counts = [String(row.shipped), String(row.explained)];
      return tableRow(TITLES, [link(row), ...counts, missing(row), asked, tenth(row.saved)]);
    });
    const doubtful = rows.filter(
      (row) => row.right !== undefined && row.right < 2 && row.shipped + row.explained > row.missing.length,
    );
    const lines = [
      make(
        "p",
        {},
        make("strong", {}, `${tenth(saved)} hours saved`),
        ", at the likely estimates: all hours of what you have shipped, half of what you can explain.",
      ),
      begin
        ? make(
            "p",
            {},
            "Start with ",
            link(course.topics[begin]),
            ", the first core topic of the roadmap that you lack.",
          )
        : make("p", {}, "No core topic is missing. Choose a specialization in the planner."),
      ...doubtful.map((row) =>
        make(
          "p",
          { class: "tool__notice" },
          `${row.title}: you say that you have most of it, and answered ${row.right} of 3. ` +
            "Read the answers of this row before you take its hours off.",
        ),
      ),
    ];
    const fragment = toFragment(found);
    const planner = new URLSearchParams(fragment);
    planner.delete("right");
    // Without storage, or for somebody else's map, the address carries what the planner has to know.
    const carried = foreign || store.trouble ? `#${decodeURIComponent(String(planner))}` : "";
    result.replaceChildren(
      heading,
      ...lines,
      make(
        "p",
        {},
        link({ title: "Make a dated plan of it", at: "roadmap/planner/" + (carried === "#" ? "" : carried) }),
      ),
      wideTable(TITLES, body),
      // An empty map has nothing to hand on.
      ...(fragment ? [addressField(CARRIES, "Address of this map", fragment)] : []),
    );
    heading.focus();
  }

  form.append(
    button("Show my map", () => {
      for (const set of questions) {
        const picked = choice(set);
        const right = picked === Number(set.dataset.right);
        set.querySelector(".standing__mark")?.remove();
        const details = set.querySelector("details");
        if (details) details.open = Boolean(picked) && !right;
        if (picked)
          set
            .querySelector("legend")
            ?.append(make("span", { class: "standing__mark" }, right ? " Right." : " Not right."));
      }
      show(standing(), false);
    }),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  if (location.hash.includes("=")) show(fromFragment(location.hash.slice(1), course), true);
}
