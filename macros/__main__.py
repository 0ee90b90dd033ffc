"""The command line behind `make check-data` and `make format`."""

from __future__ import annotations

import sys
from pathlib import Path as File

from macros.check import DATA, SCHEMA, load_checked, schema_json
from macros.model import Handbook
from macros.problems import DataError


def main(arguments: list[str]) -> int:
    """`check` says what the data holds or what is wrong with it; `schema` writes skills.schema.json anew."""
    root = File(__file__).resolve().parent.parent
    if arguments == ["schema"]:
        (root / SCHEMA).write_text(schema_json(), encoding="utf-8")
        return 0
    if arguments not in ([], ["check"]):
        print("usage: python -m macros [check | schema]", file=sys.stderr)
        return 2
    try:
        handbook, pages = load_checked(root)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    counts = {name: len(getattr(handbook, name)) for name in Handbook.model_fields if name != "handbook"}
    print(f"{DATA} is in order: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    print(f"{len(pages)} pages below docs/, {sum(page.words for page in pages.values())} words")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
