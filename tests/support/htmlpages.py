"""The built site as parsed pages, for tests that look at HTML."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

from macros.data.paths import BOOK
from macros.data.paths import address as address


@dataclass(frozen=True)
class BuiltPage:
    """One HTML file. `path` is its place below the site's folder, with forward slashes."""

    path: str
    file: Path

    @cached_property
    def tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.file.read_text(encoding="utf-8"))

    @cached_property
    def article(self) -> html.HtmlElement:
        return self.tree.find_class("md-content__inner")[0]

    @cached_property
    def ids(self) -> list[str]:
        return [element.get("id") for element in self.tree.iter() if element.get("id")]

    def text(self, element: html.HtmlElement | None = None) -> str:
        """Visible text on one line."""
        copy = html.fromstring(html.tostring(self.article if element is None else element))
        return " ".join(copy.text_content().split())

    def targets(self) -> list[str]:
        """Every address that the page names in an attribute that a browser follows or loads."""
        names = ("href", "src", "poster", "data")
        found = [e.get(name) for e in self.tree.iter() for name in names if isinstance(e.tag, str) and e.get(name)]
        sets = [e.get("srcset") for e in self.tree.iter() if isinstance(e.tag, str) and e.get("srcset")]
        return found + [part.split()[0] for value in sets for part in value.split(",")]

    def resolve(self, target: str, base: str) -> tuple[str, str] | None:
        """Path below the site's folder and fragment of an internal address; None for one on another host.

        Args:
            base: the path that the site is served below, such as /repo/.
        """
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            return None
        if not parts.path:
            return self.path, unquote(parts.fragment)
        whole = posixpath.normpath(posixpath.join(base, posixpath.dirname(self.path), unquote(parts.path)))
        if parts.path.endswith("/") or parts.path in (".", ".."):
            whole += "/"
        if not (whole + "/").startswith(base):
            return "outside of the site: " + whole, ""
        inside = whole[len(base) :]
        if not inside or inside.endswith("/"):
            inside = inside.rstrip("/")
            inside = f"{inside}/index.html" if inside else "index.html"
        return inside, unquote(parts.fragment)


def built_files(site: Path) -> dict[str, BuiltPage]:
    """Every HTML file of the site."""
    return {
        file.relative_to(site).as_posix(): BuiltPage(file.relative_to(site).as_posix(), file)
        for file in sorted(site.rglob("*.html"))
    }


def built_pages(site: Path) -> dict[str, BuiltPage]:
    """The pages, without those that only lead on from an old address.

    All of them once more in one file are a document of its own kind: tests/book/test_book.py.
    """
    files = built_files(site)
    return {path: page for path, page in files.items() if path != BOOK and page.tree.get("data-moved") is None}


def broken_links(page: BuiltPage, pages: dict[str, BuiltPage], site: Path, base: str) -> list[str]:
    """Internal addresses of a page that lead to no file or no id."""
    found = []
    for target in page.targets():
        resolved = page.resolve(target, base)
        if not resolved:
            continue
        path, fragment = resolved
        if not (site / path).is_file():
            found.append(f"{target} (no {path})")
        elif fragment and path in pages and fragment not in pages[path].ids:
            found.append(f"{target} (no such id)")
    return found


#: What is amiss with the text of the drawings that a browser shows: it leaves its drawing or box, or lies on other text.
TEXT_AMISS = """() => [...document.querySelectorAll('.diagram svg')].flatMap(svg => {
    const view = svg.viewBox.baseVal, texts = [...svg.querySelectorAll('text')].filter(t => t.checkVisibility());
    const boxes = texts.map(t => t.getBBox());
    return texts.flatMap((t, i) => {
        const b = boxes[i], found = [];
        if (b.x < 0 || b.y < 0 || b.x + b.width > view.width || b.y + b.height > view.height)
            found.push(`${svg.ariaLabel}: "${t.textContent}" leaves the drawing`);
        boxes.forEach((c, j) => {
            const across = Math.min(b.x + b.width, c.x + c.width) - Math.max(b.x, c.x);
            const down = Math.min(b.y + b.height, c.y + c.height) - Math.max(b.y, c.y);
            if (i < j && across > 1 && down > 4)
                found.push(`${svg.ariaLabel}: "${t.textContent}" lies on "${texts[j].textContent}"`);
        });
        for (const r of svg.querySelectorAll('rect')) {
            const c = r.getBBox(), inside = b.x + b.width / 2;
            if (inside > c.x && inside < c.x + c.width && b.y >= c.y && b.y + b.height <= c.y + c.height
                && b.width < c.width * 1.6 && (b.x < c.x || b.x + b.width > c.x + c.width))
                found.push(`${svg.ariaLabel}: "${t.textContent}" is wider than its box`);
        }
        return found;
    });
})"""
