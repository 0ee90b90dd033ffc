"""Rules on mkdocs.yml: its navigation names every page, and only pages that exist; its name is the handbook's."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from macros.data.manuscript import Pages
from macros.data.navigation import named_pages, navigation_node
from macros.data.paths import DATA, NAVIGATION
from macros.data.places import yaml_problem
from macros.data.problems import Problem, choices


def check_navigation(text: str, pages: Pages, title: str) -> Iterator[Problem]:
    """The navigation in mkdocs.yml names every page, and only pages that exist; the site has the handbook's name.

    A page that it leaves out is found by nobody; a line without its page would end the build. With two names a copy
    would be called one in its header and another in its feed and its book.

    Args:
        text: mkdocs.yml.
        title: of the handbook.
    """
    try:
        start = navigation_node(text)
    except yaml.MarkedYAMLError as error:
        yield yaml_problem(error, text, NAVIGATION)
        return
    name = navigation_node(text, "site_name")
    if isinstance(name, yaml.ScalarNode) and name.tag.startswith("tag:") and name.value != title:
        yield Problem(
            (), name.value, f"is not the title in {DATA}", f"write {title} here, or change the title there",
            NAVIGATION, name.start_mark.line + 1, name.start_mark.column + 1, "site_name",
        )  # fmt: skip
    if start is None:
        rule, repair = (
            "is missing",
            "restore it from the original: it gives each page its place in the order of reading",
        )
        yield Problem((), None, rule, repair, NAVIGATION, 1, 1, "nav")
        return
    named = list(named_pages(start))
    first: dict[str, int] = {}
    for mark in named:
        if mark.text in first:
            yield Problem(
                (), mark.text, f"stands in the navigation twice, first in line {first[mark.text]}", "remove one of the two lines",
                NAVIGATION, mark.line, mark.column, "nav",
            )  # fmt: skip
        first.setdefault(mark.text, mark.line)
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
