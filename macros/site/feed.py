"""The changes as an Atom feed."""

from __future__ import annotations

from xml.etree import ElementTree

from macros.data.handbook import About
from macros.data.paths import FEED
from macros.entities.history import PAGE, Change, History
from macros.render.text import day

ATOM = "http://www.w3.org/2005/Atom"


def feed(history: History, about: About, site_url: str) -> str:
    """The changes as an Atom feed (RFC 4287). Dates are those of the data: the feed of one commit is always the same.

    Args:
        site_url: where the site lives, with a slash at the end.
    """

    def element(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> None:
        ElementTree.SubElement(parent, name, attributes).text = text

    def moment(change: Change) -> str:
        return f"{day(change.date)}T00:00:00Z"

    list_page = site_url + PAGE.replace(".md", "/")
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    element(root, "title", about.title)
    element(root, "subtitle", about.tagline)
    element(root, "id", site_url)
    element(root, "link", href=site_url + FEED, rel="self", type="application/atom+xml")
    element(root, "link", href=list_page, rel="alternate", type="text/html")
    element(root, "updated", max(moment(change) for change in history.history))
    element(ElementTree.SubElement(root, "author"), "name", f"The authors of {about.title}")
    for change in history.history:
        entry = ElementTree.SubElement(root, "entry")
        element(entry, "title", change.title)
        element(entry, "id", f"{list_page}#{change.id}")
        element(entry, "link", href=f"{list_page}#{change.id}", rel="alternate", type="text/html")
        element(entry, "updated", moment(change))
        element(entry, "summary", change.says)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
