// The result of the self-assessment: each row as a picture, what is missing of it, and where to begin.
import { addressField, button, hours, link, make, store } from "../lib/page.js";
import { open } from "./flow.js";
import { fromFragment, judge, own, toFragment } from "./result.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("./result.js").Standing} Standing
 * @typedef {ReturnType<typeof judge>["rows"][number]} Judged
 */

const CARRIES = "This map as an address, without your name or your answers: ";
const CELL = 28;
const SIDE = 22;
/** @type {Record<string, string>} */
const KEY = { shipped: "shipped", explained: "can explain", missing: "missing", open: "not asked" };
/** Strokes and no letters, which a reader's fonts might lack. */
const SIGNS = { right: "M6 12l3 4l7-9", wrong: "M7 7l8 8M15 7l-8 8", unknown: "M8 8a3 3 0 1 1 4 3q-1 .6-1 2M11 16v.6" };

/**
 * @param {Data} course
 * @param {string} foreign the part of an address with somebody else's map, or empty
 * @param {string} resume where the reader left off, or "map"
 * @param {(at: string) => void} go
 * @returns {Node[]}
 */
export function map(course, foreign, resume, go) {
  const standing = foreign ? fromFragment(foreign, course) : own(course, store.items);
  const judged = judge(course, standing);
  const unfinished = !foreign && resume !== "map";
  const title = foreign ? "A map that came with the address" : unfinished ? "Your map so far" : "Your map";
  const fragment = toFragment(standing);
  // Without storage, or for somebody else's map, the address carries what the planner has to know.
  const at = "roadmap/planner/" + (foreign || store.trouble ? forPlanner(fragment) : "");
  return [
    make("h3", { id: "map", tabindex: "-1", class: "standing__title" }, title),
    make("p", { class: "standing__first" }, ...first(course, judged, standing)),
    make("p", {}, total(course, judged, standing)),
    make(
      "p",
      { class: "standing__acts" },
      ...(unfinished ? [button("Go on", () => go(resume)), " "] : []),
      link({ title: "Make a dated plan of it", at }),
    ),
    make("div", { class: "standing-map" }, ...judged.rows.flatMap((row) => drawn(course, row, standing, judged.begin))),
    key(),
    make(
      "ol",
      { class: "standing-rows" },
      ...judged.rows.map((row) => line(course, row, standing, foreign ? undefined : go)),
    ),
    // An empty map has nothing to hand on.
    ...(fragment ? [addressField(CARRIES, "Address of this map", fragment)] : []),
    ...(foreign
      ? [
          make(
            "p",
            {},
            button("Find out where you stand yourself", () => go(resume)),
          ),
        ]
      : []),
  ];
}

/**
 * The part of a standing that the planner reads, with its #.
 * @param {string} fragment
 */
function forPlanner(fragment) {
  const fields = new URLSearchParams(fragment);
  fields.delete("right");
  fields.delete("asked");
  return String(fields) && "#" + decodeURIComponent(String(fields));
}

/**
 * The one page to read first.
 * @param {Data} course
 * @param {ReturnType<typeof judge>} judged
 * @param {Standing} standing
 */
function first(course, { begin }, { known }) {
  if (!begin) return ["No core topic is missing. Choose a specialization in the planner."];
  const { at, title, hours: estimate } = course.topics[begin];
  const why = known[begin] ? "You missed a situation about it." : "It's the first topic of the roadmap that you lack.";
  return ["Read first: ", make("strong", {}, link({ at, title })), `. ${why} It takes about ${hours(estimate[1])}.`];
}

/**
 * @param {Data} course
 * @param {ReturnType<typeof judge>} judged
 * @param {Standing} standing
 */
function total(course, { rows, saved }, { open }) {
  const sum = (/** @type {(row: Judged) => number} */ of) => rows.reduce((all, row) => all + of(row), 0);
  const [shipped, explained, all] = [
    sum((row) => row.shipped.length),
    sum((row) => row.explained.length),
    sum((row) => row.topics.length),
  ];
  const rest = open.size ? ` ${open.size} of ${rows.length} rows weren't asked, and count as missing.` : "";
  if (!saved)
    return `So far nothing comes off the plan: it holds all ${all} core topics. Each row says where it begins.${rest}`;
  const parts = [shipped && `you've shipped ${shipped}`, explained && `you can explain ${explained}`].filter(Boolean);
  const has = `Of ${all} core topics ${parts.join(" and ")}. `;
  return has + `That takes ${hours(saved)} off the plan, at the likely estimates.${rest}`;
}

/**
 * A row in a few words: "2 shipped, 3 missing."
 * @param {Judged} row
 * @param {Standing} standing
 */
function inWords({ id, shipped, explained, missing }, { open, right, answered }) {
  if (open.has(id)) return "Not asked yet.";
  const counts = Object.entries({ shipped, "you can explain": explained, missing }).filter(([, ids]) => ids.length);
  const went = answered[id] ? ` Situations: ${right[id] ?? 0} of ${answered[id]} right.` : "";
  return counts.map(([text, ids]) => `${ids.length} ${text}`).join(", ") + "." + went;
}

/**
 * A row of the picture.
 * @param {Data} course
 * @param {Judged} row
 * @param {Standing} standing
 * @param {string | undefined} begin
 */
function drawn(course, row, standing, begin) {
  return [make("span", { class: "standing-map__name" }, row.title), picture(course, row, standing, begin)];
}

/**
 * A row in words, with its links and what can be done about it.
 * @param {Data} course
 * @param {Judged} row
 * @param {Standing} standing
 * @param {((at: string) => void) | undefined} go undefined on somebody else's map
 */
function line(course, row, standing, go) {
  const { missing, topics } = row;
  const unasked = standing.open.has(row.id);
  // Of a row that is missing whole nobody needs the names.
  const whole = missing.length === topics.length;
  const parts = [make("p", {}, make("strong", {}, link(row)), ": ", inWords(row, standing))];
  if (whole && !unasked) {
    const first = link(course.topics[row.first ?? missing[0]]);
    parts.push(make("p", {}, `All ${topics.length} topics are about ${hours(row.left)}. Begin with `, first, "."));
  } else if (missing.length && !unasked) parts.push(make("p", {}, "Missing: ", ...names(course, missing)));
  const missed = Object.values(course.asked)
    .filter(({ skill, topic }) => skill === row.id && (standing.verdicts[topic] ?? "right") !== "right")
    .map(({ topic }) => topic);
  const rest = missed.filter((id) => whole || !missing.includes(id));
  if (rest.length) parts.push(make("p", {}, "Missed in a situation: ", ...names(course, rest)));
  if (go) parts.push(make("p", { class: "standing__acts" }, ...acts(course, row, unasked, go)));
  return make("li", {}, ...parts);
}

/**
 * @param {Data} course
 * @param {Judged} row
 * @param {boolean} unasked
 * @param {(at: string) => void} go
 */
function acts(course, row, unasked, go) {
  const rest = unasked ? [] : open(course, row.id, store.items);
  const change = button(unasked ? "Answer this row" : "Change", () => go(row.id));
  if (!unasked) change.setAttribute("aria-label", `Change: ${row.title}`);
  const more = rest.length === 1 ? "1 more situation" : `${rest.length} more situations`;
  return rest.length ? [change, " ", button(more, () => go(rest[0]))] : [change];
}

/**
 * @param {Data} course
 * @param {string[]} topics
 */
function names(course, topics) {
  return topics.flatMap((id, index) => [index ? ", " : "", link(course.topics[id])]);
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {(string | Node)[]} children
 */
function draw(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * @param {number} width
 * @param {number} height
 * @param {Record<string, string>} attributes
 * @param {Node[]} children
 */
function svg(width, height, attributes, ...children) {
  return draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, ...attributes }, ...children);
}

/**
 * A square of the picture: full, half full, empty, or only sketched.
 * @param {string} state a name of KEY
 */
function square(state) {
  const frame = draw("rect", { class: `square square--${state}`, x: 1, y: 1, width: SIDE, height: SIDE, rx: 2 });
  if (state !== "explained") return [frame];
  return [frame, draw("path", { class: "square__half", d: `M1 ${SIDE + 1}V1L${SIDE + 1} ${SIDE + 1}z` })];
}

/**
 * One square for each topic of a row, a sign below it where a situation was answered, and a bar over the first to read.
 * @param {Data} course
 * @param {Judged} row
 * @param {Standing} standing
 * @param {string | undefined} begin
 */
function picture(course, row, standing, begin) {
  const { known, verdicts, open } = standing;
  const cells = row.topics.map((id, index) => {
    const state = open.has(row.id) ? "open" : ["missing", "explained", "shipped"][known[id] ?? 0];
    const sign = verdicts[id]
      ? [draw("path", { class: "square__sign", d: SIGNS[verdicts[id]], transform: "translate(1 24)" })]
      : [];
    const mark = id === begin ? [draw("path", { class: "square__first", d: `M1 -4H${SIDE + 1}` })] : [];
    const title = draw("title", {}, `${course.topics[id].title}: ${KEY[state]}`);
    return draw("g", { transform: `translate(${index * CELL} 8)` }, title, ...square(state), ...sign, ...mark);
  });
  const signs = row.topics.some((id) => verdicts[id]);
  const reads = row.topics.includes(begin ?? "") ? " The page to read first is here." : "";
  return svg(
    row.topics.length * CELL,
    signs ? 54 : 36,
    { role: "img", "aria-label": `${row.title}: ${inWords(row, standing)}${reads}` },
    ...cells,
  );
}

/** What the squares and signs mean. */
function key() {
  const states = Object.entries(KEY).map(([state, text]) => [square(state), text]);
  const sign = (/** @type {string} */ d) => [draw("path", { class: "square__sign", d })];
  const signs = [
    [sign(SIGNS.right), "situation right"],
    [sign(SIGNS.wrong), "not right"],
    [sign(SIGNS.unknown), "didn't know"],
    [[draw("path", { class: "square__first", d: "M1 12H23" })], "read first"],
  ];
  const entries = /** @type {[Node[], string][]} */ ([...states, ...signs]);
  const items = entries.map(([drawn, text]) =>
    make("li", {}, svg(24, 24, { "aria-hidden": "true" }, ...drawn), ` ${text}`),
  );
  return make("ul", { class: "standing-map__key", "aria-label": "What the squares mean" }, ...items);
}
