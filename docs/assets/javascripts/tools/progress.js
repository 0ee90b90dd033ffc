// The progress page: how far the reader is, what is new since the last visit, and what is kept as a file.
import { BASE, button, data, download, link, make, store, tableRow, tenth, wideTable } from "../lib/page.js";
import { current, merge, parse, precious, write } from "../lib/state.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/state.js").Items} Items
 */

const TITLES = ["Phase", "Core topics and builds", "Likely hours", "What it asks"];
const LABELS = ["Phase", "Topics and builds", "Likely hours", "Asks"];

const UNREADABLE = " A part of the file could not be read and was left out.";

/** What a reader has noted, by kind: one of it, and several. */
const KINDS = {
  done: ["tick", "ticks"],
  known: ["topic that you know", "topics that you know"],
  answer: ["answer", "answers"],
  review: ["question to review", "questions to review"],
  plan: ["plan", "plans"],
};

/**
 * What notes hold, in words: "12 ticks, 3 answers and 1 plan".
 * @param {Items} items
 */
export function held(items) {
  const kinds = precious(items).map(([key]) => key.split("/")[0]);
  const parts = Object.entries(KINDS).flatMap(([kind, [one, several]]) => {
    const count = kinds.filter((each) => each === kind).length;
    return count ? [`${count} ${count === 1 ? one : several}`] : [];
  });
  return parts.join(", ").replace(/, ([^,]*)$/, " and $1") || "nothing";
}

/**
 * What adding a file has changed, in words, and what it could not bring back.
 * @param {Items} own
 * @param {Items} other
 */
export function compared(own, other) {
  const merged = merge(own, other);
  const said = (/** @type {Items[string]} */ item) => JSON.stringify(item?.v);
  const keys = precious(other).map(([key]) => key);
  const removed = Object.keys(other).filter((key) => precious({ [key]: own[key] ?? {} }).length && !keys.includes(key));
  const added = keys.filter((key) => said(own[key]) !== said(other[key]) && merged[key] === other[key]);
  const gone = removed.filter((key) => merged[key] === other[key]);
  const late = keys.filter((key) => merged[key] !== other[key] && !precious({ [key]: merged[key] }).length);
  const pick = (/** @type {string[]} */ some) => held(Object.fromEntries(some.map((key) => [key, other[key]])));
  return [
    `Added: ${pick(added)}.`,
    gone.length ? ` Taken away, because it was taken away later on the other device: ${count(gone)}.` : "",
    late.length
      ? ` Not added: ${pick(late)}, which you took away here after the file was made. To get them back, open the ` +
        "file again and choose “Restore”."
      : "",
  ].join("");
}

/** @param {string[]} keys */
function count({ length }) {
  return length === 1 ? "1 thing" : `${length} things`;
}

/**
 * Draws the overview, what is new, and the notes as a file into their place on the page.
 * @param {HTMLElement} place
 */
export async function mount(place) {
  const [course, history] = await Promise.all([data(), changed()]);
  const overview = make("div", {});
  const status = make("p", { role: "status", class: "tool__status", tabindex: "-1" });
  const draw = () =>
    overview.replaceChildren(
      wideTable(
        TITLES,
        course.phases.map((phase) => row(course, phase)),
      ),
    );
  draw();
  store.addEventListener("change", draw);
  const files = make(
    "div",
    { class: "progress__files" },
    ...saving(status),
    ...opening(course, status),
    ...forgetting(status),
    status,
    undoing(status),
    ...unread(),
  );
  place.replaceChildren(overview, ...news(history), files);
}

/**
 * The handbook's changes, newest first; none when they cannot be had.
 * @returns {Promise<{id: string, renamed_from: string[], date: string, title: string, says: string}[]>}
 */
async function changed() {
  try {
    return (await (await fetch(new URL("data/history.json", BASE))).json()).history;
  } catch {
    return [];
  }
}

/**
 * What has changed since the reader was here; nothing at the first visit. From then on it is known.
 * @param {Awaited<ReturnType<typeof changed>>} history
 */
function news(history) {
  const seen = store.get("seen");
  const known = history.findIndex(({ id, renamed_from }) => id === seen || renamed_from.includes(seen));
  if (history[0] && seen !== history[0].id) store.set("seen", "", history[0].id);
  if (!seen || known <= 0) return [];
  const list = history
    .slice(0, known)
    .map(({ id, date, title, says }) =>
      make("li", {}, link({ title, at: "reference/changes/#" + id }), ` (${date}): ${says}`),
    );
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
    `${phase.outcomes.filter((id) => store.get("done", id)).length} of ${phase.outcomes.length}`,
  ]);
}

/**
 * A button for the notes as a file.
 * @param {HTMLElement} status
 */
function saving(status) {
  const save = () => {
    download("handbook-progress.json", "application/json", write(store.items));
    store.exported();
    status.textContent = `Downloaded: ${held(store.items)}.`;
  };
  return [suggestion(), make("p", {}, button("Download my progress", save))];
}

/**
 * The ways back in: a file, or its text, or the line that a lab printed. What they hold is said before anything
 * changes.
 * @param {Data} course
 * @param {HTMLElement} status
 */
function opening(course, status) {
  const input = /** @type {HTMLInputElement} */ (
    make("input", { type: "file", accept: "application/json,.json", id: "progress-file" })
  );
  const pasted = /** @type {HTMLTextAreaElement} */ (
    make("textarea", { id: "progress-text", rows: "3", spellcheck: "false" })
  );
  const choice = make("div", {});
  const open = (/** @type {string} */ text) => {
    choice.replaceChildren();
    status.textContent = read(course, text, (items, damaged) => {
      choice.replaceChildren(choose(course, items, damaged, status, () => choice.replaceChildren()));
      choice.querySelector("button")?.focus();
    });
  };
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    const text = await file.text();
    input.value = "";
    open(text);
  });
  const label = (/** @type {HTMLElement} */ { id }, /** @type {string} */ text) => make("label", { for: id }, text);
  return [
    make("div", {}, label(input, "Open a progress file"), input),
    make(
      "div",
      {},
      label(pasted, "or paste its text, or the line that a lab printed"),
      pasted,
      button("Open the text", () => open(pasted.value)),
    ),
    choice,
  ];
}

/**
 * Reads a file or a line. A lab's line is added at once, since it says one thing; for a file the reader decides.
 * @param {Data} course
 * @param {string} text a file, or the line that a lab printed: a word that says what it is, and the note
 * @param {(items: Items, damaged: boolean) => void} ask
 * @returns {string} what has happened
 */
function read(course, text, ask) {
  const start = Math.max(0, text.indexOf("{"));
  const { items, reading } = parse(text.slice(start));
  if (reading === "newer") {
    return "This comes from a newer version of the handbook. Nothing was changed; reload the page and try again.";
  }
  if (!precious(items).length && !Object.keys(items).length) {
    return (reading === "damaged" ? "This is no progress file." : "The file is empty.") + " Nothing was changed.";
  }
  if (text.slice(0, start).trim()) return add(course, items, false);
  ask(items, reading === "damaged");
  return "";
}

/**
 * Adds notes to those that are here.
 * @param {Data} course
 * @param {Items} items
 * @param {boolean} damaged whether a part of them was unreadable
 */
function add(course, items, damaged) {
  const present = current(items, course.renamed);
  const found = compared(store.items, present);
  const allInFiles = store.unsaved() === 0;
  store.add(present);
  if (allInFiles) store.exported();
  return found + (damaged ? UNREADABLE : "");
}

/**
 * What a file holds, and what to do with it.
 * @param {Data} course
 * @param {Items} items
 * @param {boolean} damaged
 * @param {HTMLElement} status
 * @param {() => void} close
 */
function choose(course, items, damaged, status, close) {
  const last = Object.values(items)
    .map(({ t, d }) => d ?? t.slice(0, 10))
    .sort()
    .at(-1);
  const act = (/** @type {string} */ name, /** @type {() => string} */ does) =>
    button(name, () => {
      const says = does();
      close();
      status.textContent = says;
      status.focus();
    });
  const here = held(store.items);
  return panel(
    [
      `This file holds ${held(items)}. The last change in it is from ${last}.`,
      `Restore makes everything here as it is in the file${here === "nothing" ? "" : ", in place of " + here}. ` +
        "Add keeps what is here, and takes the later one where both say something.",
    ],
    act("Restore", () => {
      store.restore(current(items, course.renamed));
      store.exported();
      return `Restored: ${held(store.items)}.` + (damaged ? UNREADABLE : "");
    }),
    act("Add", () => add(course, items, damaged)),
    act("Cancel", () => "Nothing was changed."),
  );
}

/**
 * Sentences, and the buttons that answer them. Escape is the last one.
 * @param {string[]} lines
 * @param {HTMLElement[]} buttons
 */
function panel(lines, ...buttons) {
  const spaced = buttons.flatMap((each) => [each, " "]);
  const name = lines[0];
  const element = make("div", { class: "tool__notice", role: "group", "aria-label": name });
  element.append(...lines.map((line) => make("p", {}, line)), make("p", {}, ...spaced));
  element.addEventListener("keydown", ({ key }) => key === "Escape" && buttons[buttons.length - 1].click());
  return element;
}

/** A quiet line as long as there are notes that no file holds. */
function suggestion() {
  const line = make("p", { class: "progress__suggestion" });
  const update = () => {
    const count = store.unsaved();
    const [things, are] = count === 1 ? ["1 thing", "is"] : [`${count} things`, "are"];
    line.hidden = count === 0;
    line.textContent =
      `${things} that you ticked, answered or planned ${are} in no file yet. A browser can delete what it keeps, ` +
      "so download a file now and then.";
  };
  update();
  store.addEventListener("change", update);
  return line;
}

/**
 * A button that forgets everything, after it has said once what that means.
 * @param {HTMLElement} status
 */
function forgetting(status) {
  const place = make("div", {});
  const close = (/** @type {string} */ says) => {
    place.replaceChildren();
    status.textContent = says;
  };
  const ask = button("Forget everything", () => {
    const here = held(store.items);
    if (here === "nothing") return close("There is nothing to forget.");
    status.textContent = "";
    const forget = button("Yes, forget it", () => {
      store.reset();
      close("Everything is forgotten. A copy stays in this browser, so that you can undo it.");
      status.focus();
    });
    const keep = button("Keep it", () => {
      close("");
      ask.focus();
    });
    const lines = [
      `This takes away ${here} from this browser.`,
      "Other devices keep theirs, until you add a file from here to them. A file that you downloaded can be restored.",
    ];
    place.replaceChildren(panel(lines, forget, keep));
    keep.focus();
  });
  return [make("p", {}, ask), place];
}

/**
 * As long as there is a copy of what was forgotten or replaced: a way back, and a way to be rid of it.
 * @param {HTMLElement} status
 */
function undoing(status) {
  const element = make("div", { class: "tool__notice" });
  const end = (/** @type {string} */ says, /** @type {() => void} */ does) => () => {
    does();
    status.textContent = says;
    status.focus();
  };
  const undo = button(
    "Bring it back",
    end("Everything is back.", () => store.undo()),
  );
  const leave = button(
    "Delete the copy",
    end("The copy is deleted.", () => store.forgetCopy()),
  );
  const text = make("p", {});
  element.append(text, make("p", {}, undo, " ", leave));
  const update = () => {
    const before = store.before();
    element.hidden = !before;
    text.textContent = before
      ? `What you forgot or replaced last is still in this browser: ${held(before)}. You can undo it, now or later.`
      : "";
  };
  update();
  store.addEventListener("change", update);
  return element;
}

/** A button for each text that was stored and could not be read. */
function unread() {
  return store.aside().map((text, index) => {
    const save = () => download(`handbook-progress-unread-${index + 1}.txt`, "text/plain", text);
    return make("p", {}, button(`Download what could not be read (${index + 1})`, save));
  });
}
