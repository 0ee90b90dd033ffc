"""The command line behind `make check-data`, `make new-topic`, `make new-term`, `make freshness`, `make format` and
`make book`; and what completes a site that another engine has built."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from macros.check import DATA, RADAR, SCHEMAS, Checked, load_checked, schema_json
from macros.finish import Settings, finish
from macros.freshness import freshness
from macros.model import Handbook
from macros.problems import DataError, Problem, print_annotations
from macros.scaffold import COMMANDS, placeholders, scaffold


def main(arguments: list[str]) -> int:
    """`check` says what the data holds or what is wrong with it; `freshness DATE` says what is due for another look
    on that day; `schema` writes the JSON Schemas anew; `finish SITE` completes a built site, with SITE_URL and OFFLINE
    from the environment as in mkdocs.yml; `book SITE FOLDER` makes EPUB and PDF of a finished site; `new-topic ID=… …`
    and `new-term ID=… …` write an entry in its place."""
    root = Path(__file__).resolve().parent.parent
    if arguments and arguments[0] in COMMANDS:
        try:
            print(scaffold(root, arguments[0], arguments[1:]))
        except DataError as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    if arguments == ["schema"]:
        for file, model in SCHEMAS.items():
            (root / file).write_text(schema_json(model), encoding="utf-8")
        return 0
    today = None
    if arguments[:1] == ["freshness"] and len(arguments) == 2:
        try:
            today = date.fromisoformat(arguments[1])
        except ValueError:
            print(f"{arguments[1]!r}: is not a date: write YYYY-MM-DD", file=sys.stderr)
            return 2
    site = Path(arguments[1]) if arguments[:1] == ["finish"] and len(arguments) == 2 else None
    if site and not (site / "index.html").is_file():
        print(f"{site}: is not a built site: build one there first", file=sys.stderr)
        return 2
    bound = arguments[:1] == ["book"] and len(arguments) == 3
    if not today and not site and not bound and arguments not in ([], ["check"]):
        commands = "check | freshness YYYY-MM-DD | schema | finish SITE | book SITE FOLDER | new-topic … | new-term …"
        print(f"usage: python -m macros [{commands}]", file=sys.stderr)
        return 2
    try:
        checked = load_checked(root)
    except DataError as error:
        print(error, file=sys.stderr)
        print_annotations(error)
        return 1
    if site:
        url = os.environ.get("SITE_URL") or "http://127.0.0.1:8000/"
        finish(site, checked, Settings(url, os.environ.get("OFFLINE") != "false"))
        return 0
    if today:
        lines = freshness(checked, today)
        print("\n".join([*lines, f"{len(lines)} due on {today.isoformat()}"]))
        return 0
    if bound:
        return take_along(checked, Path(arguments[1]), Path(arguments[2]))
    handbook, pages = checked.handbook, checked.pages
    counts = {name: len(getattr(handbook, name)) for name in Handbook.model_fields if name != "handbook"}
    print(f"{DATA} is in order: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    print(f"{RADAR} is in order: {len(checked.radar.radar)} entries; {len(checked.diagrams)} diagrams")
    print(f"{len(pages)} pages below docs/, {sum(page.words for page in pages.values())} words")
    if left := placeholders(root):
        print(f"{len(left)} left to write, which make check will refuse:", *left, sep="\n  ")
    return 0


def take_along(checked: Checked, site: Path, folder: Path) -> int:
    """EPUB and PDF of a built site; what is already in the folder stays until its successor is complete."""
    # Libraries that nobody needs for the other commands.
    from macros.book import BOOK, read_book
    from macros.epub import NAME as EPUB
    from macros.epub import epub

    if not (site / BOOK).is_file():
        print(Problem((), None, "is not there", "build the site first: make build", str(site / BOOK)), file=sys.stderr)
        return 1
    newest = datetime.combine(checked.history.history[0].date, datetime.min.time(), UTC)
    moment = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", newest.timestamp())), UTC)
    book = read_book(site, checked.handbook)
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / EPUB, epub(book, site, moment))

    from macros.pdf import NAME as PDF
    from macros.pdf import find_chromium, printed_by

    if not (chromium := find_chromium()):
        print("No Chromium on this machine, so no PDF; install it with: sudo apt-get install chromium", file=sys.stderr)
        return 1
    _replace(folder / PDF, printed_by(chromium, book, site, moment))
    return 0


def _replace(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, and say so."""
    unfinished = file.with_name(file.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(file)
    print(f"{file}: {len(content) / 1e6:.1f} MB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
