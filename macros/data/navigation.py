"""The navigation in mkdocs.yml: which pages it names, and so in which order the handbook is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import yaml

from macros.data.manuscript import Mark
from macros.data.places import LOADER


def navigation_node(text: str, key: str = "nav") -> yaml.Node | None:
    """What stands under `nav`, or another key; None when nothing does.

    Args:
        text: mkdocs.yml.

    Raises:
        yaml.MarkedYAMLError: when it is not valid YAML.
    """
    root = yaml.compose(text, LOADER)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((node for name, node in pairs if name.value == key), None)


def named_pages(node: yaml.Node) -> Iterator[Mark]:
    """The pages that a navigation names, with their places, in its order."""
    if isinstance(node, yaml.ScalarNode):
        yield Mark(node.value, node.start_mark.line + 1, node.start_mark.column + 1)
    for item in node.value if isinstance(node, yaml.SequenceNode) else ():
        yield from named_pages(item)
    for _, item in node.value if isinstance(node, yaml.MappingNode) else ():
        yield from named_pages(item)


def reading_order(text: str, pages: Collection[str]) -> list[str]:
    """All pages, in the order of the navigation; those that it does not name, which a rule refuses, at the end.

    Args:
        text: mkdocs.yml. When it cannot be read, a rule says why.
    """
    try:
        node = navigation_node(text)
    except yaml.MarkedYAMLError:
        node = None
    named = [mark.text for mark in named_pages(node)] if node else []
    return list(dict.fromkeys([*(path for path in named if path in pages), *sorted(pages)]))
