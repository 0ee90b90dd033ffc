// The theme fetches the search index on every page, more than all the rest of a page together. Here that request
// waits until somebody turns to the search field. Runs before the theme's own script.
(() => {
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.isSearchIndex = String(url).endsWith("search/search_index.json");
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    const field = document.querySelector("[data-md-component=search-query]");
    if (!this.isSearchIndex || !field || document.activeElement === field || location.search.includes("q=")) {
      return send.apply(this, body);
    }
    field.addEventListener("focus", () => send.apply(this, body), { once: true });
  };
})();
