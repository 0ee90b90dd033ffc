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

/** How far a page's topics are, beside the links to it. */
async function marks() {
  if (!Object.entries(store.items).some(([key, item]) => key.startsWith("done/") && item.v)) {
    for (const old of document.querySelectorAll(".progress-mark")) old.remove();
    return;
  }
  const course = await data();
  /** @type {[string, {at: string, phase: string, core?: boolean}][]} */
  const things = Object.entries({ ...course.topics, ...course.projects });
  const root = BASE.href;
  /**
   * @param {Element} link
   * @param {[string, unknown][]} counted
   * @param {string} what
   */
  const mark = (link, counted, what) => {
    link.querySelector(".progress-mark")?.remove();
    const done = counted.filter(([id]) => store.get("done", id)).length;
    if (!done) return;
    const text = done === counted.length ? "✓" : `${done}/${counted.length}`;
    const spoken = `, ${done} of ${counted.length} ${what} done`;
    link.append(
      make(
        "span",
        { class: "progress-mark" },
        make("span", { "aria-hidden": "true" }, text),
        make("span", { class: "for-screen-readers" }, spoken),
      ),
    );
  };
  for (const anchor of /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll(".md-sidebar--primary a.md-nav__link[href]")
  )) {
    const page = anchor.href.split("#")[0];
    // A phase counts all of its own, wherever it is taught, as on the timeline.
    const phase = course.phases.find((p) => root + p.at === page);
    const own = things.filter(
      ([, thing]) =>
        thing.core !== false && (phase ? thing.phase === phase.id : root + thing.at.split("#")[0] === page),
    );
    if (own.length && page !== root) mark(anchor, own, "core topics and builds");
  }
  for (const anchor of /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll(".timeline:not(.timeline--own) .timeline__name a")
  )) {
    const phase = course.phases.find((p) => root + p.at === anchor.href.split("#")[0]);
    const own = things.filter(([, thing]) => phase && thing.core !== false && thing.phase === phase.id);
    if (anchor.parentElement && own.length) mark(anchor.parentElement, own, "core topics and builds");
  }
}

function start() {
  const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-item]"));
  for (const place of places) if (!place.querySelector("input")) box(place);
  // A page on which something can be noted says when it cannot be kept.
  const article = document.querySelector("article.md-content__inner");
  if (article && !article.querySelector(".tool__trouble") && (places.length || article.querySelector("[data-tool]")))
    tellTrouble(article);
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-tool]"))) {
    if (place.dataset.ready) continue;
    place.dataset.ready = "loading";
    import(`./tools/${place.dataset.tool}.js`)
      .then((tool) => tool.mount(place))
      .then(() => (place.dataset.ready = "yes"));
  }
  marks().catch(() => {});
}

store.addEventListener("change", () => marks().catch(() => {}));
// With instant navigation the theme replaces the page without a reload, and says so here.
const pages = /** @type {any} */ (globalThis).document$;
if (pages) pages.subscribe(start);
else start();
