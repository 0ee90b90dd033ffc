"""The book as PDF, printed by the system's Chromium: bookmarks, tags for screen readers, page numbers in the contents.

The same browser draws the cover as a picture for the EPUB.

The same site printed by the same Chromium with the same fonts gives the same bytes: what Chromium varies from run to
run, two dates and the numbering of nodes, is made constant. Another version of Chromium may break lines elsewhere.
"""

from __future__ import annotations

import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
from playwright.sync_api import Browser, Page, Route, sync_playwright

from macros.book.chapters import BOLD, FONTS, REGULAR, STYLES, Book
from macros.book.cover import cover
from macros.data.paths import BOOK

DISPLAY = "assets/fonts/display.woff2"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


#: A builder's container has no user namespaces for Chromium's own sandbox. It opens nothing but our files here.
FLAGS = ["--no-sandbox", "--disable-gpu"]


def find_chromium() -> str | None:
    """Path of the system's Chromium."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def started(chromium: str) -> Iterator[Browser]:
    """A browser that is started for the book and closed after it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def cover_picture(book: Book, site: Path, browser: Browser) -> bytes:
    """The cover as PNG, 1600 by 2400 pixels: shops and older reading programs take no SVG."""
    fonts = {"Display": site / DISPLAY, "Handbook": FONTS / REGULAR}
    faces = "".join(
        f"@font-face {{ font-family: {name}; src: url(data:font/woff2;base64,{b64encode(file.read_bytes()).decode()}); }}"
        for name, file in fonts.items()
    )
    with browser.new_page(viewport={"width": 600, "height": 900}, device_scale_factor=8 / 3) as page:
        drawing = cover(book).partition("?>")[2]
        page.set_content(f"<!doctype html><style>{faces} svg {{ position: absolute; inset: 0; }}</style>{drawing}")
        return page.screenshot()


def pdf(book: Book, site: Path, moment: datetime, browser: Browser) -> bytes:
    """The whole file.

    Args:
        site: the built site; nothing else is read, and no other address is asked.
        moment: when the book was changed last, as its metadata says.
        browser: a Chromium; others do not print.
    """

    def answer(route: Route) -> None:
        name = route.request.url.partition("#")[0].removeprefix(book.url)
        file = FONTS / name if name in (REGULAR, BOLD) else site / (BOOK if name == "book/" else name)
        if name == STYLES[0]:
            sheet = _with_fonts_for_paper(file.read_text(encoding="utf-8"), book.url)
            route.fulfill(body=sheet, content_type="text/css; charset=utf-8")
        elif file.is_file():
            route.fulfill(path=file)
        else:
            route.abort()

    with browser.new_page() as page:
        # The page is shown under its own address, so that everything relative in it is what a reader would get.
        page.route("**/*", answer)
        page.goto(f"{book.url}book/")
        # Only a printed book knows its pages. Room for the numbers is kept while they are looked up.
        _number_contents(page, {})
        _number_contents(page, chapter_pages(_printed(page)))
        printed = _printed(page)
    with pikepdf.open(BytesIO(_constant(printed, moment))) as document:
        _without_nameless_figures(document)
        document.docinfo["/Title"] = book.title
        document.docinfo["/Subject"] = book.tagline
        document.docinfo["/Author"] = f"The authors of {book.title}"
        small = BytesIO()
        # Tags for screen readers are half of the file; compressed they are a twentieth.
        document.save(small, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return small.getvalue()


def _with_fonts_for_paper(sheet: str, url: str) -> str:
    """The site's style sheet with the text's font in one file for each weight instead of a variable one."""
    faces = "".join(
        f"@font-face {{ font-family: Handbook; font-weight: {weight}; src: url({url}{name}); }}"
        for name, weight in ((REGULAR, 400), (BOLD, 700))
    )
    return re.sub(r"@font-face\s*\{[^}]*text\.woff2[^}]*\}", faces, sheet)


def _printed(page: Page) -> bytes:
    return page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)


def _without_nameless_figures(document: pikepdf.Pdf) -> None:
    """Tag what frames a drawing and its words as a group: the drawing in it is the figure, and has the alternative text.

    Chromium tags both as figures. A text on the outer one would silence the caption and the description in it.
    """
    waiting = [document.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Array):
            waiting.extend(element)
        elif isinstance(element, pikepdf.Dictionary) and "/K" in element:
            if element.get("/S") == "/Figure" and "/Alt" not in element:
                element.S = pikepdf.Name.Div
            waiting.append(element.K)


def _number_contents(page: Page, numbers: dict[str, int]) -> None:
    page.evaluate(
        """numbers => document.querySelectorAll("#contents > ol > li > a").forEach(link => {
            link.dataset.page = numbers[link.hash.slice(1)] ?? "000";
        })""",
        numbers,
    )


def chapter_pages(printed: bytes) -> dict[str, int]:
    """The page on which each named place of a PDF is, counted from 1."""
    with pikepdf.open(BytesIO(printed)) as document:
        numbers: dict[object, int] = {page.objgen: index for index, page in enumerate(document.pages, 1)}
        return {
            str(name).removeprefix("/"): numbers[place[0].objgen]
            for name, place in document.Root.get("/Dests", {}).items()
        }


def _constant(printed: bytes, moment: datetime) -> bytes:
    """The same PDF with a given date, and nodes numbered from 1. Lengths stay, so that the file's own offsets hold."""
    date = moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'").encode()
    printed = re.sub(rb"(?<=Date \()D:\d{14}\+00'00'(?=\))", date, printed)
    found = sorted(set(re.findall(rb"(?<=\(node)\d{8}(?=\))", printed)))
    new = {old: b"%08d" % number for number, old in enumerate(found, 1)}
    return re.sub(rb"(?<=\(node)\d{8}(?=\))", lambda match: new[match[0]], printed)
