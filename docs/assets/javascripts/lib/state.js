// What a reader has noted, in this browser only: a set of items with the time of their last change.
// Pure functions first; Store, below, is the only code that touches the browser's storage.

/**
 * What an item says. Keys are "kind/id" with a permanent id of the data, or a kind alone:
 * "done/chunking" true or false, "known/chunking" 0 to 2, "row/api-design" 1 to 3 or 0 for none,
 * "answer/prefix-of-five" 1 to 5 for an option, 9 for "I don't know" or 0 for none, "despite/prefix-of-five" the missed
 * answer after which the reader's level stands, "plan" the planner's settings, "review/prefix-of-five" 1 to 3 while a
 * missed question waits or 0, "seen" the newest change that the reader was told of. Kinds that this version does not
 * know are kept and handed on.
 * @typedef {{v: any, t: string, d?: string}} Item v: the value; t: when it was set, as ISO 8601 in UTC; d: the day that
 *   it was where it was set, which t does not tell elsewhere. Notes from before 2026-11-27 have none.
 * @typedef {Record<string, Item>} Items
 * @typedef {"fine" | "damaged" | "newer"} Reading damaged: a part could not be read; newer: nothing was, on purpose
 */

export const VERSION = 1;
const FORMAT = "handbook-progress";
// Every note can be changed later, so the last thousand years that fit four digits are no times.
const TIME = /^[0-8]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const KEY = /^[a-z]+(\/[a-z0-9]+(-[a-z0-9]+)*)?$/;

const DAY = /^\d{4}-\d\d-\d\d$/;

/** @type {Record<string, (v: any) => boolean>} */
const VALUES = {
  done: (v) => typeof v === "boolean",
  known: (v) => v === 0 || v === 1 || v === 2,
  row: (v) => Number.isInteger(v) && v >= 0 && v <= 3,
  answer: (v) => Number.isInteger(v) && v >= 0 && v <= 9,
  despite: (v) => Number.isInteger(v) && v >= 0 && v <= 9,
  plan: (v) =>
    typeof v === "object" && v !== null && !Array.isArray(v) && ["string", "undefined"].includes(typeof v.address),
  review: (v) => Number.isInteger(v) && v >= 0 && v <= 3,
  seen: (v) => typeof v === "string",
};

/**
 * The values that a reader would miss.
 * @type {Record<string, (v: any) => boolean>}
 */
const PRECIOUS = {
  ...{ done: Boolean, known: Boolean, row: Boolean, answer: Boolean, despite: Boolean, review: Boolean },
  plan: (v) => Boolean(v?.address),
};

/**
 * Those notes that a reader would miss.
 * @param {Items} items
 */
export function precious(items) {
  return Object.entries(items).filter(([key, item]) => PRECIOUS[key.split("/")[0]]?.(item.v));
}

/**
 * Reads what was stored or exported.
 * @param {string} text
 * @returns {{items: Items, reading: Reading}}
 */
export function parse(text) {
  /** @type {any} */
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    return { items: {}, reading: "damaged" };
  }
  if (typeof data !== "object" || data === null || !Number.isInteger(data.version))
    return { items: {}, reading: "damaged" };
  if (data.version > VERSION) return { items: {}, reading: "newer" };
  if (typeof data.items !== "object" || data.items === null || Array.isArray(data.items))
    return { items: {}, reading: "damaged" };
  /** @type {Items} */
  const items = {};
  let damaged = false;
  for (const [key, item] of Object.entries(data.items)) {
    const kind = key.split("/")[0];
    const fine =
      KEY.test(key) &&
      typeof item === "object" &&
      item !== null &&
      TIME.test(item.t) &&
      !Number.isNaN(Date.parse(item.t)) &&
      "v" in item &&
      (VALUES[kind]?.(item.v) ?? true);
    if (!fine) {
      damaged = true;
      continue;
    }
    items[key] = { v: item.v, t: new Date(item.t).toISOString() };
    if (DAY.test(item.d)) items[key].d = item.d;
  }
  return { items, reading: damaged ? "damaged" : "fine" };
}

/**
 * As text to store or to export: the same items give the same text.
 * @param {Items} items
 */
export function write(items) {
  const sorted = Object.fromEntries(Object.entries(items).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ format: FORMAT, version: VERSION, items: sorted }, null, 1);
}

/**
 * The newer of two notes on the same thing; of two from the same moment always the same one.
 * @param {Item | undefined} a
 * @param {Item | undefined} b
 * @returns {Item | undefined}
 */
function newer(a, b) {
  if (!a || !b) return a ?? b;
  if (a.t !== b.t) return a.t > b.t ? a : b;
  const [one, other] = [a, b].map(({ v, d = "" }) => JSON.stringify([v, d]));
  return one >= other ? a : b;
}

/**
 * Items of both; where both have one, the newer.
 * @param {Items} a
 * @param {Items} b
 * @returns {Items}
 */
export function merge(a, b) {
  const merged = { ...a };
  for (const key of Object.keys(b)) merged[key] = /** @type {Item} */ (newer(a[key], b[key]));
  return merged;
}

/**
 * Notes under an id's old names, moved to the present one.
 * @param {Items} items
 * @param {Record<string, string>} renamed old id to new
 * @returns {Items}
 */
export function current(items, renamed) {
  /** @type {Items} */
  let moved = {};
  for (const [key, item] of Object.entries(items)) {
    const [kind, id] = key.split("/");
    moved = merge(moved, { [id && Object.hasOwn(renamed, id) ? `${kind}/${renamed[id]}` : key]: item });
  }
  return moved;
}

/** What happened to the storage, in one sentence for the reader. */
export const NOTES = {
  blocked:
    "This browser stores nothing for this site, so what you note lasts until you leave the page. " +
    "What you tick on the progress page can be downloaded there.",
  full:
    "This browser's storage for the site is full, so the last change is gone when you leave the page. " +
    "Delete other data of this site, or tick on the progress page and download the file there.",
  damaged:
    "A part of your stored progress could not be read. " +
    "It was put aside unchanged, and the progress page offers it for download.",
  newer:
    "Your progress was saved by a newer version of this handbook. " +
    "It is left as it is, and changes on this page are not saved. Reload the page.",
};

/** The notes in a browser's storage. Two tabs may write at once: each change is merged into what is there by then. */
export class Store extends EventTarget {
  /**
   * @param {() => Storage} storage gives the storage, or throws when it is blocked
   * @param {string} key
   * @param {() => number} now milliseconds
   */
  constructor(storage, key, now = Date.now) {
    super();
    this.key = key;
    this.now = now;
    /** @type {Items} */
    this.items = {};
    /** @type {keyof typeof NOTES | ""} */
    this.trouble = "";
    /** @type {Storage | undefined} */
    this.storage = undefined;
    /** @type {Record<string, string>} */
    this.marks = {};
    try {
      this.storage = storage();
      this.storage.getItem(key);
    } catch {
      this.storage = undefined;
    }
    if (!this.storage) this.trouble = "blocked";
    this.read();
  }

  /** Takes in what is stored by now. Unreadable text is put aside before anything is written over it. */
  read() {
    const text = this.storage?.getItem(this.key);
    if (text === null || text === undefined) return;
    const { items, reading } = parse(text);
    this.items = merge(this.items, items);
    if (reading === "newer") this.trouble = "newer";
    if (reading === "damaged") {
      this.trouble = "damaged";
      try {
        if (!this.aside().includes(text)) this.storage?.setItem(`${this.key} aside ${this.now()}`, text);
      } catch {
        // No room to put it aside: then it stays where it is, and nothing is written.
        this.trouble = "full";
        this.kept = true;
      }
    }
  }

  /**
   * Texts that could not be read.
   * @returns {string[]}
   */
  aside() {
    const keys = this.storage ? Object.keys(this.storage).filter((key) => key.startsWith(this.key + " aside ")) : [];
    return keys.sort().map((key) => this.storage?.getItem(key) ?? "");
  }

  /**
   * @param {string} kind
   * @param {string} [id]
   */
  get(kind, id) {
    return this.items[id ? `${kind}/${id}` : kind]?.v;
  }

  /**
   * @param {string} kind
   * @param {string} id empty for a kind that has one item
   * @param {any} value
   */
  set(kind, id, value) {
    const key = id ? `${kind}/${id}` : kind;
    this.add({ [key]: { v: value, t: this.time(key), d: this.today() } });
    if (PRECIOUS[kind]?.(value)) this.dispatchEvent(new Event("note"));
  }

  /**
   * What concerns this browser only: it is no note, and no exported file carries it.
   * @param {string} name
   */
  mark(name) {
    return this.marks[name] ?? this.storage?.getItem(`${this.key} ${name}`) ?? "";
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  setMark(name, value) {
    this.marks[name] = value;
    try {
      this.storage?.setItem(`${this.key} ${name}`, value);
    } catch {
      // A full storage: it is known until the reader leaves the page.
    }
  }

  /** How many notes no file holds: those made since the last export. */
  unsaved() {
    return precious(this.items).filter(([, item]) => item.t > this.mark("exported")).length;
  }

  /** The notes are in a file by now. */
  exported() {
    const times = Object.values(this.items).map((item) => item.t);
    this.setMark("exported", times.sort().at(-1) ?? "");
    this.dispatchEvent(new Event("change"));
  }

  /** The day that it is here, as "2026-11-26". */
  today() {
    const now = this.now();
    return new Date(now - new Date(now).getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  }

  /**
   * When a change of an item is made: now, but after its last change. A clock that was wrong once must not make later
   * changes lose.
   * @param {string} key
   */
  time(key) {
    const last = this.items[key] ? Date.parse(this.items[key].t) + 1 : 0;
    return new Date(Math.max(this.now(), last)).toISOString();
  }

  /**
   * Merges items in and saves.
   * @param {Items} items
   */
  add(items) {
    if (this.trouble !== "newer") this.read();
    this.items = merge(this.items, items);
    this.save();
  }

  /**
   * Old names become present ones.
   * @param {Record<string, string>} renamed
   */
  rename(renamed) {
    this.items = current(this.items, renamed);
  }

  save() {
    if (this.storage && this.trouble !== "newer" && !this.kept) {
      try {
        this.storage.setItem(this.key, write(this.items));
        if (this.trouble === "full") this.trouble = "";
      } catch {
        this.trouble = "full";
      }
    }
    this.dispatchEvent(new Event("change"));
  }

  /** Another tab has written. */
  refresh() {
    this.read();
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Forgets everything. What was there is kept aside, for undo().
   */
  reset() {
    this.restore({});
  }

  /**
   * Makes the notes what a file or another copy says: what it lacks is taken back. What was there is kept aside.
   * @param {Items} items
   */
  restore(items) {
    this.read();
    const before = this.items;
    /** @type {Items} */
    const found = {};
    for (const key of Object.keys({ ...before, ...items })) {
      // Later than what is here: otherwise another tab, or the next file, would bring back what it replaces. What is
      // taken back is a note as well: another device's older ones must not return.
      const t = before[key] ? this.time(key) : items[key].t;
      if (items[key]) found[key] = { ...items[key], t };
      else if (key.startsWith("done/")) found[key] = { v: false, t };
      else if (/^(known|row|answer|despite|review)\//.test(key)) found[key] = { v: 0, t };
      else if (key === "plan") found[key] = { v: {}, t };
    }
    this.setMark("before", precious(before).length ? write(before) : "");
    this.setMark("after", write(found));
    this.items = found;
    this.save();
  }

  /**
   * What was there before the last reset or restore, also after the page was left; undefined when there is no copy.
   * @returns {Items | undefined}
   */
  before() {
    const text = this.mark("before");
    return text ? parse(text).items : undefined;
  }

  /** Takes the last reset or restore back. What the reader has noted since stays. */
  undo() {
    const before = this.before();
    if (!before) return;
    this.read();
    const after = parse(this.mark("after")).items;
    const since = Object.entries(this.items).filter(([key, item]) => item.t !== after[key]?.t);
    this.restore({ ...before, ...Object.fromEntries(since) });
    this.forgetCopy();
  }

  /** Forgets the copy that undo() needs. */
  forgetCopy() {
    for (const name of ["before", "after"]) {
      delete this.marks[name];
      try {
        this.storage?.removeItem(`${this.key} ${name}`);
      } catch {
        // Blocked: then nothing is stored.
      }
    }
    this.dispatchEvent(new Event("change"));
  }
}
