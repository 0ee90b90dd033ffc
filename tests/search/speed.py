"""Measures the first search on a slow phone: four times slower processor, slow 4G, gzip, nothing in any cache.

With the root and tests/ on PYTHONPATH: speed.py SITE [RUNS]. Prints what was fetched before somebody searches, and by a
search; the time from the first letter to the first result; and the longest task of each later letter.
"""

from __future__ import annotations

import gzip
import http.server
import shutil
import statistics
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from support.serving import FLAGS

#: As Lighthouse throttles requests for its slow 4G: round trips of 150 ms, 1.6 Mbit/s.
NETWORK = {"offline": False, "latency": 562.5, "downloadThroughput": 1474560 / 8, "uploadThroughput": 675000 / 8}
SLOWER = 4
WORDS = "prompt injection"
_WATCH = """
globalThis.tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ startTime, duration }) => [startTime, duration])))
  .observe({ type: "longtask" });
addEventListener("keydown", () => (globalThis.first ??= performance.now()), true);
new MutationObserver(() => {
  if (document.querySelector("a.md-search-result__link")) globalThis.answered ??= performance.now();
}).observe(document, { subtree: true, childList: true });
"""
_LETTER = """(letter) => {
  const field = document.querySelector(".md-search__input");
  field.value += letter;
  const begin = performance.now();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => {
    document.querySelector(".md-search__output").getBoundingClientRect();
    resolve(performance.now() - begin);
  }))));
}"""


class _Packed(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        body = gzip.compress(file.read_bytes(), 6) if file.is_file() else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def measured(browser: Browser, address: str) -> tuple[float, list[float], int, int]:
    """Milliseconds to the first result, milliseconds of each later letter, bytes before and bytes of the search."""
    with browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block") as context:
        page = context.new_page()
        page.add_init_script(_WATCH)
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        sizes: dict[str, int] = {}
        names: dict[str, str] = {}
        session.on(
            "Network.responseReceived", lambda e: names.update({e["requestId"]: urlsplit(e["response"]["url"]).path})
        )
        session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: int(e["encodedDataLength"])}))
        page.goto(address + "/skills/", wait_until="networkidle")
        before = sum(size for request, size in sizes.items() if "search" in names.get(request, ""))
        known = set(sizes)
        session.send("Network.emulateNetworkConditions", NETWORK)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        # The worst case: the first letter comes at once.
        page.locator(".md-search__input").focus()
        page.keyboard.press(WORDS[0])
        page.wait_for_function("() => globalThis.answered", timeout=60000)
        first = page.evaluate("answered - first")
        fetched = sum(size for request, size in sizes.items() if request not in known)
        later = [page.evaluate(_LETTER, letter) for letter in WORDS[1:]]
        return first, later, before, fetched


def main(site: Path, runs: int) -> None:
    handler = lambda *given, **named: _Packed(*given, directory=str(site), **named)  # noqa: E731
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        found = [measured(browser, f"http://127.0.0.1:{server.server_address[1]}") for _ in range(runs)]
    letters = [letter for _, later, _, _ in found for letter in later]
    print(
        f"fetched of the search before it is used: {found[0][2] / 1000:.1f} kB; by the first search: {found[0][3] / 1000:.1f} kB"
    )
    print(f"first letter to first result: {statistics.median(first for first, *_ in found):.0f} ms, median of {runs}")
    print(f"a later letter: {statistics.median(letters):.0f} ms, the slowest {max(letters):.0f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
