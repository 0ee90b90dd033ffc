// The steps of the self-assessment that few readers see at once: a row's topics, and a situation with its answer.
import { button, link, make, store } from "../lib/page.js";
import { levels } from "../lib/levels.js";
import { UNKNOWN, verdict } from "./flow.js";
import { group, option } from "./row.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("./flow.js").Row} Row
 *
 * @typedef {object} Texts what the list for paper holds, as copies to place
 * @property {(row: string) => string} title
 * @property {{question: string, answers: string[]}} rows
 * @property {string} strict what the levels mean
 * @property {string} unknown the option that every situation has
 * @property {(question: string) => {question: Node[], options: Map<number, Node[]>, why: Node[]}} situation
 *
 * @typedef {object} Acts what a reader can do in a step
 * @property {(answer: number) => void} row says something of the row, and goes on
 * @property {(topic: string, level: number) => void} level
 * @property {(answer: number) => void} answer 0 opens the situation again
 * @property {(topic: string, stands: boolean) => void} insist whether the reader's level stands despite the answer
 * @property {() => void} next
 */

const LEVELS = ["Not yet", "I can explain it", "I have shipped it"];
const SIGNS = { right: "✓", wrong: "✗", unknown: "?" };
const SAID = { right: "Right.", wrong: "Not right.", unknown: "You didn't know." };
const LETTERS = "ABCDE";

/** @param {keyof typeof SIGNS} which */
function sign(which) {
  return make("span", { class: "standing__sign", "aria-hidden": "true" }, SIGNS[which]);
}

/**
 * @param {string} text
 * @param {() => void} act
 */
function primary(text, act) {
  const made = button(text, act);
  made.classList.add("standing__next");
  return made;
}

/**
 * What the reader knows of a row's topics.
 * @param {Data} course
 * @param {Row} row
 * @param {Texts} texts
 * @param {Acts} acts
 */
export function askTopics(course, row, texts, acts) {
  const { known } = levels(course, store.items);
  const sets = row.topics.map((id) => {
    const level = known[id] ?? 0;
    const choices = LEVELS.map((text, value) => {
      const input = make("input", { type: "radio", name: "known-" + id, checked: value === level });
      input.addEventListener("change", () => acts.level(id, value));
      return make("label", {}, input, " ", text);
    });
    return make("fieldset", {}, make("legend", {}, link(course.topics[id])), ...choices);
  });
  return [make("p", {}, texts.strict), ...sets, make("p", {}, primary("Next", acts.next))];
}

/**
 * A situation: its options, or what became of the answer.
 * @param {Data} course
 * @param {string} id
 * @param {number[]} order of its options
 * @param {Texts} texts
 * @param {Acts} acts
 */
export function askSituation(course, id, order, texts, acts) {
  const { question, options, why } = texts.situation(id);
  const text = (/** @type {number} */ number, /** @type {number} */ place) => [
    make("b", {}, LETTERS[place] + "."),
    " ",
    ...(options.get(number) ?? []),
  ];
  const given = verdict(course, id, store.items);
  if (!given) {
    const buttons = order.map((number, place) => option(text(number, place), () => acts.answer(number)));
    return group(make("span", {}, ...question), [...buttons, option([texts.unknown], () => acts.answer(UNKNOWN))]);
  }
  const { right, topic } = course.asked[id];
  const picked = store.get("answer", id);
  const told = make("p", { class: "standing__verdict standing__verdict--" + given, tabindex: "-1" });
  told.append(sign(given), ` ${SAID[given]}`);
  if (given !== "right") told.append(` The answer is ${LETTERS[order.indexOf(right)]}.`);
  const items = order.map((number, place) => {
    const is = number === right ? "right" : number === picked ? "wrong" : "";
    const marks = is === "wrong" ? "Your answer" : number === picked ? "Right, and your answer" : "Right answer";
    const mark = is ? [make("span", { class: "standing__mark" }, sign(is), ` ${marks}`)] : [];
    return make("li", is ? { class: "standing__option--" + is } : {}, ...text(number, place), ...mark);
  });
  return [
    make("p", { class: "standing__question" }, ...question),
    make("ul", { class: "standing__options" }, ...items),
    told,
    make("p", {}, ...why),
    ...(given === "right" ? [] : missed(course, topic, acts)),
    make("p", { class: "standing__acts" }, primary("Next", acts.next), " ", again(acts)),
  ];
}

/** @param {Acts} acts */
function again(acts) {
  return button("Answer again", () => acts.answer(0));
}

/**
 * What a miss means for the plan, with the reader's last word on it, and where to read.
 * @param {Data} course
 * @param {string} topic
 * @param {Acts} acts
 */
function missed(course, topic, acts) {
  const read = make("p", {}, "Read: ", link(course.topics[topic]));
  const { known, lowered } = levels(course, store.items);
  const said = lowered[topic] ?? known[topic];
  if (!said) return [read];
  const name = course.topics[topic].title;
  const claim = `You said of “${name}”: ${LEVELS[said]}. `;
  const [effect, act, stands] = lowered[topic]
    ? [
        said === 2
          ? "This answer counts more: the plan keeps half of its hours."
          : "This answer counts more: the plan keeps all of its hours.",
        `Count it as “${LEVELS[said]}” all the same`,
        true,
      ]
    : ["Your word stands, and the plan follows it.", "Let the answer count", false];
  const change = button(act, () => acts.insist(topic, stands));
  return [make("div", { class: "tool__notice standing__lowered" }, make("p", {}, claim, effect), change), read];
}
