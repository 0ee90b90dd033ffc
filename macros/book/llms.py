"""The handbook for programs that read text: llms.txt, a list of its pages in the format of llmstxt.org, and
llms-full.txt, all of it as Markdown."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from lxml import html
from lxml.html import builder as E

from macros.book.chapters import Book, Chapter, words
from macros.book.markdown import to_markdown
from macros.data.paths import FULL, markdown_address


def llms(book: Book) -> str:
    """Title, summary, and each page with the address of its Markdown and its description, in the order of reading."""
    lines = [f"# {book.title}", "", f"> {book.description}", "", book.tagline]
    if book.license:
        lines += ["", f"{book.license} Reviewed on {book.reviewed.isoformat()}."]
    section = ""
    titles = {chapter.page: chapter.title for chapter in book.chapters}
    for chapter in book.chapters:
        if (name := _section(chapter, titles, section)) != section:
            lines += ["", f"## {name}", ""]
            section = name
        lines.append(f"- [{chapter.title}]({book.url}{markdown_address(chapter.page)}): {chapter.description}")
    # A program that is short of room may leave out what stands under this name.
    lines += [
        "",
        "## Optional",
        "",
        f"- [Everything as Markdown]({book.url}{FULL}): the text of all pages above in one file",
        f"- [Everything on one page]({book.url}book/): the same as HTML, with all diagrams",
        f"- [The data as JSON]({book.url}data/skills.json): rows, topics, hours, phases and sources, with permanent ids",
    ]
    return "\n".join(lines) + "\n"


def _section(chapter: Chapter, titles: dict[str, str], before: str) -> str:
    """What a folder is about: the title of its first page. A page outside of folders belongs to what it stands among.

    Args:
        titles: of all chapters, by their page.
        before: the section of the page before. A folder without a first page, as that of the topics, has its pages there.
    """
    folder, slash, _ = chapter.page.partition("/")
    if chapter.page == "index.md" or folder == "start":
        return "Start here"
    return titles.get(f"{folder}/index.md", before) if slash else before


def llms_full(book: Book, texts: Mapping[str, str]) -> str:
    """All pages in one file.

    Args:
        texts: what markdown() gives for each, by where it is served.
    """
    parts = [f"# {book.title}\n\n> {book.description}\n\n{book.license} Reviewed on {book.reviewed.isoformat()}.\n"]
    return "\n".join([*parts, *texts.values()])


def markdown(chapter: Chapter, text: html.HtmlElement) -> str:
    """One page under its title and address as Markdown; links stay absolute, and a diagram is there in words."""
    article = copy.deepcopy(text)
    for figure in [figure for figure in article.iter("figure") if "diagram" in figure.get("class", "").split()]:
        caption = figure.find("figcaption")
        told = E.P(E.STRONG(f"Diagram: {(caption.text or '').strip()}."), " ", words(caption.find(".//p[last()]")))
        figure.getparent().replace(figure, told)
    article.find(".//h1").addnext(E.P(f"Source: {chapter.address}"))
    return to_markdown(article) + "\n"
