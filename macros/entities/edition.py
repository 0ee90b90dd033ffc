"""Everything that a build is made from, as one object."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from macros.data.handbook import Handbook
from macros.data.manuscript import Manuscript
from macros.data.translations import Translations
from macros.entities.figures import Figures
from macros.entities.history import History
from macros.entities.labs import LabFiles
from macros.entities.projects import ProjectFiles
from macros.entities.queries import Queries
from macros.entities.radar import Radar


class Edition(NamedTuple):
    """The handbook as read from a project folder: data, pages and files. macros/checked.py reads and checks it.

    Attributes:
        pages: every page below docs/, by its path.
        diagrams: SVG text by name.
        labs: a lab's files by its id.
        examples: programs and outputs by file name.
        requirements: what the examples need to be installed, with versions and hashes.
        queries: the golden set of the search.
        figures: those that a reader can move, and drawn their drawings by file name.
        translations: what there is in other languages, by the language's folder.
        projects: the acceptance kit of a project, by its id.
    """

    handbook: Handbook
    pages: dict[str, Manuscript]
    radar: Radar
    diagrams: dict[str, str]
    history: History
    labs: Mapping[str, LabFiles] = MappingProxyType({})
    examples: Mapping[str, str] = MappingProxyType({})
    requirements: str = ""
    queries: Queries = Queries(queries=[])
    figures: Figures = Figures(figures=[])
    drawn: Mapping[str, str] = MappingProxyType({})
    translations: Mapping[str, Translations] = MappingProxyType({})
    projects: Mapping[str, ProjectFiles] = MappingProxyType({})

    def seen_from(self, page: str) -> Edition:
        """The edition as a page shows it: a translated page, in its language."""
        there = self.translations.get(page.partition("/")[0])
        return self._replace(handbook=there.handbook, pages=self.pages | there.manuscripts) if there else self
