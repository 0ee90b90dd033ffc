// On every page: boxes to tick beside what can be done, marks in the navigation and on the timeline, and the page's
// tool.
import { BASE, data, make, store, tellTrouble } from "./lib/page.js";

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
    input.setAttribute("aria-label", name + ": done");
    place.replaceChildren(input);
  } else if (place.tagName === "SPAN") {
    input.setAttribute("aria-label", (place.parentElement?.textContent ?? id).trim() + ": done");
    place.replaceChildren(input);
  } else {
    place.append(make("label", { class: "tick" }, input, " Done"));
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

/**
 * Says beside a link how many of its things are done; nothing as long as none is.
 * @param {Element} place
 * @param {string[]} ids
 */
function mark(place, ids) {
  place.querySelector(".progress-mark")?.remove();
  const done = ids.filter((id) => store.get("done", id)).length;
  if (!done) return;
  const text = done === ids.length ? "✓" : `${done}/${ids.length}`;
  const spoken = `, ${done} of ${ids.length} core topics and builds done`;
  const seen = make("span", { "aria-hidden": "true" }, text);
  place.append(make("span", { class: "progress-mark" }, seen, make("span", { class: "for-screen-readers" }, spoken)));
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
  for (const place of tools) mountTool(place);
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
    const text = "This tool could not be loaded. Reload the page to try again.";
    place.prepend(make("p", { class: "tool__trouble", role: "status" }, text));
    throw error;
  }
}

store.addEventListener("change", () => marks().catch(() => {}));
// With instant navigation the theme replaces the page without a reload, and says so here.
const pages = /** @type {any} */ (globalThis).document$;
if (pages) pages.subscribe(start);
else start();
