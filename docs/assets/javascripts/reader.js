// On every page: boxes to tick beside what can be done, marks in the navigation and on the timeline, definitions of
// terms, and the page's tool.
import { BASE, data, make, say, store, tellTrouble } from "./lib/page.js";

/** @param {HTMLElement} place with data-item, and data-was with former ids */
function box(place) {
  const id = /** @type {string} */ (place.dataset.item);
  for (const old of place.dataset.was?.split(" ") ?? []) store.rename({ [old]: id });
  const input = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox" }));
  const show = () => (input.checked = store.get("done", id) === true);
  input.addEventListener("change", () => store.set("done", id, input.checked));
  store.addEventListener("change", show);
  show();
  const inList = place.closest(".ticks");
  if (inList) {
    // The line beside it names what is ticked.
    const name = place.parentElement?.querySelector("a")?.textContent ?? id;
    input.setAttribute("aria-label", say("{name}: done", { name }));
    place.replaceChildren(input);
  } else if (place.tagName === "SPAN") {
    const name = (place.parentElement?.textContent ?? id).trim();
    input.setAttribute("aria-label", say("{name}: done", { name }));
    place.replaceChildren(input);
  } else {
    place.append(make("label", { class: "tick" }, input, " " + say("Done")));
  }
}

/** How far the core topics and builds of a page are, beside the links to it. */
async function marks() {
  if (!Object.entries(store.items).some(([key, item]) => key.startsWith("done/") && item.v)) {
    for (const old of document.querySelectorAll(".progress-mark")) old.remove();
    return;
  }
  const course = await data();
  const core = Object.entries(course.topics).filter(([, topic]) => topic.core);
  const things = [...core, ...Object.entries(course.projects)];
  /** @param {string} selector */
  const links = (selector) => /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(selector));
  /** @param {HTMLAnchorElement} link */
  const ids = (link) => {
    const page = link.href.split("#")[0];
    // A phase counts all of its own, wherever it is taught, as on the timeline.
    const phase = course.phases.find(({ at }) => BASE.href + at === page);
    const own = things.filter(([, thing]) =>
      phase ? thing.phase === phase.id : BASE.href + thing.at.split("#")[0] === page,
    );
    return own.map(([id]) => id);
  };
  for (const link of links(".md-sidebar--primary a.md-nav__link[href]")) mark(link, ids(link));
  for (const link of links(".timeline:not(.timeline--own) .timeline__name a")) {
    mark(/** @type {Element} */ (link.parentElement), ids(link));
  }
}

/** On the map of the home page, a square for each topic: those that the reader has ticked are filled. */
function squares() {
  const all = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-square]"));
  /** @type {Map<Element, string[]>} */
  const cells = new Map();
  for (const square of all) {
    const id = /** @type {string} */ (square.dataset.square);
    for (const old of square.dataset.was?.split(" ") ?? []) store.rename({ [old]: id });
    square.toggleAttribute("data-done", store.get("done", id) === true);
    const cell = /** @type {Element} */ (square.parentElement?.querySelector("a"));
    cells.set(cell, [...(cells.get(cell) ?? []), id]);
  }
  for (const [cell, ids] of cells) mark(cell, ids, ", {done} of {number} topics done");
}

/**
 * Says beside a link how many of its things are done; nothing as long as none is.
 * @param {Element} place
 * @param {string[]} ids
 * @param {string} [spoken] what a screen reader says
 */
function mark(place, ids, spoken = ", {done} of {number} core topics and builds done") {
  place.querySelector(".progress-mark")?.remove();
  const done = ids.filter((id) => store.get("done", id)).length;
  if (!done) return;
  const text = done === ids.length ? "✓" : `${done}/${ids.length}`;
  const seen = make("span", { "aria-hidden": "true" }, text);
  const words = say(spoken, { done, number: ids.length });
  place.append(make("span", { class: "progress-mark" }, seen, make("span", { class: "for-screen-readers" }, words)));
}

/**
 * Shows a term's definition beside it while the pointer or the keyboard's focus is on it, or when it is touched. A term
 * is a link to the glossary and stays one: a click, Enter and a second touch follow it.
 */
function terms() {
  const popup = /** @type {HTMLElement & {showPopover?: () => void, hidePopover: () => void}} */ (
    make("div", { class: "definition md-typeset", id: "term-definition", role: "tooltip", popover: true })
  );
  // Without popovers the link is all there is.
  if (!popup.showPopover) return;
  document.body.append(popup);
  /** @type {HTMLAnchorElement | undefined} the term whose definition is open */
  let open;
  /** @type {HTMLAnchorElement | null} the term that a finger is on, unless its definition was open before */
  let touched = null;
  let timer = 0;

  /** @param {Event} event */
  const termOf = ({ target }) =>
    target instanceof Element ? /** @type {HTMLAnchorElement | null} */ (target.closest("a.term")) : null;

  /** @param {HTMLAnchorElement} term */
  const show = (term) => {
    if (term === open) return;
    popup.hidePopover();
    const texts = term.dataset.definition?.split("\u0060") ?? [];
    // For a finger or a mouse that is here already. The keyboard has the term itself.
    const more = make("a", { href: term.href, tabindex: "-1", "aria-hidden": "true" }, say("Glossary"));
    popup.replaceChildren(
      make("strong", {}, term.dataset.term + ":"),
      " ",
      ...texts.map((text, index) => (index % 2 ? make("code", {}, text) : text)),
      " ",
      more,
    );
    // Where it cannot stand beside its term, it stands in the half of the window where the term is not.
    popup.classList.toggle("definition--above", term.getBoundingClientRect().top > innerHeight / 2);
    term.style.setProperty("anchor-name", "--term");
    term.setAttribute("aria-describedby", popup.id);
    open = term;
    popup.showPopover?.();
  };
  popup.addEventListener("beforetoggle", (event) => {
    if (/** @type {any} */ (event).newState === "open" || !open) return;
    open.style.removeProperty("anchor-name");
    open.removeAttribute("aria-describedby");
    open = undefined;
  });

  // A pointer that only passes opens nothing, and on its way to the definition it closes nothing.
  addEventListener("pointerover", (event) => {
    const term = termOf(event);
    if (event.pointerType === "touch" || !(term || popup.contains(/** @type {Node} */ (event.target)))) return;
    clearTimeout(timer);
    if (term) timer = setTimeout(show, 200, term);
  });
  addEventListener("pointerout", (event) => {
    if (event.pointerType === "touch") return;
    clearTimeout(timer);
    if (open && document.activeElement !== open) timer = setTimeout(() => popup.hidePopover(), 300);
  });
  addEventListener("focusin", (event) => {
    const term = termOf(event);
    if (term?.matches(":focus-visible")) show(term);
  });
  addEventListener("focusout", (event) => {
    if (event.target === open && !popup.contains(/** @type {Node | null} */ (event.relatedTarget))) popup.hidePopover();
  });
  addEventListener("pointerdown", (event) => {
    const term = termOf(event);
    touched = event.pointerType === "touch" && term !== open ? term : null;
  });
  addEventListener("click", (event) => {
    const term = termOf(event);
    if (!term || term !== touched) return;
    touched = null;
    event.preventDefault();
    show(term);
  });
}

function start() {
  const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-item]"));
  for (const place of places) if (!place.querySelector("input")) box(place);
  // A page on which something can be noted says when it cannot be kept.
  const article = document.querySelector("article.md-content__inner");
  if (
    article &&
    !article.querySelector(".tool__trouble") &&
    (places.length || article.querySelector("[data-tool]:not(.calculator)"))
  )
    tellTrouble(article);
  const tools = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-tool]:not([data-ready])"));
  for (const place of tools) {
    // Nothing of a tool in a closed fold is loaded before it is opened, unless the address may hold its numbers.
    const fold = location.search ? null : place.closest("details:not([open])");
    if (fold) fold.addEventListener("toggle", () => mountTool(place), { once: true });
    else mountTool(place);
  }
  // An answer may be open before this script has come: its address leads to it, or the reader was faster.
  for (const fold of document.querySelectorAll("details.self-check[open]")) {
    ask(/** @type {HTMLDetailsElement} */ (fold));
  }
  squares();
  marks().catch(() => {});
}

/** @param {HTMLElement} place */
async function mountTool(place) {
  place.dataset.ready = "loading";
  try {
    const tool = await import(`./tools/${place.dataset.tool}.js`);
    await tool.mount(place);
    place.dataset.ready = "yes";
  } catch (error) {
    // No network, or one that was lost between today's scripts and yesterday's data.
    const text = say("This tool could not be loaded. Reload the page to try again.");
    place.prepend(make("p", { class: "tool__trouble", role: "status" }, text));
    throw error;
  }
}

/**
 * Under an answer that the reader opens, a question: what they missed comes back on the review page.
 * @param {HTMLDetailsElement} fold
 */
async function ask(fold) {
  if (fold.dataset.asked) return;
  fold.dataset.asked = "yes";
  const { asked } = await import("./lib/review.js");
  fold.append(asked(fold.id));
}
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target instanceof HTMLDetailsElement && target.matches(".self-check[open]")) ask(target);
  },
  true,
);
terms();
store.addEventListener("change", () => {
  squares();
  marks().catch(() => {});
});
// With instant navigation the theme replaces the page without a reload, and says so here.
const pages = /** @type {any} */ (globalThis).document$;
if (pages) pages.subscribe(start);
else start();
