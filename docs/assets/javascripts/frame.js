// The frame of every page: colors, the table of contents, copy buttons, keys, and fetching the search when somebody
// turns to it. It replaces the theme's own script, which is ten times this size and brings the search at once.
(() => {
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  /**
   * @type {{ __md_get: (name: string) => any, __md_set: (name: string, value: unknown) => void,
   *   __md_bars: (index: number) => void }}
   */
  const settings = /** @type {any} */ (globalThis);
  /**
   * @template {HTMLElement} [T=HTMLElement]
   * @param {string} selector
   */
  const one = (selector) => /** @type {T} */ (document.querySelector(selector));
  /**
   * @template {HTMLElement} [T=HTMLElement]
   * @param {string} selector
   */
  const all = (selector) => /** @type {T[]} */ ([...document.querySelectorAll(selector)]);

  const header = one(".md-header");
  const field = /** @type {HTMLInputElement | null} */ (one(".md-search__input"));
  const searchOpen = /** @type {HTMLInputElement} */ (one("#__search"));
  const drawerOpen = /** @type {HTMLInputElement} */ (one("#__drawer"));
  /** The theme's words for what a script says. */
  const says = JSON.parse(one("#__config").textContent ?? "").translations;

  /**
   * Ticks or unticks one of the boxes that open the drawer and the search.
   * @param {HTMLInputElement} toggle
   * @param {boolean} open
   */
  function set(toggle, open) {
    // A click and no assignment, so that listeners hear the change.
    if (toggle.checked !== open) toggle.click();
  }

  /** Colors: the system's, until the reader chooses. The choice is kept where and as the theme keeps it. */
  function colors() {
    const form = one("[data-md-component=palette]");
    const choices = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input")]);
    const system = matchMedia("(prefers-color-scheme: dark)");
    /** @param {number} index */
    const show = (index) => {
      /** @type {Record<string, string>} */
      const color = {};
      for (const name of ["media", "scheme", "primary", "accent"]) {
        color[name] = choices[index].getAttribute("data-md-color-" + name) ?? "";
        document.body.setAttribute("data-md-color-" + name, color[name]);
      }
      choices[index].checked = true;
      choices.forEach((choice, i) =>
        /** @type {HTMLElement} */ (choice.nextElementSibling).toggleAttribute("hidden", i !== index),
      );
      document.documentElement.style.colorScheme = color.scheme === "slate" ? "dark" : "light";
      return { index, color };
    };
    const follow = () =>
      show(
        Math.max(
          0,
          choices.findIndex((choice) => matchMedia(choice.dataset.mdColorMedia ?? "").matches),
        ),
      );
    const kept = settings.__md_get("__palette");
    if (choices[kept?.index]) {
      show(kept.index);
    } else {
      follow();
      system.addEventListener("change", follow);
    }
    form.addEventListener("change", (event) => {
      const index = choices.indexOf(/** @type {HTMLInputElement} */ (event.target));
      settings.__md_set("__palette", show(index));
      settings.__md_bars(index);
      system.removeEventListener("change", follow);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      const next = choices[(choices.findIndex((choice) => choice.checked) + 1) % choices.length];
      next.click();
      next.focus();
    });
  }

  /** Says something short, at the foot of the window and to screen readers. */
  const speak = (() => {
    const dialog = one(".md-dialog");
    const text = one(".md-dialog__inner");
    text.setAttribute("role", "status");
    let timer = 0;
    /** @param {string} words */
    return (words) => {
      text.textContent = words;
      dialog.classList.add("md-dialog--active");
      clearTimeout(timer);
      timer = setTimeout(() => {
        dialog.classList.remove("md-dialog--active");
        text.textContent = "";
      }, 2000);
    };
  })();

  /**
   * @param {Element} code
   * @returns {Promise<void>}
   */
  async function copy(code) {
    const text = (code.textContent ?? "").trimEnd();
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Without a secure connection a browser has no clipboard to write to; it copies what is selected.
    const selection = /** @type {Selection} */ (getSelection());
    selection.selectAllChildren(code);
    const done = document.execCommand("copy");
    selection.removeAllRanges();
    if (!done) throw new Error("the browser refused to copy");
  }

  /** Code blocks: a button that copies, and a stop for the keyboard where a line is wider than the block. */
  function codeBlocks() {
    const widths = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
        else target.removeAttribute("tabindex");
      }
    });
    for (const code of all("article pre > code")) {
      widths.observe(code);
      const place = document.createElement("div");
      place.className = "md-code__nav";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "md-code__button";
      button.dataset.mdType = "copy";
      button.title = says["clipboard.copy"];
      button.addEventListener("click", () =>
        copy(code).then(
          () => speak(says["clipboard.copied"]),
          () => speak("The browser did not allow copying"),
        ),
      );
      place.append(button);
      code.before(place);
    }
  }

  /** The button beside the title copies the text of the page as Markdown. Where the browser refuses, it is a link. */
  function copyPage() {
    const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-copy-page]"));
    link?.addEventListener("click", async (event) => {
      if (!navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      try {
        const answer = await fetch(link.href);
        if (!answer.ok) throw new Error(answer.statusText);
        await navigator.clipboard.writeText(await answer.text());
        speak(says["clipboard.copied"]);
      } catch {
        location.assign(link.href);
      }
    });
  }

  /** While the reader scrolls: the section that they read is marked, and the page's title moves into the header. */
  function follow() {
    const title = document.querySelector("article h1");
    /** @type {Map<Element, HTMLElement[]>} */
    const sections = new Map();
    for (const link of all("[data-md-component=toc] a[href*='#']")) {
      const id = decodeURIComponent(/** @type {HTMLAnchorElement} */ (link).hash.slice(1));
      const heading = document.getElementById(id);
      if (heading) sections.set(heading, [...(sections.get(heading) ?? []), link]);
    }
    /** @type {Element | undefined} */
    let current;
    const update = () => {
      waiting = false;
      const line = header.getBoundingClientRect().bottom;
      const atEnd = scrollY + innerHeight >= Math.floor(document.body.getBoundingClientRect().height);
      // A heading that is reached by its link stands a little below the header.
      const passed = [...sections.keys()].filter((heading) => atEnd || heading.getBoundingClientRect().top < line + 24);
      one(".md-header__title").classList.toggle(
        "md-header__title--active",
        !!title && title.getBoundingClientRect().bottom <= line,
      );
      const last = passed.at(-1);
      if (last === current) return;
      current = last;
      for (const [heading, links] of sections) {
        for (const link of links) {
          link.classList.toggle("md-nav__link--passed", passed.includes(heading));
          link.classList.toggle("md-nav__link--active", heading === last);
        }
      }
      for (const link of (last && sections.get(last)) ?? []) center(link);
    };
    let waiting = false;
    const soon = () => {
      if (!waiting) requestAnimationFrame(update);
      waiting = true;
    };
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    soon();
  }

  /**
   * Scrolls a side list until a link of it is in the middle.
   * @param {HTMLElement} link
   */
  function center(link) {
    const list = /** @type {HTMLElement | null} */ (link.closest(".md-sidebar__scrollwrap"));
    if (!list || !link.offsetHeight || list.scrollHeight <= list.clientHeight) return;
    list.scrollTop += link.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 2;
  }

  /** A link may lead to something that is folded away. Drawer and search have done their work then. */
  function arrive() {
    set(drawerOpen, false);
    set(searchOpen, false);
    const target = document.getElementById(location.hash.slice(1));
    const folded = /** @type {HTMLDetailsElement | null | undefined} */ (target?.closest("details:not([open])"));
    if (!folded) return;
    folded.open = true;
    target?.scrollIntoView();
  }

  /** On paper nothing can be opened. */
  function unfoldForPaper() {
    /** @type {HTMLDetailsElement[]} */
    let folded = [];
    addEventListener("beforeprint", () => {
      folded = all("article details:not([open])");
      for (const details of folded) details.open = true;
    });
    addEventListener("afterprint", () => {
      for (const details of folded) details.open = false;
    });
  }

  /** What search.js needs, asked for beside it: one after the other would be four round trips on a slow network. */
  function fetchAtOnce() {
    for (const name of ["lib/find.js", "lib/words.js", "lib/excerpt.js", "../../search/index.json"]) {
      const [rel, as] = name.endsWith(".json") ? ["preload", "fetch"] : ["modulepreload", "script"];
      const href = String(new URL(name, here));
      document.head.append(Object.assign(document.createElement("link"), { rel, as, href, crossOrigin: "" }));
    }
  }

  /** @type {Promise<unknown> | undefined} */
  let search;
  function loadSearch() {
    if (!search) fetchAtOnce();
    search ??= import(String(new URL("search.js", here))).catch(() => {
      // The next try asks again.
      search = undefined;
      one(".md-search-result__meta").textContent = "The search could not be loaded.";
    });
  }

  /** The search is fetched when somebody turns to it, or comes from it. */
  function searching() {
    if (!field) return;
    // Text that is dropped or dictated may come without the focus.
    for (const turned of ["focus", "input"]) {
      field.addEventListener(turned, () => {
        set(searchOpen, true);
        loadSearch();
      });
    }
    // The keyboard of a phone opens only while a tap is being handled. The focus opens the search, so the label must
    // not, or it would close it again.
    one("header label[for=__search]").addEventListener("click", (event) => {
      event.preventDefault();
      field.focus();
    });
    field.form?.addEventListener("submit", (event) => event.preventDefault());
    field.form?.addEventListener("reset", () => field.focus());
    if (/[?&][qh]=/.test(location.search)) loadSearch();
  }

  /**
   * Escape, Enter, and Ctrl+K or ⌘K for the search. No letter or sign alone, and "/" neither: a reader who dictates, or
   * slips, would be taken elsewhere (WCAG 2.1.4).
   * @param {KeyboardEvent} event
   */
  function keys(event) {
    if ((event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey && event.key === "k" && field) {
      event.preventDefault();
      field.focus();
      field.select();
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
    const active = document.activeElement;
    if (searchOpen.checked) {
      if (event.key !== "Escape" && event.key !== "Tab") return;
      set(searchOpen, false);
      field?.blur();
      return;
    }
    if (event.key === "Escape" && drawerOpen.checked) return set(drawerOpen, false);
    if (event.key === "Enter" && active instanceof HTMLLabelElement) active.click();
  }

  colors();
  searching();
  codeBlocks();
  copyPage();
  follow();
  unfoldForPaper();
  addEventListener("keydown", keys);
  addEventListener("hashchange", arrive);
  if (location.hash) arrive();
  // Part of the navigation folds: screen readers hear whether it is open.
  addEventListener("change", (event) => {
    const toggle = /** @type {HTMLInputElement} */ (event.target);
    if (toggle.matches(".md-nav__toggle")) {
      document
        .querySelector(`nav[aria-labelledby="${toggle.id}_label"]`)
        ?.setAttribute("aria-expanded", String(toggle.checked));
    }
  });
  // A link to where one is already changes no address, and closes the drawer all the same.
  addEventListener("click", (event) => {
    const link =
      event.target instanceof Element && /** @type {HTMLAnchorElement | null} */ (event.target.closest("a[href*='#']"));
    if (link && link.hash && link.hash === location.hash && link.pathname === location.pathname) arrive();
  });
  // What is cut off can be read in full.
  addEventListener("pointerover", (event) => {
    const text =
      event.target instanceof Element && /** @type {HTMLElement | null} */ (event.target.closest(".md-ellipsis"));
    if (text && text.offsetWidth < text.scrollWidth) (text.closest("a") ?? text).title = text.innerText;
  });
  addEventListener("load", () =>
    requestAnimationFrame(() => all(".md-sidebar .md-nav__link--active[href]").forEach(center)),
  );
})();
