"""The command behind `make book`: EPUB and PDF of a finished site."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from macros.book import epub, pdf
from macros.book.chapters import read_book
from macros.checked import load_checked
from macros.data.paths import BOOK
from macros.data.problems import DataError, Problem

ROOT = Path(__file__).resolve().parents[2]


def main(words: list[str]) -> int:
    """Write both files; what is already in the folder stays until its successor is complete."""
    parser = argparse.ArgumentParser(prog="python -m macros.book", description="Make EPUB and PDF of a finished site.")
    parser.add_argument("site", type=Path, help="folder of the finished site")
    parser.add_argument("folder", type=Path, help="where EPUB and PDF are written")
    arguments = parser.parse_args(words)
    site, folder = arguments.site, arguments.folder
    try:
        edition = load_checked(ROOT)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    if not (site / BOOK).is_file():
        print(Problem((), None, "is not there", "build the site first: make build", str(site / BOOK)), file=sys.stderr)
        return 1
    newest = datetime.combine(edition.history.history[0].date, datetime.min.time(), UTC)
    moment = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", newest.timestamp())), UTC)
    book = read_book(site, edition.handbook)
    folder.mkdir(parents=True, exist_ok=True)
    if not (chromium := pdf.find_chromium()):
        _replace(folder / f"{book.slug}.epub", epub.epub(book, site, moment))
        print(
            "No Chromium on this machine, so no PDF, and the EPUB's cover is an SVG, which some shops and reading "
            "programs do not show; install it with: sudo apt-get install chromium",
            file=sys.stderr,
        )
        return 1
    with pdf.started(chromium) as browser:
        picture = pdf.cover_picture(book, site, browser)
        _replace(folder / f"{book.slug}.epub", epub.epub(book, site, moment, picture))
        _replace(folder / f"{book.slug}.pdf", pdf.pdf(book, site, moment, browser))
    return 0


def _replace(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, and say so."""
    part = file.with_name(file.name + ".part")
    part.write_bytes(content)
    part.replace(file)
    print(f"{file}: {len(content) / 1e6:.1f} MB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
