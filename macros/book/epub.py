"""The handbook as EPUB 3: one XHTML file a page, contents, cover. The same site and day give the same bytes.

Written here because a converter would lose what readers need: drawings are SVG with classes and arrowheads that a style
sheet of ours paints, and tables, answers and definitions should look the same wherever they are read.
"""

from __future__ import annotations

import re
import uuid
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from lxml import etree, html
from markupsafe import Markup

from macros.book.chapters import BOLD, FONTS, REGULAR, STYLES, Book, link_inside
from macros.book.cover import cover
from macros.render.colors import painted, sheet_colors
from macros.render.template import templates

#: A ZIP file knows no earlier day.
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)


_TEMPLATES = templates(Path(__file__).parent)


def epub(book: Book, site: Path, moment: datetime, picture: bytes | None = None) -> bytes:
    """The whole file.

    Args:
        site: the built site, for the style sheet.
        moment: when the book was changed last, as its metadata and its ZIP entries say.
        picture: the cover as PNG, which shops and older reading programs ask for; without one the cover is an SVG.
    """
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, book.url)  # One book at one address; an edition is told by its date.
    modified = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    bodies = {chapter.slug: xhtml(article, book) for chapter, article in book.texts()}
    drawn = {slug for slug, body in bodies.items() if "<svg" in body}
    face: str | bytes = picture or cover(book)
    face_name = "cover.png" if picture else "cover.svg"
    files: dict[str, str | bytes] = {
        "META-INF/container.xml": _filled("container.xml"),
        "EPUB/book.opf": _filled(
            "package.opf", book=book, identifier=identifier, modified=modified, drawn=drawn, face=face_name
        ),
        "EPUB/nav.xhtml": _filled("nav.xhtml", book=book, title="Contents", kind=""),
        "EPUB/cover.xhtml": _filled("cover.xhtml", book=book, title=book.title, kind="cover", face=face_name),
        f"EPUB/{face_name}": face,
        "EPUB/book.css": style(site),
        **{f"EPUB/{name}": (FONTS / name).read_bytes() for name in (REGULAR, BOLD)},
    }
    for chapter in book.chapters:
        body = Markup(bodies[chapter.slug])
        files[f"EPUB/{chapter.slug}.xhtml"] = _filled(
            "page.xhtml", book=book, title=chapter.title, kind="bodymatter", body=body
        )
    stamp = max(moment, EARLIEST).timetuple()[:6]
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        # First and not compressed, so that the kind of file can be read off its first bytes.
        for name, content in {"mimetype": "application/epub+zip", **files}.items():
            entry = zipfile.ZipInfo(name, stamp)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)
    return buffer.getvalue()


def xhtml(article: html.HtmlElement, book: Book) -> str:
    """A chapter's text as XML, with links to other chapters as links to their files. Changes the text."""
    link_inside(article, book, lambda slug, name: f"{slug}.xhtml" + (f"#{name}" if name else ""))
    # The time axis is drawn by a style sheet that reading programs do not understand; its words remain.
    for element in article.xpath(".//*[@aria-hidden='true']"):
        element.drop_tree()
    for span in article.xpath(".//pre//span"):
        span.drop_tag()
    for element in article.iter():
        for name in [name for name in element.attrib if name == "style" or name.startswith("data-")]:
            del element.attrib[name]
    return etree.tostring(article, encoding="unicode", method="xml", with_tail=False)


def style(site: Path) -> str:
    """Our own few rules, and those for diagrams from the site's style sheet, in plain CSS with light colors."""
    sheet = (site / STYLES[0]).read_text(encoding="utf-8")
    rules = []
    for selector, body in re.findall(r"^(\.diagram [^{]+)\{([^}]*)\}", sheet, re.MULTILINE):
        # Reading programs are often older than :is() and var().
        group = re.search(r":is\(([^)]*)\)", selector)
        selectors = [selector.replace(group[0], one.strip()) for one in group[1].split(",")] if group else [selector]
        rules.append(f"{', '.join(s.strip() for s in selectors)} {{{body}}}".replace("Near, ", ""))
    own = Path(__file__).with_name("epub.css").read_text(encoding="utf-8")
    return painted(own + "\n".join(rules) + "\n", sheet_colors(sheet).light)


def _filled(template: str, **values: object) -> str:
    return _TEMPLATES.get_template(template).render(values)
