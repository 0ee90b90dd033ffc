// The planner: a form, the dated plan on the roadmap's timeline and by week, and the plan as files and as an address.
import { calendar, markdown } from "../lib/calendar.js";
import {
  DAYS_PER_MONTH,
  day,
  fromFragment,
  hoursFor,
  iso,
  left,
  monday,
  overdue,
  parts,
  phases,
  plan,
  toFragment,
} from "../lib/plan.js";
import { BASE, button, data, download, hours as inHours, link, make, store, tenth, today } from "../lib/page.js";

/**
 * @typedef {import("../lib/plan.js").Settings} Settings
 * @typedef {import("../lib/page.js").Data} Data
 */

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const FULL = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/**
 * What the reader has noted: assessment and ticks. Ticks from before the plan's first day are no part of the plan.
 * @param {Data} course
 * @param {number} start
 */
function noted(course, start) {
  /** @type {Record<string, 1 | 2>} */
  const known = {};
  const done = new Set();
  const ticked = new Set();
  for (const id of Object.keys({ ...course.topics, ...course.projects })) {
    if (store.get("known", id)) known[id] = store.get("known", id);
    if (!store.get("done", id)) continue;
    const on = new Date(store.items["done/" + id].t);
    (Date.UTC(on.getFullYear(), on.getMonth(), on.getDate()) / 86400000 <= start ? done : ticked).add(id);
  }
  return { known, done, ticked };
}

/**
 * @param {Data} course
 * @returns {Settings}
 */
function defaults(course) {
  const start = monday(today() + 6);
  return { hours: course.pace, start, days: [1, 2, 3, 4, 6], away: [], target: "", ...noted(course, start) };
}

/** @param {HTMLElement} place */
export async function mount(place) {
  const course = await data();
  const all = { ...course.topics, ...course.projects };
  const kept = () => fromFragment(store.get("plan")?.address ?? "", course, course.renamed).settings;
  const asked = location.hash.includes("=") ? fromFragment(location.hash.slice(1), course, course.renamed) : undefined;
  /** A plan that came with an address stays apart from the reader's own until it is kept. */
  let foreign = Boolean(asked);
  /** @type {Settings} */
  let settings = { ...defaults(course), ...(asked?.settings ?? kept()) };
  const own = () => {
    if (!foreign) settings = { ...settings, ...noted(course, settings.start) };
  };
  own();

  // Where a plan comes from stands before its fields: on a phone nothing below them is seen.
  const origin = make("div", {});
  const form = make("form", { class: "planner__form" });
  const output = make("div", { class: "planner__output" });
  const status = make("p", { role: "status", class: "for-screen-readers" });
  place.replaceChildren(origin, form, output, status);

  // The form.
  const field = (/** @type {string} */ label, /** @type {HTMLElement} */ input, note = "") => {
    input.id = "plan-" + label.toLowerCase().replaceAll(" ", "-");
    const hint = make("span", { class: "tool__note", id: input.id + "-note" }, note);
    input.setAttribute("aria-describedby", hint.id);
    form.append(make("div", {}, make("label", { for: input.id }, label), input, hint));
    return { input: /** @type {HTMLInputElement} */ (input), hint, note };
  };
  const hours = field(
    "Hours a week",
    make("input", { type: "number", min: "1", max: "60", step: "0.5", inputmode: "decimal" }),
    `1 to 60; the roadmap counts ${course.pace}`,
  );
  const start = field("First day", make("input", { type: "date" }), "");
  const target = field("Specialization", make("select"), "adds its topics in depth");
  target.input.append(
    make("option", { value: "" }, "none yet"),
    ...course.specializations.map((s) => make("option", { value: s.id }, s.title)),
  );
  const days = make("fieldset", { class: "planner__days" }, make("legend", {}, "Days of study"));
  const boxes = [1, 2, 3, 4, 5, 6, 0].map((value) => {
    const input = /** @type {HTMLInputElement} */ (
      make("input", { type: "checkbox", value: String(value), "aria-label": FULL[value] })
    );
    days.append(make("label", {}, input, " " + WEEKDAYS[value]));
    return input;
  });
  const awayRows = make("div", {});
  const awayNote = make("p", { class: "tool__note", id: "plan-away-note" });
  const away = make(
    "fieldset",
    { class: "planner__away" },
    make("legend", {}, "Days off and weeks away"),
    awayRows,
    awayNote,
  );
  const addAway = (first = "", last = "", focus = false) => {
    const from = /** @type {HTMLInputElement} */ (
      make("input", { type: "date", "aria-label": "Away from", value: first })
    );
    const to = /** @type {HTMLInputElement} */ (
      make("input", { type: "date", "aria-label": "Away until", value: last })
    );
    const row = make("div", { class: "planner__range" }, from, " to ", to, " ");
    row.append(
      button("Remove", () => {
        row.remove();
        changed();
        more.focus();
      }),
    );
    awayRows.append(row);
    if (focus) from.focus();
  };
  const more = button("Add time away", () => addAway("", "", true));
  away.append(more);
  form.append(days, away);
  form.addEventListener("submit", (event) => event.preventDefault());

  function fill() {
    hours.input.value = String(settings.hours);
    start.input.value = iso(settings.start);
    target.input.value = settings.target;
    for (const box of boxes) box.checked = settings.days.includes(Number(box.value));
    awayRows.replaceChildren();
    for (const [first, last] of settings.away) addAway(iso(first), iso(last));
  }

  /** The form's settings, or undefined when something in it is wrong, which is then marked. */
  function read() {
    const wrong = (/** @type {ReturnType<typeof field>} */ f, /** @type {string} */ text) => {
      f.input.setAttribute("aria-invalid", String(Boolean(text)));
      f.hint.textContent = text || f.note;
      return Boolean(text);
    };
    const count = Number(hours.input.value);
    const first = day(start.input.value);
    const chosen = boxes.filter((box) => box.checked).map((box) => Number(box.value));
    /** @type {[number, number][]} */
    const ranges = [];
    let reversed = false;
    for (const row of awayRows.children) {
      const [from, to] = [...row.querySelectorAll("input")].map((input) => day(input.value));
      if (from === undefined && to === undefined) continue;
      const range = /** @type {[number, number]} */ ([from ?? to, to ?? from]);
      if (range[1] < range[0]) reversed = true;
      else ranges.push(range);
    }
    awayNote.textContent = reversed ? "A time away ends before it begins: change one of its days." : "";
    days.toggleAttribute("data-invalid", !chosen.length);
    const faults = [
      wrong(hours, hours.input.value && count >= 1 && count <= 60 ? "" : "Write a number from 1 to 60."),
      wrong(start, first === undefined || first < 0 ? "Choose a day." : ""),
      reversed,
      !chosen.length,
    ];
    if (!chosen.length) awayNote.textContent = "Choose at least one day of study.";
    if (faults.some(Boolean) || first === undefined) return undefined;
    const began = settings.began !== undefined && settings.began < first ? settings.began : undefined;
    return { ...settings, hours: count, start: first, began, days: chosen, away: ranges, target: target.input.value };
  }

  function changed() {
    const found = read();
    if (!found) return draw(undefined);
    settings = found;
    own();
    if (foreign) history.replaceState(null, "", "#" + toFragment(settings));
    else keep();
    draw(settings);
  }
  const keep = () =>
    store.set("plan", "", { address: toFragment({ ...settings, known: {}, done: new Set(), ticked: new Set() }) });

  /** Somebody who ticks or exports follows this plan: from then on its first day stays. */
  const follow = () => {
    if (!foreign && !store.get("plan")?.address) keep();
  };

  /** @param {Settings | undefined} chosen */
  function draw(chosen) {
    const named = (/** @type {HTMLElement} */ element) => element.dataset.tick ?? element.textContent;
    const active = /** @type {HTMLElement} */ (document.activeElement);
    const held = output.contains(active) ? named(active) : undefined;
    redraw(chosen);
    if (held === undefined) return;
    const again = /** @type {HTMLElement[]} */ ([...output.querySelectorAll("button, input")]).find(
      (element) => named(element) === held,
    );
    (again ?? hours.input).focus();
  }

  /** @param {Settings | undefined} chosen */
  function redraw(chosen) {
    origin.replaceChildren(...(foreign ? [foreignNote()] : []));
    if (!chosen) {
      output.replaceChildren(make("p", { class: "tool__trouble" }, "Mend the marked fields to see the plan."));
      return;
    }
    const found = plan(course, chosen);
    const open = /** @type {HTMLElement[]} */ ([...output.querySelectorAll("details[open]")]).map(
      (part) => part.dataset.phase ?? "",
    );
    const shown = [];
    if (found.end === null) {
      shown.push(
        make(
          "p",
          {},
          make("strong", {}, "Nothing is left to plan."),
          " You have shipped or done every core topic and every build. Choose a specialization to go deeper.",
        ),
      );
    } else if (!found.whole) {
      shown.push(
        make(
          "p",
          { class: "tool__trouble" },
          "With these days and times away the plan does not end within twenty years. Add hours or days of study.",
        ),
      );
    } else {
      const tick = foreign
        ? undefined
        : (/** @type {string} */ id, /** @type {boolean} */ done) => {
            follow();
            store.set("done", id, done);
          };
      shown.push(
        ...summary(course, chosen, found),
        timeline(course, chosen, found),
        ...outputs(),
        weeks(course, chosen, found, open, tick),
      );
    }
    output.replaceChildren(...shown);
    const said = found.end === null ? "Nothing is left to plan." : `Likely end: ${iso(found.end)}`;
    // A tick moves no date, and what has not changed is not said again.
    if (status.textContent !== said) status.textContent = said;
  }

  function foreignNote() {
    const note = make(
      "div",
      { class: "tool__notice" },
      make("p", {}, "This plan came with the address. Your own notes are unchanged."),
    );
    if (asked?.problems.length)
      note.append(make("p", {}, `Left out, because this edition does not know it: ${asked.problems.join(", ")}.`));
    note.append(
      button("Keep it as my plan", () => {
        const { known, done, ticked } = settings;
        for (const id of Object.keys(known)) store.set("known", id, known[id]);
        // Done before the plan began, wherever that was: noted for today it would be a part of the plan again.
        const t = new Date(Math.min(settings.start * 86400000, Date.now())).toISOString();
        store.add(Object.fromEntries([...done].map((id) => ["done/" + id, { v: true, t }])));
        for (const id of [...done, ...ticked]) if (!store.get("done", id)) store.set("done", id, true);
        leave();
        keep();
      }),
      " ",
      button("Back to mine", () => {
        settings = { ...defaults(course), ...kept() };
        leave();
      }),
    );
    return note;
  }
  function leave() {
    foreign = false;
    history.replaceState(null, "", location.pathname);
    own();
    fill();
    draw(settings);
    hours.input.focus();
  }

  /**
   * @param {Data} course
   * @param {Settings} chosen
   * @param {ReturnType<typeof plan>} found
   */
  function summary(course, chosen, found) {
    const [soon, likely, late] = found.ends.map((end) => (end === null ? "today" : iso(end)));
    const end = /** @type {number} */ (found.end);
    // A plan that was made anew is as long as it is since it began: otherwise it would never leave the range.
    const began = chosen.began ?? chosen.start;
    const months = (end + 1 - began) / DAYS_PER_MONTH;
    const length = months < 2 ? `${Math.ceil((end + 1 - began) / 7)} weeks` : `${tenth(months)} months`;
    const open = left(course, { ...chosen, done: new Set([...chosen.done, ...chosen.ticked]) });
    const [least, rest, most] = [0, 1, 2].map((e) => open.reduce((sum, part) => sum + part.hours[e], 0));
    const lines = [
      make(
        "p",
        { class: "planner__end" },
        "Likely end ",
        make("strong", {}, likely),
        ", between ",
        make("time", {}, soon),
        " and ",
        make("time", {}, late),
        ".",
      ),
      make(
        "p",
        {},
        (open.length
          ? `${inHours(rest)} are left, between ${tenth(least)} and ${tenth(most)}`
          : "Everything in this plan is done") + `. From ${iso(began)} it takes ${length}.`,
      ),
    ];
    const behind = overdue(found, chosen, today());
    if (behind.length) {
      const sum = behind.reduce((hours, span) => hours + span.hours, 0);
      const names = behind
        .slice(0, 3)
        .map((s) => all[s.id].title)
        .join(", ");
      const more = behind.length > 3 ? ` and ${behind.length - 3} more` : "";
      const note = make(
        "div",
        { class: "tool__notice" },
        make(
          "p",
          {},
          `You are behind by ${inHours(sum)}: ${names}${more}. What you did but did not tick counts as open.`,
        ),
      );
      note.append(
        button("Plan the rest from today", () => {
          settings = {
            ...settings,
            start: today(),
            began,
            done: new Set([...settings.done, ...settings.ticked]),
            ticked: new Set(),
          };
          fill();
          changed();
          hours.input.focus();
        }),
      );
      lines.push(note);
    }
    const before = new Set(
      parts(course, chosen.target)
        .map(({ id }) => id)
        .filter((id) => chosen.done.has(id)),
    ).size;
    if (before)
      lines.push(
        make(
          "p",
          {},
          `Done by ${iso(chosen.start)}, and not planned again: ${before} of the topics and builds. `,
          link({ title: "See which", at: "roadmap/progress/" }),
        ),
      );
    const saved = Object.values(chosen.known).length;
    lines.push(
      saved || Object.keys(store.items).some((key) => key.startsWith("answer/"))
        ? make(
            "p",
            {},
            `Taken off for what you know: ${saved} topic${saved === 1 ? "" : "s"}. `,
            link({ title: "Change it", at: "start/where-do-i-stand/" }),
          )
        : make(
            "p",
            {},
            "Nothing is taken off for what you know. ",
            link({ title: "Find out where you stand", at: "start/where-do-i-stand/" }),
            " in ten minutes.",
          ),
    );
    const [shortest, longest] = course.months;
    const latest = Math.floor(began + longest * DAYS_PER_MONTH) - 1;
    if (end > latest) {
      const enough = hoursFor(course, chosen, latest);
      lines.push(
        make(
          "p",
          { class: "tool__notice" },
          `This is longer than the ${shortest}–${longest} months that the source article reports. ` +
            (enough
              ? `With ${enough} hours a week it would end by ${iso(latest)}. `
              : "Not even 60 hours a week would change that with these times away. ") +
            "More weeks at your own pace cost nothing but patience; if you have a date to keep, cut the builds " +
            "as each phase page says, and keep the checks.",
        ),
      );
    } else if (months < shortest) {
      lines.push(
        make(
          "p",
          { class: "tool__notice" },
          `This is shorter than the ${shortest}–${longest} months that the source article reports. ` +
            "That is plausible when you know a good part already. Otherwise plan for the late end: whole days of " +
            "study wear out sooner than evenings.",
        ),
      );
    }
    return lines;
  }

  function outputs() {
    const found = () => plan(course, settings);
    const address = make("input", {
      type: "text",
      readonly: true,
      "aria-label": "Address of this plan",
      value: `${location.origin}${location.pathname}#${toFragment(settings)}`,
    });
    address.addEventListener("focus", () => /** @type {HTMLInputElement} */ (address).select());
    return [
      make(
        "p",
        { class: "planner__outputs" },
        button("Calendar (.ics)", () => {
          follow();
          download("handbook-plan.ics", "text/calendar", ics(course, settings, found(), new Date()));
        }),
        " ",
        button("Markdown", () => {
          follow();
          download("handbook-plan.md", "text/markdown", asMarkdown(course, settings, found()));
        }),
        " ",
        button("Print", () => {
          follow();
          print();
        }),
      ),
      make("p", { class: "planner__address" }, make("label", {}, "This plan as an address: ", address)),
    ];
  }

  form.addEventListener("change", changed);
  store.addEventListener("change", () => {
    if (foreign || form.contains(document.activeElement)) return;
    settings = { ...defaults(course), ...kept() };
    own();
    fill();
    draw(settings);
  });
  fill();
  draw(settings);
}

/**
 * The plan on the same axis as the roadmap: months, with the article's range behind the bars.
 * @param {Data} course
 * @param {Settings} settings
 * @param {ReturnType<typeof plan>} found
 */
function timeline(course, settings, found) {
  const perMonth = DAYS_PER_MONTH / 7;
  const [shortest, longest] = course.months;
  const began = settings.began ?? settings.start;
  const offset = (/** @type {number} */ value) => (value - began) / 7;
  const late = offset(/** @type {number} */ (found.ends[2]) + 1);
  const months = Math.max(longest, Math.ceil(late / perMonth));
  const axis = months * perMonth;
  const place = (/** @type {Record<string, number>} */ values) =>
    Object.entries(values)
      .map(([name, value]) => `--${name}:${value.toFixed(2)}`)
      .join(";");
  const step = Math.ceil(months / 12);
  const ticks = Array.from({ length: Math.floor(months / step) }, (_, index) => (index + 1) * step);
  const lane = (/** @type {string} */ kind, /** @type {number} */ first, /** @type {number} */ last) =>
    make(
      "p",
      {
        class:
          `timeline__lane timeline__lane--${kind}` +
          (offset(last + 1) > (kind === "slow" ? 0.5 : 0.7) * axis ? " timeline__lane--late" : ""),
        style: place({ from: offset(first), to: offset(last + 1) }),
      },
      make("span", { class: "timeline__bar" }),
      make(
        "span",
        { class: "timeline__label" },
        kind === "slow" ? `${iso(first)} to ${iso(last)}` : `until ${iso(last)}`,
      ),
    );
  const items = phases(course, found).map((phase) =>
    make(
      "li",
      {},
      make(
        "p",
        { class: "timeline__name" },
        link({ title: phase.title, at: course.phases.find((p) => p.id === phase.id)?.at ?? "" }),
      ),
      lane("fast", phase.first, phase.last),
    ),
  );
  const [soon, , last] = /** @type {number[]} */ (found.ends);
  items.push(make("li", {}, make("p", { class: "timeline__name" }, "The end, between"), lane("slow", soon, last)));
  return make(
    "div",
    {
      class: "timeline timeline--own",
      style: place({ axis, first: shortest * perMonth, last: longest * perMonth, mark: course.role * perMonth }),
    },
    make(
      "div",
      { class: "timeline__axis", "aria-hidden": "true" },
      make("b", {}, "months"),
      ...ticks.map((month) => make("span", { style: place({ at: month * perMonth }) }, String(month))),
    ),
    make("ol", { class: "timeline__phases" }, ...items),
    make(
      "ul",
      { class: "timeline__legend" },
      make("li", { class: "key-fast" }, "Your plan"),
      make("li", { class: "key-range" }, `${shortest}–${longest} months, as the source article reports`),
      make(
        "li",
        { class: "key-mark" },
        `About ${course.role} months: many people find a role, as the source article reports`,
      ),
    ),
  );
}

/**
 * @param {Data} course
 * @param {Settings} settings
 * @param {ReturnType<typeof plan>} found
 * @param {string[]} open phases that the reader has open
 * @param {((id: string, done: boolean) => void) | undefined} tick what a box does; none on somebody else's plan
 */
function weeks(course, settings, found, open, tick) {
  const all = { ...course.topics, ...course.projects };
  const ends = new Map(found.spans.map(({ id, last }) => [id, monday(last)]));
  const now = monday(today());
  const titles = ["Week", "From", "Hours", "Learn and build"];
  /** @type {Map<string, HTMLElement[]>} */
  const rows = new Map();
  found.weeks.forEach((week, index) => {
    const work = make("ul", {});
    for (const { id, hours } of week.entries) {
      const ticked = settings.ticked.has(id);
      // One box for each thing, in the week that finishes it.
      const box =
        tick && ends.get(id) === week.monday
          ? [
              make("input", {
                type: "checkbox",
                checked: ticked,
                "data-tick": id,
                "aria-label": `${all[id].title}: done`,
              }),
            ]
          : [];
      box[0]?.addEventListener("change", (event) => tick?.(id, /** @type {HTMLInputElement} */ (event.target).checked));
      work.append(
        make(
          "li",
          {},
          ...box,
          ...(ticked ? [make("s", {}, link(all[id])), " done"] : [link(all[id])]),
          ` ${tenth(hours)} h`,
        ),
      );
    }
    const cells = [iso(week.monday), tenth(week.hours), work].map((child, column) =>
      make("td", { "data-label": titles[column + 1] }, child),
    );
    const row = make(
      "tr",
      { "aria-current": week.monday === now ? "date" : false },
      make("th", { scope: "row" }, String(index + 1)),
      ...cells,
    );
    const phase = all[week.entries[0].id].phase;
    rows.set(phase, [...(rows.get(phase) ?? []), row]);
  });
  const folded = [...rows].map(([id, own]) => {
    const phase = course.phases.find((p) => p.id === id);
    const head = make("thead", {}, make("tr", {}, ...titles.map((name) => make("th", { scope: "col" }, name))));
    const table = make("div", { class: "wide-table" }, make("table", {}, head, make("tbody", {}, ...own)));
    return make(
      "details",
      { open: open.includes(id), "data-phase": id },
      make("summary", {}, `${phase?.title}: ${own.length} week${own.length === 1 ? "" : "s"}`),
      table,
    );
  });
  // What is on now, or comes first, is open.
  const current = folded.find((part) => part.hasAttribute("open") || part.querySelector("[aria-current]")) ?? folded[0];
  current?.setAttribute("open", "");
  return make("div", { class: "planner__weeks" }, ...folded);
}

/**
 * @param {Data} course
 * @param {Settings} settings
 * @param {ReturnType<typeof plan>} found
 * @param {Date} now
 */
export function ics(course, settings, found, now) {
  const all = { ...course.topics, ...course.projects };
  const host = "backend-to-ai-engineer.plan";
  // The name that it had first: an entry imported before a renaming is moved, not doubled.
  const first = (/** @type {string} */ id) =>
    Object.keys(course.renamed).find((old) => course.renamed[old] === id) ?? id;
  const events = found.spans
    .filter(({ id }) => !settings.ticked.has(id))
    .map(({ id, hours, ...days }) => ({
      uid: `${first(id)}@${host}`,
      ...days,
      title: `${course.projects[id] ? "Build" : "Learn"}: ${all[id].title}`,
      text: `${inHours(hours)}, an estimate.`,
      url: String(new URL(all[id].at, BASE)),
    }));
  for (const phase of phases(course, found)) {
    const at = course.phases.find((p) => p.id === phase.id)?.at ?? "";
    events.push({
      uid: `${phase.id}-check@${host}`,
      first: phase.last,
      last: phase.last,
      title: `Exit check: ${phase.title}`,
      text: "Go on when it holds.",
      url: String(new URL(at, BASE)),
    });
  }
  return calendar(events, now);
}

/**
 * @param {Data} course
 * @param {Settings} settings
 * @param {ReturnType<typeof plan>} found
 */
export function asMarkdown(course, settings, found) {
  const all = { ...course.topics, ...course.projects };
  const [soon, likely, late] = found.ends.map((end) => (end === null ? "today" : iso(end)));
  return markdown({
    title: "My plan: from backend developer to AI engineer",
    lines: [
      `${inHours(settings.hours)} a week from ${iso(settings.start)}. ` +
        `Likely end ${likely}, between ${soon} and ${late}. Hours are estimates.`,
    ],
    weeks: found.weeks.map((week) => ({
      monday: week.monday,
      hours: inHours(week.hours),
      entries: week.entries.map(({ id, hours }) => ({
        title: all[id].title,
        url: String(new URL(all[id].at, BASE)),
        hours: inHours(hours),
        done: settings.ticked.has(id),
      })),
    })),
  });
}
