"""Rules on wording: outcomes start with a verb, texts are plain, dates exist."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from macros.data.handbook import Handbook
from macros.data.manuscript import Pages
from macros.data.paths import DATA
from macros.data.problems import KeyPath, Problem, check_plain_text, choices
from macros.render.phrases import PHRASES
from macros.render.text import listed
from macros.rules.ids import entries


def check_outcomes_start_with_a_verb(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """An outcome starts with one of the verbs that the data lists.

    A reader, or somebody else, has to be able to see whether it has been reached.
    """
    verbs = handbook.handbook.verbs
    for path, entry in entries(handbook):
        texts: list[tuple[KeyPath, str | None]] = [(("outcome",), getattr(entry, "outcome", None))]
        if path[:1] == ("pages",) and hasattr(entry, "outcomes"):
            texts += [(("outcomes", i), text) for i, text in enumerate(entry.outcomes)]
        for step, text in texts:
            if text and (first := text.split()[0]) not in verbs:
                yield Problem(
                    (*path, *step), first, "is not a verb that an outcome may start with",
                    f"{choices(first, verbs)}, or add it under `handbook.verbs` in {DATA}, where all of them stand",
                )  # fmt: skip


def check_frame_words(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """The words around a page's text are known, and a translation fills in what they fill in.

    A misspelled one would stay English without a word, and a blank that nothing fills would end the build.
    """
    yield from frame_words(handbook.handbook.words, ("handbook", "words"))


def frame_words(words: Mapping[str, str], place: KeyPath) -> Iterator[Problem]:
    """Problems of words around a page's text, in whichever file they stand."""
    for phrase, said in words.items():
        path: KeyPath = (*place, phrase)
        if phrase not in PHRASES:
            yield Problem(path, phrase, "is none of the words around a page's text", choices(phrase, PHRASES))
        elif surplus := sorted(_blanks(said) - _blanks(phrase)):
            yield Problem(
                path, said, f"has {listed(surplus)}, which nothing fills",
                f"use {listed(sorted(_blanks(phrase))) or 'no braces and tags'} there",
            )  # fmt: skip


def _blanks(phrase: str) -> set[str]:
    """What is filled in; a single brace counts as well, and what would open a tag."""
    return set(re.findall(r"\{\w*\}|[{}<]", phrase))


def check_no_markup(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Texts of the data are plain: no tags, entities, macros or links.

    They reach pages, where markup in them would be carried out.
    """
    for path, entry in entries(handbook):
        yield from check_plain_text(entry, path)


#: Words of a definition: fewer say nothing, more belong on the page of the topic.
DEFINITION = range(15, 51)


def check_definitions(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A definition is long enough to explain, and short enough for a window over the text."""
    for index, term in enumerate(handbook.glossary):
        if (count := len(term.definition.split())) not in DEFINITION:
            yield Problem(
                ("glossary", index, "definition"), term.definition, f"has {count} words, not {DEFINITION[0]} to {DEFINITION[-1]}",
                "say what it is, then what it corresponds to in a backend, or where its name misleads",
            )  # fmt: skip
