"""The handbook as one text, read from the built site: read_book() gives the chapters that page.py, epub.py and llms.py use."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urljoin

from lxml import etree, html
from lxml.html import builder as E

from macros.data.handbook import Handbook
from macros.data.paths import address
from macros.render.colors import sheet_colors
from macros.render.text import title_slug

STYLES = ("assets/stylesheets/handbook.css", "assets/stylesheets/home.css", "assets/stylesheets/book.css")

#: The text's font in one file for each weight: Chromium prints a variable font as Type 3, drawings without hints that some
#: readers show badly, and many reading programs show only its regular weight (tests/fonts/cut.py made them).
FONTS = Path(__file__).with_name("fonts")
REGULAR, BOLD = "regular.woff2", "bold.woff2"

#: What only a page of the site needs: permalinks, buttons, tags, the next step.
_FRAME = etree.XPath(
    "//*[@hidden or @role='status' or contains(@class, 'moving__wide') or self::script or self::style or self::nav[contains(@class, 'next-step')]"
    " or contains(@class, 'headerlink') or contains(@class, 'md-content__button') or contains(@class, 'md-tags')"
    " or contains(@class, 'md-clipboard') or contains(@class, 'md-source-file')"
    # Of an example in several languages, the first one and the names of the files stay.
    " or contains(@class, 'languages__choice') or contains(@class, 'language--other')]"
)

#: What is ticked or chosen on the site.
_CHOICES = etree.XPath("//input | //*[contains(@class, 'ticks')]//span[@data-item]")

#: A page's title and the headings of its sections, each with all that is in it.
_HEADINGS = re.compile(r"<h([12])\b.*?</h\1>", re.DOTALL)

#: A page's text, up to the next tag after it: a parser keeps the white space between them with the text.
_ARTICLE = re.compile(r'<article class="md-content__inner[ "].*</article>[^<]*', re.DOTALL)

#: The HTML reader writes names in lower case; in XML these would not be SVG.
_SVG_NAMES = {name.lower(): name for name in ("viewBox", "refX", "refY", "markerWidth", "markerHeight")}


class Section(NamedTuple):
    """A heading of level two: its id on the page, and its words."""

    id: str
    title: str


@dataclass(frozen=True)
class Chapter:
    """One page of the handbook, without the frame of the site.

    Attributes:
        page: path below docs/.
        address: where the page lives, absolute.
        description: the page's own, for search engines and lists.
        title: the words of its heading.
        sections: its headings of level two.
    """

    page: str
    address: str
    description: str
    title: str
    sections: list[Section]

    @property
    def slug(self) -> str:
        """A name for an id or a file: 'skills/index.md' becomes 'skills', the home page 'home'."""
        return address(self.page).strip("/").replace("/", "-") or "home"


def words(element: html.HtmlElement) -> str:
    """The text of an element on one line."""
    return " ".join(element.text_content().split())


@dataclass(frozen=True)
class Book:
    """The handbook as one text.

    Attributes:
        site: the folder of the built site, in which its texts are.
        url: where the site lives, absolute, with a slash at the end.
        reviewed: day of the last review.
        license: one line on what readers may do with it, as at the foot of each page; empty when there is none.
        head: of the home page, which serves the book's page as well.
        rows: how many rows the map has.
        colors: of the style sheet, on paper.
    """

    site: Path
    title: str
    tagline: str
    description: str
    language: str
    url: str
    reviewed: date
    license: str
    head: html.HtmlElement
    chapters: list[Chapter]
    rows: int
    colors: dict[str, str]

    @property
    def slug(self) -> str:
        """The title as a file name: 'Backend → AI Engineer' becomes 'backend-to-ai-engineer'."""
        return title_slug(self.title)

    @cached_property
    def slugs(self) -> dict[str, str]:
        """Each chapter's slug, by the address of its page."""
        return {chapter.address: chapter.slug for chapter in self.chapters}

    def texts(self) -> Iterator[tuple[Chapter, html.HtmlElement]]:
        """Each chapter with its text, to be changed. One at a time: all of them would be most of a build's memory.

        Headings and ids are those of the page, links are absolute; nothing in it opens or moves.
        """
        for chapter in self.chapters:
            _, article = _halves(self.site, chapter.page)
            yield chapter, _cleaned(html.fromstring(article), chapter.address)


def read_book(site: Path, handbook: Handbook, only: Collection[str] | None = None) -> Book:
    """Every page of the handbook in its order, read from the built site.

    Args:
        only: the pages to read; all without it.

    Raises:
        OSError: when a page is not there.
    """
    home = _read(site / "index.html")
    # The site knows its address: the home page names it for search engines.
    url = home.xpath("//link[@rel='canonical']/@href")[0]
    about = handbook.handbook
    return Book(
        site,
        about.title,
        about.tagline,
        _description(home),
        home.get("lang", "en"),
        url,
        about.reviewed,
        " ".join(" ".join((line.text or "").split()) for line in home.find_class("md-copyright__highlight")[:1]),
        home.head,
        [_chapter(site, page.path, url) for page in handbook.pages if only is None or page.path in only],
        len(handbook.skills),
        sheet_colors((site / STYLES[0]).read_text(encoding="utf-8")).light,
    )


def _halves(site: Path, page: str) -> tuple[str, str]:
    """A page's head and article. Half of a page is its frame, the navigation above all, which nobody needs parsed."""
    file = site / address(page) / "index.html"
    head, end, rest = file.read_text(encoding="utf-8").partition("</head>")
    article = _ARTICLE.search(rest)
    if not end or not article:
        raise ValueError(f'{file}: has no <head> or no <article class="md-content__inner">: see overrides/main.html')
    return head, article[0]


def _chapter(site: Path, page: str, url: str) -> Chapter:
    head, article = _halves(site, page)
    here = url + address(page)
    found = [_cleaned(html.fragment_fromstring(part[0], "div"), here)[0] for part in _HEADINGS.finditer(article)]
    title, *sections = found
    return Chapter(
        page,
        here,
        _description(html.document_fromstring(head)),
        words(title),
        [Section(heading.get("id"), words(heading)) for heading in sections],
    )


def _read(file: Path) -> html.HtmlElement:
    return html.document_fromstring(file.read_text(encoding="utf-8"))


def _description(tree: html.HtmlElement) -> str:
    return "".join(tree.xpath("//meta[@name='description']/@content")[:1])


def _cleaned(article: html.HtmlElement, here: str) -> html.HtmlElement:
    """The article, changed to need neither the site's frame nor a browser that opens and closes things.

    Args:
        article: in a tree of its own.
    """
    for element in _FRAME(article):
        element.drop_tree()
    for button in list(article.iter("button")):
        button.drop_tag()
    # On paper it is ticked with a pen.
    for choice in _CHOICES(article):
        choice.addprevious(E.SPAN(E.CLASS("box")))
        choice.drop_tree()
    # What only a browser can fill in: in an EPUB a form counts as a script that has to be declared.
    for form in list(article.iter("form")):
        form.tag = "div"
        form.attrib.pop("autocomplete", None)
    for details in list(article.iter("details")):
        details.tag = "div"
        details.set("class", f"{details.get('class', '')} opened".strip())
        details.attrib.pop("open", None)
    for summary in list(article.iter("summary")):
        name = E.P(E.CLASS("opened__name"))
        name.tail, summary.tail = summary.tail, None
        summary.addprevious(name)
        name.append(summary)
        summary.tag = "strong"
    absolute = cache(lambda path: urljoin(here, path))
    for link in article.iter("a"):
        if (target := link.get("href")) is not None:
            path, mark, fragment = target.partition("#")
            link.set("href", absolute(path) + mark + fragment)
        for name in ("download", "target", "rel", "data-term", "data-definition"):
            link.attrib.pop(name, None)
    for element in (part for drawing in article.iter("svg") for part in drawing.iter()):
        for name in list(element.attrib):
            if name in _SVG_NAMES:
                element.set(_SVG_NAMES[name], element.attrib.pop(name))
    article.tag = "section"
    article.attrib.clear()
    return article


def link_inside(article: html.HtmlElement, book: Book, place: Callable[[str, str], str]) -> None:
    """Turn links to pages of the handbook into links inside a copy of it.

    Args:
        place: the address inside the copy, from a chapter's slug and an id on its page or "".
    """
    for link in article.iter("a"):
        target, _, fragment = link.get("href", "").partition("#")
        if target in book.slugs:
            link.set("href", place(book.slugs[target], unquote(fragment)))
