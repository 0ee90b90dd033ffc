// The self-assessment, one thing at a time: the address names the step and the order of options, so that links and the
// browser's buttons lead back to them.
import { data, make, store } from "../lib/page.js";
import { ALL, MAP, NO, around, resume, rows, step } from "../standing/flow.js";
import { askRow } from "../standing/row.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../standing/ask.js").Texts} Texts
 * @typedef {import("../standing/flow.js").Row} Row
 */

/**
 * Asks in its place on the page what the list below it holds.
 * @param {HTMLElement} place
 */
export async function mount(place) {
  const list = /** @type {HTMLDetailsElement} */ (document.querySelector(".standing-list"));
  const guide = new Guide(place, list, await data());
  await guide.follow(false);
  addEventListener("popstate", () => guide.follow(true));
  store.addEventListener("change", () => guide.notesChanged());
}

/**
 * The texts of the list for paper: each stands on the page once.
 * @param {HTMLElement} list
 * @returns {Texts}
 */
function textsOf(list) {
  const copy = (/** @type {Element | null | undefined} */ from) =>
    from ? [...from.childNodes].map((node) => node.cloneNode(true)) : [];
  const plain = (/** @type {Element | null} */ from) => from?.textContent?.trim() ?? "";
  return {
    title: (row) => list.querySelector(`#standing-${row}`)?.firstChild?.textContent?.trim() ?? "",
    rows: {
      question: plain(list.querySelector(".standing-asked p")),
      answers: [...(list.querySelector(".standing-asked ul")?.children ?? [])].map(plain),
    },
    strict: plain(list.querySelector(".standing-strict")),
    unknown: plain(list.querySelector(".standing-question ol > :last-child")),
    situation: (id) => {
      const asked = list.querySelector(`[data-question="${id}"]`);
      const options = /** @type {HTMLElement[]} */ ([...(asked?.querySelectorAll("[data-option]") ?? [])]);
      return {
        question: copy(asked?.querySelector("p > strong")),
        options: new Map(options.map((option) => [Number(option.dataset.option), copy(option)])),
        why: copy(asked?.querySelector("details p > span")),
      };
    },
  };
}

const LOST = "This part could not be loaded. Reload the page to try again.";

/** The step that is shown, and how a reader gets to another. */
class Guide {
  /**
   * @param {HTMLElement} place
   * @param {HTMLDetailsElement} list
   * @param {Data} course
   */
  constructor(place, list, course) {
    this.place = place;
    this.list = list;
    this.course = course;
    this.texts = textsOf(list);
    this.seed = Math.random().toString(36).slice(2, 7) || "0";
    this.at = "";
    /** The part of an address that brought somebody else's map. */
    this.foreign = "";
  }

  /**
   * Shows what the address names.
   * @param {boolean} focus whether the reader has come from another step
   */
  async follow(focus) {
    const hash = location.hash.slice(1);
    const fields = new URLSearchParams(hash);
    const row = rows(this.course).find(({ id }) => hash === "standing-" + id);
    const named = row?.id ?? fields.get("at");
    // Another section of the page: the step stays as it is.
    if (focus && hash && !named && !hash.includes("=")) return;
    this.seed = fields.get("seed")?.slice(0, 20) ?? this.seed;
    this.foreign = hash.includes("=") && !fields.has("at") ? hash : "";
    const current = named && Object.hasOwn(this.course.renamed, named) ? this.course.renamed[named] : named;
    this.at = current && (current === MAP || step(this.course, current)) ? current : resume(this.course, store.items);
    // A link to a row opens the list as well, which the reader did not ask for.
    if (row) this.list.open = false;
    await this.draw(focus || Boolean(named || this.foreign));
  }

  /** Another tab has changed the notes; whoever is in the middle of a step keeps it. */
  notesChanged() {
    if (!this.writing && !this.place.contains(document.activeElement)) this.draw(false);
  }

  /**
   * Notes that the reader makes here.
   * @param {() => void} notes
   */
  write(notes) {
    this.writing = true;
    notes();
    this.writing = false;
  }

  /** @param {string} at */
  address(at) {
    return `#seed=${this.seed}&at=${at}`;
  }

  /** @param {string} at */
  go(at) {
    // The way back leads to this step and to these orders.
    if (!this.foreign) history.replaceState(history.state, "", this.address(this.at));
    history.pushState({ standing: true }, "", this.address(at));
    this.follow(true);
  }

  back() {
    if (history.state?.standing) return history.back();
    const before = around(this.course, store.items, this.at).before ?? rows(this.course)[0].id;
    history.replaceState(null, "", this.address(before));
    this.follow(true);
  }

  next() {
    this.go(around(this.course, store.items, this.at).after);
  }

  /** @param {boolean} focus */
  async draw(focus) {
    const turn = (this.turn = {});
    this.place.setAttribute("aria-busy", "true");
    const shown = await this.shown().catch(() => [make("p", { class: "tool__trouble", role: "status" }, LOST)]);
    // The reader has gone on while a part was fetched.
    if (this.turn !== turn) return;
    this.place.replaceChildren(...shown);
    this.place.removeAttribute("aria-busy");
    if (!focus) return;
    /** @type {HTMLElement | null} */ (this.place.querySelector(".standing__title"))?.focus({ preventScroll: true });
    this.place.scrollIntoView();
  }

  /** What is not seen at once is fetched when it is: most readers of a page never see its map. */
  async shown() {
    const { course, foreign, at } = this;
    const found = foreign ? undefined : step(course, at);
    if (found) return this.step(found);
    const { map } = await import("../standing/map.js");
    return map(course, foreign, resume(course, store.items), (to) => this.go(to));
  }

  /** @param {import("../standing/flow.js").Step} found */
  async step({ at, row, kind }) {
    const { course, texts } = this;
    const all = rows(course);
    const place = all.findIndex(({ id }) => id === row.id);
    const count = `Row ${place + 1} of ${all.length}: ${row.title}`;
    const title = { row: texts.title(row.id), topics: "Which topics?", question: "A situation" }[kind];
    const done = make("progress", { max: String(all.length), value: String(place), "aria-label": "Rows done" });
    const acts = this.acts(row);
    const body = kind === "row" ? askRow(course, row, texts, acts) : await this.asked(kind, at, row, acts);
    const back = place || kind !== "row" ? [make("button", { type: "button", class: "md-button" }, "Back")] : [];
    for (const button of back) button.addEventListener("click", () => this.back());
    const stop = make("button", { type: "button", class: "md-button" }, "Stop, show my result");
    stop.addEventListener("click", () => this.go(MAP));
    return [
      make("p", { class: "standing__count" }, count, " ", done),
      make("h3", { class: "standing__title", tabindex: "-1" }, title),
      ...body,
      make("p", { class: "standing__acts standing__ways" }, ...back, " ", stop),
    ];
  }

  /**
   * @param {"topics" | "question"} kind
   * @param {string} at
   * @param {Row} row
   * @param {import("../standing/ask.js").Acts} acts
   */
  async asked(kind, at, row, acts) {
    const { course, texts } = this;
    const { askSituation, askTopics } = await import("../standing/ask.js");
    if (kind === "topics") return askTopics(course, row, texts, acts);
    const { orders } = await import("../standing/order.js");
    return askSituation(course, at, orders(this.questions(), this.seed)[at], texts, acts);
  }

  /** Every question with its options, in the order of the data. */
  questions() {
    return Object.entries(this.course.asked).map(([id, { skill, right }]) => {
      return { id, row: skill, right, options: [...this.texts.situation(id).options.keys()] };
    });
  }

  /**
   * @param {Row} row
   * @returns {import("../standing/ask.js").Acts}
   */
  acts(row) {
    return {
      row: (answer) => {
        this.write(() => this.sayRow(row, answer));
        this.next();
      },
      level: (topic, level) => this.write(() => this.sayLevel(topic, level)),
      answer: async (answer) => {
        this.write(() => {
          store.set("answer", this.at, answer);
          if (store.get("despite", this.at)) store.set("despite", this.at, 0);
        });
        await this.draw(true);
        if (answer) this.focus(".standing__verdict");
      },
      insist: async (topic, stands) => {
        this.write(() => this.insist(topic, stands));
        await this.draw(false);
        this.focus(".standing__lowered button");
      },
      next: () => this.next(),
    };
  }

  /** @param {string} selector */
  focus(selector) {
    /** @type {HTMLElement | null} */ (this.place.querySelector(selector))?.focus();
  }

  /**
   * A word on the whole row is one on each of its topics.
   * @param {Row} row
   * @param {number} answer
   */
  sayRow(row, answer) {
    store.set("row", row.id, answer);
    const level = answer === ALL ? 2 : 0;
    if (answer !== ALL && answer !== NO) return;
    for (const id of row.topics) if ((store.get("known", id) ?? 0) !== level) store.set("known", id, level);
  }

  /**
   * @param {string} topic
   * @param {number} level
   */
  sayLevel(topic, level) {
    store.set("known", topic, level);
    // Said after the miss, it stands.
    this.insist(topic, true);
  }

  /**
   * @param {string} topic
   * @param {boolean} stands
   */
  insist(topic, stands) {
    for (const id of Object.keys(this.course.asked)) {
      const answer = store.get("answer", id);
      // On an answer that was right, there is nothing to insist.
      if (this.course.asked[id].topic === topic && answer) store.set("despite", id, stands ? answer : 0);
    }
  }
}
