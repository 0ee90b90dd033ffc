// On pages with examples in several languages: what the reader chooses for one counts for all, here and on other pages.
(() => {
  /** @type {{ __md_get: (name: string) => any, __md_set: (name: string, value: unknown) => void }} */
  const settings = /** @type {any} */ (globalThis);
  const choices = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(".languages__choice input"));

  /**
   * An example that does not stand in the language keeps its own.
   * @param {unknown} language
   */
  function show(language) {
    for (const choice of choices) if (choice.value === language) choice.checked = true;
  }

  show(settings.__md_get("__language"));
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      const before = choice.getBoundingClientRect().top;
      show(choice.value);
      // Examples above have another height now: what the reader touched stays where it was.
      scrollBy(0, choice.getBoundingClientRect().top - before);
      settings.__md_set("__language", choice.value);
    });
  }
})();
