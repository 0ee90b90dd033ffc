// The step that everybody sees first: whether the reader has done a row's work.
import { make, store } from "../lib/page.js";
import { rowAnswer } from "./flow.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("./flow.js").Row} Row
 * @typedef {import("./ask.js").Texts} Texts
 * @typedef {import("./ask.js").Acts} Acts
 */

/**
 * Whether the reader has done a row's work.
 * @param {Data} course
 * @param {Row} row
 * @param {Texts} texts
 * @param {Acts} acts
 */
export function askRow(course, row, texts, acts) {
  const given = rowAnswer(row, store.items);
  const names = row.topics.map((id) => course.topics[id].title).join(" · ");
  const answers = texts.rows.answers.map((text, index) => {
    const made = option([text], () => acts.row(index + 1));
    if (given) made.setAttribute("aria-pressed", String(given === index + 1));
    return made;
  });
  return [make("p", { class: "standing__work" }, names), ...group(texts.rows.question, answers)];
}

/**
 * @param {(string | Node)[]} text
 * @param {() => void} act
 */
export function option(text, act) {
  const made = make("button", { type: "button", class: "standing__option" }, ...text);
  made.addEventListener("click", act);
  return made;
}

/**
 * Buttons under the question that they answer.
 * @param {string | Node} question
 * @param {HTMLElement[]} buttons
 */
export function group(question, buttons) {
  const asks = make("p", { class: "standing__question", id: "standing-question" }, question);
  return [asks, make("div", { role: "group", "aria-labelledby": asks.id, class: "standing__options" }, ...buttons)];
}
