"""The command line behind make: `python -m macros --help` lists the commands.

`python -m macros.book` makes EPUB and PDF; it stands apart because it needs libraries that the others do not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from datetime import date
from pathlib import Path

from macros.checked import load_checked
from macros.commands.drafts import placeholders
from macros.commands.freshness import freshness
from macros.commands.scaffold import scaffold
from macros.commands.words import COMMANDS, about, usage
from macros.data.handbook import KEYS, PARTS
from macros.data.load import load
from macros.data.paths import DATA, FIGURES, HISTORY, NAVIGATION, PUBLISHED_IDS, QUERIES, RADAR
from macros.data.places import read_text
from macros.data.problems import DataError, choices, print_annotations
from macros.entities.examples import (
    GSON_FILE,
    GSON_PACKAGE,
    TOOLS,
    languages,
    needs_gson,
    needs_packages,
    programs,
    read_examples,
)
from macros.entities.files import SCHEMAS, schema_json
from macros.entities.projects import kit_data
from macros.entities.queries import counted
from macros.rules.ids import all_ids
from macros.rules.translations import hints
from macros.site.finish import Settings, finish

ROOT = Path(__file__).resolve().parent.parent


def arguments_parser() -> argparse.ArgumentParser:
    """Every command with its arguments and its help; each sets `run`, which takes the arguments and gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m macros", description="What the handbook's make targets call.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, says: str, run: object) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=says, description=says)
        added.set_defaults(run=run)
        return added

    parser.set_defaults(run=check)
    command("check", "Say what the data holds, or everything that is wrong with it and with the pages.", check)
    due = command("freshness", "List sources and radar entries that are due for another look.", list_due)
    due.add_argument(
        "day",
        metavar="YYYY-MM-DD",
        type=_date,
        nargs="?",
        default=date.today(),
        help="the day to judge by; today without it",
    )
    command(
        "schema",
        "Write the JSON Schema of each data file and the kit's data anew, and add new ids to those that are kept for ever.",
        write_schemas,
    )
    done = command(
        "finish",
        "Complete a built site: data as JSON, feed, book, offline copy, hashes. Reads SITE_URL and OFFLINE as mkdocs.yml does.",
        finish_site,
    )
    done.add_argument("site", type=_built_site, help="folder of a site that an engine has built")
    shown = command(
        "example", "Say what an example needs before it can run: a target of make, or nothing.", example_needs
    )
    shown.add_argument(
        "words", nargs="*", metavar="NAME=value", help="NAME, as pages call it, and IN, the ending of a language"
    )
    for name in COMMANDS:
        writes = command(name, f"Write a {name[4:]} in its place: {usage(name)}", write_entry)
        writes.set_defaults(command=name)
        writes.add_argument("words", nargs="*", metavar="NAME=value", help=", ".join(COMMANDS[name]))
    return parser


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: is not a date: write it as 2027-03-01") from None


def _built_site(text: str) -> Path:
    if not (Path(text) / "index.html").is_file():
        raise argparse.ArgumentTypeError(f"{text}: is not a built site: build one there first")
    return Path(text)


def check(arguments: argparse.Namespace) -> int:
    """Say what the data holds."""
    edition = load_checked(ROOT, date.today())
    handbook, pages = edition.handbook, edition.pages
    for file, keys in KEYS.items():
        lists = [f"{len(getattr(handbook, name))} {name}" for name in keys if name != "handbook"]
        print(f"{file} is in order: " + ", ".join(lists))
    print(f"{RADAR} is in order: {len(edition.radar.radar)} entries")
    print(f"{HISTORY} is in order: {len(edition.history.history)} entries")
    print(f"{QUERIES} is in order: {counted(edition.queries)}")
    print(f"{FIGURES} is in order: {len(edition.figures.figures)} figures that move")
    words = sum(page.words for page in pages.values())
    print(f"{len(pages)} pages below docs/, {words} words; {len(edition.diagrams)} diagrams")
    for code, there in edition.translations.items():
        print(f"{len(there.pages)} pages below docs/{code}/ in {there.language.name}")
    if found := list(hints(edition, read_text(ROOT / NAVIGATION, NAVIGATION))):
        print("For translators:", *found, sep="\n  ")
    if left := placeholders(ROOT):
        print(f"{len(left)} left to write, which make check will refuse:", *left, sep="\n  ")
    return 0


def list_due(arguments: argparse.Namespace) -> int:
    """Say what is due for another look on a day."""
    lines = freshness(load_checked(ROOT), arguments.day)
    print("\n".join([*lines, f"{len(lines)} due on {arguments.day.isoformat()}"]))
    return 0


def write_schemas(arguments: argparse.Namespace) -> int:
    """Write the schema of each data file anew, even when the data is out of order; then what the acceptance kit reads, and
    new ids to the published."""
    for file, model in SCHEMAS.items():
        (ROOT / file).write_text(schema_json(model), encoding="utf-8")
    data, _ = load(ROOT / DATA, DATA, PARTS[DATA])
    for file, text in kit_data(data.projects).items():
        (ROOT / file).write_text(text, encoding="utf-8")
    known = (ROOT / PUBLISHED_IDS).read_text(encoding="utf-8").splitlines() if (ROOT / PUBLISHED_IDS).exists() else []
    comments = [line for line in known if line.startswith("#")]
    ids = sorted({*(line for line in known if line not in comments), *all_ids(load_checked(ROOT))})
    (ROOT / PUBLISHED_IDS).write_text("\n".join([*comments, *ids]) + "\n", encoding="utf-8")
    return 0


def finish_site(arguments: argparse.Namespace) -> int:
    """Complete a site that another engine has built."""
    url = os.environ.get("SITE_URL") or "http://127.0.0.1:8000/"
    finish(arguments.site, load_checked(ROOT), Settings(url, os.environ.get("OFFLINE") != "false"))
    return 0


def example_needs(arguments: argparse.Namespace) -> int:
    """Print the stamp of make that stands for the packages of an example; nothing when it needs none."""
    examples = read_examples(ROOT / "docs")
    given = dict(word.partition("=")[::2] for word in arguments.words)
    name, ending = given.get("NAME", ""), given.get("IN", "py")
    if name not in programs(examples):
        repair = f"{choices(name, programs(examples))}, as in make example NAME=bounded_retry"
        raise DataError(
            [about("example", "NAME", name or None, "is no example", repair)], "in the command; nothing was run"
        )
    if ending not in (known := languages(examples, name)):
        repair = f"{choices(ending, known)}, as in make example NAME=bounded_retry IN=go"
        raise DataError(
            [about("example", "IN", ending or None, f"is no language of {name}", repair)],
            "in the command; nothing was run",
        )
    for program, package in TOOLS.get(ending, {}).items():
        if not shutil.which(program):
            repair = f"install it with: sudo apt-get install {package} (or your system's package)"
            raise DataError(
                [about("example", "IN", ending, f"needs {program}, which is not on this machine", repair)],
                "in the command; nothing was run",
            )
    gson = given.get("GSON", GSON_FILE)
    if needs_gson(examples[f"{name}.{ending}"]) and not Path(gson).is_file():
        repair = (
            f"install it with: sudo apt-get install {GSON_PACKAGE}, or take gson.jar from Maven Central "
            f"(com.google.code.gson:gson) and say where it is: GSON=gson.jar"
        )
        raise DataError(
            [about("example", "GSON", gson, "is no file, and the example needs Gson for JSON", repair)],
            "in the command; nothing was run",
        )
    print("labs.stamp" if needs_packages(examples[f"{name}.py"]) else "")
    return 0


def write_entry(arguments: argparse.Namespace) -> int:
    """Write what a contributor begins with in its place, and say what is left to do."""
    print(scaffold(ROOT, arguments.command, arguments.words))
    return 0


def main(words: list[str]) -> int:
    """Carry out one command; errors of the data are told, never thrown at a person."""
    arguments = arguments_parser().parse_args(words)
    try:
        return arguments.run(arguments)
    except DataError as error:
        print(error, file=sys.stderr)
        print_annotations(error)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
