"""The questions of all pages for those who come back to them: where each stands, and a deck of cards for Anki."""

from __future__ import annotations

import json
import re
from html import escape

from macros.data.handbook import Handbook, Question
from macros.data.paths import address

#: What Anki reads at the top of a text file: https://docs.ankiweb.net/importing/text-files.html
_HEAD = ("#separator:tab", "#html:true", "#notetype:Basic", "#guid column:1", "#tags column:4")


def question_places(handbook: Handbook) -> str:
    """Where each question stands, by its id, and present ids by former ones, as compact JSON for the review page."""
    places = {
        "at": {question.id: _place(question) for question in handbook.questions},
        "renamed": {old: question.id for question in handbook.questions for old in question.renamed_from},
    }
    return json.dumps(places, ensure_ascii=False, separators=(",", ":")) + "\n"


def anki_deck(handbook: Handbook, url: str) -> str:
    """All questions as a text file that Anki imports. The ids stay, so a later import changes cards instead of adding them.

    Args:
        url: where the site will live, with a slash at the end.
    """
    about = handbook.handbook.title
    lines = [*_HEAD, f"#deck:{about}"]
    for question in handbook.questions:
        back = f'{_html(question.answer)}<br><br><a href="{url}{_place(question)}">{escape(_title(handbook, question))}</a>'
        tag = address(question.page).strip("/").replace("/", "::") or "home"
        lines.append("\t".join([question.id, _html(question.question), back, tag]))
    return "\n".join(lines) + "\n"


def _place(question: Question) -> str:
    """Its address below the site's."""
    return f"{address(question.page)}#{question.id}"


def _title(handbook: Handbook, question: Question) -> str:
    return handbook.page(question.page).title


def _html(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(" ".join(text.split()), quote=False))
