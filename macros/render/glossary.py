"""The glossary page, and a term's explanation at its first use."""

from __future__ import annotations

import unicodedata
from itertools import groupby

from macros.data.handbook import Handbook, Term
from macros.render.text import former_ids, inline, link, listed, listed_value

PAGE = "reference/glossary.md"


def sort_key(term: str) -> tuple[bool, str]:
    """Digits and signs come before letters; accents and capitals do not count."""
    folded = unicodedata.normalize("NFKD", term).casefold()
    return folded[0].isalpha(), folded


def letter(term: str) -> str:
    """The heading that a term stands under."""
    is_letter, folded = sort_key(term)
    return folded[0].upper() if is_letter else "0–9"


def letter_id(letter: str) -> str:
    return f"letter-{letter[0].lower()}"


def glossary(handbook: Handbook, page: str) -> str:
    """All terms from A to Z; each is a heading, so that search and links lead straight to it."""
    terms = sorted(handbook.glossary, key=lambda term: sort_key(term.term))
    groups = [(name, list(group)) for name, group in groupby(terms, key=lambda term: letter(term.term))]
    jump = " ".join(f"[{name}](#{letter_id(name)})" for name, _ in groups)
    lines = [f'<p class="letters" markdown="span">{jump}</p>', ""]
    for name, group in groups:
        lines += [f"## {name} {{ #{letter_id(name)} }}", ""]
        for term in group:
            entry = handbook.topic(term.topic)
            lines += [
                f"### {former_ids(term)}{inline(term.term)} {{ #{term.id} }}",
                "",
                f"{inline(term.definition)} {_also(term)}Taught in {link(entry.title, page, entry.page, entry.id)}.",
                "",
            ]
    return "\n".join(lines)


def _also(term: Term) -> str:
    """A term's other names in a sentence, for readers who know it under one of these; the search finds it by them too."""
    return f"Also called {listed([inline(name) for name in term.aliases])}. " if term.aliases else ""


def term(handbook: Handbook, page: str, term_id: str, shown: str = "") -> str:
    """A term at its first use: a link to the glossary, and for reader.js the definition that it shows on the spot.

    The definition is an attribute, because text is copied, read aloud and translated with the sentence around it.

    Args:
        term_id: id in the glossary.
        shown: the wording in this sentence, when it differs from the term.
    """
    entry = handbook.term(term_id)
    name, definition = listed_value(entry.term), listed_value(entry.definition)
    address = link(shown or entry.term, page, PAGE, term_id)
    return f'{address}{{ #def-{term_id} .term data-term="{name}" data-definition="{definition}" }}'
