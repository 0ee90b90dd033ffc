"""The glossary page, and a term's explanation at its first use."""

from __future__ import annotations

from itertools import groupby

from macros.model import Handbook, Term
from macros.text import attribute, inline, link

PAGE = "reference/glossary.md"


def sort_key(term: Term) -> str:
    return term.term.lower()


def _letter(term: Term) -> str:
    first = term.term[0].upper()
    return first if first.isalpha() else "0–9"


def glossary(handbook: Handbook, page: str) -> str:
    """All terms from A to Z; each is a heading, so that search and links lead straight to it."""
    terms = sorted(handbook.glossary, key=sort_key)
    groups = [(letter, list(group)) for letter, group in groupby(terms, key=_letter)]
    jump = " ".join(f"[{letter}](#letter-{letter.lower()[0]})" for letter, _ in groups)
    lines = [f'<p class="letters" markdown="span">{jump}</p>', ""]
    for letter, group in groups:
        lines += [f"## {letter} {{ #letter-{letter.lower()[0]} }}", ""]
        for term in group:
            entry = handbook.topic(term.topic)
            lines += [
                f"### {inline(term.term)} {{ #{term.id} }}",
                "",
                f"{inline(term.definition)} Taught in {link(entry.title, page, entry.page, entry.id)}.",
                "",
            ]
    return "\n".join(lines)


def term(handbook: Handbook, page: str, term_id: str, shown: str = "") -> str:
    """A term at its first use: a button that shows the definition, by touch, pointer or keyboard, without a script.

    Args:
        term_id: id in the glossary.
        shown: the wording in this sentence, when it differs from the term.
    """
    entry = next(t for t in handbook.glossary if t.id == term_id)
    return (
        f'<button type="button" class="term" popovertarget="def-{term_id}">{inline(shown or entry.term)}</button>'
        f'<span class="definition" popover id="def-{term_id}" role="note" aria-label="{attribute(entry.term)}" data-search-exclude>'
        f"**{inline(entry.term)}:** {inline(entry.definition)} {link('Glossary', page, PAGE, term_id)}</span>"
    )
