"""Pages at addresses that are gone: each says where its text stands now, and leads there."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from macros.data.handbook import Handbook
from macros.data.paths import address
from macros.render.template import templates

_TEMPLATES = templates(Path(__file__).parent)


class _Place(NamedTuple):
    address: str
    title: str
    ids: list[str]


def moved_pages(handbook: Handbook, url: str) -> dict[str, str]:
    """A page for each address that is gone, by its file below the site's folder.

    Args:
        url: where the site will live, with a slash at the end.
    """
    template = _TEMPLATES.get_template("moved.html")
    found = {}
    for gone in handbook.gone_pages:
        places = [
            _Place(address(path), handbook.page(path).title, ids) for path, ids in handbook.moved_from(gone).items()
        ]
        # The page itself comes first: the others have got only sections of it.
        places.sort(key=lambda place: "" not in place.ids)
        here = address(gone)
        found[f"{here}index.html"] = template.render(places=places, url=url, root="../" * here.count("/"))
    return found
