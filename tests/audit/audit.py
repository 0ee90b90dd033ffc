"""Lighthouse on six kinds of page, as a phone sees them: `make audit`.

The site is served as GitHub Pages serves it: gzip, a redirect to the trailing slash, and its 404 page. Figures depend on
the machine, so this is a measurement and no test; it fails below the thresholds of THRESHOLDS.
"""

from __future__ import annotations

import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from http import HTTPStatus
from pathlib import Path

HERE = Path(__file__).resolve().parent
SITE = HERE.parent.parent / "site"
BASE = "/repo/"
PAGES = ("", "skills/", "skills/api-design/", "roadmap/", "roadmap/phase-2/", "reference/glossary/")
THRESHOLDS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
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


def scores(address: str, chromium: str) -> dict[str, int]:
    """Lighthouse's four scores of a page, 0 to 100, mobile."""
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
    return {name: round(100 * result["categories"][name]["score"]) for name in THRESHOLDS}


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    for found, name in ((shutil.which("npx"), "Node.js with npm (18.20 or newer)"), (chromium, "Chromium")):
        if not found:
            print(f"make audit needs {name}; install it with your system's package manager", file=sys.stderr)
            return 1
    if not (HERE / "node_modules/lighthouse").is_dir():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    low = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), PagesLikeHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print("page".ljust(24), *THRESHOLDS)
        for page in PAGES:
            measured = scores(f"http://127.0.0.1:{server.server_address[1]}{BASE}{page}", str(chromium))
            print((page or "home").ljust(24), *(str(v).rjust(len(k)) for k, v in measured.items()), flush=True)
            low += [f"{page or 'home'}: {k} {v} < {THRESHOLDS[k]}" for k, v in measured.items() if v < THRESHOLDS[k]]
        server.shutdown()
    print("\n".join(low) or "All at or above the thresholds: " + ", ".join(f"{k} {v}" for k, v in THRESHOLDS.items()))
    return bool(low)


if __name__ == "__main__":
    sys.exit(main())
