"""MkDocs hooks: publish each data file as JSON beside its YAML, the style sheet without its comments, and wide tables
so that a phone can show them."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from macros.check import DATA, RADAR, as_json
from macros.load import load
from macros.model import Entry, Handbook, Radar

STYLE = "assets/stylesheets/handbook.css"


def on_files(files: Files, config: Any) -> Files:
    # The macros plugin has checked the data by now; a wrong file has already ended the build.
    sources: list[tuple[str, type[Entry]]] = [(DATA, Handbook), (RADAR, Radar)]
    for source, model in sources:
        data, _ = load(Path(config.config_file_path).parent / source, source, model)
        name = source.removeprefix("docs/").replace(".yml", ".json")
        files.append(File.generated(config, name, content=as_json(data)))
    style = files.get_file_from_path(STYLE)
    if style:
        # Comments are for whoever changes the file; readers would download a fifth more for them.
        files.remove(style)
        files.append(
            File.generated(config, STYLE, content=re.sub(r"/\*.*?\*/\s*", "", style.content_string, flags=re.DOTALL))
        )
    return files


def on_page_content(html: str, **_: Any) -> str:
    return label_cells(html)


def label_cells(html: str) -> str:
    """Give each cell of a plain table with four columns or more its column's name.

    A phone shows such a row as a card, with the name before the cell; a table that scrolls sideways would hide its
    last column and could not be reached by keyboard. Tables of the renderers carry their names already.
    """

    def labelled(match: re.Match[str]) -> str:
        table = match[0]
        heads = [
            re.sub(r"<[^>]+>", "", head).replace('"', "&quot;")
            for head in re.findall(r"<th>(.*?)</th>", table, re.DOTALL)
        ]
        if len(heads) < 4 or "data-label" in table:
            return table
        names = itertools.cycle(heads)

        def cell(found: re.Match[str]) -> str:
            name = next(names)
            return "<td>" if name is heads[0] else f'<td data-label="{name}">'

        return f'<div class="wide-table">{re.sub("<td>", cell, table)}</div>'

    return re.sub(r"<table>.*?</table>", labelled, html, flags=re.DOTALL)
