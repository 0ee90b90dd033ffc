"""The handbook as one text, read from the built site: read_book() gives the chapters that page.py, epub.py and llms.py use."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin

from lxml import html
from lxml.html import builder as E

from macros.data.handbook import Handbook
from macros.data.paths import address

STYLES = ("assets/stylesheets/handbook.css", "assets/stylesheets/book.css")


#: What only a page of the site needs: permalinks, buttons, tags, the next step, explanations that open on demand.
_FRAME = (
    "//*[@popover] | //script | //style | //*[@hidden] | //nav[contains(@class, 'next-step')]"
    " | //*[contains(@class, 'headerlink') or contains(@class, 'md-content__button') or contains(@class, 'md-tags')"
    " or contains(@class, 'md-clipboard') or contains(@class, 'md-source-file')]"
)


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
        article: its text. Headings and ids are those of the page, links are absolute; nothing in it opens or moves.
    """

    page: str
    address: str
    description: str
    article: html.HtmlElement

    @property
    def slug(self) -> str:
        """A name for an id or a file: 'skills/index.md' becomes 'skills', the home page 'home'."""
        return address(self.page).strip("/").replace("/", "-") or "home"

    @cached_property
    def title(self) -> str:
        return words(self.article.find(".//h1"))

    @cached_property
    def sections(self) -> list[Section]:
        return [Section(heading.get("id"), words(heading)) for heading in self.article.iter("h2")]

    def copy(self) -> html.HtmlElement:
        """The text, to be changed."""
        return copy.deepcopy(self.article)


def words(element: html.HtmlElement) -> str:
    """The text of an element on one line."""
    return " ".join(element.text_content().split())


@dataclass(frozen=True)
class Book:
    """The handbook as one text.

    Attributes:
        url: where the site lives, absolute, with a slash at the end.
        reviewed: day of the last review.
        license: one line on what readers may do with it, as at the foot of each page; empty when there is none.
        head: of the home page, which serves the book's page as well.
    """

    title: str
    tagline: str
    description: str
    language: str
    url: str
    reviewed: date
    license: str
    head: html.HtmlElement
    chapters: list[Chapter]


def read_book(site: Path, handbook: Handbook) -> Book:
    """Every page of the handbook in its order, read from the built site.

    Raises:
        OSError: when a page is not there.
    """
    home = _read(site / "index.html")
    # The site knows its address: the home page names it for search engines.
    url = home.xpath("//link[@rel='canonical']/@href")[0]
    about = handbook.handbook
    return Book(
        about.title,
        about.tagline,
        _description(home),
        home.get("lang", "en"),
        url,
        about.reviewed,
        " ".join(" ".join((line.text or "").split()) for line in home.find_class("md-copyright__highlight")[:1]),
        home.head,
        [_chapter(site, page.path, url) for page in handbook.pages],
    )


def _chapter(site: Path, page: str, url: str) -> Chapter:
    tree = _read(site / address(page) / "index.html")
    here = url + address(page)
    return Chapter(page, here, _description(tree), _cleaned(tree.find_class("md-content__inner")[0], here))


def _read(file: Path) -> html.HtmlElement:
    return html.document_fromstring(file.read_text(encoding="utf-8"))


def _description(tree: html.HtmlElement) -> str:
    return "".join(tree.xpath("//meta[@name='description']/@content")[:1])


def _cleaned(article: html.HtmlElement, here: str) -> html.HtmlElement:
    """An article that needs neither the site's frame nor a browser that opens and closes things."""
    # A tree of its own, so that a search from the root finds nothing of the page around it.
    article = html.fromstring(html.tostring(article, encoding="unicode"))
    for element in article.xpath(_FRAME):
        element.drop_tree()
    for button in article.xpath("//button"):
        button.drop_tag()
    # What is ticked or chosen on the site is ticked with a pen.
    for choice in article.xpath("//input | //*[contains(@class, 'ticks')]//span[@data-item]"):
        choice.addprevious(html.fromstring('<span class="box"></span>'))
        choice.drop_tree()
    for details in article.xpath("//details"):
        details.tag = "div"
        details.set("class", f"{details.get('class', '')} opened".strip())
        details.attrib.pop("open", None)
    for summary in article.xpath("//summary"):
        name = E.P(E.CLASS("opened__name"))
        name.tail, summary.tail = summary.tail, None
        summary.addprevious(name)
        name.append(summary)
        summary.tag = "strong"
    for link in article.xpath("//a[@href]"):
        link.set("href", urljoin(here, link.get("href")))
        for name in ("download", "target", "rel"):
            link.attrib.pop(name, None)
    for element in article.xpath("//*[local-name()='svg']/descendant-or-self::*"):
        for name in list(element.attrib):
            if name in _SVG_NAMES:
                element.set(_SVG_NAMES[name], element.attrib.pop(name))
    article.tag = "section"
    article.attrib.clear()
    return article


def link_inside(article: html.HtmlElement, chapters: Iterable[Chapter], place: Callable[[str, str], str]) -> None:
    """Turn links to pages of the handbook into links inside a copy of it.

    Args:
        place: the address inside the copy, from a chapter's slug and an id on its page or "".
    """
    slugs = {chapter.address: chapter.slug for chapter in chapters}
    for link in article.xpath(".//a[@href]"):
        target, fragment = urldefrag(link.get("href"))
        if target in slugs:
            link.set("href", place(slugs[target], unquote(fragment)))
