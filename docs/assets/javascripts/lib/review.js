// Questions that a reader has missed: they come back after one, three and nine days, and leave when all went well.
import { make, say, store } from "./page.js";

/** @typedef {import("./state.js").Items} Items */

/** Days until a question comes back, by its number: 1 when it was missed, more when it went well since; 0 is known. */
const DAYS = [Infinity, 1, 3, 9];

/**
 * The number that is noted after an answer.
 * @param {number | undefined} noted before: 1 to 3, or 0 and nothing for a question that isn't in review
 * @param {boolean} knew
 */
export function next(noted, knew) {
  if (!knew) return 1;
  return noted ? (noted + 1) % DAYS.length : 0;
}

/**
 * The questions in review, by the day on which they come back.
 * @param {Items} items
 * @returns {{id: string, day: string}[]} the day as "2026-11-28"
 */
export function waiting(items) {
  const found = [];
  for (const [key, { v, d, t }] of Object.entries(items)) {
    const [kind, id] = key.split("/");
    if (kind !== "review" || !v) continue;
    const day = new Date(d ?? t.slice(0, 10));
    day.setUTCDate(day.getUTCDate() + DAYS[v]);
    found.push({ id, day: day.toISOString().slice(0, 10) });
  }
  return found.sort((a, b) => (a.day + a.id < b.day + b.id ? -1 : 1));
}

/**
 * Asks under an answer whether the reader knew it, and notes what they say.
 * @param {string} id of the question
 * @param {(knew: boolean) => void} [then]
 */
export function asked(id, then) {
  const says = make("span", { role: "status" });
  /**
   * @param {string} text
   * @param {boolean} knew
   */
  const choice = (text, knew) => {
    const made = make("button", { type: "button", class: "md-button" }, text);
    made.addEventListener("click", () => {
      const noted = next(store.get("review", id), knew);
      if (noted || store.get("review", id)) store.set("review", id, noted);
      const number = DAYS[noted];
      const back = number === 1 ? say("It comes back in 1 day.") : say("It comes back in {number} days.", { number });
      says.textContent = noted ? back : say("Good.");
      then?.(knew);
    });
    return made;
  };
  const [yes, no] = [choice(say("Yes"), true), choice(say("No"), false)];
  return make("p", { class: "knew" }, say("Did you know it?") + " ", yes, " ", no, " ", says);
}
