"""Write a handbook with K times the content: `python tests/bench/grow.py FOLDER K`.

Pages, topics, terms, questions, sources and radar entries are copied K - 1 times, and the copy is a valid handbook:
`python -m macros check` accepts it. The rest (rows of the map, phases, projects, labs, career lists) stays as it is,
because rules fix how much of it there may be. So copied topics are depth topics, which no phase has to make room for,
and a copied page does not repeat the long lists, whose size grows already: two of them would grow by the square.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml
from project import ROOT, Failed, copy_project, data_files

#: The lists that grow, wherever they stand: in one of docs/data/*.yml, or, for pages, in each page's front matter.
GROWING = ("pages", "topics", "glossary", "questions", "sources", "radar")
#: Keys whose values are names that a reader sees: a copy gets its number behind them.
NAMES = ("title", "term", "label", "name", "names", "description")
#: Keys whose values are ids of topics.
REFERENCES = ("topic", "requires")
#: Macros whose first argument is an id that grows.
BY_ID = ("topic", "term", "cite")
#: Macros that print a whole list that grows, or that others of these depend on.
LISTS = ("glossary", "sources_table", "radar", "topic_index", "changes", "plan_table", "checklist")

_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_NAVIGATION_LINE = re.compile(r"^(\s*- )(?:(.+?): )?([\w./-]+\.md)$", re.MULTILINE)


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
    """Writes a value out each time it occurs: the handbook's data has no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _dump(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def page_path(path: str, number: int) -> str:
    """The path of a page's copy, in the same folder, so that its links still lead where they did."""
    return f"{path.removesuffix('.md')}-{number}.md"


def copy_of(value: Any, number: int, pages: set[str], key: str = "") -> Any:
    """An entry, or a part of one, as it stands in copy number 2, 3, …"""
    if isinstance(value, dict):
        return {k: copy_of(v, number, pages, k) for k, v in value.items() if k != "renamed_from"}
    if isinstance(value, list):
        return [copy_of(item, number, pages, key) for item in value]
    if not isinstance(value, str):
        return value
    if value in pages:
        return page_path(value, number)
    if key == "id" or key in REFERENCES:
        return f"{value}-{number}"
    return f"{value} ({number})" if key in NAMES else value


def _grow_data(target: Path, times: int, pages: set[str]) -> set[str]:
    """Grow the lists in the data files; returns the ids of the topics before."""
    topics: set[str] = set()
    for file in data_files(target):
        data = yaml.load(file.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        topics |= {entry["id"] for entry in data.get("topics", ())}
        grown = [name for name in GROWING if name in data]
        for name in grown:
            copies = [copy_of(entry, number, pages) for number in range(2, times + 1) for entry in data[name]]
            data[name] = data[name] + [entry | {"kind": "depth"} if name == "topics" else entry for entry in copies]
        if grown:
            file.write_text(_dump(data), encoding="utf-8")
    return topics


def _page_copy(text: str, path: str, number: int, pages: set[str], topics: set[str]) -> str:
    """The text of a page's copy."""
    front = _FRONT_MATTER.match(text)
    body = text[front.end() :] if front else text
    body = re.sub(r"^(# .*?)(\s*\{.*\})?$", rf"\1 ({number})\2", body, count=1, flags=re.MULTILINE)
    body = re.sub(rf"\{{\{{-?\s*(?:{'|'.join(LISTS)})\(\s*\)\s*-?\}}\}}", "", body)
    body = re.sub(
        rf"(\{{\{{-?\s*(?:{'|'.join(BY_ID)})\(\s*[\"'])([\w-]+)", lambda call: f"{call[1]}{call[2]}-{number}", body
    )
    # A topic's heading carries its id.
    body = re.sub(r"\{\s*#([\w-]+)", lambda mark: mark[0] + (f"-{number}" if mark[1] in topics else ""), body)
    # Other ids of the page may come from a list that the copy does not repeat: such a link leads to the original.
    body = re.sub(
        r"\]\(#([\w-]+)\)",
        lambda link: f"](#{link[1]}-{number})" if link[1] in topics else f"]({Path(path).name}#{link[1]})",
        body,
    )
    if not front:
        return body
    return f"---\n{_dump(copy_of(yaml.safe_load(front[1]), number, pages))}---\n{body}"


def _title(text: str) -> str:
    """The first heading of a page, without its id."""
    front = _FRONT_MATTER.match(text)
    return re.search(r"^# (.+?)(?:\s*\{.*\})?$", text[front.end() if front else 0 :], re.MULTILINE)[1]


def _navigation_copies(line: re.Match[str], times: int, titles: dict[str, str]) -> str:
    """A line of the navigation with the lines of the page's copies below it."""
    start, label, path = line.groups()
    if path not in titles:
        return line[0]
    shown = label.strip("\"'") if label else titles[path]
    copies = [
        f"{start}{json.dumps(f'{shown} ({number})')}: {page_path(path, number)}" for number in range(2, times + 1)
    ]
    return "\n".join([line[0], *copies])


def grow(source: Path, target: Path, times: int) -> None:
    """Write a project with so many times the content of another one into a new folder."""
    copy_project(source, target)
    docs = target / "docs"
    texts = {file.relative_to(docs).as_posix(): file.read_text(encoding="utf-8") for file in docs.rglob("*.md")}
    pages = set(texts)
    topics = _grow_data(target, times, pages)
    for path, text in texts.items():
        for number in range(2, times + 1):
            copy = _page_copy(text, path, number, pages, topics)
            (docs / page_path(path, number)).write_text(copy, encoding="utf-8")
        # A page that no other one links to would be refused.
        links = ", ".join(f"[{n}]({Path(page_path(path, n)).name})" for n in range(2, times + 1))
        with_links = text.replace("{{ page_footer() }}", f"Copies: {links}.\n\n{{{{ page_footer() }}}}")
        (docs / path).write_text(with_links if links else text, encoding="utf-8")
    titles = {path: _title(text) for path, text in texts.items()}
    settings = target / "mkdocs.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        _NAVIGATION_LINE.sub(lambda line: _navigation_copies(line, times, titles), text), encoding="utf-8"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Write a handbook with K times the content, for measurements.")
    parser.add_argument("folder", type=Path, help="where to write it; must not exist yet")
    parser.add_argument("times", type=int, metavar="K", help="1 is a plain copy")
    parser.add_argument("--source", type=Path, default=ROOT, help="another checkout of the handbook")
    arguments = parser.parse_args()
    if arguments.folder.exists():
        parser.error(f"{arguments.folder}: exists already, name a new folder")
    if arguments.times < 1:
        parser.error(f"{arguments.times}: is no number of times, write 1 or more")
    try:
        grow(arguments.source, arguments.folder, arguments.times)
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
