// The progress page: how far the reader is, what is new since the last visit, and the notes as a file.
import { button, data, download, link, make, store, tableRow, tenth, wideTable } from "../lib/page.js";
import { merge, parse, write } from "../lib/state.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/state.js").Items} Items
 */

const TITLES = ["Phase", "Core topics and builds", "Likely hours", "What it asks"];
const LABELS = ["Phase", "Topics and builds", "Likely hours", "Asks"];

/**
 * What a merge would change, in one sentence.
 * @param {Items} own
 * @param {Items} other
 */
export function compared(own, other) {
  const keys = Object.keys(other);
  const merged = merge(own, other);
  const fresh = keys.filter((key) => !own[key]).length;
  const newer = keys.filter((key) => own[key] && merged[key] !== own[key] && merged[key].t !== own[key].t).length;
  const same = keys.length - fresh - newer;
  return `${keys.length} notes read: ${fresh} new here, ${newer} newer than yours, ${same} that changed nothing.`;
}

/**
 * Draws the overview, what is new, and the notes as a file into their place on the page.
 * @param {HTMLElement} place
 */
export async function mount(place) {
  const course = await data();
  const overview = make("div", {});
  const status = make("p", { role: "status", class: "tool__status" });
  const draw = () =>
    overview.replaceChildren(
      wideTable(
        TITLES,
        course.phases.map((phase) => row(course, phase)),
      ),
    );
  draw();
  store.addEventListener("change", draw);
  const files = make("div", { class: "progress__files" }, ...merging(course, status), resetting(status), ...unread());
  place.replaceChildren(overview, ...news(course), files, status);
}

/**
 * What has changed since the reader was here; nothing at the first visit. From then on it is known.
 * @param {Data} course
 */
function news(course) {
  const seen = store.get("seen");
  const known = course.history.findIndex((change) => change.id === (course.renamed[seen] ?? seen));
  if (course.history[0] && seen !== course.history[0].id) store.set("seen", "", course.history[0].id);
  if (!seen || known <= 0) return [];
  const changes = course.history.slice(0, known);
  const list = changes.map((change) => make("li", {}, link(change), ` (${change.date}): ${change.says}`));
  const heading = make("p", {}, make("strong", {}, "New since your last visit"));
  return [make("div", { class: "tool__notice" }, heading, make("ul", {}, ...list))];
}

/**
 * How far the reader is in a phase.
 * @param {Data} course
 * @param {Data["phases"][number]} phase
 */
function row(course, phase) {
  const own = Object.entries({ ...course.topics, ...course.projects }).filter(
    ([, thing]) => thing.phase === phase.id && /** @type {any} */ (thing).core !== false,
  );
  const asks = Object.entries(course.outcomes).filter(([, outcome]) => outcome.phase === phase.id);
  const done = own.filter(([id]) => store.get("done", id));
  const hours = (/** @type {typeof own} */ things) => things.reduce((sum, [, thing]) => sum + thing.hours[1], 0);
  const bar = make("progress", {
    max: String(hours(own)),
    value: String(hours(done)),
    "aria-label": `${phase.title}: hours done`,
  });
  return tableRow(LABELS, [
    link(phase),
    `${done.length} of ${own.length}`,
    [`${tenth(hours(done))} of ${tenth(hours(own))} `, bar],
    `${asks.filter(([id]) => store.get("done", id)).length} of ${asks.length}`,
  ]);
}

/**
 * Notes of another device, merged into those of this one.
 * @param {Data} course
 * @param {string} text a file, or the line that a lab printed: a word that says what it is, and the note
 * @returns {string} what has happened
 */
function take(course, text) {
  const { items, reading } = parse(text.slice(Math.max(0, text.indexOf("{"))));
  if (reading === "newer") {
    return "This comes from a newer version of the handbook. Nothing was changed; reload the page and try again.";
  }
  if (!Object.keys(items).length) {
    return (reading === "damaged" ? "This is no progress file." : "The file holds no notes.") + " Nothing was changed.";
  }
  const found = compared(store.items, items);
  const allInFiles = store.unsaved() === 0;
  store.add(items);
  store.rename(course.renamed);
  if (allInFiles) store.exported();
  return found + (reading === "damaged" ? " A part of it could not be read and was left out." : "");
}

/**
 * The notes as a file to take away, and the ways back in.
 * @param {Data} course
 * @param {HTMLElement} status
 */
function merging(course, status) {
  const save = () => {
    download("handbook-progress.json", "application/json", write(store.items));
    store.exported();
  };
  const input = /** @type {HTMLInputElement} */ (
    make("input", { type: "file", accept: "application/json,.json", id: "progress-file" })
  );
  const pasted = /** @type {HTMLTextAreaElement} */ (
    make("textarea", { id: "progress-text", rows: "3", spellcheck: "false" })
  );
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    status.textContent = take(course, await file.text());
    input.value = "";
  });
  const merge = button("Merge the text", () => (status.textContent = take(course, pasted.value)));
  const label = (/** @type {HTMLElement} */ { id }, /** @type {string} */ text) => make("label", { for: id }, text);
  return [
    suggestion(),
    make("p", {}, button("Download my progress", save)),
    make("div", {}, label(input, "Merge a file from another device"), input),
    make("div", {}, label(pasted, "or paste its text, or the line that a lab printed"), pasted, merge),
  ];
}

/** A quiet line as long as there are notes that no file holds. */
function suggestion() {
  const line = make("p", { class: "progress__suggestion" });
  const update = () => {
    const count = store.unsaved();
    const notes = count === 1 ? "1 note is" : `${count} notes are`;
    line.hidden = count === 0;
    line.textContent = `${notes} only in this browser, and a browser can empty its storage. A file is safe from that.`;
  };
  update();
  store.addEventListener("change", update);
  return line;
}

/**
 * A button that forgets everything, and one that takes it back as long as the page is open.
 * @param {HTMLElement} status
 */
function resetting(status) {
  /** @type {Items | undefined} */
  let before;
  const undo = button("Undo the reset", () => {
    if (!before) return;
    store.undo(before);
    before = undefined;
    undo.hidden = true;
    reset.focus();
    status.textContent = "Everything is back.";
  });
  undo.hidden = true;
  const reset = button("Forget everything", () => {
    before = store.reset();
    undo.hidden = false;
    undo.focus();
    status.textContent =
      "Forgotten, here and at the next merge on your other devices. You can undo this until you leave the page.";
  });
  return make("p", {}, reset, " ", undo);
}

/** A button for each text that was stored and could not be read. */
function unread() {
  return store.aside().map((text, index) => {
    const save = () => download(`handbook-progress-unread-${index + 1}.txt`, "text/plain", text);
    return make("p", {}, button(`Download what could not be read (${index + 1})`, save));
  });
}
