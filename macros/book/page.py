"""The whole handbook as one page, book/index.html: for reading in one go, for paper and PDF."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from lxml import etree, html
from lxml.html import builder as E

from macros.book.chapters import STYLES, Book, Chapter, link_inside
from macros.book.cover import rows
from macros.render.text import day

_REFERENCES = ("aria-labelledby", "aria-describedby")

#: Where the chapters come.
_CHAPTERS = "chapters"

#: What has an id, or names one.
_NAMED = etree.XPath(f".//*[@id or {' or '.join(f'@{name}' for name in _REFERENCES)} or @*[contains(., 'url(#')]]")


def _own_id(slug: str, name: str) -> str:
    """An id of a page as it is called in the book; no id of ours has two hyphens together."""
    return f"{slug}--{name}" if name else slug


def _with_own_ids(article: html.HtmlElement, slug: str) -> None:
    """Put the chapter's name before each id, and into what refers to one: two pages may use the same id."""
    for element in _NAMED(article):
        if name := element.get("id"):
            element.set("id", _own_id(slug, name))
        for attribute, value in element.attrib.items():
            if attribute in _REFERENCES:
                element.set(attribute, " ".join(_own_id(slug, name) for name in value.split()))
            elif "url(#" in value:
                element.set(attribute, value.replace("url(#", f"url(#{slug}--"))


def _one_level_down(article: html.HtmlElement) -> None:
    for element in list(article.iter("h1", "h2", "h3", "h4", "h5")):
        element.tag = f"h{int(element.tag[1]) + 1}"


def book_page(book: Book, parts: Iterable[str]) -> list[str]:
    """The page in pieces, one after the other: head, title and contents; each chapter; the end.

    The book's title is its h1, a chapter's an h2 and so on down: it is one document with one outline, and a PDF's
    bookmarks and a screen reader's list of headings then show chapters with their sections below them.

    Args:
        parts: the chapters, as book_part() gives them.
    """
    body = E.BODY(
        E.MAIN(
            E.HEADER(
                E.H1(book.title),
                E.P(book.tagline, E.CLASS("title-page__tagline")),
                E.P(f"The whole handbook, {len(book.chapters)} chapters. Reviewed on {day(book.reviewed)}."),
                E.P("It lives at ", E.A(book.url, href=book.url), ", where newer editions appear."),
                *([E.P(book.license)] if book.license else []),
                html.fromstring(
                    f'<svg class="title-page__drawing" viewBox="60 0 480 340" aria-hidden="true">{rows(book, 0)}</svg>'
                ),
                E.CLASS("title-page"),
            ),
            E.NAV(
                E.H2("Contents", id="contents-title"),
                E.OL(*(_contents_of(chapter) for chapter in book.chapters)),
                {"id": "contents", "aria-labelledby": "contents-title"},
            ),
            etree.Comment(_CHAPTERS),
            E.CLASS("md-typeset book"),
        ),
        {"data-md-color-scheme": "default"},
    )
    page = E.HTML(_head(book), body, {"lang": book.language, "class": "no-js"})
    frame = html.tostring(page, encoding="unicode", doctype="<!doctype html>") + "\n"
    before, _, after = frame.partition(f"<!--{_CHAPTERS}-->")
    return [before, *parts, after]


def book_part(book: Book, chapter: Chapter, article: html.HtmlElement) -> str:
    """A chapter as it stands on the page, made by changing its text."""
    link_inside(article, book, lambda slug, name: f"#{_own_id(slug, name)}")
    _with_own_ids(article, chapter.slug)
    _one_level_down(article)
    article.set("id", chapter.slug)
    article.set("class", "chapter")
    article.append(E.P(E.A("Contents", href="#contents"), E.CLASS("to-contents")))
    return html.tostring(article, encoding="unicode")


def _contents_of(chapter: Chapter) -> html.HtmlElement:
    item = E.LI(E.A(chapter.title, href=f"#{chapter.slug}"))
    if chapter.sections:
        item.append(E.UL(*(E.LI(E.A(s.title, href=f"#{_own_id(chapter.slug, s.id)}")) for s in chapter.sections)))
    return item


def _head(book: Book) -> html.HtmlElement:
    """The head of the home page with the book's own title, description, address and style sheets, and without scripts."""
    head = copy.deepcopy(book.head)
    head.tail = None
    for element in head.xpath(
        ".//script | .//meta[@http-equiv or @name='referrer' or @name='generator']"
        " | .//link[@rel='prev' or @rel='next' or @rel='stylesheet' or @hreflang]"
    ):
        element.drop_tree()
    says = (
        f"The whole handbook on one page: all {len(book.chapters)} chapters with contents, for reading in one go, "
        "for paper and for PDF."
    )
    own = f"{book.url}book/"
    head.find("title").text = f"The whole handbook – {book.title}"
    metas = {
        "description": says,
        "og:description": says,
        "og:title": "The whole handbook",
        "og:type": "article",
        "og:url": own,
    }
    for name, value in metas.items():
        for meta in head.xpath(f".//meta[@name='{name}' or @property='{name}']"):
            meta.set("content", value)
    for link in head.xpath(".//link"):
        link.set("href", own if link.get("rel") == "canonical" else f"../{link.get('href')}")
    # The text is that of the pages: search engines should lead to those. Canonical is its own address: one that is also
    # said to be the home page's would take that out of their lists.
    head.append(E.META(name="robots", content="noindex"))
    for style in STYLES:
        head.append(E.LINK(rel="stylesheet", href=f"../{style}"))
    return head
