"""Small pure helpers: text of the data into Markdown, links, and numbers as people say them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from datetime import date

from macros.data.fields import HourRange, Named, WeekRange
from macros.data.handbook import Handbook, Topic
from macros.data.translations import ENGLISH, ENGLISH_END

_CODE = re.compile(r"(`[^`]*`)")

#: What is neither a letter, a digit nor plain punctuation.
_SIGN = re.compile(r"[^\w .,;:?!()/+%'-]|_")


NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def inline(text: str) -> str:
    """Plain text of the data as Markdown that shows exactly that text; `code` stays code.

    Safe in a table cell: a pipe or a line break would end the cell or the row.
    """
    parts = _CODE.split(" ".join(text.split()))
    # A pipe inside `code` needs no help: the table reader knows code spans.
    return "".join(part if part.startswith("`") else _escape(part) for part in parts)


def _escape(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "&#124;")
    # Braces would be read as an attribute list, the others as emphasis, links or escapes.
    return re.sub(r"([\\*_\[\]{}])", r"\\\1", text)


def in_english(markdown: str) -> str:
    """What a translated page shows in English, marked as such (macros/data/translations.py)."""
    if "\n" in markdown:
        return block("div", "in-english", markdown, attributes='lang="en"')
    return f"{ENGLISH}{markdown}{ENGLISH_END}"


def attribute(text: str) -> str:
    """Text for a double-quoted HTML attribute."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace("`", "")


def listed_value(text: str) -> str:
    """Text for a quoted value in an attribute list, `{ name="value" }` behind what it belongs to.

    Markdown reads its marks in there as well, so every sign that could be one is written as a number.
    """
    return _SIGN.sub(lambda sign: f"&#{ord(sign[0])};", " ".join(text.split()))


def link(text: str, page: str, target: str, anchor: str = "") -> str:
    """A Markdown link from one page to another, so that the site builder checks it.

    Args:
        text: shown text, plain.
        page: the page that the link stands on, below docs/.
        target: the page that it leads to, below docs/.
        anchor: heading id on that page, or empty.
    """
    address = "" if anchor and target == page else posixpath.relpath(target, posixpath.dirname(page) or ".")
    return f"[{inline(text)}]({address}{'#' + anchor if anchor else ''})"


def former_ids(entry: Named, prefix: str = "") -> str:
    """Empty places that carry an entry's old ids: links from elsewhere still lead to what has a new one.

    Args:
        prefix: what stands before the id in the anchor.
    """
    return "".join(f'<span class="former-id" id="{prefix}{old}"></span>' for old in entry.renamed_from)


def listed(items: Sequence[str], last: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    return f" {last} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def in_words(number: int) -> str:
    """Small whole numbers as words, as in running text."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)


def title_slug(title: str) -> str:
    """A title as the name of a file: 'Backend → AI Engineer' becomes 'backend-to-ai-engineer'."""
    return re.sub(r"\W+", "-", title.lower().replace("→", " to ")).strip("-") or "handbook"


def span(low: float, high: float) -> str:
    """'4' or '4–6'."""
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def hours_text(hours: HourRange) -> str:
    """'11–18 hours, likely 15'."""
    return f"{span(hours.min, hours.max)} hours, likely {hours.likely:g}"


def weeks_text(weeks: WeekRange) -> str:
    return f"{span(weeks.min, weeks.max)} week{'' if weeks.max == 1 else 's'}"


def day(value: date) -> str:
    return value.isoformat()


def block(tag: str, css_class: str, *lines: str, attributes: str = "") -> str:
    """Markdown inside an HTML element that carries a class."""
    opening = f'<{tag} class="{css_class}"{" " + attributes if attributes else ""} markdown="1">'
    return "\n".join([opening, "", *lines, "", f"</{tag}>"])


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table. Cells are Markdown already; a row longer or shorter than the columns is a bug here.

    Each cell after the first carries its column's name: a phone shows rows as cards, with the name before the cell.
    """
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    for row in rows:
        named = [
            f'{cell} {{ data-label="{column}" }}' if cell and index else cell
            for index, (column, cell) in enumerate(zip(columns, row, strict=True))
        ]
        lines.append("| " + " | ".join(named) + " |")
    return "\n".join(lines)


def needed_topics(handbook: Handbook, topic: Topic, page: str) -> str:
    """A topic's prerequisites as links; empty when there are none."""
    needed = [handbook.topic(topic_id) for topic_id in topic.requires]
    return listed([link(t.title, page, t.page, t.id) for t in needed])


def tick(entry: Named) -> str:
    """Attributes of an element at which a reader can note that something is done, under its permanent id."""
    old = f' data-was="{" ".join(entry.renamed_from)}"' if entry.renamed_from else ""
    return f' data-item="{entry.id}"{old}'


def phase_title(number: int, title: str, named: str = "") -> str:
    """'Phase 3: Integration', as the page's heading has it; a title that begins with the word stays."""
    return title if title.lstrip(ENGLISH).startswith("Phase") else f"{named or f'Phase {number}'}: {title}"
