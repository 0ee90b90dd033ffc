// The search: asks the theme's worker, which holds the index, and draws what it finds with the theme's classes.
// frame.js loads this when somebody turns to the search field, or comes from a result.
export {};

/**
 * @typedef {{
 *   location: string, title: string, text: string, tags?: string[],
 *   score: number, terms: Record<string, boolean> }} Found
 *   a page or one of its sections. title and text are HTML of our own index, with the words that were found in <mark>.
 */

/** What the worker is told and answers: its protocol, by number. */
const SETUP = 0;
const READY = 1;
const QUERY = 2;
const RESULT = 3;
/** So many results are drawn at first, and again whenever the reader has scrolled to the end of them. */
const AT_ONCE = 10;

/**
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 */
const one = (selector) => /** @type {T} */ (/** @type {unknown} */ (document.querySelector(selector)));

const config = JSON.parse(one("#__config").textContent ?? "");
const base = new URL(config.base + "/", location.href);
const toggle = /** @type {HTMLInputElement} */ (one("#__search"));
const field = /** @type {HTMLInputElement} */ (one(".md-search__input"));
const scroller = one(".md-search__scrollwrap");
const count = one(".md-search-result__meta");
const list = one(".md-search-result__list");

/** @type {Promise<Worker> | undefined} */
let started;
/** The words that were asked for last, and what was found for them but is not drawn yet. */
let asked = "";
/** @type {Found[][]} */
let waiting = [];

/** The worker with the index in it. */
function worker() {
  started ??= start().catch((error) => {
    started = undefined;
    count.textContent = "The search index could not be loaded. Type again to retry.";
    throw error;
  });
  return started;
}

async function start() {
  const made = new Worker(new URL(config.search, location.href));
  const answer = await fetch(new URL("search/search_index.json", base));
  if (!answer.ok) throw new Error(`search/search_index.json: ${answer.status}`);
  const index = await answer.json();
  const ready = new Promise((resolve) => {
    made.addEventListener("message", ({ data }) => {
      if (data.type === READY) {
        if (!field.value) count.textContent = config.translations["search.result.placeholder"];
        resolve(made);
      }
      if (data.type === RESULT) show(data.data.items);
    });
  });
  made.postMessage({ type: SETUP, data: { ...index, options: { suggest: false } } });
  return ready;
}

async function ask() {
  const ready = await worker();
  if (field.value === asked) return;
  asked = field.value;
  ready.postMessage({ type: QUERY, data: asked });
}

/** @param {Found[][]} pages what was found, by page */
function show(pages) {
  const says = config.translations;
  if (pages.length === 0)
    count.textContent = asked.trim() ? says["search.result.none"] : says["search.result.placeholder"];
  else if (pages.length === 1) count.textContent = says["search.result.one"];
  else count.textContent = says["search.result.other"].replace("#", String(pages.length));
  list.replaceChildren();
  scroller.scrollTop = 0;
  waiting = pages;
  more();
}

function more() {
  list.append(...waiting.slice(0, AT_ONCE).map(page));
  waiting = waiting.slice(AT_ONCE);
}

/**
 * One page: itself, its best sections, and the others folded.
 * @param {Found[]} found in the order of their score
 */
function page(found) {
  const sections = [...found];
  const [itself] = sections.splice(
    found.findIndex((part) => !part.location.includes("#")),
    1,
  );
  const weaker = sections.findIndex((part) => part.score < found[0].score);
  const best = weaker === -1 ? sections : sections.slice(0, weaker);
  const others = sections.slice(best.length);
  const item = element("li", "md-search-result__item");
  item.append(
    result(itself, true, itself === found[0] && best.length === 0),
    ...best.map((part) => result(part, false, true)),
  );
  if (others.length) {
    const summary = element("summary", "");
    const words = element("div", "");
    const says = config.translations;
    words.textContent =
      others.length === 1
        ? says["search.result.more.one"]
        : says["search.result.more.other"].replace("#", String(others.length));
    summary.tabIndex = -1;
    summary.append(words);
    const folded = element("details", "md-search-result__more");
    folded.append(summary, ...others.map((part) => result(part, false, true)));
    item.append(folded);
  }
  return item;
}

/**
 * A link to a page or a section.
 * @param {Found} found
 * @param {boolean} whole it is a page and no section
 * @param {boolean} withText
 */
function result(found, whole, withText) {
  const terms = Object.entries(found.terms);
  const address = new URL(found.location, base);
  const words = terms.filter(([, there]) => there).map(([word]) => word);
  if (words.length) address.searchParams.set("h", words.join(" "));
  const link = /** @type {HTMLAnchorElement} */ (element("a", "md-search-result__link"));
  link.href = String(address);
  link.tabIndex = -1;
  const text = element("article", "md-search-result__article md-typeset");
  text.dataset.mdScore = found.score.toFixed(2);
  if (whole) text.append(element("div", "md-search-result__icon md-icon"));
  const title = element(whole ? "h1" : "h2", "");
  title.innerHTML = found.title;
  text.append(title);
  if (withText) text.insertAdjacentHTML("beforeend", found.text);
  if (found.tags) {
    const tags = element("nav", "md-tags");
    for (const name of found.tags) {
      const tag = element("span", "md-tag");
      tag.innerHTML = name;
      tags.append(tag, " ");
    }
    text.append(tags);
  }
  const missing = terms.filter(([, there]) => !there).map(([word]) => word);
  if (withText && missing.length) {
    const note = element("p", "md-search-result__terms");
    note.append(config.translations["search.result.term.missing"] + ": ");
    for (const word of missing) {
      const struck = element("del", "");
      struck.textContent = word;
      note.append(struck, " ");
    }
    text.append(note);
  }
  link.append(text);
  return link;
}

/**
 * @param {string} tag
 * @param {string} className
 */
function element(tag, className) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  return made;
}

/**
 * Marks words where they begin a word of the page's text.
 * @param {string} words
 */
function mark(words) {
  const known = words.split(/[\s*+\-:~^]+/).filter(Boolean);
  if (!known.length) return;
  const alternatives = known.map((word) => word.replace(/[|\\{}()[\]^$+*?.]/g, "\\$&")).join("|");
  const pattern = new RegExp("(?<![\\p{L}\\p{N}])(?:" + alternatives + ")", "giu");
  const walker = document.createTreeWalker(one("article"), NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const texts = [];
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
  for (const text of texts) {
    if (text.parentElement?.closest("svg, script, style, button, [hidden]")) continue;
    const parts = [];
    let from = 0;
    for (const match of text.data.matchAll(pattern)) {
      const found = document.createElement("mark");
      found.textContent = match[0];
      parts.push(text.data.slice(from, match.index), found);
      from = (match.index ?? 0) + match[0].length;
    }
    if (parts.length) text.replaceWith(...parts, text.data.slice(from));
  }
}

/** @param {KeyboardEvent} event */
function keys(event) {
  if (!toggle.checked || event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
  const active = /** @type {HTMLElement} */ (document.activeElement);
  if (event.key === "Enter" && active === field) {
    event.preventDefault();
    const results = /** @type {HTMLAnchorElement[]} */ ([...list.querySelectorAll("a.md-search-result__link")]);
    const score = (/** @type {HTMLAnchorElement} */ link) =>
      Number(/** @type {HTMLElement} */ (link.firstElementChild).dataset.mdScore);
    results.sort((a, b) => score(b) - score(a))[0]?.click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const stops = [
      field,
      .../** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(":not(details) > a, summary, details[open] a")),
    ];
    const now = Math.max(0, stops.indexOf(active));
    stops[(now + stops.length + (event.key === "ArrowDown" ? 1 : -1)) % stops.length].focus();
  } else if (event.key.length === 1 && active !== field) {
    field.focus();
  }
}

/** A closed search holds nothing for a screen reader. */
function reveal() {
  list.setAttribute("role", toggle.checked ? "list" : "presentation");
  list.hidden = !toggle.checked;
}

const query = new URL(location.href).searchParams;
const coming = query.get("q");
if (coming !== null) {
  field.value = coming;
  field.focus();
  toggle.addEventListener(
    "change",
    () => {
      const address = new URL(location.href);
      address.searchParams.delete("q");
      history.replaceState({}, "", address);
    },
    { once: true },
  );
}
mark(query.get("h") ?? "");
addEventListener("keydown", keys);
toggle.addEventListener("change", reveal);
reveal();
field.addEventListener("input", () => ask().catch(() => {}));
field.addEventListener("focus", () => ask().catch(() => {}));
field.form?.addEventListener("reset", () => setTimeout(() => ask().catch(() => {})));
scroller.addEventListener("scroll", () => {
  if (waiting.length && scroller.scrollTop + scroller.clientHeight > scroller.scrollHeight - 200) more();
});
one(".md-search").addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("a") && toggle.checked) toggle.click();
});
if (field.value || document.activeElement === field) ask().catch(() => {});
