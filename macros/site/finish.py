"""What is done to a built site before anybody reads it, whichever engine has built it: the data as JSON, tables that a
phone can show, the feed, the whole handbook as one page and as plain text, the offline copy, the security policy, and a
list of all files with their hashes."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from macros.book.chapters import STYLES, Book, read_book
from macros.book.llms import llms, llms_full, markdown
from macros.book.page import book_page, book_part
from macros.data.handbook import Handbook
from macros.data.paths import (
    ANKI_DECK,
    BOOK,
    COURSE,
    DATA,
    EXAMPLES_ARCHIVE,
    FEED,
    FULL,
    HISTORY,
    JOINED_SCHEMA,
    KIT_ARCHIVE,
    LIST,
    MANIFEST,
    QUESTION_PLACES,
    RADAR,
    SEARCH_INDEX,
    SEARCH_INDEX_OF,
    WORKER,
    address,
    json_path,
    markdown_address,
)
from macros.data.translations import ENGLISH, ENGLISH_END
from macros.entities.edition import Edition
from macros.entities.examples import FOLDER
from macros.entities.files import as_json, schema_json
from macros.render.colors import Colors, sheet_colors
from macros.site.archive import examples_archive, kit_archive
from macros.site.assets import (
    compact,
    own_files,
    sheet_without_comments,
    with_bars,
    with_valid_labels,
    without_palette,
)
from macros.site.course import course
from macros.site.deck import anki_deck, question_places
from macros.site.feed import feed
from macros.site.moved import moved_pages
from macros.site.offline import last_worker, worker
from macros.site.policy import with_policy
from macros.site.search import Searched, page_texts, search_index, sections
from macros.site.tables import breakable_names, framed_tables, label_cells
from macros.site.theme import Used, lean_theme, linked_lean, without_marked_spaces
from macros.site.translations import in_its_language, translated_sites


@dataclass(frozen=True)
class Settings:
    """What the site's configuration says.

    Attributes:
        url: where the site will live, with a slash at the end.
        offline: whether browsers keep a copy for offline reading.
        live: whether the site is served while it is written: then its server adds a script that a policy would
            forbid, and nobody needs hashes.
    """

    url: str
    offline: bool = True
    live: bool = False


#: Gives a result that is kept under a key, or makes it.
Keep = Callable[[Hashable, Callable[[], str]], str]


def made_anew(key: Hashable, make: Callable[[], str]) -> str:
    """Keeps nothing."""
    return make()


def finish(site: Path, edition: Edition, settings: Settings, keep: Keep = made_anew) -> None:
    """Complete a built site in its folder. Running it twice changes nothing the second time.

    Args:
        keep: gives a finished page that an earlier build has made from the same text.
    """
    for name, data in ((DATA, edition.handbook), (RADAR, edition.radar), (HISTORY, edition.history)):
        _write(site / json_path(name), as_json(data))
    _write(site / JOINED_SCHEMA, schema_json(Handbook))
    for file in own_files(site):
        text = file.read_text(encoding="utf-8")
        _write(file, compact(text) if file.suffix == ".js" else sheet_without_comments(text))
    _write(site / COURSE, course(edition.handbook))
    _write(site / QUESTION_PLACES, question_places(edition.handbook))
    _write(site / ANKI_DECK, anki_deck(edition.handbook, settings.url))
    _write(site / FEED, feed(edition.history, edition.handbook.handbook, settings.url))
    for name, text in moved_pages(edition.handbook, settings.url).items():
        _write(site / name, text)
    sheet = site / STYLES[0]
    colors = sheet_colors(sheet.read_text(encoding="utf-8") if sheet.is_file() else "")
    used = Used()
    translated = translated_sites(site, edition)
    for page in sorted(set(site.rglob("*.html")) - {site / BOOK}):
        text = page.read_text(encoding="utf-8")
        if page in translated:
            there, path = translated[page]
            text = in_its_language(text, there, path, lambda other: _built(site, other))
        if settings.live:
            digest = hashlib.sha256(text.encode()).digest()
            _write(page, keep(("finished", digest, str(colors)), functools.partial(_with_tables, text, colors)))
        else:
            text = _with_tables(text, colors)
            used.add_page(text)
            _write(page, with_policy(linked_lean(text)))
    missing = site / "404.html"
    if missing.is_file():
        _write(missing, _without_dead_ways(missing.read_text(encoding="utf-8"), site, urlsplit(settings.url).path))
    if settings.live:
        _write(site / WORKER, last_worker())
        return
    lean_theme(site, used)
    finish_on_demand(site, edition, settings)
    _write(site / WORKER, worker(site) if settings.offline else last_worker())
    _write(site / MANIFEST, manifest(site))


def _built(site: Path, page: str) -> str:
    return (site / address(page) / "index.html").read_text(encoding="utf-8")


def _without_dead_ways(page: str, site: Path, base: str) -> str:
    """The page for an address that does not exist, without ways to chapters that a copy has left out."""

    def kept(way: re.Match[str]) -> str:
        return way[0] if (site / way[1].removeprefix(base) / "index.html").is_file() else ""

    before, opening, rest = page.partition('<ul class="ways-on">')
    ways, closing, after = rest.partition("</ul>")
    return before + opening + re.sub(r'\s*<li><a href="([^"]*)">.*?</li>', kept, ways) + closing + after


def _with_tables(page: str, colors: Colors) -> str:
    page = without_marked_spaces(with_valid_labels(without_palette(with_bars(page, colors))))
    return breakable_names(framed_tables(label_cells(page)))


def finish_on_demand(site: Path, edition: Edition, settings: Settings) -> None:
    """Make the book, the plain text, the search and the archives: while serving, once somebody asks for one."""
    whole = read_book(site, edition.handbook)
    parts, texts, found = _taken(whole, edition.handbook)
    _write(site / LIST, llms(whole))
    _write(site / FULL, llms_full(whole, texts))
    for name, page in texts.items():
        _write(site / name, page)
    # These are the largest texts of a build: none is copied, and each is let go before the next one is made.
    del texts
    head, *chapters = book_page(whole, parts)
    _write(site / BOOK, head if settings.live else with_policy(head), *chapters)
    del parts, chapters
    _write(site / SEARCH_INDEX, search_index(found, edition.handbook))
    for name, page in page_texts(found).items():
        _write(site / name, page)
    for code, there in edition.translations.items():
        own = read_book(site, there.handbook, there.pages)
        _, texts, found = _taken(own, there.handbook)
        made = {SEARCH_INDEX_OF.format(code): search_index(found, there.handbook)}
        for name, page in (made | page_texts(found) | texts).items():
            # Names that stay English carry marks, which only a page can show.
            _write(site / name, page.replace(ENGLISH, "").replace(ENGLISH_END, ""))
    if edition.examples:
        (site / EXAMPLES_ARCHIVE).write_bytes(examples_archive(site / FOLDER, edition, settings.url))
    if edition.projects:
        (site / KIT_ARCHIVE).write_bytes(kit_archive((site / KIT_ARCHIVE).parent, edition))


def _taken(book: Book, handbook: Handbook) -> tuple[list[str], dict[str, str], Searched]:
    """What is made of each chapter's text: its part of the book, its Markdown by where it is served, and its sections."""
    parts, texts, found = [], {}, []
    for chapter, article in book.texts():
        if not handbook.page(chapter.page).unlisted:
            found.append((chapter, sections(chapter.page, article)))
        texts[markdown_address(chapter.page)] = markdown(chapter, article)
        parts.append(book_part(book, chapter, article))
    return parts, texts, found


def _write(file: Path, *texts: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="\n") as output:
        output.writelines(texts)


def manifest(site: Path) -> str:
    """One line for each file of the site but this one: its SHA-256 and its path."""
    files = sorted(f.relative_to(site).as_posix() for f in site.rglob("*") if f.is_file())
    return "".join(
        f"{hashlib.sha256((site / name).read_bytes()).hexdigest()}  {name}\n" for name in files if name != MANIFEST
    )
