"""Writes PDF files with texts at places and ruled tables, as the tariff department's program exports them."""

import zlib
from dataclasses import dataclass, field

TOP, BOTTOM, LEFT, LINE = 740, 90, 60, 14
#: Points of a table's columns, and of a row for each line in its highest cell.
WIDTH, PADDING = 115, 5


@dataclass
class Table:
    """A table with a title above it and notes below it.

    Attributes:
        title: the line above; empty where a table of the page before goes on.
        header: cells in bold; none where a table goes on without repeating them.
        rows: cells, in which a line break is a break inside the cell.
        notes: lines below, which begin with their mark.
    """

    title: str
    header: list[str]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)


def pdf(rng, pages, *, head="", foot="", bare=()):
    """The bytes of a document: a list of lines and tables for each page. Two exports of the same differ in their bytes.

    The running header stands right above the first line. `head` and `foot` may name {page} and {pages}. The pages in `bare` have neither.
    """
    contents = []
    for number, parts in enumerate(pages, 1):
        sheet = Sheet(rng)
        if number not in bare:
            for text, y in ((head, TOP + LINE), (foot, 40)):
                if text:
                    sheet.text(LEFT, y, text.format(page=number, pages=len(pages)))
        for part in parts:
            sheet.table(part) if isinstance(part, Table) else sheet.line(part)
        contents.append("\n".join(sheet.commands).encode("cp1252"))
    return assembled(rng, contents)


class Sheet:
    """One page, written from the top."""

    def __init__(self, rng):
        self.rng, self.y, self.commands = rng, TOP, []

    def text(self, x, y, text, bold=False):
        safe = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        self.commands.append(f"BT /{'B' if bold else 'R'} 10 Tf 1 0 0 1 {x} {y} Tm ({safe}) Tj ET")

    def line(self, text):
        """A line of text; an empty one is a gap."""
        if text:
            self.text(LEFT, self.y, text)
        self.y -= LINE
        assert self.y > BOTTOM, "the page is full: draw fewer lines"

    def table(self, table):
        if table.title:
            self.line(table.title)
        top = self.y + LINE - PADDING
        edges, cells = [top], []
        for row, bold in [*([(table.header, True)] if table.header else []), *((row, False) for row in table.rows)]:
            for column, cell in enumerate(row):
                for number, part in enumerate(cell.split("\n")):
                    if part:
                        cells.append(
                            (column, LEFT + column * WIDTH + 4, edges[-1] - PADDING - 8 - number * LINE, part, bold)
                        )
            edges.append(edges[-1] - 2 * PADDING - LINE * max(cell.count("\n") + 1 for cell in row))
        # Some programs write a table column by column, and some draw its lines before the texts.
        if self.rng.random() < 0.5:
            cells.sort(key=lambda cell: cell[0])
        columns = len(table.header or table.rows[0])
        lines = [(LEFT, y, LEFT + columns * WIDTH, y) for y in edges]
        lines += [(x, edges[-1], x, top) for x in range(LEFT, LEFT + columns * WIDTH + 1, WIDTH)]
        before = self.rng.random() < 0.5
        if before:
            self.ruled(lines)
        for _, x, y, part, bold in cells:
            self.text(x, y, part, bold)
        if not before:
            self.ruled(lines)
        self.y = edges[-1] - LINE
        for note in table.notes:
            self.line(note)
        self.line("")

    def ruled(self, lines):
        self.commands += [f"0.5 w {x0} {y0} m {x1} {y1} l S" for x0, y0, x1, y1 in lines]


def assembled(rng, contents):
    """A PDF file of the contents of its pages."""
    count = len(contents)
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica{} /Encoding /WinAnsiEncoding >>"
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        font.format("").encode(), font.format("-Bold").encode(),
    ]  # fmt: skip
    for number, content in enumerate(contents):
        packed = zlib.compress(content)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * number} 0 R "
            "/Resources << /Font << /R 3 0 R /B 4 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed))
    # Each export has a moment of its own, so the same document never has the same bytes twice.
    objects.append(f"<< /Producer (Tariffs 4.2) /CreationDate (D:{rng.randrange(10**13, 10**14)}) >>".encode())
    file, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        file + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, size - 1, len(file))
    )  # fmt: skip
