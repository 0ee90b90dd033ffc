"""`make figures`: runs the Python side of each figure, and draws each with the module that a reader's browser runs.

Run as a module of its own, because it needs Playwright and the system's Chromium, which no other command does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route

from macros.book.pdf import find_chromium, started
from macros.data.load import load
from macros.data.paths import FIGURES
from macros.data.problems import DataError
from macros.entities.figures import FOLDER, LAYOUTS, Figure, Figures

ROOT = Path(__file__).resolve().parents[2]
#: Nobody is asked: the browser's requests are answered from docs/.
HOST = "http://figures.example/"


def told(root: Path, figure: Figure) -> dict[str, Any]:
    """What the Python side of a figure prints: its data, and results of its model for some settings.

    Raises:
        RuntimeError: with what the program said when it failed.
    """
    program = root / "docs" / figure.program
    environment = os.environ | {"PYTHONPATH": str(root / "docs/examples"), "PYTHONHASHSEED": "random"}
    # -P: a program may be called like the example that it imports, and must not find itself.
    done = subprocess.run(
        [sys.executable, "-P", "-B", str(program)], capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode:
        raise RuntimeError(f"docs/{figure.program}: ends with an error: {done.stderr}")
    return json.loads(done.stdout)


def captured(figure: Figure, printed: Mapping[str, Any]) -> dict[str, str]:
    """The files below docs/ that hold what a Python side printed: data for readers, results for the tests."""
    files = {}
    if figure.data:
        data = json.dumps(printed["data"], ensure_ascii=False, separators=(",", ":"))
        files[f"{FOLDER}/{figure.id}.json"] = data + "\n"
    if "results" in printed:
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in printed["results"])
        files[f"{FOLDER}/{figure.id}.results.json"] = f"[\n{lines}\n]\n"
    return files


def workbench(browser: Browser, docs: Path, **options: Any) -> Page:
    """An empty page that can import the scripts below docs/, without a server."""

    def answer(route: Route) -> None:
        file = docs / urlsplit(route.request.url).path.lstrip("/")
        if file.is_file():
            kind = "text/javascript" if file.suffix == ".js" else "application/json"
            route.fulfill(body=file.read_bytes(), content_type=kind)
        else:
            route.fulfill(body="<!doctype html><title>Figures</title>", content_type="text/html")

    page = browser.new_page(**options)
    page.route("**/*", answer)
    page.goto(HOST)
    return page


def start_settings(figure: Figure) -> dict[str, Any]:
    """What the controls are set to before anybody moves them."""
    return {control.id: control.default for control in figure.controls}


def drawings(page: Page, figure: Figure, data: Any) -> Iterator[tuple[str, str]]:
    """Each drawing of a figure: its path below docs/, and its text."""
    for layout, (ending, _) in LAYOUTS.items():
        svg = page.evaluate(
            """async ([id, settings, data, wide]) => {
                const { draw } = await import(`/assets/javascripts/figures/${id}.js`);
                const { framed } = await import("/assets/javascripts/lib/drawing.js");
                return framed(draw(settings, data, wide), wide);
            }""",
            [figure.id, start_settings(figure), data, layout == "wide"],
        )
        # A part a line: a change shows as the lines that it is about.
        yield f"{FOLDER}/{figure.id}{ending}", svg.replace("><", ">\n<") + "\n"


def main(names: list[str]) -> int:
    """Write what belongs to these figures, or to all."""
    chromium = find_chromium()
    if not chromium:
        print("No Chromium on this machine; install it with: sudo apt-get install chromium", file=sys.stderr)
        return 1
    try:
        figures: Figures = load(ROOT / FIGURES, FIGURES, Figures)[0]
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    docs = ROOT / "docs"
    with started(chromium) as browser:
        page = workbench(browser, docs)
        for figure in figures.figures:
            if names and figure.id not in names:
                continue
            printed = told(ROOT, figure) if (docs / figure.program).is_file() else {}
            files = captured(figure, printed) | dict(drawings(page, figure, printed.get("data")))
            for name, text in files.items():
                (docs / name).write_text(text, encoding="utf-8")
            print(f"{figure.id}: " + ", ".join(files))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
