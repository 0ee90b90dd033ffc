"""Rules on the navigation in mkdocs.yml: it names every page, and only pages that exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import yaml

from macros.data.handbook import Handbook
from macros.data.manuscript import Mark
from macros.data.paths import NAVIGATION
from macros.data.places import LOADER
from macros.data.problems import Problem, choices


def check_navigation(text: str, handbook: Handbook, pages: Collection[str]) -> Iterator[Problem]:
    """The navigation in mkdocs.yml names every page, and only pages that exist.

    A page that it leaves out is found by nobody; a line without its page would end the build.

    Args:
        text: mkdocs.yml.
    """
    try:
        root = yaml.compose(text, LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        yield Problem(
            (), None, f"is not valid YAML ({error.problem or error.context})", "check the indentation and quotes here",
            NAVIGATION, line, column,
        )  # fmt: skip
        return
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    start = next((node for key, node in pairs if key.value == "nav"), None)
    if start is None:
        return
    named = list(_paths(start))
    for mark in named:
        if mark.text not in pages and "//" not in mark.text:
            yield Problem(
                (), mark.text, "is not a page below docs/", f"{choices(mark.text, pages)}, write it, or remove the line",
                NAVIGATION, mark.line, mark.column, "nav",
            )  # fmt: skip
    titles = {page.path: page.title for page in handbook.pages}
    for path in sorted(set(pages) - {mark.text for mark in named}):
        yield Problem(
            (), path, "stands in no line of the navigation", f"add `- {titles.get(path, 'Its title')}: {path}` in its place",
            NAVIGATION, start.start_mark.line + 1, start.start_mark.column + 1, "nav",
        )  # fmt: skip


def navigation_lines(text: str) -> dict[str, int]:
    """The line, counted from 1, on which the navigation names a page."""
    root = yaml.compose(text, LOADER)
    start = next(node for key, node in root.value if key.value == "nav")
    return {mark.text: mark.line for mark in _paths(start)}


def _paths(node: yaml.Node) -> Iterator[Mark]:
    if isinstance(node, yaml.ScalarNode):
        yield Mark(node.value, node.start_mark.line + 1, node.start_mark.column + 1)
    for item in node.value if isinstance(node, yaml.SequenceNode) else ():
        yield from _paths(item)
    for _, item in node.value if isinstance(node, yaml.MappingNode) else ():
        yield from _paths(item)
