"""Rules on the navigation in mkdocs.yml: it names every page, and only pages that exist."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from macros.data.manuscript import Pages
from macros.data.navigation import named_pages, navigation_node
from macros.data.paths import NAVIGATION
from macros.data.problems import Problem, choices


def check_navigation(text: str, pages: Pages) -> Iterator[Problem]:
    """The navigation in mkdocs.yml names every page, and only pages that exist.

    A page that it leaves out is found by nobody; a line without its page would end the build.

    Args:
        text: mkdocs.yml.
    """
    try:
        start = navigation_node(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        yield Problem(
            (), None, f"is not valid YAML ({error.problem or error.context})", "check the indentation and quotes here",
            NAVIGATION, line, column,
        )  # fmt: skip
        return
    if start is None:
        return
    named = list(named_pages(start))
    for mark in named:
        if mark.text not in pages and "//" not in mark.text:
            yield Problem(
                (), mark.text, "is not a page below docs/", f"{choices(mark.text, pages)}, write it, or remove the line",
                NAVIGATION, mark.line, mark.column, "nav",
            )  # fmt: skip
    for path in sorted(set(pages) - {mark.text for mark in named}):
        yield Problem(
            (), path, "stands in no line of the navigation", f"add `- {pages[path].title}: {path}` in its place",
            NAVIGATION, start.start_mark.line + 1, start.start_mark.column + 1, "nav",
        )  # fmt: skip
