"""The whole handbook as one page, book/index.html, made from the built pages: for reading in one go, for paper and PDF.

The chapters that it is made of are also what the EPUB (epub.py) and the plain text (llms.py) are made from.
"""

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

from macros.model import Handbook
from macros.text import address, day

BOOK = "book/index.html"
STYLES = ("assets/stylesheets/handbook.css", "assets/stylesheets/book.css")
#: What only a page of the site needs: permalinks, buttons, tags, the next step, explanations that open on demand.
_FRAME = (
    "//*[@popover] | //script | //style | //*[@hidden] | //nav[contains(@class, 'next-step')]"
    " | //*[contains(@class, 'headerlink') or contains(@class, 'md-content__button') or contains(@class, 'md-tags')"
    " or contains(@class, 'md-clipboard') or contains(@class, 'md-source-file')]"
)
#: The HTML reader writes names in lower case; in XML these would not be SVG.
_SVG_NAMES = {name.lower(): name for name in ("viewBox", "refX", "refY", "markerWidth", "markerHeight")}
_REFERENCES = ("aria-labelledby", "aria-describedby")


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


def _own_id(slug: str, name: str) -> str:
    """An id of a page as it is called in the book; no id of ours has two hyphens together."""
    return f"{slug}--{name}" if name else slug


def _with_own_ids(article: html.HtmlElement, slug: str) -> None:
    """Put the chapter's name before each id, and into what refers to one: two pages may use the same id."""
    for element in article.iter():
        if name := element.get("id"):
            element.set("id", _own_id(slug, name))
        for attribute, value in element.attrib.items():
            if attribute in _REFERENCES:
                element.set(attribute, " ".join(_own_id(slug, name) for name in value.split()))
            elif "url(#" in value:
                element.set(attribute, value.replace("url(#", f"url(#{slug}--"))


def _one_level_down(article: html.HtmlElement) -> None:
    for element in article.xpath(".//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5]"):
        element.tag = f"h{int(element.tag[1]) + 1}"


def book_page(book: Book) -> str:
    """The page: title, contents, chapters.

    The book's title is its h1, a chapter's an h2 and so on down: it is one document with one outline, and a PDF's
    bookmarks and a screen reader's list of headings then show chapters with their sections below them.
    """
    parts = []
    for chapter in book.chapters:
        article = chapter.copy()
        link_inside(article, book.chapters, lambda slug, name: f"#{_own_id(slug, name)}")
        _with_own_ids(article, chapter.slug)
        _one_level_down(article)
        article.set("id", chapter.slug)
        article.set("class", "chapter")
        article.append(E.P(E.A("Contents", href="#contents"), E.CLASS("to-contents")))
        parts.append(article)
    body = E.BODY(
        E.MAIN(
            E.HEADER(
                E.H1(book.title),
                E.P(book.tagline, E.CLASS("title-page__tagline")),
                E.P(f"The whole handbook, {len(book.chapters)} chapters. Reviewed on {day(book.reviewed)}."),
                E.P("It lives at ", E.A(book.url, href=book.url), ", where newer editions appear."),
                *([E.P(book.license)] if book.license else []),
                html.fromstring(
                    f'<svg class="title-page__drawing" viewBox="60 0 480 340" aria-hidden="true">{six_rows(0)}</svg>'
                ),
                E.CLASS("title-page"),
            ),
            E.NAV(
                E.H2("Contents", id="contents-title"),
                E.OL(*(_contents_of(chapter) for chapter in book.chapters)),
                {"id": "contents", "aria-labelledby": "contents-title"},
            ),
            *parts,
            E.CLASS("md-typeset book"),
        ),
        {"data-md-color-scheme": "default"},
    )
    page = E.HTML(_head(book), body, {"lang": book.language, "class": "no-js"})
    return html.tostring(page, encoding="unicode", doctype="<!doctype html>") + "\n"


def six_rows(top: int) -> str:
    """The six rows as a drawing for covers, 480 units wide from x = 60: what is there, and lines that lead to the right."""
    return "".join(
        f'<rect x="60" y="{top + 62 * i}" width="150" height="30" rx="4" fill="#1c2430"/>'
        f'<path d="M222 {top + 15 + 62 * i}H{330 + 22 * i}" stroke="#4d5766" stroke-width="3"/>'
        f'<rect x="{342 + 22 * i}" y="{top + 62 * i}" width="{198 - 22 * i}" height="30" rx="4" fill="#a8350f"/>'
        for i in range(6)
    )


def _contents_of(chapter: Chapter) -> html.HtmlElement:
    item = E.LI(E.A(chapter.title, href=f"#{chapter.slug}"))
    if chapter.sections:
        item.append(E.UL(*(E.LI(E.A(s.title, href=f"#{_own_id(chapter.slug, s.id)}")) for s in chapter.sections)))
    return item


def _head(book: Book) -> html.HtmlElement:
    """The head of the home page, with the book's own title, description and style sheets, and without scripts."""
    head = copy.deepcopy(book.head)
    head.tail = None
    for element in head.xpath(
        ".//script | .//meta[@http-equiv or @name='referrer' or @name='generator']"
        " | .//link[@rel='prev' or @rel='next' or @rel='stylesheet']"
    ):
        element.drop_tree()
    says = (
        f"The whole handbook on one page: all {len(book.chapters)} chapters with contents, for reading in one go, "
        "for paper and for PDF."
    )
    head.find("title").text = f"The whole handbook – {book.title}"
    metas = {
        "description": says,
        "og:description": says,
        "og:title": "The whole handbook",
        "og:url": f"{book.url}book/",
    }
    for name, value in metas.items():
        for meta in head.xpath(f".//meta[@name='{name}' or @property='{name}']"):
            meta.set("content", value)
    for link in head.xpath(".//link[not(@rel='canonical')]"):
        link.set("href", f"../{link.get('href')}")
    # The text is that of the pages: search engines should lead to those.
    head.append(E.META(name="robots", content="noindex"))
    for style in STYLES:
        head.append(E.LINK(rel="stylesheet", href=f"../{style}"))
    return head
