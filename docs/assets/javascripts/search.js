// The search in its dialog: fetches the index, asks lib/find.js at each letter, and draws what it finds. Loaded by
// frame.js when somebody turns to the search field, or comes from a result.
import { excerpt } from "./lib/excerpt.js";
import { Finder } from "./lib/find.js";
import { BASE, make, say } from "./lib/page.js";

/** @typedef {import("./lib/find.js").Result} Result */
/** @typedef {import("./lib/find.js").Answer} Answer */

/** So many results are drawn. Whoever has not found it among these asks with other words. */
const MOST = 16;
/** So long nobody types before lines of text are fetched, and before the address tells what is asked. */
const PAUSE = 150;

/**
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 */
const one = (selector) => /** @type {T} */ (/** @type {unknown} */ (document.querySelector(selector)));

const toggle = /** @type {HTMLInputElement} */ (one("#__search"));
const field = /** @type {HTMLInputElement} */ (one(".md-search__input"));
const scroller = one(".md-search__scrollwrap");
const count = one(".md-search-result__meta");
const list = one(".md-search-result__list");
const meant = one(".found-meant");
const elsewhere = one(".found-elsewhere");
const PLACEHOLDER = count.textContent?.trim() ?? "";

/** Where the page is a translation: the folder of its language. */
const { language } = /** @type {HTMLElement} */ (one(".md-search")).dataset;

/** @typedef {Pick<Finder, "search" | "nearest">} Search */
/** @type {Promise<Search> | undefined} */
let started;
/**
 * What was asked last.
 * @type {string | undefined}
 */
let asked;
let pause = 0;

/** The search with its index. */
function finder() {
  started ??= start().catch((error) => {
    started = undefined;
    count.textContent = say("The search index could not be loaded. Type again to retry.");
    throw error;
  });
  return started;
}

/** @param {string} name */
async function fetched(name) {
  const answer = await fetch(new URL(name, BASE));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.json();
}

async function start() {
  const [index] = await Promise.all([fetched("search/index.json"), styled()]);
  const english = new Finder(index);
  if (!language) return english;
  const [{ Beside }, forms, own] = await Promise.all([
    import("./lib/beside.js"),
    // Other languages go without forms of their words.
    import(`./lib/words-${language}.js`).catch(() => undefined),
    fetched(`search/index.${language}.json`),
  ]);
  return new Beside(new Finder(own, forms), english, language);
}

/** The sheet for results comes with them. */
function styled() {
  const sheet = /** @type {HTMLLinkElement} */ (
    make("link", { rel: "stylesheet", href: String(new URL("assets/stylesheets/search.css", BASE)) })
  );
  return new Promise((resolve) => {
    sheet.onload = sheet.onerror = resolve;
    document.head.append(sheet);
  });
}

async function ask() {
  const ready = await finder();
  if (field.value === asked) return;
  asked = field.value;
  show(ready.search(asked, { limit: MOST }), ready);
}

/**
 * @param {Answer} answer
 * @param {Search} ready
 */
function show(answer, ready) {
  const { results, corrected, unknown } = answer;
  const typed = (asked ?? "").trim();
  const near = typed && !results.length ? ready.nearest(typed) : [];
  const shown = [...results, ...near].map((result) => drawn(result, answer));
  list.replaceChildren(...shown.map(({ item }) => item));
  scroller.scrollTop = 0;
  clearTimeout(pause);
  meant.replaceChildren();
  elsewhere.hidden = !typed || (results.length > 0 && !unknown.length);
  if (!typed) count.textContent = PLACEHOLDER;
  else if (!results.length) count.textContent = say("No section has “{words}”.", { words: typed });
  else {
    const many = results.length === 1 ? say("1 result") : say("{number} results", { number: results.length });
    const lacking = unknown.length ? say(", none with “{words}”", { words: unknown.join("”, “") }) : "";
    count.textContent = many + lacking;
  }
  if (corrected) meant.append(say("Did you mean"), " ", button(corrected), say("? These are its results."));
  if (near.length) meant.append(say("The nearest topics:"));
  if (typed)
    pause = setTimeout(() => {
      remember(typed);
      for (const { item, fill } of shown) whenSeen(item, fill);
    }, PAUSE);
}

/** @param {string} words */
function button(words) {
  const made = make("button", { type: "button", class: "found-instead" }, words);
  made.addEventListener("click", () => {
    field.value = words;
    field.focus();
    ask().catch(() => {});
  });
  return made;
}

/**
 * A result, and how to fill in its line of text.
 * @param {Result} result
 * @param {Answer} answer
 */
function drawn(result, { terms, words }) {
  const line = make("span", { class: "found__line" });
  const link = /** @type {HTMLAnchorElement} */ (
    make("a", { class: "md-search-result__link found", href: marking(result.address, words), tabindex: "-1" })
  );
  link.append(make("span", { class: "found__title" }, result.title));
  if (result.title !== result.pageTitle) link.append(" ", make("span", { class: "found__page" }, result.pageTitle));
  link.append(" ", line);
  const fill = async () => {
    const parts = excerpt((await text(result))[result.id], terms);
    line.replaceChildren(...parts.map(({ text, marked }) => (marked ? make("mark", {}, text) : text)));
    const found = [...new Set(parts.filter(({ marked }) => marked).map(({ text }) => text))];
    if (found.length) link.href = marking(result.address, found);
  };
  return {
    item: make("li", { class: "md-search-result__item", ...(result.language && { lang: result.language }) }, link),
    fill,
  };
}

/**
 * Where a result leads, with the words that are to be marked there.
 * @param {string} address
 * @param {string[]} words
 */
function marking(address, words) {
  const target = new URL(address, BASE);
  if (words.length) target.searchParams.set("h", words.join(" "));
  return String(target);
}

/** Each page's text by its name, fetched once. @type {Map<string, Promise<Record<string, [string[], string[]]>>>} */
const texts = new Map();

/** @param {Result} result one of the page's sections */
function text({ address }) {
  const name = address.replace(/#.*/, "").replace(/\/$/, "").replaceAll("/", "-") || "home";
  const found = texts.get(name) ?? fetched(`search/texts/${name}.json`);
  texts.set(name, found);
  // Without its line a result is a result. The next search asks again.
  return found.catch(() => {
    texts.delete(name);
    return /** @type {Record<string, [string[], string[]]>} */ ({});
  });
}

/** @type {WeakMap<Element, () => void>} */
const waiting = new WeakMap();
const seen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      waiting.get(target)?.();
    }
  },
  { root: scroller },
);

/**
 * @param {HTMLElement} item
 * @param {() => void} act
 */
function whenSeen(item, act) {
  waiting.set(item, act);
  seen.observe(item);
}

/**
 * Lets the address of the page tell what is asked, so that "back" returns to the results.
 * @param {string} words
 */
function remember(words) {
  const address = new URL(location.href);
  if ((address.searchParams.get("q") ?? "") === words) return;
  if (words) address.searchParams.set("q", words);
  else address.searchParams.delete("q");
  history.replaceState(history.state, "", address);
}

/**
 * Marks words of the page's text.
 * @param {string} words
 */
function mark(words) {
  const known = words.split(/\s+/).filter(Boolean);
  if (!known.length) return;
  const alternatives = known.map((word) => word.replace(/[|\\{}()[\]^$+*?.]/g, "\\$&")).join("|");
  const pattern = new RegExp("(?<![\\p{L}\\p{N}])(?:" + alternatives + ")(?![\\p{L}\\p{N}])", "giu");
  const walker = document.createTreeWalker(one("article"), NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const found = [];
  while (walker.nextNode()) found.push(/** @type {Text} */ (walker.currentNode));
  for (const text of found) {
    if (text.parentElement?.closest("svg, script, style, button, [hidden]")) continue;
    const parts = [];
    let from = 0;
    for (const match of text.data.matchAll(pattern)) {
      parts.push(text.data.slice(from, match.index), make("mark", {}, match[0]));
      from = (match.index ?? 0) + match[0].length;
    }
    if (parts.length) text.replaceWith(...parts, text.data.slice(from));
  }
}

/** @param {KeyboardEvent} event */
function keys(event) {
  if (!toggle.checked || event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
  const active = /** @type {HTMLElement} */ (document.activeElement);
  const links = /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("a"));
  if (event.key === "Enter" && active === field) {
    event.preventDefault();
    ask()
      .then(() => /** @type {HTMLElement | null} */ (list.querySelector("a"))?.click())
      .catch(() => {});
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const stops = [field, ...links];
    const now = Math.max(0, stops.indexOf(active));
    stops[(now + stops.length + (event.key === "ArrowDown" ? 1 : -1)) % stops.length].focus();
  } else if (event.key.length === 1 && event.key !== " " && list.contains(active)) {
    field.focus();
  }
}

/** A closed search holds nothing for a screen reader. */
function reveal() {
  list.setAttribute("role", toggle.checked ? "list" : "presentation");
  list.hidden = !toggle.checked;
}

/** A closed search leaves no trace in the address, unless it closes because a result is followed. */
function closed() {
  reveal();
  if (toggle.checked) return;
  clearTimeout(pause);
  if (!following) remember("");
}

/** Whether a result is followed: then the address keeps the question for the way back. */
let following = false;

/** Opens the search with what the address asks. */
function restore() {
  const coming = new URL(location.href).searchParams.get("q");
  if (coming === null) return;
  field.value = coming;
  field.focus();
}

mark(new URL(location.href).searchParams.get("h") ?? "");
addEventListener("keydown", keys);
toggle.addEventListener("change", closed);
reveal();
field.addEventListener("input", () => ask().catch(() => {}));
field.addEventListener("focus", () => ask().catch(() => {}));
field.form?.addEventListener("reset", () => setTimeout(() => ask().catch(() => {})));
one(".md-search").addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a");
  if (!link || !toggle.checked || event.ctrlKey || event.metaKey || event.shiftKey) return;
  remember(field.value.trim());
  following = true;
  toggle.click();
  following = false;
});
// The page may come back as it was left, or only its address.
addEventListener("pageshow", (event) => event.persisted && restore());
addEventListener("popstate", restore);
if (new URL(location.href).searchParams.has("q")) restore();
if (field.value || document.activeElement === field) ask().catch(() => {});
