"""The handbook as EPUB 3: one XHTML file a page, contents, cover. The same site and day give the same bytes.

Written here because a converter would lose what readers need: drawings are SVG with classes and arrowheads that a style
sheet of ours paints, and tables, answers and definitions should look the same wherever they are read.
"""

from __future__ import annotations

import re
import uuid
import zipfile
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from pathlib import Path

from lxml import etree

from macros.book.chapters import STYLES, Book, Chapter, link_inside
from macros.book.cover import cover

NAME = "backend-to-ai-engineer.epub"


FONT = "assets/fonts/text.woff2"


#: A ZIP file knows no earlier day.
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)


_XHTML = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body{kind}>{body}</body>
</html>
"""


_CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="EPUB/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


_ACCESS = {
    "accessMode": ["textual", "visual"],
    "accessModeSufficient": ["textual"],
    "accessibilityFeature": ["structuralNavigation", "tableOfContents", "longDescription", "readingOrder"],
    "accessibilityHazard": ["none"],
    "accessibilitySummary": ["Headings, lists and tables are marked up. Each diagram is followed by its description in words."],
}  # fmt: skip


def epub(book: Book, site: Path, moment: datetime) -> bytes:
    """The whole file.

    Args:
        site: the built site, for the style sheet and the font.
        moment: when the book was changed last, as its metadata and its ZIP entries say.
    """
    files: dict[str, str | bytes] = {
        "META-INF/container.xml": _CONTAINER,
        "EPUB/book.opf": _package(book, moment),
        "EPUB/nav.xhtml": _contents(book),
        "EPUB/cover.xhtml": _page(
            book, book.title, f'<div class="cover"><img src="cover.svg" alt="{escape(book.title)}"/></div>', "cover"
        ),
        "EPUB/cover.svg": cover(book),
        "EPUB/book.css": style(site),
        "EPUB/text.woff2": (site / FONT).read_bytes(),
    }
    for chapter in book.chapters:
        files[f"EPUB/{chapter.slug}.xhtml"] = _page(book, chapter.title, xhtml(chapter, book), "bodymatter")
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


def xhtml(chapter: Chapter, book: Book) -> str:
    """A chapter's text as XML, with links to other chapters as links to their files."""
    article = chapter.copy()
    link_inside(article, book.chapters, lambda slug, name: f"{slug}.xhtml" + (f"#{name}" if name else ""))
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
    light = dict(re.findall(r"--(\w+): light-dark\((#\w+),", sheet))
    rules = []
    for selector, body in re.findall(r"^(\.diagram [^{]+)\{([^}]*)\}", sheet, re.MULTILINE):
        # Reading programs are often older than :is() and var().
        group = re.search(r":is\(([^)]*)\)", selector)
        selectors = [selector.replace(group[0], one.strip()) for one in group[1].split(",")] if group else [selector]
        body = re.sub(r"var\(--(\w+)\)", lambda color: light[color[1]], body)
        rules.append(f"{', '.join(s.strip() for s in selectors)} {{{body}}}".replace("Near, ", ""))
    return Path(__file__).with_name("epub.css").read_text(encoding="utf-8") + "\n".join(rules) + "\n"


def _page(book: Book, title: str, body: str, kind: str = "") -> str:
    marked = f' epub:type="{kind}"' if kind else ""
    return _XHTML.format(language=book.language, title=escape(title), body=body, kind=marked)


def _contents(book: Book) -> str:
    items = []
    for chapter in book.chapters:
        file = f"{chapter.slug}.xhtml"
        inner = "".join(f'<li><a href="{file}#{s.id}">{escape(s.title)}</a></li>' for s in chapter.sections)
        items.append(f'<li><a href="{file}">{escape(chapter.title)}</a>{f"<ol>{inner}</ol>" if inner else ""}</li>')
    first = f"{book.chapters[0].slug}.xhtml"
    return _page(
        book,
        "Contents",
        f'<nav epub:type="toc" role="doc-toc" id="toc"><h1>Contents</h1><ol>{"".join(items)}</ol></nav>'
        '<nav epub:type="landmarks" hidden="hidden" aria-label="Landmarks"><ol>'
        '<li><a epub:type="cover" href="cover.xhtml">Cover</a></li><li><a epub:type="toc" href="#toc">Contents</a></li>'
        f'<li><a epub:type="bodymatter" href="{first}">Begin reading</a></li></ol></nav>',
    )


def _package(book: Book, moment: datetime) -> str:
    """Metadata, list of files, reading order."""
    modified = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    access = "".join(
        f'<meta property="schema:{name}">{escape(value)}</meta>' for name, values in _ACCESS.items() for value in values
    )
    items = [
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/>',
        '<item id="cover-image" href="cover.svg" media-type="image/svg+xml" properties="cover-image"/>',
        '<item id="style" href="book.css" media-type="text/css"/>',
        '<item id="font" href="text.woff2" media-type="font/woff2"/>',
    ]
    for chapter in book.chapters:
        drawn = ' properties="svg"' if chapter.article.find(".//svg") is not None else ""
        items.append(
            f'<item id="page-{chapter.slug}" href="{chapter.slug}.xhtml" media-type="application/xhtml+xml"{drawn}/>'
        )
    spine = "".join(f'<itemref idref="page-{chapter.slug}"/>' for chapter in book.chapters)
    rights = f"<dc:rights>{escape(book.license)}</dc:rights>" if book.license else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"'
        f' xml:lang="{book.language}" prefix="schema: http://schema.org/">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        # One book at one address; an edition is told by its date.
        f'<dc:identifier id="id">urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, book.url)}</dc:identifier>'
        f"<dc:title>{escape(book.title)}</dc:title><dc:language>{book.language}</dc:language>"
        f"<dc:creator>The authors of {escape(book.title)}</dc:creator>"
        f"<dc:description>{escape(book.description)}</dc:description><dc:source>{escape(book.url)}</dc:source>{rights}"
        f'<meta property="dcterms:modified">{modified}</meta>{access}</metadata>\n'
        f"<manifest>{''.join(items)}</manifest>\n"
        f'<spine><itemref idref="cover"/><itemref idref="nav"/>{spine}</spine>\n</package>\n'
    )
