"""Rules on the files below docs/ that are no pages: names that work in an address, and sizes that a phone can load."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from macros.data.problems import Problem

_NAME = re.compile(r"[A-Za-z0-9._/-]+")
_ALMOST_A_PAGE = re.compile(r"(?i)\.(?:md|markdown|mdown|mkd)(?:\.txt)?$")
_PICTURE = re.compile(r"(?i)\.(?:png|jpe?g|gif|webp|avif|svg|bmp|tiff?|heic)$")
#: Bytes of a picture.
PICTURE = 60 * 1024
#: Bytes of any other file,
FILE = 1024 * 1024
#: and of the data, which only the build reads: room for twenty times as much.
DATA = 8 * 1024 * 1024
_DATA = re.compile(r"data/\w+\.yml")


def check_files(sizes: Mapping[str, int]) -> Iterator[Problem]:
    """Files have names that an address can hold, and are small.

    Otherwise a page written as Notes.MD is no page, and a picture from a camera costs a reader on the train a minute.

    Args:
        sizes: bytes of every file below docs/, by its path.
    """
    for path, size in sizes.items():

        def problem(value: str, rule: str, repair: str, path: str = path) -> Problem:
            return Problem((), value, rule, repair, f"docs/{path}", label="file")

        if _ALMOST_A_PAGE.search(path) and not path.endswith(".md"):
            yield problem(path, "is not read as a page", f"rename it to {_ALMOST_A_PAGE.sub('.md', path).lower()}")
        elif not path.endswith(".md") and not _NAME.fullmatch(path):
            repair = "rename it: letters from a to z, digits, hyphens, underscores and dots"
            yield problem(path, "is not a name that works in every address", repair)
        limit = PICTURE if _PICTURE.search(path) else DATA if _DATA.fullmatch(path) else FILE
        if size > limit:
            smaller = (
                "save it smaller, as WebP for example, or draw it in docs/diagrams/"
                if limit == PICTURE
                else "shorten it"
            )
            yield problem(
                f"{size // 1024} KB", f"are more than the {limit // 1024} KB that such a file may have", smaller
            )
