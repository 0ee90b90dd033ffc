// The progress page: how far the reader is, what is new since the last visit, and the notes as a file.
import { button, data, download, link, make, store, tableRow, tenth, wideTable } from "../lib/page.js";
import { merge, parse, write } from "../lib/state.js";

/** @typedef {import("../lib/state.js").Items} Items */

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

/** @param {HTMLElement} place */
export async function mount(place) {
  const course = await data();
  const seen = store.get("seen");
  const known = course.history.findIndex((change) => change.id === (course.renamed[seen] ?? seen));
  if (course.history[0] && seen !== course.history[0].id) store.set("seen", "", course.history[0].id);

  const overview = make("div", {});
  const files = make("div", { class: "progress__files" });
  const status = make("p", { role: "status", class: "tool__status" });
  place.replaceChildren(overview);
  if (seen && known > 0) {
    const list = course.history
      .slice(0, known)
      .map((change) => make("li", {}, link(change), ` (${change.date}): ${change.says}`));
    place.append(
      make(
        "div",
        { class: "tool__notice" },
        make("p", {}, make("strong", {}, "New since your last visit")),
        make("ul", {}, ...list),
      ),
    );
  }
  place.append(files, status);

  function draw() {
    const rows = course.phases.map((phase) => {
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
    });
    overview.replaceChildren(wideTable(TITLES, rows));
  }
  draw();
  store.addEventListener("change", draw);

  const input = /** @type {HTMLInputElement} */ (
    make("input", { type: "file", accept: "application/json,.json", id: "progress-file" })
  );
  const pasted = /** @type {HTMLTextAreaElement} */ (
    make("textarea", { id: "progress-text", rows: "3", spellcheck: "false" })
  );
  const take = (/** @type {string} */ text) => {
    // A lab prints its note after a word that says what it is.
    const { items, reading } = parse(text.slice(Math.max(0, text.indexOf("{"))));
    if (reading === "newer")
      status.textContent =
        "This comes from a newer version of the handbook. Nothing was changed; reload the page and try again.";
    else if (!Object.keys(items).length)
      status.textContent =
        reading === "damaged"
          ? "This is no progress file. Nothing was changed."
          : "The file holds no notes. Nothing was changed.";
    else {
      const text = compared(store.items, items);
      store.add(items);
      store.rename(course.renamed);
      status.textContent = text + (reading === "damaged" ? " A part of it could not be read and was left out." : "");
    }
  };
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    take(await file.text());
    input.value = "";
  });

  let before = /** @type {Items | undefined} */ (undefined);
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
  files.append(
    make(
      "p",
      {},
      button("Download my progress", () => download("handbook-progress.json", "application/json", write(store.items))),
    ),
    make("div", {}, make("label", { for: "progress-file" }, "Merge a file from another device"), input),
    make(
      "div",
      {},
      make("label", { for: "progress-text" }, "or paste its text, or the line that a lab printed"),
      pasted,
      button("Merge the text", () => {
        take(pasted.value);
      }),
    ),
    make("p", {}, reset, " ", undo),
  );
  store.aside().forEach((text, index) =>
    files.append(
      make(
        "p",
        {},
        button(`Download what could not be read (${index + 1})`, () =>
          download(`handbook-progress-unread-${index + 1}.txt`, "text/plain", text),
        ),
      ),
    ),
  );
}
