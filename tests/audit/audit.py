"""The Nu HTML checker on every page, and Lighthouse on nine kinds of page, as a phone sees them: `make audit`.

The site is served as GitHub Pages serves it: gzip, a redirect to the trailing slash, and its 404 page. Figures depend on
the machine, so this is a measurement and no test; it fails below THRESHOLDS and above LIMITS. What does not depend on the
machine (bytes, layout) is tested as well, in tests/browser/test_first_view.py.
"""

from __future__ import annotations

import gzip
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from http import HTTPStatus
from pathlib import Path

HERE = Path(__file__).resolve().parent
SITE = HERE.parent.parent / "site"
CHECKER = HERE / "node_modules/vnu-jar/build/dist/vnu.jar"
BASE = "/repo/"
PAGES = (
    "",
    "skills/",
    "skills/api-design/",
    # The longest page, one with a tool, and one with code and tables.
    "skills/load-balancing/",
    "roadmap/",
    "roadmap/phase-2/",
    "roadmap/planner/",
    "labs/leaking-cache/",
    "reference/glossary/",
)
THRESHOLDS = {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 100}
#: Of layout shift, and of the bytes of everything that the first view loads, in kilobytes.
LIMITS = {"shift": 0.02, "kilobytes": 80.0}
#: What the Nu checker may say, as pattern of the message and of the place, and why that stays.
TOLERATED = (
    # The theme's switches. Without it Firefox opens menu and search again when a page is loaded anew.
    ("Attribute “autocomplete” is only allowed when", 'id="__(drawer|search)" autocomplete="off"'),
    # The theme's settings are data, which a policy does not hold up; the checker takes them for a script.
    ("Inline script violates Content Security Policy", '<script id="__config" type="application/json">'),
)
CHROMIUM_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt"}


class PagesLikeHandler(http.server.SimpleHTTPRequestHandler):
    """What GitHub Pages does that matters here: gzip, trailing slash, ten minutes of caching, 404.html."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.split("?")[0].split("#")[0]
        file = SITE / path[len(BASE) :] if path.startswith(BASE) else SITE / "nothing"
        if file.is_dir() and not path.endswith("/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", path + "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        status = HTTPStatus.OK
        if file.is_dir():
            file /= "index.html"
        if not file.is_file():
            status, file = HTTPStatus.NOT_FOUND, SITE / "404.html"
        body = file.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Cache-Control", "max-age=600")
        if file.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def measure(address: str, chromium: str) -> tuple[dict[str, int], dict[str, float]]:
    """What Lighthouse finds on a page, mobile: its four scores, 0 to 100, and the figures that LIMITS bound."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [
                "npx", "--no-install", "lighthouse", address, "--quiet", "--output=json", f"--output-path={report}",
                f"--chrome-flags={CHROMIUM_FLAGS} --user-data-dir={folder}/profile",
                f"--only-categories={','.join(THRESHOLDS)}",
            ],
            cwd=HERE, check=True, env=os.environ | {"CHROME_PATH": chromium},
        )  # fmt: skip
        result = json.loads(report.read_text(encoding="utf-8"))
    for audit in result["audits"].values():
        if audit.get("scoreDisplayMode") == "binary" and audit["score"] == 0:
            print(f"    {audit['id']}: {audit['title']}")
    requests = result["audits"]["network-requests"]["details"]["items"]
    figures = {
        "shift": round(result["audits"]["cumulative-layout-shift"]["numericValue"], 3),
        # The offline copy is fetched by the service worker after everything else, and by no reader who saves data.
        "kilobytes": round(
            sum(r["transferSize"] for r in requests if r.get("sessionTargetType") != "service_worker") / 1000, 1
        ),
    }
    return {name: round(100 * result["categories"][name]["score"]) for name in THRESHOLDS}, figures


def html_faults(host: str, java: str) -> list[str]:
    """What the Nu checker says about the pages of the site, but for what is tolerated, each kind once with its pages."""
    pages = sorted(page.relative_to(SITE).as_posix() for page in SITE.rglob("*.html"))
    # The checker would refuse an address of this machine.
    command = [java, "-Dnu.validator.servlet.allow-forbidden-hosts=true", "-jar", str(CHECKER), "--format", "json"]
    done = subprocess.run(
        [*command, "--stdout", *(f"{host}{page}" for page in pages)], capture_output=True, encoding="utf-8"
    )
    try:
        messages = json.loads(done.stdout)["messages"]
    except (ValueError, KeyError):
        return [f"the Nu checker did not run: {done.stderr.strip() or done.stdout.strip()}"]
    found: dict[str, list[str]] = {}
    for message in messages:
        says, place = message["message"], message.get("extract", "")
        if not any(re.search(pattern, says) and re.search(where, place) for pattern, where in TOLERATED):
            found.setdefault(says, []).append(f"{message.get('url', '').removeprefix(host)}:{message.get('lastLine')}")
    return [f"HTML: {says} ({len(places)} times, first {places[0]})" for says, places in found.items()]


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    java = shutil.which("java")
    for found, name in (
        (shutil.which("npx"), "Node.js with npm (18.20 or newer)"),
        (chromium, "Chromium"),
        (java, "Java (17 or newer)"),
    ):
        if not found:
            print(f"make audit needs {name}; install it with your system's package manager", file=sys.stderr)
            return 1
    if not (HERE / "node_modules/lighthouse").is_dir() or not CHECKER.is_file():
        # The checker's script would download a Java of its own.
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=HERE, check=True)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), PagesLikeHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_address[1]}{BASE}"
        missed = html_faults(host, str(java))
        print("page".ljust(24), *THRESHOLDS, *LIMITS)
        for page in PAGES:
            name = page or "home"
            found, figures = measure(f"{host}{page}", str(chromium))
            values = {**found, **figures}
            print(name.ljust(24), *(str(value).rjust(len(key)) for key, value in values.items()), flush=True)
            missed += [
                f"{name}: {key} {found[key]} < {least}" for key, least in THRESHOLDS.items() if found[key] < least
            ]
            missed += [f"{name}: {key} {figures[key]} > {most}" for key, most in LIMITS.items() if figures[key] > most]
        server.shutdown()
    bounds = [
        *(f"{key} {least}" for key, least in THRESHOLDS.items()),
        *(f"{k} at most {v}" for k, v in LIMITS.items()),
    ]
    print("\n".join(missed) or f"All kept: valid HTML, {', '.join(bounds)}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
