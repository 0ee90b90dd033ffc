"""The command line behind `make check-data`, `make freshness` and `make format`; and what completes a site that
another engine has built."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path as File

from macros.check import DATA, RADAR, SCHEMAS, load_checked, schema_json
from macros.finish import Settings, finish
from macros.freshness import freshness
from macros.model import Handbook
from macros.problems import DataError


def main(arguments: list[str]) -> int:
    """`check` says what the data holds or what is wrong with it; `freshness DATE` says what is due for another look
    on that day; `schema` writes the JSON Schemas anew; `finish SITE` completes a built site, with SITE_URL and OFFLINE
    from the environment as in mkdocs.yml."""
    root = File(__file__).resolve().parent.parent
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
    site = File(arguments[1]) if arguments[:1] == ["finish"] and len(arguments) == 2 else None
    if site and not (site / "index.html").is_file():
        print(f"{site}: is not a built site: build one there first", file=sys.stderr)
        return 2
    if not today and not site and arguments not in ([], ["check"]):
        print("usage: python -m macros [check | freshness YYYY-MM-DD | schema | finish SITE]", file=sys.stderr)
        return 2
    try:
        checked = load_checked(root)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    if site:
        url = os.environ.get("SITE_URL") or "http://127.0.0.1:8000/"
        finish(site, checked, Settings(url, os.environ.get("OFFLINE") != "false"))
        return 0
    if today:
        lines = freshness(checked, today)
        print("\n".join([*lines, f"{len(lines)} due on {today.isoformat()}"]))
        return 0
    handbook, pages = checked.handbook, checked.pages
    counts = {name: len(getattr(handbook, name)) for name in Handbook.model_fields if name != "handbook"}
    print(f"{DATA} is in order: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    print(f"{RADAR} is in order: {len(checked.radar.radar)} entries; {len(checked.diagrams)} diagrams")
    print(f"{len(pages)} pages below docs/, {sum(page.words for page in pages.values())} words")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
