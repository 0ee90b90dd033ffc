"""Says in Markdown what differs for readers between two builds of the site.

usage: python .ci/compare.py OLD_SITE NEW_SITE
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from lxml import html

#: A job summary holds a megabyte; a reviewer reads far less.
MOST_LINES = 400


def pages(site: Path) -> dict[str, html.HtmlElement]:
    """The article of each page, by its address below the site's root."""
    found = {}
    for file in sorted(site.rglob("index.html")):
        article = html.document_fromstring(file.read_text(encoding="utf-8")).find_class("md-content__inner")
        if article:
            found[file.parent.relative_to(site).as_posix().removeprefix(".") + "/"] = article[0]
    return found


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def rows(article: html.HtmlElement) -> list[str]:
    """Every table row of a page, a line each, with the heading above its table."""
    found, heading = [], ""
    for element in article.iter("h1", "h2", "h3", "tr"):
        if element.tag == "tr":
            found.append(f"{heading}: " + " | ".join(words(cell) for cell in element.iter("td", "th")))
        else:
            heading = words(element).rstrip(" #")
    return found


def compare(old_site: Path, new_site: Path) -> str:
    """Pages added, removed and changed, and the rows of tables that differ: most of them are made from the data."""
    old, new = pages(old_site), pages(new_site)
    changed = [page for page in new if page in old and words(old[page]) != words(new[page])]
    lines = ["## What changes for readers", ""]
    for name, which in (
        ("Added", sorted(new.keys() - old.keys())),
        ("Removed", sorted(old.keys() - new.keys())),
        ("Changed", changed),
    ):
        lines.append(f"- {name}: {', '.join(f'`{page}`' for page in which) or 'none'}")
    diff: list[str] = []
    for page in sorted(old.keys() | new.keys()):
        before, after = (rows(site[page]) if page in site else [] for site in (old, new))
        found = list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]
        if found:
            diff += [f"# {page}", *(line for line in found if not line.startswith("@@"))]
    if diff:
        cut = [f"# and {len(diff) - MOST_LINES} lines more"] if len(diff) > MOST_LINES else []
        # A fence of four: a cell may hold three backticks.
        lines += ["", "<details><summary>Rows of tables that differ</summary>", "", "````diff"]
        lines += [*diff[:MOST_LINES], *cut, "````", "", "</details>"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for folder in sys.argv[1:]:
        if not (Path(folder) / "index.html").is_file():
            sys.exit(f"{folder}: is not a built site: run make build first")
    print(compare(Path(sys.argv[1]), Path(sys.argv[2])), end="")
