// The planner: a form, the dated plan on the roadmap's timeline and by week, and the plan as files and as an address.
import { levels, misses } from "../lib/levels.js";
import { DAY, data, link, localDay, make, store, today } from "../lib/page.js";
import { day, fromFragment, iso, monday, plan, toFragment } from "../lib/plan.js";
import { planForm } from "../planner/form.js";
import { foreignNote, outputs } from "../planner/share.js";
import { summary, timeline } from "../planner/timeline.js";
import { weeks } from "../planner/weeks.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/plan.js").Plan} Plan
 * @typedef {import("../lib/plan.js").Settings} Settings
 */

/**
 * Draws the planner into its place on the page.
 * @param {HTMLElement} place
 */
export async function mount(place) {
  const planner = new Planner(await data());
  place.replaceChildren(planner.origin, planner.form.element, planner.output, planner.status);
  planner.show();
  // Printed, the plan is alone on its pages.
  place.parentElement?.classList.add("planner-alone");
}

/** The parts of the planner on the page, and what happens between them. */
class Planner {
  /** @param {Data} course */
  constructor(course) {
    this.course = course;
    this.current = new CurrentPlan(course);
    // Where a plan comes from stands before its fields: on a phone nothing below them is seen.
    this.origin = make("div", {});
    this.form = planForm(course, () => this.changed());
    this.output = make("div", { class: "planner__output" });
    this.status = make("p", { role: "status", class: "for-screen-readers" });
    store.addEventListener("change", () => this.notesChanged());
  }

  /** Shows the current plan, in the form as well. */
  show() {
    this.form.fill(this.current.settings);
    this.draw(this.current.settings);
  }

  /** The reader has changed the form. */
  changed() {
    const settings = this.form.read(this.current.settings);
    if (settings) this.current.change(settings);
    this.draw(settings && this.current.settings);
  }

  /** Another tab or another part of the page has changed the notes; a form that is being filled in stays as it is. */
  notesChanged() {
    if (this.current.foreign || this.form.element.contains(document.activeElement)) return;
    this.current.reload();
    this.show();
  }

  /**
   * A box of the plan was used: its row stays where the reader's finger or eye is.
   * @param {string} id
   * @param {boolean} done
   */
  tick(id, done) {
    // Some browsers do not focus a box that is clicked.
    this.box(id)?.focus({ preventScroll: true });
    this.current.follow(id);
    store.set("done", id, done);
  }

  /** @param {string} id */
  box(id) {
    return /** @type {HTMLElement | null} */ (this.output.querySelector(`[data-tick="${id}"]`));
  }

  /**
   * Draws everything but the form, and gives the focus back to what had it: what replaces it has the same name.
   * @param {Settings | undefined} settings undefined when the form has a fault
   */
  draw(settings) {
    const named = (/** @type {HTMLElement} */ element) => element.dataset.tick ?? element.textContent;
    const active = /** @type {HTMLElement} */ (document.activeElement);
    const held = this.output.contains(active) ? named(active) : undefined;
    const top = active?.getBoundingClientRect().top ?? 0;
    this.origin.replaceChildren(...(this.current.foreign ? [this.foreignNote()] : []));
    if (settings) this.drawPlan(settings);
    else this.output.replaceChildren(trouble("Correct the marked fields to see the plan."));
    if (held === undefined) return;
    const elements = /** @type {NodeListOf<HTMLElement>} */ (this.output.querySelectorAll("button, input"));
    const again = [...elements].find((element) => named(element) === held);
    if (!again) return this.form.focus();
    again.focus({ preventScroll: true });
    // What stands above it may have become longer or shorter.
    scrollBy(0, again.getBoundingClientRect().top - top);
  }

  /** @param {Settings} settings */
  drawPlan(settings) {
    const found = plan(this.course, settings);
    this.output.replaceChildren(...this.parts(settings, found));
    const said = found.end === null ? "Nothing is left to plan." : `Likely end: ${iso(found.end)}`;
    // A tick moves no date, and what has not changed is not said again.
    if (this.status.textContent !== said) this.status.textContent = said;
  }

  /**
   * What is shown of a plan.
   * @param {Settings} settings
   * @param {Plan} found
   */
  parts(settings, found) {
    const { course, current } = this;
    if (found.end === null) return [nothingLeft()];
    if (!found.whole) {
      const text = "With these days and times away the plan does not end within twenty years.";
      return [trouble(text + " Add hours or days of study.")];
    }
    const ending = { ...found, end: found.end };
    const folds = /** @type {NodeListOf<HTMLElement>} */ (this.output.querySelectorAll("details[open]"));
    const open = [...folds].map((part) => part.dataset.phase ?? "");
    const tick = current.foreign ? undefined : this.tick.bind(this);
    return [
      ...summary(course, settings, ending, () => this.replan()),
      ...(current.foreign ? [] : lowered(course)),
      timeline(course, settings, found),
      ...outputs(current),
      weeks(course, settings, found, open, tick),
    ];
  }

  replan() {
    this.current.replan();
    this.form.fill(this.current.settings);
    this.changed();
    this.form.focus();
  }

  foreignNote() {
    const keep = () => {
      this.current.adoptNotes();
      this.leaveAddress();
      this.current.keep();
    };
    const leave = () => {
      this.current.reload();
      this.leaveAddress();
    };
    return foreignNote(this.current.unknown, keep, leave);
  }

  /** What is shown becomes the reader's own plan. */
  leaveAddress() {
    this.current.becomeOwn();
    this.show();
    this.form.focus();
  }
}

/** @param {string} text */
function trouble(text) {
  return make("p", { class: "tool__trouble" }, text);
}

function nothingLeft() {
  const advice = " You have shipped or done every core topic and every build. Choose a specialization to go deeper.";
  return make("p", {}, make("strong", {}, "Nothing is left to plan."), advice);
}

/**
 * Topics of which a missed situation counts more than the reader's word; nothing when there are none.
 * @param {Data} course
 */
function lowered(course) {
  const names = Object.keys(levels(course, store.items).lowered).map((id) => course.topics[id].title);
  const change = link({ title: "Say otherwise", at: "start/where-do-i-stand/#at=map" });
  const text = `You missed a situation about these, so less is taken off than you said: ${names.join(", ")}. `;
  return names.length ? [make("p", {}, text, change)] : [];
}

/**
 * What the reader has noted: assessment and ticks. What was done when the plan was made is no part of it.
 * @param {Data} course
 * @param {number} start
 * @param {string[] | undefined} before what was done by then; plans from before 2026-11-28 say nothing of it, and there
 *   the plan's first day decides
 */
function noted(course, start, before) {
  const { known } = levels(course, store.items);
  const done = new Set();
  const ticked = new Set();
  for (const id of Object.keys({ ...course.topics, ...course.projects })) {
    if (!store.get("done", id)) continue;
    const { t, d } = store.items["done/" + id];
    const on = (d && day(d)) || localDay(new Date(t));
    ((before ? before.includes(id) : on <= start) ? done : ticked).add(id);
  }
  return { known, done, ticked };
}

/**
 * A plan for somebody who has said nothing yet: the roadmap's pace, from the coming Monday.
 * @param {Data} course
 * @returns {Settings}
 */
function defaults(course) {
  const start = monday(today() + 6);
  return { hours: course.pace, start, days: [1, 2, 3, 4, 6], away: [], target: "", ...noted(course, start, undefined) };
}

/** The plan that is shown: the reader's own, as it is in the notes, or one that came with the address. */
class CurrentPlan {
  /** @param {Data} course */
  constructor(course) {
    this.course = course;
    const asked = location.hash.includes("=") ? this.parse(location.hash.slice(1)) : undefined;
    /** A plan that came with an address stays apart from the reader's own until it is kept. */
    this.foreign = Boolean(asked);
    /** What the address names and this edition does not know. */
    this.unknown = asked?.problems ?? [];
    /** @type {string[] | undefined} */
    this.before = this.keptBefore();
    /** @type {Settings} */
    this.settings = { ...defaults(course), ...(asked?.settings ?? this.kept()) };
    this.takeNotes();
  }

  /** @param {string} fragment */
  parse(fragment) {
    return fromFragment(fragment, this.course, this.course.renamed);
  }

  kept() {
    return this.parse(store.get("plan")?.address ?? "").settings;
  }

  /** What was done when the plan was made. */
  keptBefore() {
    /** @type {string[] | undefined} */
    const ids = store.get("plan")?.before;
    return Array.isArray(ids) ? ids.map((id) => this.course.renamed[id] ?? id) : undefined;
  }

  /** Takes in what the reader has noted; somebody else's plan has its own notes in its address. */
  takeNotes() {
    if (!this.foreign) this.settings = { ...this.settings, ...noted(this.course, this.settings.start, this.before) };
  }

  /** Takes the reader's own plan as it is in the notes. */
  reload() {
    this.settings = { ...defaults(this.course), ...this.kept() };
    this.before = this.keptBefore();
    this.takeNotes();
  }

  /**
   * Takes over what the form says, and keeps it. With another first day it is another plan, without what is done.
   * @param {Settings} settings
   */
  change(settings) {
    if (settings.start !== this.settings.start) this.before = [...settings.done, ...settings.ticked];
    this.settings = settings;
    this.takeNotes();
    if (this.foreign) history.replaceState(null, "", "#" + toFragment(this.settings));
    else this.keep();
  }

  keep() {
    const bare = { ...this.settings, known: {}, done: new Set(), ticked: new Set() };
    this.before = [...this.settings.done];
    store.set("plan", "", { address: toFragment(bare), before: this.before });
  }

  /**
   * Somebody who ticks or exports follows this plan: from then on its first day stays, and what is ticked in it stays
   * in it.
   * @param {string} [ticked] what is being ticked
   */
  follow(ticked) {
    if (this.foreign) return;
    const { done } = this.settings;
    if (store.get("plan")?.address && this.before && !(ticked && this.before.includes(ticked))) return;
    this.settings = { ...this.settings, done: new Set([...done].filter((id) => id !== ticked)) };
    this.keep();
  }

  /**
   * Plans what is left from today, or from the first day if that is to come. What is ticked is done, and the months go
   * on counting from the first day.
   */
  replan() {
    const { start, began, done, ticked } = this.settings;
    const all = new Set([...done, ...ticked]);
    this.before = [...all];
    this.settings = {
      ...this.settings,
      start: Math.max(start, today()),
      began: began ?? start,
      done: all,
      ticked: new Set(),
    };
  }

  /** Writes what somebody else's plan says is known and done into the reader's notes. */
  adoptNotes() {
    const { known, done, ticked, start } = this.settings;
    const own = Object.keys({ ...this.course.topics, ...this.course.projects }).filter((id) => store.get("done", id));
    this.before = [...done, ...own.filter((id) => !ticked.has(id))];
    for (const id of Object.keys(known)) {
      store.set("known", id, known[id]);
      // What the reader once missed must not shift the plan that they have just seen.
      for (const { question, answer } of misses(this.course, store.items, id)) store.set("despite", question, answer);
    }
    // Done before the plan began, wherever that was: noted for today it would be a part of the plan again.
    const t = new Date(Math.min(start * DAY, Date.now())).toISOString();
    const d = iso(Math.min(start, today()));
    store.add(Object.fromEntries([...done].map((id) => ["done/" + id, { v: true, t, d }])));
    for (const id of [...done, ...ticked]) if (!store.get("done", id)) store.set("done", id, true);
  }

  /** From here on the settings are the reader's own, and the address names no plan. */
  becomeOwn() {
    this.foreign = false;
    history.replaceState(null, "", location.pathname);
    this.takeNotes();
  }
}
