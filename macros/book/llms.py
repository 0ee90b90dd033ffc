"""The handbook for programs that read text: llms.txt, a list of its pages in the format of llmstxt.org, and
llms-full.txt, all of it as Markdown."""

from __future__ import annotations

from lxml.html import builder as E

from macros.book.chapters import Book, Chapter, words
from macros.book.markdown import to_markdown
from macros.data.paths import FULL


def llms(book: Book) -> str:
    """Title, summary, and each page with its address and description, in sections of the reading order."""
    lines = [f"# {book.title}", "", f"> {book.description}", "", book.tagline]
    if book.license:
        lines += ["", f"{book.license} Reviewed on {book.reviewed.isoformat()}."]
    section = ""
    titles = {chapter.page: chapter.title for chapter in book.chapters}
    for chapter in book.chapters:
        if (name := _section(chapter, titles, section)) != section:
            lines += ["", f"## {name}", ""]
            section = name
        lines.append(f"- [{chapter.title}]({chapter.address}): {chapter.description}")
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
    """What a folder is about: the title of its first page. Pages outside of folders open the list or stand alone.

    Args:
        titles: of all chapters, by their page.
        before: the section of the page before. A folder without a first page, as that of the topics, has its pages there.
    """
    folder, slash, _ = chapter.page.partition("/")
    if chapter.page == "index.md" or folder == "start":
        return "Start here"
    return titles.get(f"{folder}/index.md", before) if slash else chapter.title


def llms_full(book: Book) -> str:
    """The text of every page as Markdown, each under its title and address. A diagram is there in words."""
    parts = [f"# {book.title}\n\n> {book.description}\n\n{book.license} Reviewed on {book.reviewed.isoformat()}.\n"]
    return "\n".join([*parts, *(markdown(chapter) for chapter in book.chapters)])


def markdown(chapter: Chapter) -> str:
    """One page as Markdown; links stay absolute."""
    article = chapter.copy()
    for figure in [figure for figure in article.iter("figure") if "diagram" in figure.get("class", "").split()]:
        caption = figure.find("figcaption")
        told = E.P(E.STRONG(f"Diagram: {(caption.text or '').strip()}."), " ", words(caption.find(".//p[last()]")))
        figure.getparent().replace(figure, told)
    article.find(".//h1").addnext(E.P(f"Source: {chapter.address}"))
    return to_markdown(article) + "\n"
