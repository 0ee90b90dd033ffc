// Loads the reader's tools when the page has everything that it needs itself, and says so where they cannot be had.
(() => {
  const here = document.currentScript.src;

  /** @param {...(string | Node)} words */
  function note(...words) {
    const line = document.createElement("p");
    line.className = "copy-note";
    line.setAttribute("role", "status");
    line.append(...words);
    return line;
  }

  /** A page that is opened as a file: browsers give it no modules and no data, and list the files of a folder. */
  function fromDisk() {
    for (const link of document.querySelectorAll("a[href], link[href]")) {
      const address = new URL(link.getAttribute("href"), location.href);
      if (address.protocol !== "file:" || !address.pathname.endsWith("/")) continue;
      address.pathname += "index.html";
      link.setAttribute("href", address.href);
    }
    const command = document.createElement("code");
    command.textContent = "python3 -m http.server --bind 127.0.0.1";
    const site = document.createElement("a");
    site.href = site.textContent = "http://127.0.0.1:8000/";
    const missing = "This page is opened from disk, without search, planner, calculators and ticks. To have them, run ";
    const line = note(missing, command, " in the folder with files.sha256, and open ", site, ".");
    document.querySelector("article").prepend(line);
  }

  if (location.protocol === "file:") fromDisk();
  else
    addEventListener("load", () =>
      import(String(new URL("reader.js", here))).catch((error) => {
        for (const place of document.querySelectorAll("[data-tool]"))
          place.prepend(note("This tool could not be loaded. Reload the page to try again."));
        throw error;
      }),
    );
})();
