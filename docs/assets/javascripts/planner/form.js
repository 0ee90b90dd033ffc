// The planner's form: a field for each setting of a plan, and beside it what is wrong with it.
import { button, hours as inHours, make, tenth, zoneHere } from "../lib/page.js";
import { EVENING, day, iso, sessions } from "../lib/plan.js";

/**
 * @typedef {import("../lib/page.js").Data} Data
 * @typedef {import("../lib/plan.js").Settings} Settings
 * @typedef {{row: HTMLElement, input: HTMLInputElement, hint: HTMLElement, note: string}} Field
 * @typedef {ReturnType<typeof makeFields>} Fields
 */

/** Hours that a session can have. */
const LENGTHS = [0.5, 1, 1.5, 2, 2.5, 3, 4, 6];

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/**
 * The form, empty; fill() puts settings in, and read() gives them back or marks what is wrong.
 * @param {Data} course
 * @param {() => void} changed called after each change that a reader has finished
 */
export function planForm(course, changed) {
  const fields = makeFields(course, changed);
  const { hours, start, target, length, time, entries, days, away } = fields;
  const element = make(
    "form",
    { class: "planner__form" },
    ...[hours, start, target].map(({ row }) => row),
    days.element,
    ...[length, time, entries].map(({ row }) => row),
    away.element,
  );
  element.addEventListener("submit", (event) => event.preventDefault());
  element.addEventListener("change", changed);
  return {
    element,
    focus: () => hours.input.focus(),
    fill: (/** @type {Settings} */ settings) => fill(fields, settings),
    read: (/** @type {Settings} */ settings) => read(fields, settings),
  };
}

/**
 * @param {Data} course
 * @param {() => void} changed
 */
function makeFields(course, changed) {
  const number = make("input", { type: "number", min: "1", max: "60", step: "0.5", inputmode: "decimal" });
  const areas = course.specializations.map((area) => make("option", { value: area.id }, area.title));
  const select = make("select", {}, make("option", { value: "" }, "none yet"), ...areas);
  const lengths = LENGTHS.map((each) => make("option", { value: String(each) }, inHours(each)));
  const zone = zoneHere();
  const entries = [
    ...(zone ? [make("option", { value: "" }, `sessions, ${zone.replaceAll("_", " ")} time`)] : []),
    make("option", { value: "floating" }, "sessions, without a time zone"),
    make("option", { value: "days" }, "whole days"),
  ];
  return {
    hours: field("Hours a week", number, `1 to 60; the roadmap counts ${course.pace}`),
    start: field("First day", make("input", { type: "date" }), ""),
    target: field("Specialization", select, "adds its topics in depth"),
    length: field("Session length", make("select", {}, make("option", { value: "" }, "spread evenly"), ...lengths), ""),
    time: field("Sessions begin at", make("input", { type: "time" }), "for the calendar file"),
    entries: field("Calendar entries", make("select", {}, ...entries), "without alarms"),
    days: weekdays(),
    away: timesAway(changed),
  };
}

/**
 * A label, its input, and a note that gives way to what is wrong.
 * @param {string} label
 * @param {HTMLElement} input
 * @param {string} note
 * @returns {Field}
 */
function field(label, input, note) {
  input.id = "plan-" + label.toLowerCase().replaceAll(" ", "-");
  const hint = make("span", { class: "tool__note", id: input.id + "-note" }, note);
  input.setAttribute("aria-describedby", hint.id);
  const row = make("div", {}, make("label", { for: input.id }, label), input, hint);
  return { row, input: /** @type {HTMLInputElement} */ (input), hint, note };
}

/** A box for each weekday, from Monday on. */
function weekdays() {
  const element = make("fieldset", { class: "planner__days" }, make("legend", {}, "Days of study"));
  const boxes = [1, 2, 3, 4, 5, 6, 0].map((value) => {
    const attributes = { type: "checkbox", value: String(value), "aria-label": WEEKDAYS[value] };
    const input = /** @type {HTMLInputElement} */ (make("input", attributes));
    element.append(make("label", {}, input, " " + WEEKDAYS[value].slice(0, 3)));
    return input;
  });
  return { element, boxes };
}

/**
 * Any number of times away, each a row of two days.
 * @param {() => void} changed
 */
function timesAway(changed) {
  const rows = make("div", {});
  const note = make("p", { class: "tool__note", id: "plan-away-note" });
  const add = (first = "", last = "") => {
    const row = awayRow(first, last, () => {
      changed();
      more.focus();
    });
    rows.append(row);
    return row;
  };
  const more = button("Add time away", () => add().querySelector("input")?.focus());
  const legend = make("legend", {}, "Days off and weeks away");
  const element = make("fieldset", { class: "planner__away" }, legend, rows, note, more);
  return { element, rows, note, add };
}

/**
 * @param {string} first
 * @param {string} last
 * @param {() => void} removed
 */
function awayRow(first, last, removed) {
  const input = (/** @type {string} */ label, /** @type {string} */ value) =>
    make("input", { type: "date", "aria-label": label, value });
  const row = make(
    "div",
    { class: "planner__range" },
    input("Away from", first),
    " to ",
    input("Away until", last),
    " ",
  );
  row.append(
    button("Remove", () => {
      row.remove();
      removed();
    }),
  );
  return row;
}

/**
 * @param {Fields} fields
 * @param {Settings} settings
 */
function fill({ hours, start, target, length, time, entries, days, away }, settings) {
  hours.input.value = String(settings.hours);
  start.input.value = iso(settings.start);
  target.input.value = settings.target;
  const each = String(settings.length ?? "");
  // An address may hold a length that nobody can choose here.
  if (each && ![.../** @type {any} */ (length.input).options].some((option) => option.value === each))
    length.input.append(make("option", { value: each }, inHours(Number(each))));
  length.input.value = each;
  length.note = length.hint.textContent = weekOf(settings);
  time.input.value = settings.time ?? EVENING;
  entries.input.value = settings.calendar ?? "";
  if (!entries.input.value) entries.input.value = zoneHere() ? "" : "floating";
  for (const box of days.boxes) box.checked = settings.days.includes(Number(box.value));
  away.rows.replaceChildren();
  for (const [first, last] of settings.away) away.add(iso(first), iso(last));
}

/**
 * The form's settings, or undefined when something in it is wrong, which is then marked.
 * @param {Fields} fields
 * @param {Settings} settings as they were, for what the form does not ask
 * @returns {Settings | undefined}
 */
function read({ hours, start, target, length, time, entries, days, away }, settings) {
  const count = Number(hours.input.value);
  const first = day(start.input.value);
  const chosen = days.boxes.filter((box) => box.checked).map((box) => Number(box.value));
  const { ranges, reversed } = readAway(away.rows);
  days.element.toggleAttribute("data-invalid", !chosen.length);
  away.note.textContent = reversed ? "A time away ends before it begins: change one of its days." : "";
  if (!chosen.length) away.note.textContent = "Choose at least one day of study.";
  const faults = [
    mark(hours, hours.input.value && count >= 1 && count <= 60 ? "" : "Write a number from 1 to 60."),
    mark(start, first === undefined || first < 0 ? "Choose a day." : ""),
    reversed,
    !chosen.length,
  ];
  if (faults.some(Boolean) || first === undefined) return undefined;
  const began = settings.began !== undefined && settings.began < first ? settings.began : undefined;
  const found = {
    ...settings,
    hours: count,
    start: first,
    began,
    days: chosen,
    away: ranges,
    target: target.input.value,
    length: Number(length.input.value) || undefined,
    time: time.input.value || EVENING,
    calendar: /** @type {Settings["calendar"]} */ (entries.input.value || undefined),
  };
  length.note = length.hint.textContent = weekOf(found);
  return found;
}

/**
 * The sessions of a week, in words: "3 a week of 2 hours", and what they leave of its hours.
 * @param {Settings} settings
 */
function weekOf(settings) {
  const all = [...sessions(settings).values()];
  const lengths = [...new Set(all)].sort((a, b) => b - a).map(tenth);
  const sum = all.reduce((hours, each) => hours + each, 0);
  const rest = settings.hours - sum > 0.01 ? `; that is ${tenth(sum)} of your ${inHours(settings.hours)}` : "";
  return `${all.length} a week of ${lengths.join(" or ")} hour${lengths.join() === "1" ? "" : "s"}${rest}`;
}

/**
 * Times away as they are written. A row with one day is that day; an empty one is none.
 * @param {HTMLElement} rows
 */
function readAway(rows) {
  /** @type {[number, number][]} */
  const ranges = [];
  let reversed = false;
  for (const row of rows.children) {
    const [from, to] = [...row.querySelectorAll("input")].map((input) => day(input.value));
    if (from === undefined && to === undefined) continue;
    const range = /** @type {[number, number]} */ ([from ?? to, to ?? from]);
    if (range[1] < range[0]) reversed = true;
    else ranges.push(range);
  }
  return { ranges, reversed };
}

/**
 * Says what is wrong with a field in place of its note; true when something is.
 * @param {Field} field
 * @param {string} fault empty when nothing is
 */
function mark({ input, hint, note }, fault) {
  input.setAttribute("aria-invalid", String(Boolean(fault)));
  hint.textContent = fault || note;
  return Boolean(fault);
}
