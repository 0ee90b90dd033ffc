// The review page: questions that the reader has missed, one at a time, on the day on which they come back.
import { BASE, button, make, store } from "../lib/page.js";
import { asked, waiting } from "../lib/review.js";

/**
 * Draws what is due into its place on the page.
 * @param {HTMLElement} place
 */
export async function mount(place) {
  const answer = await fetch(new URL("data/questions.json", BASE));
  if (!answer.ok) throw new Error(`data/questions.json: ${answer.status}`);
  /** @type {{at: Record<string, string>, renamed: Record<string, string>}} */
  const { at, renamed } = await answer.json();
  store.rename(renamed);
  const status = make("p", { role: "status" });
  const card = make("div", { class: "review" });
  place.replaceChildren(status, card);

  async function draw() {
    const known = waiting(store.items).filter(({ id }) => id in at);
    const due = known.filter(({ day }) => day <= store.today());
    status.textContent = told(due.length, known.length - due.length, known[due.length]?.day);
    card.replaceChildren();
    if (due[0]) card.append(...(await question(due[0].id, new URL(at[due[0].id], BASE), draw)));
  }
  await draw();
}

/**
 * What is due, in a sentence.
 * @param {number} due
 * @param {number} later
 * @param {string | undefined} day of the next one
 */
function told(due, later, day) {
  if (!due && !later)
    return "Nothing is waiting. Answer “No” under a question that you missed, and it comes back here.";
  const rest = later ? ` ${later} more from ${day} on.` : "";
  return due ? `${due} due today.${rest}` : `Nothing is due today.${rest}`;
}

/**
 * A question with its answer, as they stand on their page.
 * @param {string} id
 * @param {URL} page
 * @param {() => void} then when the reader has said whether they knew it
 */
async function question(id, page, then) {
  const answer = await fetch(page);
  if (!answer.ok) throw new Error(`${page}: ${answer.status}`);
  const read = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fold = read.getElementById(id);
  const asks = fold?.querySelector("summary");
  if (!fold || !asks) throw new Error(`${page}: has no question ${id}`);
  asks.remove();
  for (const link of fold.querySelectorAll("a")) link.href = String(new URL(link.getAttribute("href") ?? "", page));
  const title = read.querySelector("h1")?.firstChild?.textContent ?? "the page";
  const explained = make("div", {}, ...fold.childNodes);
  explained.append(make("p", {}, make("a", { href: page.href.split("#")[0] }, title)), asked(id, then));
  explained.hidden = true;
  const show = button("Show the answer", () => {
    show.hidden = true;
    explained.hidden = false;
    /** @type {HTMLElement} */ (explained.querySelector(".knew button")).focus();
  });
  return [make("p", { class: "review__question" }, ...asks.childNodes), show, explained];
}
