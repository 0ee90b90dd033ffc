"""Called by mkdocs-macros: load and check the data once, then register the macros. Nothing else lives here.

The rooms of this package, in order; each imports only what stands before it: data, render, entities, registry, rules,
checked, book, site, commands.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

from macros.checked import load_checked
from macros.data.problems import DataError, print_annotations
from macros.registry import register


def define_env(env: Any) -> None:
    """Register the macros. Raises PluginError with every problem of the data, so that nothing is built from it."""
    try:
        edition = load_checked(Path(env.project_dir))
    except DataError as error:
        print_annotations(error)
        raise PluginError(str(error)) from None
    register(env, edition)
